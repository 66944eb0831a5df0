"""Hashing and checking passwords with argon2id, always outside a database transaction: it takes
some 50 ms on purpose, and a writer on SQLite must not wait for it. One at a time in each process:
every verification holds its memory meanwhile (docs/decisions/0002-accounts.md has the figures)."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
DEMO_PASSWORD = "varvet-demo"  # one shorter than what anyone may choose

_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_one_at_a_time = threading.Lock()
_UNKNOWN = (
    "$argon2id$v=19$m=47104,t=1,p=1$oWzvkbhd3dlMBm7AefZtTQ$"
    "0OFmg2FJ85NFmL5fN2DkM8cr5AwYeXelWTGIqUlmEhc"
)
"""What an unknown address is checked against, so that it takes as long as a known one: the hash of a
random text that nobody kept. Written out, because making it would cost every start its memory."""


def hash_password(password: str) -> str:
    with _one_at_a_time:
        return _hasher.hash(_composed(password))


def check_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits. Takes equally long without an account or a password (None)."""
    try:
        with _one_at_a_time:
            _hasher.verify(password_hash or _UNKNOWN, _composed(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _composed(password: str) -> str:
    """One form of å, ä and ö: some keyboards send them as two characters."""
    return unicodedata.normalize("NFC", password)


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
