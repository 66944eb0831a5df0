"""Personer: listed, invited, corrected, closed."""

import html
import re
import shlex
from dataclasses import replace
from datetime import date

import pytest

from tests.checked_client import errors
from tracker.config import SmtpServer
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    MailKind,
    OneTimeLink,
    OutgoingMail,
    Role,
    RoleAssignment,
    User,
)
from tracker.web.swedish import sort_key

INVITE = "/organisation/personer/bjud-in"


def new(**changes):
    return {
        "name": "Nils Ny",
        "email": " Nils.Ny@Exempelby.example ",
        "role": "principal",
        "unit": "",
        "area": "",
        "starts_on": "2026-11-20",
        "ends_on": "",
    } | changes


def nils():
    return User.with_email("nils.ny@exempelby.example")


def mails(kind=MailKind.INVITATION):
    return db.session.query(OutgoingMail).filter_by(kind=kind).order_by(OutgoingMail.id).all()


def link_in(mail):
    return re.search(r"http://127.0.0.1:8000(/valj-losenord/\S+)", mail.text)[1]


def test_the_list_is_in_swedish_order_with_everybodys_roles(cast, as_):
    text = as_(cast.tove).page("/organisation/personer")

    assert (
        text.index(">Karin Holm<") < text.index(">Lena Forsgren<") < text.index(">Tove Lindh</a>")
    )
    assert text.index(">Maria Öberg<") > text.index(">Lena Forsgren<")
    assert "Områdeschef, Norr" in text
    assert "Rektor, Sävkullaskolan" in text
    assert "Mats Oskarsson" not in text


@pytest.mark.parametrize(
    ("search", "found"), [("öberg", "Maria Öberg"), ("EKIN karin", ""), ("erik@", "Erik Lund")]
)
def test_search(cast, as_, search, found):
    text = as_(cast.tove).page(f"/organisation/personer?sok={search}")

    assert found in text
    assert ("Ingen passar sökningen" in text) is not bool(found)
    assert ">Karin Holm<" not in text


def test_a_long_list_has_pages(cast, as_):
    for number in range(60):
        person = User(
            email=f"p{number}@x.example", name=f"Aa {number}", sort_key=sort_key(f"Aa {number}")
        )
        db.session.add(person)
        RoleAssignment.give(person, Role.BOARD, cast.exempelby, by=None)

    browser = as_(cast.tove)

    assert ">Tove Lindh</a>" not in browser.page("/organisation/personer")
    assert ">Tove Lindh</a>" in browser.page("/organisation/personer?sida=2")


def test_an_invitation_gives_account_role_and_link(cast, as_, client):
    browser = as_(cast.tove)

    response = browser.submit(INVITE, new(unit=cast.klockvret.id, acting="y", ends_on="2027-06-30"))

    user = nils()
    role = db.session.query(RoleAssignment).filter_by(user_id=user.id).one()
    assert (role.role, role.unit_id, role.acting) == (Role.PRINCIPAL, cast.klockvret.id, True)
    assert (role.starts_on, role.ends_on) == (date(2026, 11, 20), date(2027, 6, 30))
    assert "Nils Ny är inbjuden" in browser.page(response.location)
    [mail] = mails()
    assert (mail.to_address, mail.to_name) == ("nils.ny@exempelby.example", "Nils Ny")
    assert mail.subject == "Exempelby kommun bjuder in dig till Varvet"
    password = "fyra ord som ingen gissar"
    assert "Exempelby kommun har bjudit in dig" in client.page(link_in(mail))
    client.submit(link_in(mail), {"password": password, "repeat": password})
    client.page("/enheter/klockvretsskolan/2026-27")
    told = [event.sentence for event in db.session.query(AuditEvent)]
    assert "Tove Lindh bjöd in Nils Ny." in told
    assert "Tove Lindh gav Nils Ny rollen Tf. rektor för Klockvretsskolan." in told


def test_the_secret_of_the_link_is_in_no_event_and_not_in_the_database(cast, as_):
    as_(cast.tove).submit(INVITE, new(unit=cast.klockvret.id))

    secret = link_in(mails()[0]).rpartition("/")[2]
    assert db.session.query(OneTimeLink).filter_by(token_hash=secret).count() == 0
    assert not any(secret in str(event.data) for event in db.session.query(AuditEvent))


def test_a_deputy_with_delegation(cast, as_):
    as_(cast.tove).submit(INVITE, new(role="deputy", unit=cast.hassel.id, may_adopt="y"))

    assert db.session.query(RoleAssignment).filter_by(user_id=nils().id).one().may_adopt


def test_who_has_an_account_just_gets_the_role(cast, as_):
    cast.mats.password_hash = "something"
    db.session.commit()

    browser = as_(cast.tove)
    response = browser.submit(INVITE, new(email=cast.mats.email, name="Någon Annan", role="board"))

    page = browser.page(response.location)
    assert "Mats Oskarsson har nu rollen nämnd eller styrelse för Exempelby kommun." in page
    assert response.location.endswith(str(cast.mats.id))
    assert cast.mats.name == "Mats Oskarsson"
    assert mails() == []
    assert db.session.query(RoleAssignment).filter_by(user_id=cast.mats.id).count() == 2


