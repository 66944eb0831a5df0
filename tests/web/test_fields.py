"""Every field of a form: clean values out, Swedish words back, and never an exception."""

import enum
import json
from datetime import date, time
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, Request
from werkzeug.datastructures import MultiDict
from wtforms import Field

from tracker.models import UnitKind
from tracker.web import fields
from tracker.web.fields import (
    LINE_LENGTH,
    TEXT_LENGTH,
    BooleanField,
    Clock,
    Day,
    EmailAddress,
    FileField,
    FreeLine,
    FreeText,
    MaybeOneOf,
    MaybeRow,
    OneOf,
    Optional,
    Password,
    Rows,
    SomeOf,
    required,
)
from tracker.web.forms import Form

LABEL = "Fältet"
MUST = "Skriv något här."
PERSON = "19121212-1212"


def field_of(kind: type, *, must: bool = False) -> Any:
    """An unbound field of the kind, with two choices where it wants some."""
    validators = [required(MUST)] if must else [Optional()]
    if kind in (OneOf, MaybeOneOf, SomeOf):
        return kind(LABEL, UnitKind, validators=validators)
    return kind(LABEL, validators=validators)


def submitted(kind: type, *values: str, must: bool = False) -> Any:
    """The bound field after a form with these values was sent and validated."""

    class OneField(Form):
        class Meta(Form.Meta):
            csrf = False

        field = field_of(kind, must=must)

    form = OneField(formdata=sent([("field", value) for value in values]))
    if kind is MaybeRow:
        form.field.offer([(1, "Norr"), (2, "Söder")])
    if kind is Rows:
        form.field.choices = [(1, "Norr"), (2, "Söder")]
    form.validate()
    form.field.errors = list(form.field.errors)
    return form.field


def sent(pairs: list[tuple[str, str]]) -> MultiDict[str, str]:
    """What arrives of a form with these fields, bytes that are no UTF-8 included."""
    body = urlencode(pairs or [("another", "")], errors="surrogatepass")
    return Request.from_values(
        method="POST", data=body, content_type="application/x-www-form-urlencoded"
    ).form


@pytest.fixture(autouse=True)
def in_a_request(request: pytest.FixtureRequest) -> Any:
    app = Flask(__name__)
    app.secret_key = "a key for tests only"
    with app.test_request_context("/", method="POST"):
        yield


KINDS = [
    BooleanField, Clock, Day, EmailAddress, FileField, FreeLine, FreeText, MaybeOneOf, MaybeRow,
    OneOf, Password, Rows, SomeOf,
]  # fmt: skip
TEXTS = [FreeLine, FreeText]
CHOICES = [MaybeOneOf, MaybeRow, OneOf, Rows, SomeOf]
NOTHING = {
    BooleanField: False, Clock: None, Day: None, EmailAddress: "", FreeLine: "", FreeText: "", MaybeOneOf: None, MaybeRow: None, OneOf: None,
    Rows: [], SomeOf: [],
}  # fmt: skip

NASTY = {
    "100,000 characters": "å" * 100_000,
    "100,000 digits": "9" * 100_000,
    "emoji": "👩🏽‍🏫 👍 🇸🇪",
    "markup": "<script>alert('hej')</script>",
    "nul": "före\x00efter",
    "controls": "\x01\x02\x1b[31m\x7f",
    "lone surrogate": "a\ud83d",
    "both surrogates": "\ud83d\ude00",
    "right to left": "\u202eabc\u202c",
    "zero width": "\u200b\ufeff",
    "white space": " \t\r\n\u00a0\u2003 ",
    "sql": "'; DROP TABLE measure; --",
    "template": "{{ 7 * 7 }}{% for %}",
    "format": "%s %d {0} %(x)s",
    "negative": "-1",
    "too large for a database": str(2**63),
    "not a number": "nan",
    "exponent": "1e309",
    "arabic digits": "٣",
    "superscript": "²",
    "null": "null",
    "none": "None",
    "json": '{"a": [1]}',
    "date that is none": "2027-02-30",
    "date of another kind": "15/1 2027",
    "year 0": "0000-01-01",
    "year 99999": "99999-01-01",
    "time that is none": "25:61",
    "moment": "2027-01-15T13:00",
    "personnummer": f"Eleven {PERSON} läser.",
}


def test_every_field_is_tested():
    offered = {
        thing
        for name in fields.__all__
        if isinstance(thing := getattr(fields, name), type) and issubclass(thing, Field)
    }
    assert offered == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in NASTY.items()])
