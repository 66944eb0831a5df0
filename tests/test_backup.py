"""`backup` and `restore`: a whole copy while people work, and back; or one line and nothing changed."""

import os
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.conftest import make_settings, new_database, new_migrated_database
from tracker import create_app
from tracker.extensions import db
from tracker.models import Organizer


@pytest.fixture
def own_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARVET_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("SECRET_KEY", raising=False)


@pytest.fixture
def own_app(database_kind: str, tmp_path: Path, own_instance: None) -> Iterator[Flask]:
    """An application with a database and instance folder of its own, migrated, with one organizer."""
    with new_migrated_database(database_kind, tmp_path) as url:
        yield from with_one_organizer(url)


@pytest.fixture
def app_that_made_its_database(tmp_path: Path, own_instance: None) -> Iterator[Flask]:
    """The same on SQLite, where the application has made the file itself."""
    with new_database("sqlite", tmp_path) as url:
        yield from with_one_organizer(url, migrate=True)


def with_one_organizer(url: str, *, migrate: bool = False) -> Iterator[Flask]:
    app = create_app(make_settings(url))
    with app.app_context():
        if migrate:
            upgrade()
        db.session.add(Organizer(name="Exempelby kommun"))
        db.session.commit()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def run(app: Flask, *command: object) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=[str(word) for word in command])
    return result.exit_code, result.output


def names(app: Flask) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(db.select(Organizer.name).order_by(Organizer.name)))
        db.session.remove()
        return found


def test_back_to_where_it_was(own_app: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    code, said = run(own_app, "backup", copy)
    assert code == 0, said
    with own_app.app_context():
        db.session.add(Organizer(name="Granby kommun"))
        db.session.commit()
        db.session.remove()
    code, said = run(own_app, "restore", copy, "--replace")
    assert code == 0, said
    assert names(own_app) == ["Exempelby kommun"]
    assert (tmp_path / "instance" / "secret_key").read_text() == own_app.secret_key


def test_readable_by_its_owner_only(own_app: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    run(own_app, "backup", copy)
    assert copy.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob(".varvet-*")] == []


@pytest.fixture
def open_umask() -> Iterator[None]:
    """What the process makes without a mode of its own, everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_the_database_is_its_owners_alone_however_it_came_there(
    open_umask, app_that_made_its_database, tmp_path
) -> None:
    app = app_that_made_its_database
    copy = tmp_path / "copy.tar.gz"
    run(app, "backup", copy)
    with app.app_context():
        db.session.add(Organizer(name="Granby kommun"))
        db.session.commit()
        made = modes(tmp_path)
        db.session.remove()
        db.engine.dispose()
    assert set(made) == {"test.sqlite3", "test.sqlite3-wal", "test.sqlite3-shm"}
    assert set(made.values()) == {"0o600"}

    for path in tmp_path.glob("test.sqlite3*"):
        path.unlink()
    assert run(app, "restore", copy, "--replace")[0] == 0
    assert names(app) == ["Exempelby kommun"]
    assert set(modes(tmp_path).values()) == {"0o600"}
    with tarfile.open(copy) as archive:
        assert {oct(member.mode) for member in archive} == {"0o600"}


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in folder.glob("test.sqlite3*")}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_rights_that_somebody_has_given_are_left(
    open_umask, database_kind, own_app, tmp_path
) -> None:
    (tmp_path / "test.sqlite3").chmod(0o640)
    assert names(own_app) == ["Exempelby kommun"]
    assert modes(tmp_path)["test.sqlite3"] == "0o640"


def test_content_is_not_replaced_unasked(own_app: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    run(own_app, "backup", copy)
    code, said = run(own_app, "restore", copy)
    assert code == 1
    assert "databasen har redan innehåll" in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", b"\x1f\x8b\x08\x00half a gzip"],
    ids=["empty", "text", "cut"],
)
def test_a_file_that_is_no_copy(own_app: Flask, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    code, said = run(own_app, "restore", file, "--replace")
    assert code == 1
    assert "är inte en hel kopia från Varvet" in said
    assert names(own_app) == ["Exempelby kommun"]


def test_a_copy_that_lost_its_end(own_app: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    run(own_app, "backup", copy)
    copy.write_bytes(copy.read_bytes()[:-2000])
    code, _ = run(own_app, "restore", copy, "--replace")
    assert code == 1
    assert names(own_app) == ["Exempelby kommun"]


def test_to_a_folder_that_is_not_there(own_app: Flask, tmp_path: Path) -> None:
    code, said = run(own_app, "backup", tmp_path / "nowhere" / "copy.tar.gz")
    assert code == 1
    assert said.startswith("varvet: Ingen kopia togs")


def test_while_people_write(own_app: Flask, tmp_path: Path) -> None:
    """Writers put rows in pairs, in one transaction each: a copy never holds half a pair."""
    copy = tmp_path / "copy.tar.gz"
    stop, begun = threading.Event(), threading.Event()
    trouble: list[BaseException] = []

    def write() -> None:
        number = 0
        try:
            while not stop.is_set() and number < 2000:
                with own_app.app_context():
                    db.session.add_all(
                        [Organizer(name=f"A {number}"), Organizer(name=f"B {number}")]
                    )
                    db.session.commit()
                    db.session.remove()
                number += 1
                begun.set()
        except BaseException as wrong:
            trouble.append(wrong)

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(20)
    code, said = run(own_app, "backup", copy)
    stop.set()
    writer.join(20)
    assert not trouble
    assert code == 0, said
    assert run(own_app, "restore", copy, "--replace")[0] == 0
    kept = names(own_app)
    assert {name[2:] for name in kept if name.startswith("A ")} == {
        name[2:] for name in kept if name.startswith("B ")
    }
    assert len(kept) >= 3


def test_a_damaged_database_inside(own_app: Flask, database_kind: str, tmp_path: Path) -> None:
    if database_kind != "sqlite":
        pytest.skip("pg_restore reads its own format; the cut file above covers it")
    copy, inside = tmp_path / "copy.tar.gz", tmp_path / "inside"
    run(own_app, "backup", copy)
    inside.mkdir()
    with tarfile.open(copy) as archive:
        archive.extractall(inside)
    database = inside / "varvet.sqlite3"
    raw = bytearray(database.read_bytes())
    raw[4096 * 2 : 4096 * 6] = b"\xff" * (4096 * 4)
    database.write_bytes(bytes(raw))
    with tarfile.open(copy, "w:gz") as archive:
        for part in inside.iterdir():
            archive.add(part, arcname=part.name)
    code, said = run(own_app, "restore", copy, "--replace")
    assert code == 1
    assert "skadad" in said
    assert names(own_app) == ["Exempelby kommun"]
