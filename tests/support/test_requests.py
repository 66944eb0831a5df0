"""Be om stöd, out of the catalogue or freely, and what follows of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.checked_client import errors
from tests.checkins.scenes import asked as asked_in_a_check_in
from tests.checkins.scenes import form as check_in_form
from tests.checkins.scenes import held, value
from tests.support.scenes import asked, offer, said
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    Role,
    RoleAssignment,
    SchoolUnit,
    SupportOffer,
    SupportRequest,
    SupportState,
)
from tracker.organisation.succession import take_over
from tracker.support.states import SupportError
from tracker.web.once import CHANGED

LIST, ASK = "/stod", "/stod/be-om"


def sentences():
    return [event.sentence for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def sent(unit, **fields):
    return {"unit_id": unit.id, "offer_id": "", "text": "En mentor.", "form_token": "abc"} | fields


class TestAsking:
    def test_out_of_the_catalogue(self, cast, as_):
        mentor = offer(cast)
        ali = as_(cast.ali)
        page = ali.page(f"{ASK}?stod={mentor.id}")
        assert f'<option selected value="{mentor.id}">Rektorsmentor</option>' in page
        answer = ali.submit(ASK, sent(cast.hassel, offer_id=mentor.id))
        [row] = db.session.query(SupportRequest)
        assert answer.location == f"/stod/{row.id}"
        assert (row.unit, row.offer, row.asked_on) == (cast.hassel, mentor, today())
        page = ali.page(answer.location)
        for text in ("Frågan är skickad.", "Rektorsmentor", "Ali Demir", "Väntar på svar"):
            assert text in page
        assert sentences()[-1] == "Ali Demir frågade om stöd för Hasselbrinksskolan."

    def test_freely_for_one_of_two_units(self, cast, as_):
        karin = as_(cast.karin)
        page = karin.page(f"{ASK}?enhet=lyktvretens-forskola")
        assert f'<option selected value="{cast.lyktvret.id}">' in page
        karin.submit(ASK, sent(cast.lyktvret))
        assert db.session.query(SupportRequest).one().unit is cast.lyktvret

    def test_which_unit_is_asked_for(self, cast, as_):
        answer = as_(cast.karin).submit(ASK, sent(cast.savkulla, unit_id=""), 422)
        assert errors(answer) == ["Välj den enhet som behöver stödet."]
        assert "En mentor." in answer.text

    @pytest.mark.parametrize("other", ["savkulla", "ringmura", "granbyskolan"])
    def test_for_a_unit_that_is_not_ones_own(self, cast, as_, other):
        answer = as_(cast.ali).submit(ASK, sent(getattr(cast, other)), 422)
        assert errors(answer) == ["Välj ett av alternativen."]
        assert db.session.query(SupportRequest).count() == 0

    def test_what_is_retired_or_elsewhere_is_not_offered(self, cast, as_):
        mentor = offer(cast)
        mentor.retire(by=cast.lena)
        elsewhere = type(mentor).add(
            cast.granby, by=cast.ingela, title="Granbys stöd", gives="Något.", contact="Ingela"
        )
        ali = as_(cast.ali)
        page = ali.page(f"{ASK}?stod={elsewhere.id}")
        assert "Rektorsmentor" not in page
        assert "Granbys stöd" not in page
        for other in (mentor, elsewhere):
            answer = ali.submit(ASK, sent(cast.hassel, offer_id=other.id), 422)
            assert errors(answer) == ["Välj ett av alternativen."]
        assert db.session.query(SupportRequest).count() == 0

    def test_the_model_refuses_what_is_retired(self, cast):
        mentor = offer(cast)
        mentor.retire(by=cast.lena)
        with pytest.raises(SupportError, match="Rektorsmentor erbjuds inte längre"):
            SupportRequest.ask(cast.hassel, "En mentor.", by=cast.ali, offer=mentor)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "Skriv vad ni behöver, med några ord."),
            ("  ", "Skriv vad ni behöver, med några ord."),
            ("x" * 5001, "Texten är för lång: 5\N{NO-BREAK SPACE}001 tecken"),
            ("Stöd till 19121212-1212", "Texten ser ut att innehålla ett personnummer"),
        ],
    )
    def test_bad_input(self, cast, as_, text, message):
        answer = as_(cast.ali).submit(ASK, sent(cast.hassel, text=text), 422)
        [said] = errors(answer)
        assert said.startswith(message)
        assert db.session.query(SupportRequest).count() == 0

    def test_pressed_twice_it_is_one(self, cast, as_):
        ali = as_(cast.ali)
        form = sent(cast.hassel, form_token=value(ali.page(ASK), "form_token"))
        first = ali.submit(ASK, form)
        assert ali.submit(ASK, form).location == first.location
        assert db.session.query(SupportRequest).count() == 1

    def test_gone_back_to_and_changed_it_asks(self, cast, as_):
        ali = as_(cast.ali)
        form = sent(cast.hassel)
        ali.submit(ASK, form)
        answer = ali.submit(ASK, form | {"text": "En vikarie."}, 422)
        assert CHANGED in answer.text
        again = form | {"text": "En vikarie.", "form_token": value(answer.text, "form_token")}
        ali.submit(ASK, again)
        assert db.session.query(SupportRequest).count() == 2

    def test_two_requests_of_the_same_form_at_once_are_one(self, cast, as_, monkeypatch):
        """Both have looked before either has saved."""
        ali = as_(cast.ali)
        form = sent(cast.hassel)
        first = ali.submit(ASK, form)
        look, looked = SupportRequest.made_by_form.__func__, []

        def late(cls, *values):
            looked.append(values)
            return None if len(looked) == 1 else look(cls, *values)

        monkeypatch.setattr(SupportRequest, "made_by_form", classmethod(late))
        assert ali.submit(ASK, form).location == first.location
        assert len(looked) == 2
        assert db.session.query(SupportRequest).count() == 1

    def test_a_token_that_is_none_of_ours(self, cast, as_):
        for token in ("\0", "å", ""):
            as_(cast.ali).submit(ASK, sent(cast.hassel, form_token=token))
        as_(cast.ali).submit(ASK, sent(cast.hassel, form_token="x" * 41), 422)
        assert db.session.query(SupportRequest).count() == 3

    def test_the_dialogansvarig_asks_for_a_vacant_unit_only(self, cast, as_):
        page = as_(cast.erik).page(ASK)
        assert "Klockvretsskolan." in page
        assert "Hasselbrinksskolan" not in page
        as_(cast.maria).page(ASK, 403)

    @pytest.mark.parametrize("who", ["lena", "samira", "sofia", "perolov", "tove"])
    def test_not_for_others(self, cast, as_, who):
        as_(getattr(cast, who)).page(ASK, 403)
        as_(getattr(cast, who)).submit(ASK, sent(cast.hassel), 403)

    def test_a_role_that_has_ended(self, cast, as_):
        role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
        row = asked(cast.hassel, cast.ali)
        role.end(today() - timedelta(days=1), by=cast.tove)
        ali = as_(cast.ali)
        ali.page(ASK, 403)
        ali.page(f"/stod/{row.id}", 404)

    def test_of_a_closed_unit_nothing_is_asked(self, cast, as_):
        cast.hassel.close(today() - timedelta(days=2), by=cast.tove)
        as_(cast.ali).page(ASK, 403)


class TestFollowing:
    def test_answered_and_settled(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        erik, ali = as_(cast.erik), as_(cast.ali)
        at = f"/stod/{row.id}"
        assert "En mentor." in erik.page(f"{at}/svar")
        erik.submit(f"{at}/svar", {"version": 1, "answer": "Hon hör av sig."})
        assert sentences()[-1] == (
            "Erik Lund svarade på frågan om stöd för Hasselbrinksskolan från den 20 november 2026."
        )
        assert "Hon hör av sig." in ali.page(at)
        ali.submit(f"{at}/vad-blev-det", {"version": 2, "outcome": "Vi har träffats."})
        db.session.refresh(row)
        assert (row.state, row.settled_by_name) == (SupportState.SETTLED, "Ali Demir")
        page = erik.page(at)
        assert "Vi har träffats." in page
        assert "Skriv vad det blev" not in page
        assert "Svara<" not in page

    def test_settled_without_an_answer(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        ali = as_(cast.ali)
        assert "Frågan har inte fått något svar." in ali.page(f"/stod/{row.id}/vad-blev-det")
        ali.submit(f"/stod/{row.id}/vad-blev-det", {"version": 1, "outcome": "Vi löste det."})
        db.session.refresh(row)
        assert row.answered_at is None

    def test_two_who_answer(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        erik = as_(cast.erik)
        erik.submit(f"/stod/{row.id}/svar", {"version": 1, "answer": "Ja, från måndag."})
        answer = erik.submit(f"/stod/{row.id}/svar", {"version": 1, "answer": "Nej."}, 409)
        assert "Ja, från måndag." in answer.text
        assert "Nej." in answer.text

    def test_answered_after_it_was_settled(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        row.settle("Det löste sig.", by=cast.ali)
        answer = as_(cast.erik).submit(f"/stod/{row.id}/svar", {"version": 2, "answer": "Ja."}, 422)
        assert errors(answer) == ["Det är redan skrivet vad det blev av stödet."]

    def test_bad_input(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        erik = as_(cast.erik)
        for text in ("", "  ", "x" * 100_000, "19121212-1212"):
            for step, name in (("svar", "answer"), ("vad-blev-det", "outcome")):
                erik.submit(f"/stod/{row.id}/{step}", {"version": 1, name: text}, 422)
        db.session.refresh(row)
        assert row.state is SupportState.ASKED

    def test_reworded_and_taken_back_until_it_is_answered(self, cast, as_):
        row, other = asked(cast.hassel, cast.ali), asked(cast.hassel, cast.ali, "En vikarie.")
        ali = as_(cast.ali)
        assert "Ta tillbaka frågan" in ali.page(f"/stod/{row.id}")
        ali.submit(f"/stod/{row.id}/andra", {"version": 1, "text": "En mentor, en dag i veckan."})
        assert sentences()[-1].startswith("Ali Demir ändrade frågan om stöd")
        assert ali.submit(f"/stod/{other.id}/ta-tillbaka", {"version": 1}).location == LIST
        assert db.session.query(SupportRequest).one().text == "En mentor, en dag i veckan."
        row.respond("Ja.", by=cast.erik)
        db.session.commit()
        page = ali.page(f"/stod/{row.id}")
        assert "Ta tillbaka frågan" not in page
        answer = ali.submit(f"/stod/{row.id}/andra", {"version": 3, "text": "Två."}, 422)
        assert "Frågan har fått svar" in errors(answer)[0]
        ali.submit(f"/stod/{row.id}/ta-tillbaka", {"version": 3})
        assert "Frågan har fått svar" in ali.page(f"/stod/{row.id}")
        assert db.session.query(SupportRequest).one().text == "En mentor, en dag i veckan."

    def test_a_colleagues_newer_words_are_not_taken_back_unseen(self, cast, as_):
        row = asked(cast.savkulla, cast.karin)
        at = f"/stod/{row.id}"
        shown = value(as_(cast.karin).page(at), "version")
        as_(cast.jonas).submit(f"{at}/andra", {"version": 1, "text": "En vikarie till jul."})
        karin = as_(cast.karin)
        assert karin.submit(f"{at}/ta-tillbaka", {"version": shown}).location == at
        assert "Läs den igen innan du tar tillbaka den." in karin.page(at)
        shown = value(karin.page(at), "version")
        assert karin.submit(f"{at}/ta-tillbaka", {"version": shown}).location == LIST

    def test_what_was_asked_in_a_check_in_is_changed_in_it(self, cast, as_):
        row = asked_in_a_check_in(cast).support
        ali = as_(cast.ali)
        page = ali.page(f"/stod/{row.id}")
        assert f"/avstamningar/{row.check_in_id}" in page
        assert "Ta tillbaka" not in page
        assert ali.get(f"/stod/{row.id}/andra").location == f"/avstamningar/{row.check_in_id}/andra"
        ali.submit(f"/stod/{row.id}/ta-tillbaka", status=404)
        assert db.session.query(SupportRequest).count() == 1

    def test_ticked_off_in_a_check_in(self, cast, as_):
        row = asked(cast.lyktvret, cast.karin)
        karin = as_(cast.karin)
        page = karin.page("/avstamningar/ny")
        assert "En mentor." in page
        assert "Från 20 november 2026, Lyktvretens förskola. Väntar på svar." in page
        karin.submit(
            "/avstamningar/ny", check_in_form(cast.savkulla, cast.lyktvret, solved_support=[row.id])
        )
        db.session.refresh(row)
        assert row.is_settled


class TestTheOneWhoIsAsked:
    def test_answers_beside_the_dialogansvarig(self, cast, as_):
        analysis = offer(cast, "Stöd i analysen", owner_id=cast.samira.id, contact="")
        row = asked(cast.hassel, cast.ali, offer=analysis)
        samira = as_(cast.samira)
        page = samira.page(LIST)
        assert "En mentor." in page
        assert "till Samira Nilsson" in page
        assert "Svara<" in page
        samira.submit(f"/stod/{row.id}/svar", {"version": 1, "answer": "Jag kommer på onsdag."})
        db.session.refresh(row)
        assert row.answered_by_name == "Samira Nilsson"
        samira.submit(f"/stod/{row.id}/andra", {"version": 2, "text": "Annat"}, 403)

    def test_who_asked_first_keeps_whom_they_asked(self, cast, as_):
        analysis = offer(cast, "Stöd i analysen", owner_id=cast.samira.id)
        row = asked(cast.hassel, cast.ali, offer=analysis)
        analysis.owner_id = cast.maria.id
        db.session.commit()
        as_(cast.samira).page(f"/stod/{row.id}")
        as_(cast.maria).page(f"/stod/{row.id}", 404)

    def test_what_others_were_asked_is_not_hers(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        samira = as_(cast.samira)
        samira.page(f"/stod/{row.id}", 404)
        assert "En mentor." not in samira.page(LIST)


class TestTheUnitsItLeadsTo:
    """Each to the units that she follows and that carry it: other links would lead to a 404."""

    def test_not_from_an_owner_of_another_area(self, cast, as_):
        row = asked(cast.hassel, cast.ali, offer=offer(cast, owner_id=cast.maria.id))
        link = "/enheter/hasselbrinksskolan/stod"
        assert link not in as_(cast.maria).page(f"/stod/{row.id}")
        for person in (cast.ali, cast.erik, cast.lena):
            assert link in as_(person).page(f"/stod/{row.id}")

    def test_to_the_successor_from_who_leads_it(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        row.asked_on -= timedelta(days=9)
        take_over(
            cast.ringmura, cast.hassel, today() - timedelta(days=4), by=cast.tove, closes=True
        )
        db.session.commit()
        page = as_(cast.nadia).page(f"/stod/{row.id}")
        assert "/enheter/hasselbrinksskolan/stod" not in page
        assert "/enheter/ringmuraskolan/stod" in page


class TestWhatTheDatabaseRefuses:
    def ask(self, cast, **fields):
        row = {
            "organizer_id": cast.exempelby.id, "text": "En mentor.", "asked_on": today(),
            "unit_id": cast.hassel.id, "asked_by_name": "Ali Demir",
        } | fields  # fmt: skip
        with db.session.begin_nested():
            db.session.add(SupportRequest(**row))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"unit_id": None, "asked_by_name": None},
            {"text": ""},
            {"asked_by_name": None},
            {"state": SupportState.SETTLED},
            {"state": SupportState.ANSWERED},
        ],
    )
    def test_half_a_request(self, cast, wrong):
        self.ask(cast)
        with pytest.raises(IntegrityError):
            self.ask(cast, **wrong)

    def test_both_a_check_in_and_a_unit(self, cast):
        check_in = held(cast.hassel, by=cast.ali)
        with pytest.raises(IntegrityError):
            self.ask(cast, check_in_id=check_in.id)

    def test_a_unit_or_an_offer_of_another_municipality(self, cast):
        there = db.session.scalar(sa.select(SchoolUnit.id).filter_by(organizer_id=cast.granby.id))
        with pytest.raises(IntegrityError):
            self.ask(cast, unit_id=there)
        mentor = offer(cast)
        with pytest.raises(IntegrityError):
            self.ask(
                cast, organizer_id=cast.granby.id, unit_id=cast.granbyskolan.id, offer_id=mentor.id
            )


def test_numbers_that_are_none(cast, as_):
    for number in ("0", "9" * 30, "x"):
        as_(cast.ali).page(f"/stod/{number}", 404)


def test_who_no_longer_works_at_the_huvudman_neither_reads_nor_answers(cast, as_):
    """Samira was to answer; she is teacher at another school now."""
    mentor = offer(cast, owner_id=cast.samira.id)
    row = asked(cast.hassel, cast.ali, "Jag orkar inte.", offer=mentor)
    opinion = said(cast)
    opinion.owner_id = cast.samira.id
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.samira.id).one()
    role.ends_on = today() - timedelta(days=1)
    RoleAssignment.give(cast.samira, Role.STAFF, cast.exempelby, by=None, unit=cast.ringmura)
    db.session.commit()
    samira = as_(cast.samira)
    for url in (f"/stod/{row.id}", f"/stod/{row.id}/svar", f"/stod/synpunkter/{opinion.id}"):
        samira.page(url, 404)
    assert "Jag orkar inte." not in samira.page("/stod/katalog")
    samira.submit(f"/stod/{row.id}/svar", {"answer": "Jo", "version": row.version}, 404)
    later = asked(cast.hassel, cast.ali, "En till.", offer=db.session.get(SupportOffer, mentor.id))
    assert later.owner_id is None, "the dialogansvarig answers alone"
    ali, lena = as_(cast.ali), as_(cast.lena)
    assert "Enhetens dialogansvarig" in ali.page("/stod/katalog")
    for page in (
        ali.page("/stod/katalog"),
        ali.page("/stod"),
        ali.page(f"/stod/{row.id}"),
        lena.page(f"/stod/synpunkter/{opinion.id}"),
    ):
        assert "Samira Nilsson" not in page
    assert "Centrala elevhälsan" in lena.page("/stod"), "it waits for the skolchef"
    assert "En synpunkt på stödet väntar" in lena.page("/")


def test_a_number_is_not_given_again(cast, as_):
    """Else an answer to what was withdrawn would be saved on what somebody else asks for."""
    first = asked(cast.savkulla, cast.karin, "Mentor")
    number, version = first.id, first.version
    first.withdraw(by=cast.karin)
    db.session.commit()
    second = asked(cast.hassel, cast.ali, "Städning")
    assert second.id != number
    gone = as_(cast.erik).submit(
        f"/stod/{number}/svar", {"answer": "Du får en mentor.", "version": version}, 404
    )
    assert "Det här hade du skrivit" in gone.text
    assert ">Du får en mentor.</div>" in gone.text
