"""What one has typed is read wherever it was typed, whatever has become of that page."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from tests.drafts.scenes import TEXT, WRITE, drafts, form_of, go_on, send, type_in
from tests.measures.scenes import a_measure
from tracker.extensions import db
from tracker.models import Role, RoleAssignment


def test_listed_wherever_it_was_typed(karin):
    type_in(karin, WRITE, results=TEXT)
    page = karin.page("/utkast")
    assert TEXT in page
    (address,) = set(re.findall(r'href="([^"]*utkast=[^"]*)"', page))
    assert f"{TEXT}</textarea>" in karin.page(address)


def quoted(page):
    return re.findall(r"<p>”(.*?)”</p>", page)


def test_it_is_known_by_what_was_changed(karin, cast, analysis):
    """Not by the longest text of the page, which may be as it was saved."""
    analysis.write({"basis": TEXT}, by=cast.karin)
    db.session.commit()
    form = type_in(karin, WRITE, basis=TEXT, results="Var tredje", changed=["results"])
    assert quoted(karin.page("/utkast")) == ["Var tredje"]
    assert "inte är sparat: ”Var tredje”" in karin.page(WRITE)
    # Neither gone on with nor come back is that forgotten, though the page has the text from its beginning.
    send(karin, form, 2, basis=TEXT, results="Var tredje")
    assert quoted(karin.page("/utkast")) == ["Var tredje"]
    send(karin, form_of(go_on(karin, WRITE)), basis=TEXT, results="Var tredje")
    assert quoted(karin.page("/utkast")) == ["Var tredje"]


def test_what_the_page_carries_along_is_no_text(karin):
    """A form that was sent empty came back, and was kept."""
    form = type_in(karin, WRITE, form_token="cEsS6SZGjnLdlL1C80zN1A", basis=" ")
    page = karin.page("/utkast")
    assert quoted(page) == []
    assert "cEsS6SZGjnLdlL1C80zN1A" not in page
    assert "som inte är sparat.</p>" in karin.page(WRITE)
    page = karin.page(f"/utkast?visa={form['utkast']}")
    assert "Det finns ingen text i utkastet" in page
    assert "cEsS6SZGjnLdlL1C80zN1A" not in page


def test_the_whole_text_is_shown_in_the_list(karin):
    long = "Ett ord till. " * 30 + "Slut."
    type_in(karin, WRITE, basis="Kort", results=long)
    page = karin.page("/utkast")
    assert "Slut." not in page
    (address,) = re.findall(r'href="(/utkast\?visa=[^"#]*)', page)
    page = karin.page(address)
    for text in ("Vad bygger analysen på?", "Kort", "Resultatbild", long):
        assert text in page
    assert "tar inte emot texten längre" not in page


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("cancelled", "har ändrats sedan dess"),
        ("gone", "finns inte kvar"),
        ("absent", "finns inte kvar"),
        ("without the form", "har ändrats sedan dess"),
        ("only read", "Din roll ger dig inte längre rätt"),
    ],
)
def test_a_page_that_takes_the_draft_no_more_leads_to_its_text(cast, as_, what, why):
    measure = a_measure(cast, year=cast.last_year, due=date(2026, 6, 1))
    karin = as_(cast.karin)
    url = f"/atgarder/{measure.id}/effekt"
    form = form_of(karin.page(url))
    send(
        karin,
        form | {"utkast_sida": "/"} if what == "without the form" else form,
        outcome=TEXT,
    )
    if what == "cancelled":
        measure.cancel("Skäl", by=cast.jonas)
    elif what == "gone":
        db.session.delete(measure)
    elif what == "absent":
        drafts()[0].address = "/atgarder/999999/effekt"
    elif what == "only read":
        held = sa.select(RoleAssignment).where(RoleAssignment.user_id == cast.karin.id)
        for role in db.session.scalars(held):
            role.role = Role.STAFF
    db.session.commit()
    (address,) = re.findall(r'href="([^"]*utkast=[^"]*)"', karin.page("/utkast"))
    answer = karin.get(address)
    assert answer.status_code == 303
    page = karin.page(answer.location.partition("#")[0])
    assert "tar inte emot texten längre" in page
    assert why in page
    assert f"{TEXT}</div>" in page
    assert "Fortsätt med utkastet" not in page
    assert ("Åtgärden är avbruten" in page) is (what == "cancelled")
    # A draft of nobody's tells no more than the address alone does.
    assert (
        as_(cast.jonas).get(address).status_code
        == as_(cast.jonas).get(drafts()[0].address).status_code
    )
