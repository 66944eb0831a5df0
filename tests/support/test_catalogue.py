"""The catalogue: who keeps it, who reads it, and what is never lost from it."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.checked_client import errors
from tests.checkins.scenes import value
from tests.support.scenes import asked, offer
from tracker.extensions import db
from tracker.models import AuditEvent, SchoolForm, SupportOffer, SupportOfferForm

LIST, NEW = "/stod/katalog", "/stod/katalog/nytt"


def sentences():
    return [event.sentence for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def sent(**fields):
    return {
        "title": "Stöd i analysen",
        "gives": "Någon arbetar med er i analysen.",
        "forms": ["GR", "FTH"],
        "audience": "Rektorer i sitt första år",
        "owner_id": "",
        "contact": "Områdeschefen",
        "form_token": "abc",
    } | fields


@pytest.mark.parametrize("who", ["lena", "tove"])
def test_it_is_kept_by_skolchef_and_systemforvaltare(cast, as_, who):
    browser = as_(getattr(cast, who))
    assert "Lägg till det stöd" in browser.page(LIST)
    assert browser.submit(NEW, sent(owner_id=cast.samira.id)).location == LIST
    [row] = db.session.query(SupportOffer)
    assert row.forms == [SchoolForm.COMPULSORY, SchoolForm.AFTER_SCHOOL]
    page = browser.page(LIST)
    for text in (
        "Stöd i analysen",
        "Grundskola och fritidshem. Rektorer i sitt första år.",
        "Samira Nilsson",
        "Områdeschefen",
    ):
        assert text in page
    name = getattr(cast, who).name
    assert sentences()[-1] == f"{name} lade till ”Stöd i analysen” i stödkatalogen."
    assert "i stödkatalogen" in browser.page("/historik")


@pytest.mark.parametrize("who", ["karin", "erik", "samira", "sofia", "perolov"])
def test_the_others_read_it(cast, as_, who):
    row = offer(cast)
    browser = as_(getattr(cast, who))
    page = browser.page(LIST)
    assert "Ett samtal varannan vecka." in page
    assert ("Be om stöd<" in page) == (who in ("karin", "erik"))
    assert f"{LIST}/{row.id}" not in page
    for url in (NEW, f"{LIST}/{row.id}"):
        browser.page(url, 403)
        browser.submit(url, sent(), 403)
    for step in ("lagg-undan", "ta-tillbaka"):
        browser.submit(f"{LIST}/{row.id}/{step}", status=403)


def test_another_municipality(cast, as_):
    row = offer(cast)
    ingela = as_(cast.ingela)
    assert "Rektorsmentor" not in ingela.page(LIST)
    ingela.page(f"{LIST}/{row.id}", 404)
    ingela.submit(f"{LIST}/{row.id}/lagg-undan", status=404)
    answer = ingela.submit(NEW, sent(owner_id=cast.samira.id), 422)
    assert errors(answer) == ["Välj ett av alternativen."]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "Skriv vad stödet heter."),
        ({"title": "x" * 201}, "Texten är för lång"),
        ({"gives": ""}, "Skriv vad den får som ber om stödet."),
        ({"gives": "x" * 5001}, "Texten är för lång"),
        ({"contact": " "}, "Skriv vem man vänder sig till, eller välj vem som svarar."),
        ({"contact": "19121212-1212"}, "Texten ser ut att innehålla ett personnummer"),
        ({"forms": ["GR", "TRÄD"]}, "Välj bland alternativen."),
        ({"owner_id": "77777777"}, "Välj ett av alternativen."),
    ],
)
def test_bad_input(cast, as_, fields, message):
    answer = as_(cast.lena).submit(NEW, sent(**fields), 422)
    [said] = errors(answer)
    assert said.startswith(message)
    assert "Någon arbetar med er" in answer.text or "gives" in fields
    assert db.session.query(SupportOffer).count() == 0


def test_who_reads_no_requests_is_not_asked(cast, as_):
    """The systemförvaltare keeps the catalogue and reads no unit's requests; a rektor has one unit."""
    page = as_(cast.tove).page(NEW)
    for name in ("Erik Lund", "Maria Öberg", "Lena Forsgren", "Samira Nilsson"):
        assert f">{name}</option>" in page
    for name in ("Tove Lindh", "Karin Holm", "Per-Olov Wikström", "Ingela Dahl"):
        assert f">{name}</option>" not in page


def test_pressed_twice_it_is_one(cast, as_):
    lena = as_(cast.lena)
    form = sent(form_token=value(lena.page(NEW), "form_token"))
    for _ in range(2):
        lena.submit(NEW, form)
    assert db.session.query(SupportOffer).count() == 1


def test_two_who_change_it(cast, as_):
    row = offer(cast)
    lena = as_(cast.lena)
    form = sent(version=1, title="Mentor", forms=["GR"])
    lena.submit(f"{LIST}/{row.id}", form)
    answer = lena.submit(f"{LIST}/{row.id}", form | {"title": "Coach", "forms": ["GY"]}, 409)
    assert "Mentor" in answer.text
    assert "Coach" in answer.text
    db.session.refresh(row)
    assert (row.title, row.forms) == ("Mentor", [SchoolForm.COMPULSORY])


def test_other_verksamheter_alone_make_it_another_version(cast, as_):
    row = offer(cast, forms=[SchoolForm.COMPULSORY])
    same = {"title": row.title, "gives": row.gives, "audience": "", "contact": row.contact}
    lena = as_(cast.lena)
    lena.submit(f"{LIST}/{row.id}", sent(version=1, **same, forms=["GR"]))
    assert db.session.get(SupportOffer, row.id).version == 1
    lena.submit(f"{LIST}/{row.id}", sent(version=1, **same, forms=["GR", "GY"]))
    assert db.session.get(SupportOffer, row.id).version == 2
    assert sentences()[-1] == "Lena Forsgren ändrade ”Rektorsmentor” i stödkatalogen."


def test_retired_it_keeps_what_was_asked_for_and_comes_back(cast, as_):
    row = offer(cast)
    request = asked(cast.hassel, cast.ali, offer=row)
    lena = as_(cast.lena)
    for _ in range(2):
        lena.submit(f"{LIST}/{row.id}/lagg-undan")
    page = lena.page(LIST)
    assert "Undanlagt (1)" in page
    ali = as_(cast.ali)
    assert "Rektorsmentor" not in ali.page(LIST)
    assert "Rektorsmentor" in ali.page(f"/stod/{request.id}")
    told = [text for text in sentences() if "lade undan" in text]
    assert told == ["Lena Forsgren lade undan ”Rektorsmentor” ur stödkatalogen."]
    lena.submit(f"{LIST}/{row.id}/ta-tillbaka")
    assert "Rektorsmentor" in ali.page(LIST)


class TestWhatTheDatabaseRefuses:
    def test_what_says_nobody_to_ask(self, cast):
        row = offer(cast)
        row.contact = ""
        with pytest.raises(IntegrityError):
            db.session.flush()

    def test_what_has_no_title(self, cast):
        row = offer(cast)
        row.title = ""
        with pytest.raises(IntegrityError):
            db.session.flush()

    def test_a_verksamhet_of_another_municipality(self, cast):
        row = offer(cast)
        db.session.add(
            SupportOfferForm(
                organizer_id=cast.granby.id, offer_id=row.id, form=SchoolForm.COMPULSORY
            )
        )
        with pytest.raises(IntegrityError):
            db.session.flush()
