"""Settings out of the environment, checked once at start."""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

SHORTEST_KEY = 16
_BARE_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
ENVIRONMENTS = ("production", "demo", "development", "test")


class ConfigError(Exception):
    """A setting is wrong. The message names it and says what it should be, on one line."""


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over. `implicit_tls`: smtps; else STARTTLS is used when offered."""

    host: str
    port: int
    user: str | None
    password: str | None
    implicit_tls: bool

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `smtp://user:pass@host:587` or `smtps://…`; raises ConfigError."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ConfigError(
                "SMTP_URL: should look like smtp://user:password@host:587 or smtps://host"
            )
        try:
            port = parts.port
        except ValueError as wrong:
            raise ConfigError("SMTP_URL: the port should be a number") from wrong
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=port or (465 if tls else 25),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            implicit_tls=tls,
        )


@dataclass(frozen=True)
class Settings:
    """Every setting of `docs` and README, with its default applied."""

    environment: str
    database_url: str
    secret_key: str
    base_url: str
    trusted_hosts: list[str]
    proxy_hops: int
    smtp: SmtpServer | None
    mail_from: str
    mail_envelope_from: str = ""
    """Where mail that cannot be delivered comes back, when that is not MAIL_FROM."""

    @property
    def is_demo(self) -> bool:
        return self.environment == "demo"

    @property
    def secure(self) -> bool:
        """Whether people reach the site over https, so that cookies and HSTS can demand it."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, env: Mapping[str, str], instance: Path) -> Self:
        """Read and check the settings; raises ConfigError with one clear line."""
        environment = env.get("VARVET_ENV", "production")
        if environment not in ENVIRONMENTS:
            raise ConfigError(f"VARVET_ENV: should be one of {', '.join(ENVIRONMENTS)}")
        base_url = env.get("BASE_URL", "").rstrip("/")
        if not base_url:
            if environment == "production" and env.get("SMTP_URL"):
                raise ConfigError(
                    "BASE_URL: must be set when mail is sent, for example https://varvet.example.se"
                )
            base_url = "http://127.0.0.1:8000"
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
            raise ConfigError(
                "BASE_URL: should look like https://varvet.example.se, without a path"
            )
        hops = env.get("PROXY_HOPS", "0")
        if not hops.isdigit() or int(hops) > 5:
            raise ConfigError("PROXY_HOPS: should be a number from 0 to 5")
        hosts = [host.strip() for host in env.get("TRUSTED_HOSTS", "").split(",") if host.strip()]
        smtp = env.get("SMTP_URL")
        return cls(
            environment=environment,
            database_url=_database_url(env.get("DATABASE_URL"), instance),
            secret_key=_secret_key(env.get("SECRET_KEY"), instance),
            base_url=base_url,
            trusted_hosts=[parts.hostname, *(hosts or ["127.0.0.1", "localhost"])],
            proxy_hops=int(hops),
            smtp=SmtpServer.parse(smtp) if smtp else None,
            mail_from=_mail_from(env.get("MAIL_FROM"), parts.hostname),
            mail_envelope_from=_mail_envelope_from(env.get("MAIL_ENVELOPE_FROM")),
        )


def _database_url(url: str | None, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'varvet.sqlite3'}"
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    if scheme in ("sqlite", "postgresql+psycopg"):
        return url
    raise ConfigError("DATABASE_URL: should begin with sqlite:/// or postgresql://")


def _mail_from(value: str | None, host: str) -> str:
    address = value or f"Varvet <varvet@{host}>"
    if "@" not in address or "\n" in address:
        raise ConfigError(
            "MAIL_FROM: should be an e-mail address, for example Varvet <varvet@example.se>"
        )
    return address


def _mail_envelope_from(value: str | None) -> str:
    address = (value or "").strip()
    if address and not (address.isascii() and _BARE_ADDRESS.fullmatch(address)):
        raise ConfigError(
            "MAIL_ENVELOPE_FROM: should be an e-mail address and nothing else, "
            "for example studs@example.se"
        )
    return address


def _secret_key(given: str | None, instance: Path) -> str:
    if not given:
        return _kept_secret(instance)
    if len(given) < SHORTEST_KEY:
        raise ConfigError(f"SECRET_KEY: should have at least {SHORTEST_KEY} characters")
    return given


def _kept_secret(instance: Path) -> str:
    """The key kept in the instance folder, made at the first start. Processes that start at once
    end up with the same one: a whole file is put in place by whoever comes first."""
    path, draft = instance / "secret_key", instance / f"secret_key.{os.getpid()}"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        secret = path.read_text().strip()
    except OSError as wrong:
        raise ConfigError(
            f"SECRET_KEY: not set, and {path} cannot be read or made ({wrong.strerror})"
        ) from wrong
    if len(secret) < SHORTEST_KEY:
        raise ConfigError(f"SECRET_KEY: {path} is damaged; remove it, or set SECRET_KEY")
    return secret
