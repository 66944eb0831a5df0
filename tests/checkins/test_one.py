"""One check-in: corrected by either side, its support answered and settled."""

from datetime import date

import pytest

from tests.checked_client import errors
from tests.checkins.scenes import HELD, asked, held
from tests.dialogues.scenes import a_measure
from tracker.extensions import db
from tracker.models import CheckIn, SupportState


def fresh(check_in: CheckIn) -> CheckIn:
    db.session.expire_all()
    return db.session.get_one(CheckIn, check_in.id)


def corrected(check_in: CheckIn, **fields):
    """What the form of the correction sends."""
    return {
        "version": check_in.version,
        "units": [unit.id for unit in check_in.units],
        "held_on": str(check_in.held_on),
        "next_on": "",
        "situation": check_in.situation,
        "obstacles": check_in.obstacles,
        "support": check_in.support_text,
    } | fields


def url(check_in: CheckIn, page: str = "") -> str:
    return f"/avstamningar/{check_in.id}{page}"


class TestCorrecting:
    def test_by_the_other_side(self, cast, as_):
        check_in = asked(cast)
        erik = as_(cast.erik)
        erik.page(url(check_in, "/andra"))
        erik.submit(
            url(check_in, "/andra"),
            corrected(
                check_in, situation="Fyra av sex.", held_on="2026-11-05", next_on="2026-11-30"
            ),
        )
        check_in = fresh(check_in)
        assert (check_in.situation, check_in.by_name) == ("Fyra av sex.", "Ali Demir")
        assert (check_in.held_on, check_in.next_on) == (date(2026, 11, 5), date(2026, 11, 30))
        assert check_in.support.text == "Besked från elevhälsochefen."
        page = as_(cast.ali).page(url(check_in))
        assert "Erik Lund ändrade avstämningen för Hasselbrinksskolan" in page

    def test_two_writers(self, cast, as_):
        check_in = asked(cast)
        sent = corrected(check_in)
        as_(cast.ali).submit(url(check_in, "/andra"), sent | {"situation": "Alis text"})
        answer = as_(cast.erik).submit(
            url(check_in, "/andra"), sent | {"situation": "Eriks text"}, 409
        )
        assert "Alis text" in answer.text
        assert "Eriks text" in answer.text
        assert fresh(check_in).situation == "Alis text"

    def test_two_who_choose_other_measures_or_units(self, cast, as_):
        measure = a_measure(cast, "Lässtrategier")
        check_in = held(cast.savkulla, cast.lyktvret, by=cast.karin)
        sent = corrected(check_in)
        as_(cast.karin).submit(url(check_in, "/andra"), sent | {"measures": [measure.id]})
        answer = as_(cast.erik).submit(
            url(check_in, "/andra"), sent | {"units": [cast.savkulla.id]}, 409
        )
        assert "Lässtrategier" in answer.text
        check_in = fresh(check_in)
        assert [row.title for row in check_in.measures] == ["Lässtrategier"]
        assert len(check_in.units) == 2
        as_(cast.erik).submit(
            url(check_in, "/andra"),
            corrected(check_in, units=[cast.savkulla.id], measures=[measure.id]),
        )
        assert fresh(check_in).unit_names == "Sävkullaskolan"

    def test_unchanged_is_no_change(self, cast, as_):
        check_in = asked(cast)
        as_(cast.ali).submit(url(check_in, "/andra"), corrected(check_in))
        assert fresh(check_in).version == check_in.version == 1

    def test_other_support_or_none(self, cast, as_):
        check_in = asked(cast)
        ali = as_(cast.ali)
        ali.submit(url(check_in, "/andra"), corrected(check_in, support="En vikarie."))
        check_in = fresh(check_in)
        assert (check_in.support.text, check_in.version) == ("En vikarie.", 2)
        ali.submit(url(check_in, "/andra"), corrected(check_in, support=""))
        assert fresh(check_in).support is None
        ali.submit(url(check_in, "/andra"), corrected(fresh(check_in), support="Ändå."))
        assert fresh(check_in).support.asked_on == HELD

    def test_what_has_been_answered_stays_as_it_was_asked(self, cast, as_):
        check_in = asked(cast)
        check_in.support.respond("Ja.", by=cast.erik)
        ali = as_(cast.ali)
        page = ali.page(url(check_in, "/andra"))
        assert "står kvar som den var" in page
        assert 'name="support"' not in page
        sent = corrected(check_in, situation="Nytt läge")
        del sent["support"]
        ali.submit(url(check_in, "/andra"), sent)
        assert fresh(check_in).support.text == "Besked från elevhälsochefen."
        late = corrected(fresh(check_in), support="Något annat")
        answer = ali.submit(url(check_in, "/andra"), late, 422)
        assert "Något annat" in answer.text
        assert any("har fått svar" in text for text in errors(answer))

    def test_obstacles_that_are_taken_out_are_not_solved(self, cast, as_):
        check_in = held(cast.hassel, by=cast.ali, obstacles="Två scheman.")
        check_in.settle_obstacles(by=cast.ali)
        db.session.commit()
        as_(cast.ali).submit(url(check_in, "/andra"), corrected(check_in, obstacles=""))
        assert fresh(check_in).obstacles_settled_at is None

    def test_one_of_ones_own_units_must_stay(self, cast, as_):
        check_in = held(cast.savkulla, cast.lyktvret, by=cast.karin)
        answer = as_(cast.jonas).submit(
            url(check_in, "/andra"), corrected(check_in, units=[cast.lyktvret.id]), 422
        )
        assert "Minst en av enheterna ska vara din." in errors(answer)
        as_(cast.jonas).submit(
            url(check_in, "/andra"), corrected(check_in, situation="Jonas var med.")
        )
        assert len(fresh(check_in).units) == 2

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"situation": ""}, "Skriv något om läget"),
            ({"held_on": "2026-12-24"}, "Avstämningen skrivs när den har hållits."),
            ({"next_on": "2026-11-06"}, "Nästa avstämning ska vara efter den här."),
            ({"units": []}, "Välj minst en enhet."),
            ({"situation": "x" * 100_000}, "Texten är för lång"),
        ],
    )
    def test_bad_input(self, cast, as_, fields, message):
        check_in = held(cast.hassel, by=cast.ali)
        answer = as_(cast.ali).submit(url(check_in, "/andra"), corrected(check_in, **fields), 422)
        assert any(message in text for text in errors(answer)), errors(answer)
        assert fresh(check_in).version == 1


