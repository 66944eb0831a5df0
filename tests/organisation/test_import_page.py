"""Läs in enheter ur fil: choose, look, say yes."""

import io
import re

import openpyxl
import pytest

from tests.checked_client import errors
from tests.organisation.test_import_file import NATIONAL, excel, template
from tracker.extensions import db
from tracker.models import (
    Area,
    AuditEvent,
    DialogueUnit,
    Organizer,
    Role,
    RoleAssignment,
    SchoolUnit,
)
from tracker.organisation.importing_rows import TEMPLATE_COLUMNS

PAGE = "/organisation/enheter/importera"


def upload(browser, content, status=200, name="enheter.csv"):
    return browser.submit(PAGE, {"file": (io.BytesIO(content), name)}, status)


def confirm(browser, preview):
    sealed = re.search(r'name="sealed" value="([^"]+)"', preview.get_data(as_text=True))[1]
    return browser.submit(f"{PAGE}/spara", {"sealed": sealed})


def units(organizer):
    return db.session.query(SchoolUnit).filter_by(organizer_id=organizer.id)


def test_nothing_is_saved_before_it_was_looked_at(cast, as_):
    browser = as_(cast.tove)
    before = db.session.query(AuditEvent).count()
    content = template("Ekskolan;12345678;Skolenhet;Grundskola;Väst", "Sävkullaskolan;87654321;;;")

    preview = upload(browser, content)

    text = preview.get_data(as_text=True)
    assert "Inget är sparat än" in text
    assert "får skolenhetskoden 87654321" in text
    assert db.session.query(AuditEvent).count() == before

    response = confirm(browser, preview)
    assert "1 ny enhet, 1 ändrade" in browser.page(response.location)
    new = units(cast.exempelby).filter_by(code="12345678").one()
    assert new.area.name == "Väst"
    assert cast.savkulla.code == "87654321"
    assert db.session.query(DialogueUnit).filter_by(unit_id=new.id).count() == 2
    assert "Tove Lindh läste in enheter ur enheter.csv: 1 nya, 1 ändrade." in [
        event.sentence for event in db.session.query(AuditEvent)
    ]


def test_a_second_time_changes_nothing(cast, as_):
    browser = as_(cast.tove)
    content = excel(["Ekskolan", 12345678, "Skolenhet", "Grundskola", "Norr"])
    preview = upload(browser, content, name="enheter.xlsx")
    confirm(browser, preview)
    before = db.session.query(AuditEvent).count()

    assert "Ingenting att ändra" in upload(browser, content).get_data(as_text=True)
    assert "ändrade ingenting" in browser.page(confirm(browser, preview).location)

    assert db.session.query(AuditEvent).count() == before
    assert db.session.query(Area).filter_by(organizer_id=cast.exempelby.id).count() == 2


def test_the_national_export(cast, as_):
    kungsbacka = Organizer.create("Kungsbacka kommun", by=None)
    RoleAssignment.give(cast.greta, Role.SYSTEM_ADMIN, kungsbacka, by=None)
    browser = as_(cast.greta)
    browser.submit("/byt-huvudman", {"organizer": kungsbacka.id})
    browser.page(PAGE)  # the switch gave a new session, and its forms another token

    preview = upload(browser, NATIONAL)

    assert "Filen har 1\u00a0714 enheter, och 16 av dem hör till Kungsbacka kommun" in (
        preview.get_data(as_text=True)
    )
    confirm(browser, preview)
    assert units(kungsbacka).count() == 16


def test_a_new_code_for_a_known_name_asks_who_takes_over(cast, as_):
    cast.savkulla.code = "11112222"
    db.session.commit()

    preview = upload(as_(cast.tove), template("Sävkullaskolan;33334444;;Grundskola;"))

    assert "Tar den nya enheten över efter den gamla?" in preview.get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Filen är tom."),
        (NATIONAL[:90_000], "Filen verkar avkortad"),
        (NATIONAL, "Filen har inga enheter med huvudmannen ”Exempelby kommun”."),
        (b"hej", "Filen är varken en statistikexport"),
        (template("x;1;;;"), "Rad 2: skolenhetskoden ”1” ska vara åtta siffror."),
    ],
)
def test_a_bad_file_says_why(cast, as_, content, message):
    response = upload(as_(cast.tove), content, 422)

    assert errors(response)[0].startswith(message)
    assert units(cast.exempelby).count() == 5


def test_no_file_at_all(cast, as_):
    browser = as_(cast.tove)

    assert errors(browser.submit(PAGE, {}, 422)) == ["Välj en fil."]
    assert errors(browser.submit(PAGE, {"file": "text"}, 422)) == ["Välj en fil."]


def test_a_file_that_is_far_too_large(cast, as_):
    response = as_(cast.tove).post(
        PAGE, data=bytes(9 * 1024 * 1024), content_type="multipart/form-data; boundary=x"
    )

    assert response.status_code == 413


def test_what_was_not_shown_is_not_saved(cast, as_):
    tove, greta = as_(cast.tove), as_(cast.greta)
    preview = upload(tove, template("Ekskolan;12345678;;Grundskola;"))

    confirm(greta, preview)
    tove.submit(f"{PAGE}/spara", {"sealed": "påhittat"})
    tove.submit(f"{PAGE}/spara", {})

    assert "Välj filen en gång till. Ingenting är sparat." in tove.page(PAGE)
    assert db.session.query(SchoolUnit).filter_by(name="Ekskolan").count() == 0


def test_the_templates_can_be_filled_in_and_read(cast, as_):
    browser = as_(cast.tove)

    as_csv = browser.get(f"{PAGE}/mall.csv")
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{PAGE}/mall.xlsx").data))

    assert as_csv.data.decode("utf-8-sig").strip() == ";".join(TEMPLATE_COLUMNS)
    assert "attachment" in as_csv.headers["Content-Disposition"]
    assert tuple(cell.value for cell in book.worksheets[0][1]) == TEMPLATE_COLUMNS
    book.worksheets[0].append(["Ekskolan", "01234567", "Skolenhet", "Grundskola", None])
    filled = io.BytesIO()
    book.save(filled)
    assert "01234567" in upload(browser, filled.getvalue()).get_data(as_text=True)


def test_is_the_administrators_alone(cast, as_):
    erik = as_(cast.erik)

    for address in (PAGE, f"{PAGE}/mall.csv", f"{PAGE}/mall.xlsx"):
        erik.page(address, 403)
    erik.submit(f"{PAGE}/spara", {}, 403)
