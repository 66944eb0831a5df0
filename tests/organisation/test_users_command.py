"""`flask --app wsgi users add`."""

import re

import pytest

from tracker.extensions import db
from tracker.models import OneTimeLink, Organizer, Role, RoleAssignment, SchoolYear, User


@pytest.fixture
def run(app):
    def run(*words):
        result = app.test_cli_runner().invoke(args=["users", "add", *words])
        db.session.expire_all()
        return result

    return run


NEW = ("ny@exempelby.example", "--name", "Nils Ny")
EXEMPELBY = ("--organizer", "Exempelby kommun")


def test_prints_a_link_by_which_the_person_comes_in(run, cast, client):
    result = run(*NEW, "--role", "principal", "--unit", "klockvretsskolan", *EXEMPELBY)

    assert result.exit_code == 0, result.output
    link = re.search(r"http://127.0.0.1:8000(/valj-losenord/\S+)", result.stdout)[1]
    password = "fyra ord som ingen gissar"
    client.page(link)
    client.submit(link, {"password": password, "repeat": password})
    assert User.with_email("ny@exempelby.example").password_hash
    client.page("/konto")


def test_the_unit_may_be_given_by_its_code_and_the_area_by_its_name(run, cast):
    cast.klockvret.code = "12345678"
    db.session.commit()

    assert run(*NEW, "--role", "deputy", "--unit", "12345678", *EXEMPELBY).exit_code == 0
    assert run(*NEW, "--role", "dialogue_lead", "--area", "norr", *EXEMPELBY).exit_code == 0

    user = User.with_email("ny@exempelby.example")
    held = db.session.query(RoleAssignment).filter_by(user_id=user.id).order_by("id").all()
    assert [(role.role, role.scope) for role in held] == [
        (Role.DEPUTY, "unit"),
        (Role.DIALOGUE_LEAD, "area"),
    ]


def test_again_gives_a_new_link_and_no_second_role(run, cast):
    for _ in range(2):
        run(*NEW, "--role", "organizer_lead", *EXEMPELBY)

    user = User.with_email("ny@exempelby.example")
    assert db.session.query(RoleAssignment).filter_by(user_id=user.id).count() == 1
    links = db.session.query(OneTimeLink).filter_by(user_id=user.id).order_by("id").all()
    assert [link.used_at is None for link in links] == [False, True]


def test_the_first_administrator_brings_the_organizer(run, cast):
    result = run(*NEW, "--role", "system_admin", "--organizer", "Tomby kommun")

    assert result.exit_code == 0, result.output
    assert "Ny huvudman: Tomby kommun, med läsåret 2026/27." in result.stdout
    organizer = Organizer.with_name("Tomby kommun")
    assert SchoolYear.of(organizer.id, 2026) is not None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nej", "--name", "N", "--role", "board", *EXEMPELBY), "ingen e-postadress"),
        ((NEW[0], "--name", " ", "--role", "board", *EXEMPELBY), "namnet"),
        ((NEW[0], "--name", "x" * 100_000, "--role", "board", *EXEMPELBY), "namnet"),
        ((*NEW, "--role", "board"), "ange huvudman"),
        ((*NEW, "--role", "board", "--organizer", "Atlantis"), "finns inte"),
        ((*NEW, "--role", "principal", *EXEMPELBY), "gäller en enhet"),
        ((*NEW, "--role", "board", "--area", "Norr", *EXEMPELBY), "hela huvudmannen"),
        ((*NEW, "--role", "staff", "--unit", "granbyskolan", *EXEMPELBY), "har ingen enhet"),
        ((*NEW, "--role", "dialogue_lead", "--area", "Väst", *EXEMPELBY), "inget område"),
        (
            (*NEW, "--role", "dialogue_lead", "--area", "Norr", "--unit", "klockvretsskolan",
             *EXEMPELBY),
            "inte båda",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_saves_nothing(run, cast, words, message):
    result = run(*words)

    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert User.with_email("ny@exempelby.example") is None


def test_an_unknown_role_is_refused_with_those_there_are(run):
    result = run(*NEW, "--role", "king", *EXEMPELBY)

    assert result.exit_code == 2
    assert "principal" in result.stderr