def test_a_rektor_of_two_units_gets_one_dialogue_for_both(cast, as_):
    browser = as_(cast.tove)
    browser.submit(INVITE, new(unit=cast.klockvret.id))
    assert cast.dialogue(cast.klockvret).units == [cast.klockvret]

    browser.submit(f"/organisation/personer/{cast.ali.id}/roller/ny", new(unit=cast.klockvret.id))

    assert set(cast.dialogue(cast.klockvret).units) == {cast.klockvret, cast.hassel}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "Skriv personens namn."),
        ({"name": "x" * 100_000}, "Texten är för lång: 100\u00a0000 tecken, högst 200 får plats."),
        ({"email": ""}, "Skriv personens e-postadress."),
        ({"email": "nils"}, "Skriv en e-postadress, till exempel namn@kommunen.se."),
        ({"email": "nils😀@x.example"}, "Skriv en e-postadress, till exempel namn@kommunen.se."),
        ({"role": ""}, "Välj en roll."),
        ({"role": "king"}, "Välj ett av alternativen."),
        ({"unit": ""}, "Rektor gäller en enhet. Välj vilken."),
        ({"role": "board"}, "Nämnd eller styrelse gäller hela huvudmannen. Välj varken enhet eller område."),
        ({"role": "dialogue_lead", "area": "norr"}, "Välj ett av alternativen."),
        ({"starts_on": ""}, "Ange från vilken dag rollen gäller."),
        ({"starts_on": "2026-02-30"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
        ({"starts_on": "3026-01-01"}, "Ange ett år mellan 1990 och 2100."),
        ({"ends_on": "2026-01-01"}, "Sista dagen kan inte vara före den första."),
        ({"ends_on": "tills vidare"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
        ({"role": "deputy", "acting": "y"}, "Bara en rektor kan vara tf. rektor. Ta bort krysset."),
        ({"may_adopt": "y"}, "Delegationen gäller bara en biträdande rektor. Ta bort krysset."),
    ],
)  # fmt: skip
def test_bad_input_is_explained_and_kept(cast, as_, change, message):
    data = new(**({"unit": cast.hassel.id} | change))

    response = as_(cast.tove).submit(INVITE, data, 422)

    assert message in errors(response)
    assert data["name"] in response.get_data(as_text=True)
    assert nils() is None
    assert mails() == []


def test_an_area_for_a_rektor_and_two_places_at_once(cast, as_):
    browser = as_(cast.tove)

    area = browser.submit(INVITE, new(area=cast.norr.id), 422)
    both = browser.submit(
        INVITE, new(role="dialogue_lead", area=cast.norr.id, unit=cast.hassel.id), 422
    )

    assert errors(area) == ["Rektor gäller en enhet, inte ett område."]
    assert errors(both) == ["Välj antingen en enhet eller ett område, inte båda."]


def test_the_same_role_twice_is_refused(cast, as_):
    response = as_(cast.tove).submit(INVITE, new(email=cast.ali.email, unit=cast.hassel.id), 422)

    assert errors(response) == ["Ali Demir har redan den rollen där, från 1 augusti 2023."]


def test_another_municipalitys_unit_cannot_be_chosen(cast, as_):
    response = as_(cast.tove).submit(INVITE, new(unit=cast.granbyskolan.id), 422)

    assert "Välj ett av alternativen." in errors(response)


def test_the_invitation_sent_again_makes_the_first_link_worthless(cast, as_, client):
    browser = as_(cast.tove)
    browser.submit(INVITE, new(unit=cast.klockvret.id))

    browser.submit(f"/organisation/personer/{nils().id}/bjud-in-igen")

    first, second = mails()
    client.page(link_in(first), 410)
    client.page(link_in(second))


def test_who_has_a_password_is_not_invited_again(cast, as_):
    cast.ali.password_hash = "something"
    db.session.commit()
    browser = as_(cast.tove)

    browser.submit(f"/organisation/personer/{cast.ali.id}/bjud-in-igen")

    assert mails() == []
    assert "har redan valt lösenord" in browser.page(f"/organisation/personer/{cast.ali.id}")


def test_a_name_is_corrected(cast, as_):
    page = f"/organisation/personer/{cast.ali.id}"

    as_(cast.tove).submit(page, {"name": "Ali Demirel", "email": cast.ali.email})

    assert cast.ali.name == "Ali Demirel"
    assert cast.ali.sort_key == sort_key("Ali Demirel")
    assert "Tove Lindh ändrade uppgifterna om Ali Demirel." in [
        event.sentence for event in db.session.query(AuditEvent)
    ]


def test_a_wrong_address_is_corrected_until_the_link_was_used(cast, as_, client):
    browser = as_(cast.tove)
    browser.submit(INVITE, new(unit=cast.klockvret.id, email="fel@exempelby.example"))
    page = f"/organisation/personer/{User.with_email('fel@exempelby.example').id}"

    browser.submit(page, {"name": "Nils Ny", "email": "nils.ny@exempelby.example"})

    wrong, right = mails()
    assert right.to_address == "nils.ny@exempelby.example"
    client.page(link_in(wrong), 410)
    client.page(link_in(right))

    nils().set_password("something")
    db.session.commit()
    browser.submit(page, {"name": "Nils Ny", "email": "tjuv@exempelby.example"})
    assert nils() is not None
    assert User.with_email("tjuv@exempelby.example") is None


def test_an_address_that_has_an_account_is_not_taken(cast, as_):
    page = f"/organisation/personer/{cast.ali.id}"

    response = as_(cast.tove).submit(page, {"name": "Ali Demir", "email": cast.mats.email}, 422)

    assert errors(response) == ["Adressen har redan ett konto. Ge rollen till det i stället."]


def test_a_closed_account_ends_sessions_roles_and_links(cast, as_):
    ali, browser = as_(cast.ali), as_(cast.tove)
    ali.page("/konto")

    browser.submit(f"/organisation/personer/{cast.ali.id}/stang")

    assert ali.get("/konto").status_code == 302
    assert not cast.ali.is_active
    assert cast.ali.name == "Ali Demir"
    assert "Vakant" in browser.page("/organisation/enheter/hasselbrinksskolan")
    assert "Konto stängt" in browser.page(f"/organisation/personer/{cast.ali.id}")
    told = [event.sentence for event in db.session.query(AuditEvent)]
    assert "Tove Lindh stängde kontot för Ali Demir." in told


def test_a_closed_account_is_opened_by_an_invitation(cast, as_):
    browser = as_(cast.tove)
    browser.submit(f"/organisation/personer/{cast.ali.id}/stang")

    browser.submit(
        INVITE, new(email=cast.ali.email, name="x", unit=cast.hassel.id, starts_on="2026-11-21")
    )

    assert cast.ali.is_active
    assert mails()[-1].to_address == cast.ali.email


def test_an_account_that_is_anothers_too_is_not_changed_from_here(cast, as_):
    RoleAssignment.give(cast.ali, Role.BOARD, cast.granby, by=None)
    db.session.commit()
    browser, page = as_(cast.tove), f"/organisation/personer/{cast.ali.id}"

    assert "arbetar hos flera huvudmän" in browser.page(page)
    browser.submit(page, {"name": "Annan", "email": cast.ali.email}, 403)
    browser.submit(f"{page}/stang", status=403)

    assert cast.ali.name == "Ali Demir"
    assert cast.ali.is_active


@pytest.mark.parametrize("rest", ["", "/roller/ny"])
def test_people_of_other_municipalities_do_not_exist(cast, as_, rest):
    as_(cast.tove).page(f"/organisation/personer/{cast.mats.id}{rest}", 404)
    as_(cast.tove).page(f"/organisation/personer/999999{rest}", 404)
    as_(cast.karin).page(f"/organisation/personer/{cast.ali.id}{rest}", 403)


def test_says_when_no_mail_is_sent(cast, as_):
    assert "Mejl kan inte skickas än" in as_(cast.tove).page("/organisation/personer")


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.PRINCIPAL, "klockvret"), (Role.DIALOGUE_LEAD, "soder"), (Role.BOARD, None)],
)
def test_without_mail_the_page_has_the_command_that_gives_the_link(
    cast, as_, app, client, role, place
):
    browser = as_(cast.tove)
    at = {
        "unit": cast.klockvret.id if place == "klockvret" else "",
        "area": cast.soder.id if place == "soder" else "",
    }
    assert "Servern kan inte skicka mejl än." in browser.page(INVITE)

    page = browser.page(browser.submit(INVITE, new(role=role.value, **at)).location)

    command = html.unescape(re.search(r"<code>(.+)</code>", page)[1])
    assert command.startswith("flask --app wsgi users add nils.ny@exempelby.example --name ")
    result = app.test_cli_runner().invoke(args=shlex.split(command)[3:])
    assert result.exit_code == 0, result.output
    client.page(re.search(r"http://127.0.0.1:8000(/valj-losenord/\S+)", result.stdout)[1])
    assert db.session.query(RoleAssignment).filter_by(user_id=nils().id).count() == 1
    assert "Skicka inbjudan igen" not in page


def test_where_mail_is_sent_the_page_offers_to_send_it_again(cast, as_, app, monkeypatch):
    smtp = SmtpServer.parse("smtp://localhost")
    monkeypatch.setitem(app.config, "VARVET", replace(app.config["VARVET"], smtp=smtp))
    browser = as_(cast.tove)

    page = browser.page(browser.submit(INVITE, new(unit=cast.klockvret.id)).location)

    assert "Nils Ny är inbjuden. Länken i mejlet gäller i 14 dagar." in page
    assert "Skicka inbjudan igen" in page
    assert "<code>" not in page
