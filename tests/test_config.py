"""Settings out of the environment: what is right is read, what is wrong stops the start in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tracker.config import ConfigError, Settings, SmtpServer

ROOT = Path(__file__).resolve().parent.parent


def read(tmp_path: Path, **env: str) -> Settings:
    return Settings.from_environment({"BASE_URL": "https://varvet.example.se"} | env, tmp_path)


def test_the_defaults(tmp_path):
    settings = read(tmp_path)
    assert settings.environment == "production"
    assert settings.database_url == f"sqlite:///{tmp_path / 'varvet.sqlite3'}"
    assert settings.trusted_hosts == ["varvet.example.se", "127.0.0.1", "localhost"]
    assert settings.proxy_hops == 0
    assert settings.smtp is None
    assert settings.mail_from == "Varvet <varvet@varvet.example.se>"
    assert settings.secure
    assert not settings.is_demo


def test_a_secret_key_is_made_once_and_kept_to_oneself(tmp_path):
    first, second = read(tmp_path / "instance"), read(tmp_path / "instance")
    kept = tmp_path / "instance" / "secret_key"
    assert first.secret_key == second.secret_key == kept.read_text()
    assert len(first.secret_key) >= 48
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_secret_key_that_is_given_is_not_written_down(tmp_path):
    assert read(tmp_path, SECRET_KEY="x" * 40).secret_key == "x" * 40
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://u:p@db/varvet", "postgresql+psycopg://u:p@db/varvet"),
        ("postgresql://u:p@db/varvet", "postgresql+psycopg://u:p@db/varvet"),
        ("postgresql+psycopg://u:p@db/varvet", "postgresql+psycopg://u:p@db/varvet"),
        ("sqlite:////var/lib/varvet.sqlite3", "sqlite:////var/lib/varvet.sqlite3"),
    ],
)
def test_postgresql_means_psycopg(tmp_path, given, meant):
    assert read(tmp_path, DATABASE_URL=given).database_url == meant


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.se", SmtpServer("mail.example.se", 25, None, None, False)),
        ("smtp://a:b@mail.example.se:587", SmtpServer("mail.example.se", 587, "a", "b", False)),
        ("smtps://a%40x:b%2F@mail.example.se", SmtpServer("mail.example.se", 465, "a@x", "b/", True)),
    ],
)  # fmt: skip
def test_the_mail_server(tmp_path, url, server):
    assert read(tmp_path, SMTP_URL=url).smtp == server


def test_where_undeliverable_mail_comes_back(tmp_path):
    assert read(tmp_path).mail_envelope_from == ""
    address = read(tmp_path, MAIL_ENVELOPE_FROM=" studs@varvet.example ").mail_envelope_from
    assert address == "studs@varvet.example"


def test_the_zone_of_the_environment_is_never_read(tmp_path):
    assert read(tmp_path, TZ="America/New_York", SECRET_KEY="x" * 40) == read(
        tmp_path, SECRET_KEY="x" * 40
    )


WRONG = {
    "VARVET_ENV": ["produktion", ""],
    "BASE_URL": ["varvet.example.se", "ftp://varvet.example.se", "https://", "https://x.se/a"],
    "SECRET_KEY": ["short", "x" * 15],
    "PROXY_HOPS": ["-1", "one", "6", "1.5"],
    "DATABASE_URL": ["mysql://db/varvet", "/var/lib/varvet.sqlite3"],
    "SMTP_URL": ["mail.example.se:25", "http://mail.example.se", "smtp://", "smtp://mail:port"],
    "MAIL_FROM": ["Varvet", "a@b.se\nBcc: c@d.se"],
    "MAIL_ENVELOPE_FROM": ["studs", "Varvet <studs@b.se>", "a@b.se\nc@d.se", "å@b.se", "a@b@c.se"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path, name, value):
    with pytest.raises(ConfigError) as refusal:
        read(tmp_path, **{name: value})
    said = str(refusal.value)
    assert said.startswith(f"{name}: ")
    assert "\n" not in said


def test_a_secret_key_that_another_process_made_meanwhile_is_taken(tmp_path, monkeypatch):
    def link(_draft: Path, path: Path) -> None:
        Path(path).write_text("k" * 48)
        raise FileExistsError

    monkeypatch.setattr(os, "link", link)
    assert read(tmp_path).secret_key == "k" * 48
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_damaged_secret_key_is_not_used(tmp_path):
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ConfigError, match=r"SECRET_KEY: .* is damaged"):
        read(tmp_path)


def start(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Load the application as gunicorn and `flask` do, in a process of its own."""
    bare = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import wsgi; print('started')"],
        cwd=ROOT,
        env=bare | {"VARVET_INSTANCE": str(tmp_path)} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_start_stops_with_one_line_and_no_traceback(tmp_path):
    stopped = start(tmp_path, SMTP_URL="smtp://mail.example.se")
    assert stopped.returncode == 1
    assert stopped.stdout == ""
    assert stopped.stderr.splitlines() == [
        "varvet: BASE_URL: must be set when mail is sent, for example https://varvet.example.se"
    ]


def test_an_instance_folder_that_cannot_be_written_stops_the_start(tmp_path):
    (tmp_path / "a file").write_text("where the folder should be")
    stopped = start(tmp_path / "a file", VARVET_ENV="demo")
    assert stopped.returncode == 1
    (line,) = stopped.stderr.splitlines()
    assert line.startswith("varvet: SECRET_KEY: not set, and ")
    assert "a file" in line


def test_right_settings_start(tmp_path):
    started = start(tmp_path, BASE_URL="https://varvet.example.se")
    assert (started.returncode, started.stdout, started.stderr) == (0, "started\n", "")
