"""Hashing and checking passwords with argon2id, always outside a database transaction: it takes
some 50 ms on purpose, and a writer on SQLite must not wait for it."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 1000
DEMO_PASSWORD = "varvet-demo"  # one shorter than what anyone may choose

_hasher = PasswordHasher()
_UNKNOWN = _hasher.hash("no account has this password")
"""What an unknown address is checked against, so that it takes as long as a known one."""


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def check_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits. Takes equally long without an account or a password (None)."""
    try:
        _hasher.verify(password_hash or _UNKNOWN, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
