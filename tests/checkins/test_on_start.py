"""Dags att stämma av and what waits for an answer, on Start; calmly, and with the way to it."""

import re
from datetime import date, timedelta

import pytest

from tests.checkins.scenes import asked, held
from tests.notifications.scenes import place
from tests.start.test_rektors_start import words
from tests.start.test_start_of_others import rows
from tracker.clock import today
from tracker.extensions import db
from tracker.models import Role, RoleAssignment, SupportRequest


def card(page: str, title: str) -> str:
    found = re.search(
        rf'<section class="ds-card"[^>]*>\s*<h2[^>]*>{title}</h2>(.*?)</section>', page, re.S
    )
    assert found is not None, f"no card {title}"
    return found[1]


class TestRektor:
    def test_who_is_due_finds_the_button(self, cast, as_):
        held(cast.hassel, by=cast.ali, on=date(2026, 11, 2), next_on=date(2026, 11, 20))
        text = card(as_(cast.ali).page("/"), "Dags att stämma av")
        assert "Med Erik Lund. Ni stämde av 2 november 2026. Stäm av" in words(text)
        assert 'href="/avstamningar/ny?enhet=hasselbrinksskolan"' in text

    def test_who_is_not_sees_when(self, cast, as_):
        held(cast.hassel, by=cast.ali, on=date(2026, 11, 13))
        page = as_(cast.ali).page("/")
        assert "Dags att stämma av" not in page
        assert words(card(page, "Nästa avstämning")).startswith("Om 7 dagar Med Erik Lund.")

    def test_two_units_are_one_meeting(self, cast, as_):
        page = as_(cast.karin).page("/")
        text = card(page, "Dags att stämma av")
        assert page.count("Dags att stämma av") == 1
        assert "om Lyktvretens förskola och Sävkullaskolan" in words(text)
        assert "ny?enhet=lyktvretens-forskola&amp;enhet=savkullaskolan" in text

    def test_only_the_one_that_is_due_when_the_other_is_not(self, cast, as_):
        held(cast.savkulla, by=cast.karin, on=date(2026, 11, 19))
        text = card(as_(cast.karin).page("/"), "Dags att stämma av")
        assert "ny?enhet=lyktvretens-forskola&" not in text

    def test_a_deputy_meets_the_dialogansvarig_too(self, cast, as_):
        assert "Med Erik Lund" in card(as_(cast.jonas).page("/"), "Dags att stämma av")

    def test_nothing_where_none_are_held(self, cast, as_):
        cast.hassel.set_check_in_days(0, by=cast.tove)
        page = as_(cast.ali).page("/")
        assert "Dags att stämma av" not in page
        assert "Nästa avstämning" not in page

    def test_an_answer_about_support_is_there_until_its_outcome_is_said(self, cast, as_, the_day):
        check_in = asked(cast, on=date(2026, 11, 16))
        check_in.support.respond("Hon ringer i morgon.", by=cast.erik)
        db.session.commit()
        ali = as_(cast.ali)
        line = "Läs svaret om stöd och skriv vad det blev Svaret kom 20 november 2026"
        assert line in words(ali.page("/"))
        other = SupportRequest.ask(cast.hassel, "En till.", by=cast.ali)
        other.respond("Ja.", by=cast.erik)
        db.session.commit()
        line = "Läs två svar om stöd och skriv vad det blev Det senaste kom 20 november 2026"
        assert line in words(ali.page("/"))
        other.settle("Den kom.", by=cast.ali)
        db.session.commit()
        assert "Läs svaret" not in as_(cast.karin).page("/"), "of another unit"
        the_day.move_to("2026-12-12T09:00+01:00")
        assert "Läs svaret" not in as_(cast.ali).page("/"), "three weeks on it is no news"
        the_day.move_to("2026-12-11T09:00+01:00")
        ali = as_(cast.ali)
        assert "Läs svaret" in ali.page("/")
        check_in.support.settle("Hon kom.", by=cast.ali)
        db.session.commit()
        assert "Läs svaret" not in ali.page("/")

    def test_the_one_that_waits_is_no_answer(self, cast, as_):
        """One that is answered and one that waits, both of one unit."""
        first = asked(cast, on=date(2026, 11, 16))
        first.support.respond("Hon ringer i morgon.", by=cast.erik)
        asked(cast, "En vikarie.", on=date(2026, 11, 18))
        assert "Läs svaret om stöd" in as_(cast.ali).page("/")
        row = rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"]
        assert "Fråga om stöd obesvarad sedan 18 nov" in row