def test_whatever_is_sent_is_taken_or_refused_in_words(kind, text):
    """And what is taken can be stored, and what was typed can be shown again."""
    field = submitted(kind, text)
    for message in field.errors:
        assert message[0].isupper()
        assert message.endswith(".")
        assert "field" not in message.lower()
        assert "\x00" not in message
    if not field.errors and kind not in (Password, FileField):  # these two are not stored as text
        assert storable(field.data)
    str(field()).encode()  # as the answer will be


def storable(value: Any) -> bool:
    """Whether both databases take the value; PostgreSQL refuses NUL and half characters."""
    if isinstance(value, list):
        return all(storable(item) for item in value)
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        return "\x00" not in json.loads(json.dumps(value)) and bool(value.encode() or True)
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**31
    return value is None or isinstance(value, bool | date | time | enum.Enum)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not BooleanField])
@pytest.mark.parametrize("values", [(), ("",)], ids=["absent", "empty"])
def test_a_field_that_must_be_filled_says_what_to_write(kind, values):
    field = submitted(kind, *values, must=True)
    assert MUST in field.errors or field.errors == ["Välj bland alternativen."]


@pytest.mark.parametrize("kind", [*TEXTS, EmailAddress])
@pytest.mark.parametrize("blank", [" ", "\n\n", "\t", "\u00a0", "\u2003"])
def test_white_space_fills_no_field(kind, blank):
    assert submitted(kind, blank, must=True).errors == [MUST]


@pytest.mark.parametrize("kind", NOTHING)
@pytest.mark.parametrize("values", [(), ("",)], ids=["absent", "empty"])
def test_an_empty_field_means_nothing(kind, values):
    field = submitted(kind, *values)
    if not field.errors:
        assert field.data == NOTHING[kind]
    else:
        assert kind in (Rows, SomeOf)


# Texts


@pytest.mark.parametrize("kind", TEXTS)
def test_swedish_emoji_and_markup_are_kept_as_they_are(kind):
    text = "Åsa & Örjan <script> 👩🏽‍🏫 “citat” – tankstreck"
    assert submitted(kind, f"  {text}  ").data == text


@pytest.mark.parametrize("kind", TEXTS)
def test_what_no_database_takes_is_dropped(kind):
    field = submitted(kind, "före\x00\x07efter")
    assert field.data == "föreefter"
    field.process_formdata(["före\ud83defter"])
    assert field.data == "föreefter"


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize(
    "code",
    [
        *(*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
        *(0xE000, 0xF8FF, 0xFDD0, 0xFFFE, 0x1FFFF, 0xF0000, 0x10FFFD),
    ],
    ids=hex,
)
def test_what_cannot_be_seen_and_changes_what_is_read_is_dropped(kind, code):
    assert submitted(kind, f"före{chr(code)}efter").data == "föreefter"


@pytest.mark.parametrize("kind", TEXTS)
def test_other_directions_and_joined_letters_are_kept(kind):
    text = "مرحبا \u200fשלום 👩‍👧 नमस्‍ते"
    assert "\u200d" in text
    assert submitted(kind, text).data == text


def test_lines_are_kept_in_a_text_and_joined_in_a_line():
    typed = "Ett\r\n\r\n- två\r- tre\n"
    assert submitted(FreeText, typed).data == "Ett\n\n- två\n- tre"
    assert submitted(FreeLine, typed).data == "Ett - två - tre"


@pytest.mark.parametrize(("kind", "length"), [(FreeLine, LINE_LENGTH), (FreeText, TEXT_LENGTH)])
def test_the_longest_text(kind, length):
    assert submitted(kind, "å" * length).errors == []
    field = submitted(kind, "å" * (length + 1))
    (message,) = field.errors
    assert f"{length + 1:,}".replace(",", "\u00a0") in message
    assert f"högst {length:,}".replace(",", "\u00a0") in message
    assert field.data == "å" * (length + 1), "what was typed is kept, to be shortened"


@pytest.mark.parametrize("kind", TEXTS)
def test_a_personnummer_stops_the_writer_and_is_named(kind):
    field = submitted(kind, f"Eleven {PERSON} läser.")
    (message,) = field.errors
    assert PERSON in message
    assert "personnummer" in message
    assert field.data == f"Eleven {PERSON} läser."


def test_an_address_may_look_like_one():
    assert submitted(EmailAddress, "191212121212@example.se").errors == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Karin.Holm@Exempelby.SE", "karin.holm@exempelby.se"),
        (" karin@exempelby.example ", "karin@exempelby.example"),
        ("karin@skola.exempelby.se", "karin@skola.exempelby.se"),
    ],
)
def test_an_address_is_written_one_way(typed, meant):
    field = submitted(EmailAddress, typed)
    assert (field.data, list(field.errors)) == (meant, [])