class TestSupport:
    def test_it_is_answered_and_settled_where_all_support_is(self, cast, as_):
        check_in = asked(cast)
        at = f"/stod/{check_in.support.id}"
        erik = as_(cast.erik)
        page = erik.page(url(check_in))
        assert "Väntar på svar" in page
        assert f'href="{at}/svar"' in page
        erik.submit(f"{at}/svar", {"version": 1, "answer": "Vikarie från 1 december."})
        ali = as_(cast.ali)
        assert "Erik Lund, 20 november 2026" in ali.page(url(check_in))
        ali.submit(f"{at}/vad-blev-det", {"version": 2, "outcome": "Hon kom."})
        support = fresh(check_in).support
        assert (support.state, support.settled_by_name) == (SupportState.SETTLED, "Ali Demir")
        page = erik.page(url(check_in))
        assert "Hon kom." in page
        assert "Skriv vad det blev" not in page

    @pytest.mark.parametrize("step", ["/svar", "/vad-blev-det"])
    def test_old_addresses_lead_on_with_what_was_typed(self, cast, as_, step):
        check_in = asked(cast)
        erik = as_(cast.erik)
        to = f"/stod/{check_in.support.id}{step}"
        assert erik.get(url(check_in, step)).location == to
        assert erik.submit(url(check_in, step), {"version": 1}, 307).location == to

    def test_the_dialogansvarig_alone_answers(self, cast, as_):
        check_in = asked(cast)
        as_(cast.ali).page(url(check_in, "/svar"), 403)
        as_(cast.ali).submit(url(check_in, "/svar"), {"version": 1, "answer": "Ja."}, 403)

    def test_where_nothing_was_asked_there_is_nothing_to_answer(self, cast, as_):
        check_in = held(cast.hassel, by=cast.ali)
        for page in ("/svar", "/vad-blev-det"):
            as_(cast.erik).page(url(check_in, page), 404)


@pytest.mark.parametrize("page", ["", "/andra", "/svar", "/vad-blev-det"])
@pytest.mark.parametrize(
    "who",
    ["karin", "maria", "nadia", "lena", "samira", "sofia", "perolov", "tove", "mats", "ingela"],
)
def test_nobody_else_finds_it(cast, as_, who, page):
    check_in = asked(cast)
    as_(getattr(cast, who)).page(url(check_in, page), 404)


def test_over_several_units_who_leads_one_of_them_reads(cast, as_):
    check_in = held(cast.savkulla, cast.lyktvret, by=cast.karin)
    assert "Tre av sex lag" in as_(cast.jonas).page(url(check_in))
    as_(cast.ali).page(url(check_in), 404)


def test_numbers_that_are_none(cast, as_):
    for number in ("0", "9" * 30, "x"):
        as_(cast.ali).page(f"/avstamningar/{number}", 404)