class TestDialogansvarig:
    def test_each_leader_once_and_each_unit_with_its_reason(self, cast, as_):
        held(cast.hassel, by=cast.ali, on=date(2026, 10, 16))
        held(cast.klockvret, by=cast.erik, on=date(2026, 11, 19))
        page = as_(cast.erik).page("/")
        text = words(card(page, "Dags att stämma av"))
        assert "Karin Holm, Lyktvretens förskola och Sävkullaskolan" in text
        assert "Ali Demir, Hasselbrinksskolan Förra gången 16 oktober 2026" in text
        assert "Klockvretsskolan" not in text
        found = rows(page)
        assert "Dags att stämma av, förra gången 16 okt" in found["Hasselbrinksskolan"]
        assert "Dags att stämma av, läsårets första" in found["Sävkullaskolan"]
        assert "Dags att stämma av" not in found["Klockvretsskolan"]
        assert 'href="/avstamningar/ny?enhet=savkullaskolan"' in page

    def test_support_without_an_answer_stands_first(self, cast, as_):
        check_in = asked(cast, on=date(2026, 10, 16))
        erik = as_(cast.erik)
        found = rows(erik.page("/"))
        assert next(iter(found)) == "Hasselbrinksskolan"
        row = found["Hasselbrinksskolan"]
        first = row.index("Fråga om stöd obesvarad sedan 16 okt")
        assert first < row.index("Dags att stämma av")
        erik.submit(
            f"/stod/{check_in.support.id}/svar",
            {"version": check_in.support.version, "answer": "Vikarie från 1 december."},
        )
        assert "obesvarad" not in erik.page("/")

    def test_that_a_check_in_is_due_stands_last(self, cast, as_):
        place(cast, date(2026, 11, 30), unit=cast.hassel)
        row = rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"]
        assert row.index("dialog om 10 dagar") < row.index("Dags att stämma av")

    def test_there_is_nobody_to_meet_where_nobody_leads(self, cast, as_):
        page = as_(cast.erik).page("/")
        assert "Dags att stämma av" not in rows(page)["Klockvretsskolan"]
        assert "Klockvretsskolan" not in words(card(page, "Dags att stämma av"))

    def test_nor_where_she_leads_herself(self, cast, as_):
        for row in db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id):
            row.ends_on = today() - timedelta(days=1)
        RoleAssignment.give(
            cast.erik, Role.PRINCIPAL, cast.exempelby, unit=cast.hassel, by=None, starts_on=today()
        )
        db.session.commit()
        page = as_(cast.erik).page("/")
        assert "Dags att stämma av" not in rows(page)["Hasselbrinksskolan"]
        assert "enhet=hasselbrinksskolan" not in page

    def test_the_other_area_is_another(self, cast, as_):
        asked(cast)
        page = as_(cast.maria).page("/")
        assert "obesvarad" not in page
        assert "Hasselbrinksskolan" not in page


class TestSkolchef:
    def test_sees_the_support_and_not_whom_others_are_to_meet(self, cast, as_):
        asked(cast, on=date(2026, 10, 16))
        page = as_(cast.lena).page("/")
        assert "Fråga om stöd obesvarad sedan 16 okt" in page
        assert 'href="/stod"' in page
        assert "Dags att stämma av" not in page
        assert "Besked från elevhälsochefen" not in page

    def test_who_holds_the_dialogues_too_is_asked(self, cast, as_):
        """About the units where nobody is nearer."""
        RoleAssignment.give(cast.lena, Role.DIALOGUE_LEAD, cast.exempelby, by=None)
        asked(cast, on=date(2026, 10, 16))
        page = as_(cast.lena).page("/")
        assert "Dags att stämma av" not in page
        assert "Närmaste dialogerna" not in page
        assert 'href="/stod">Fråga om stöd obesvarad' in page
        marias = db.session.query(RoleAssignment).filter_by(user_id=cast.maria.id).one()
        marias.ends_on = today() - timedelta(days=1)
        db.session.commit()
        found = rows(as_(cast.lena).page("/"))
        assert "Dags att stämma av, läsårets första" in found["Ringmuraskolan"]
        assert "Dags att stämma av" not in found["Hasselbrinksskolan"]


@pytest.mark.parametrize("who", ["samira", "sofia", "perolov", "tove"])
def test_nobody_else_hears_of_it(cast, as_, who):
    asked(cast)
    page = as_(getattr(cast, who)).page("/")
    assert "tämma av" not in page
    assert "obesvarad" not in page


def test_another_läsår_begins_anew(cast, as_, the_day):
    held(cast.hassel, by=cast.ali, on=date(2026, 6, 8), next_on=date(2026, 6, 22))
    the_day.move_to("2026-08-20T09:00:00+02:00")
    ali = as_(cast.ali)
    assert "Dags att stämma av" not in ali.page("/")
    the_day.move_to("2026-08-31T09:00:00+02:00")
    assert "Dags att stämma av" in as_(cast.ali).page("/")
