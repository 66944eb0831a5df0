"""`flask --app wsgi units import`."""

import pytest
import sqlalchemy as sa

from tests.organisation.test_import_file import DATA, NATIONAL
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    Organizer,
    QualityCycle,
    QualityDialogue,
    SchoolUnit,
    SchoolYear,
)

EXPORT = DATA / "skolverket_slutbetyg_ak9_2024-25_riket.csv"
OLDER = DATA / "skolverket_slutbetyg_ak9_2022-23_kungsbacka.csv"


@pytest.fixture
def run(app):
    def run(*words):
        result = app.test_cli_runner().invoke(args=["units", "import", *map(str, words)])
        db.session.expire_all()
        return result

    return run


def units_of(name):
    return db.session.scalars(
        sa.select(SchoolUnit).join(Organizer).where(Organizer.name == name)
    ).all()


def test_the_municipality_out_of_the_national_file(run):
    result = run(EXPORT, "--organizer", "Kungsbacka kommun")

    assert result.exit_code == 0, result.output
    assert "Läste 1\u00a0714 enheter ur filen; 16 hör till Kungsbacka kommun." in result.output
    assert "16 nya, 0 ändrade" in result.output
    units = units_of("Kungsbacka kommun")
    assert len(units) == 16
    year = db.session.query(SchoolYear).filter_by(organizer_id=units[0].organizer_id).one()
    assert year.label == "2026/27"
    laps = db.session.query(QualityCycle).filter_by(school_year_id=year.id).count()
    dialogues = db.session.query(QualityDialogue).filter_by(school_year_id=year.id).count()
    assert (laps, dialogues) == (17, 32)  # a lap for the organizer itself too


def test_a_second_run_changes_nothing_and_says_so(run):
    run(EXPORT, "--organizer", "Kungsbacka kommun")
    events = db.session.query(AuditEvent).count()

    result = run(EXPORT, "--organizer", "kungsbacka kommun")

    assert result.exit_code == 0
    assert "Inget att ändra: 16 enheter finns redan." in result.output
    assert db.session.query(AuditEvent).count() == events


def test_a_dry_run_saves_nothing(run):
    result = run(EXPORT, "--organizer", "Kungsbacka kommun", "--dry-run")

    assert result.exit_code == 0
    assert "inget är sparat" in result.output
    assert Organizer.with_name("Kungsbacka kommun") is None


def test_a_changed_name_is_said_and_renames(run):
    run(EXPORT, "--organizer", "Kungsbacka kommun")

    result = run(OLDER, "--organizer", "Kungsbacka kommun")

    assert "Ändras: Särö skola 6-9 byter namn till Särö skola 5-9" in result.output
    renamed = next(unit for unit in units_of("Kungsbacka kommun") if unit.code == "72090315")
    assert (renamed.name, renamed.slug) == ("Särö skola 5-9", "saro-skola-5-9")


@pytest.mark.parametrize(
    "content",
    [b"", NATIONAL[:90_000], b"\xff\xfe\xff", b"Hej!", b"PK\x03\x04 inte excel"],
)
def test_a_bad_file_stops_with_one_line_and_nothing_half_saved(run, tmp_path, content):
    path = tmp_path / "fil.csv"
    path.write_bytes(content)

    result = run(path, "--organizer", "Kungsbacka kommun")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("varvet: ")
    assert result.stderr.count("\n") == 1
    assert Organizer.with_name("Kungsbacka kommun") is None


def test_another_organizer_is_not_made_for_a_name_without_units(run):
    result = run(EXPORT, "--organizer", "Atlantis kommun")

    assert result.exit_code == 1
    assert "inga enheter med huvudmannen ”Atlantis kommun”" in result.stderr
    assert Organizer.with_name("Atlantis kommun") is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_name_that_is_none(run, name):
    result = run(EXPORT, "--organizer", name)

    assert result.exit_code == 1
    assert "huvudmannens namn" in result.stderr