@pytest.mark.parametrize(
    "wrong", ["karin", "karin@", "@exempelby.se", "a b@c.se", "a@b", "a@b..se", "a@b.se, c@d.se", "kärin@exempelby.se"],
)  # fmt: skip
def test_what_is_no_address(wrong):
    assert submitted(EmailAddress, wrong).errors == [
        "Skriv en e-postadress, till exempel namn@kommunen.se."
    ]


def test_a_password_is_taken_to_the_letter_up_to_a_length():
    assert submitted(Password, " Blå <kaffekopp> ").data == " Blå <kaffekopp> "
    assert submitted(Password, "x" * 1000).errors == []
    assert submitted(Password, "x" * 1001).errors == [
        "Lösenordet är för långt: högst 1 000 tecken."
    ]


def test_a_password_is_never_shown_again():
    assert "kaffekopp" not in str(submitted(Password, "kaffekopp")())


# Days and hours


@pytest.mark.parametrize(
    ("typed", "day"), [("2027-01-15", date(2027, 1, 15)), (" 2028-02-29 ", date(2028, 2, 29))]
)
def test_a_day(typed, day):
    field = submitted(Day, typed)
    assert (field.data, list(field.errors)) == (day, [])


@pytest.mark.parametrize("wrong", ["15/1 2027", "2027-02-29", "2027-13-01", "i morgon", "270115"])
def test_what_is_no_day_is_kept_to_be_mended(wrong):
    field = submitted(Day, wrong)
    assert field.errors == ["Skriv datumet som år-månad-dag, till exempel 2027-01-15."]
    assert wrong in str(field())


@pytest.mark.parametrize("wrong", ["0207-01-15", "1989-12-31", "2101-01-01"])
def test_a_year_that_is_a_slip_of_the_pen(wrong):
    assert submitted(Day, wrong).errors == ["Ange ett år mellan 1990 och 2100."]


@pytest.mark.parametrize(
    ("typed", "hour"), [("13:00", time(13)), ("8.30", time(8, 30)), ("13:00:00", time(13))]
)
def test_a_time_of_day(typed, hour):
    field = submitted(Clock, typed)
    assert (field.data, list(field.errors)) == (hour, [])


@pytest.mark.parametrize("wrong", ["13", "25:00", "13:60", "kl. ett", ":", "-1:00"])
def test_what_is_no_time_of_day_is_kept_to_be_mended(wrong):
    field = submitted(Clock, wrong)
    assert field.errors == ["Skriv klockslaget som timme och minut, till exempel 13.00."]
    assert wrong in str(field())


# Choices


@pytest.mark.parametrize("kind", CHOICES)
@pytest.mark.parametrize("wrong", ["castle", "3", "-1", "1; DROP", "SCHOOL", str(2**70)])
def test_what_was_not_offered_is_refused(kind, wrong):
    assert submitted(kind, wrong).errors in (
        ["Välj ett av alternativen."],
        ["Välj bland alternativen."],
    )


def test_a_choice_comes_back_as_what_it_means():
    assert submitted(OneOf, "school").data is UnitKind.SCHOOL
    assert submitted(MaybeOneOf, "adult").data is UnitKind.ADULT
    assert submitted(SomeOf, "school", "adult").data == [UnitKind.SCHOOL, UnitKind.ADULT]
    assert submitted(MaybeRow, "2").data == 2
    assert submitted(Rows, "1", "2").data == [1, 2]


@pytest.mark.parametrize("kind", CHOICES)
def test_a_choice_is_shown_as_made(kind):
    values = {MaybeRow: "2", Rows: "2"}
    shown = str(submitted(kind, values.get(kind, "school"))())
    assert shown.count("checked") + shown.count("selected") == 1


def test_a_tick():
    assert submitted(BooleanField, "y").data is True
    assert submitted(BooleanField).data is False


def test_fewer_choices_than_there_are():
    class Few(Form):
        class Meta(Form.Meta):
            csrf = False

        kind = OneOf(LABEL, UnitKind, only=[UnitKind.SCHOOL])

    form = Few(formdata=sent([("kind", "adult")]))
    assert not form.validate()
    assert form.kind.errors == ["Välj ett av alternativen."]
