"""Start for those who follow, oversee, help, work, decide and administer."""

import re
from datetime import timedelta

import pytest

from tests.start.many import add_units
from tests.start.story import decide, due, place, propose, write_analysis
from tests.start.test_rektors_start import words
from tests.support.scenes import said
from tracker.clock import now, today
from tracker.extensions import db
from tracker.models import (
    CarriedOut,
    Decision,
    DialogueState,
    EffectAssessment,
    Judgement,
    Measure,
    Role,
    RoleAssignment,
    Side,
    User,
)
from tracker.web.swedish import sort_key


def rows(page: str) -> dict[str, str]:
    """Unit name → the text of its row, in the order of the page; `progress` gives the table of areas."""
    page = re.sub(r"<caption>Dialogerna.*?</table>", "", page, flags=re.S)
    found = {}
    for row in re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", page, re.S):
        name, _, rest = row.partition("</th>")
        found[words(name)] = words(rest)
    return found


def progress(page: str) -> dict[str, str]:
    """Area → how far its dialogues have come."""
    table = re.search(r"<caption>(Dialogerna.*?)</table>", page, re.S)
    return rows(table[1]) if table else {}


def assess(measure, year, by, judgement=Judgement.ACHIEVED):
    EffectAssessment.make(
        measure,
        year,
        by=by,
        judgement=judgement,
        carried_out=CarriedOut.YES,
        outcome="83 %",
        evidence="Prov",
        decision=Decision.END,
    )


def postpone(measure, year, by):
    EffectAssessment.make(
        measure,
        year,
        by=by,
        judgement=Judgement.NOT_YET,
        next_date=today() + timedelta(days=90),
    )


def hold_no_check_ins(cast):
    """So that nobody is to be met."""
    for unit in (cast.savkulla, cast.lyktvret, cast.hassel, cast.klockvret):
        unit.set_check_in_days(0, by=None)


class TestDialogansvarig:
    def test_sees_the_areas_units_in_one_table(self, cast, as_):
        page = as_(cast.erik).page("/")
        assert "<title>Område Norr, läsåret 2026/27 – Varvet</title>" in page
        found = rows(page)
        assert set(found) == {
            "Hasselbrinksskolan",
            "Klockvretsskolan",
            "Lyktvretens förskola",
            "Sävkullaskolan",
        }
        assert found["Sävkullaskolan"].startswith("Karin Holm Genomföra Ingen tid")
        assert "Ringmuraskolan" not in page

    def test_a_vacant_unit_says_so(self, cast, as_):
        row = rows(as_(cast.erik).page("/"))["Klockvretsskolan"]
        assert row.startswith("Vakant")
        assert "Ingen leder enheten" in row

    def test_those_that_need_attention_stand_first(self, cast, as_):
        hold_no_check_ins(cast)
        for unit in (cast.hassel, cast.klockvret, cast.lyktvret):
            place(cast.dialogue(unit), cast.erik, days=60)
        due(cast.cycle(cast.savkulla), cast.karin, "Språkgrupper", days=6)
        page = as_(cast.erik).page("/")
        assert "Två enheter har något som väntar. De står först, med skälet." in page
        found = rows(page)
        assert list(found) == [
            "Klockvretsskolan",
            "Sävkullaskolan",
            "Hasselbrinksskolan",
            "Lyktvretens förskola",
        ]
        assert found["Sävkullaskolan"].endswith("En effekt väntar på bedömning sedan 14 nov")
        assert "/enheter/savkullaskolan/2026-27/effekter" in page

    def test_several_due_effects_are_counted(self, cast, as_):
        due(cast.cycle(cast.hassel), cast.ali, "Ett", days=6)
        due(cast.cycle(cast.hassel), cast.ali, "Två", days=66)
        row = rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"]
        assert "Två effekter väntar på bedömning, den första sedan 15 sept" in row

    def test_what_was_brought_in_is_rektors_own_for_a_fortnight(self, cast, as_, the_day):
        Measure.inherit(cast.cycle(cast.hassel), "Rastvärdar", "Färre kränkningar", "", by=cast.ali)
        db.session.commit()
        assert "Bedöm effekten av Rastvärdar" in as_(cast.ali).page("/")
        waits = "En effekt väntar på bedömning"
        for day, seen in (("2026-12-03", False), ("2026-12-05", True)):
            the_day.move_to(f"{day}T09:00:00+01:00")
            row = rows(as_(cast.erik).page("/")).get("Hasselbrinksskolan", "")
            assert (waits in row) is seen, day

    def test_an_analysis_that_is_not_shared_before_the_dialogue(self, cast, as_):
        place(cast.dialogue(cast.hassel), cast.erik, days=9)
        expected = "Analysen är inte delad och rektors område inte valt, dialog om 9 dagar"
        before = rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"]
        assert expected in before
        write_analysis(cast.cycle(cast.hassel), cast.ali)
        assert rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"] == before

    def test_a_shared_analysis_and_a_chosen_area_need_nothing(self, cast, as_):
        hold_no_check_ins(cast)
        dialogue = place(cast.dialogue(cast.hassel), cast.erik, days=9)
        write_analysis(cast.cycle(cast.hassel), cast.ali, share=True)
        assert "Rektor har inte valt område" in as_(cast.erik).page("/")
        dialogue.choose_topic("Matematik", "", None, by=cast.ali)
        assert "Huvudmannens områden, dialog om 9 dagar" in as_(cast.erik).page("/")
        dialogue.bring_no_topics(by=cast.erik)
        page = as_(cast.erik).page("/")
        assert rows(page)["Hasselbrinksskolan"].endswith("Dialog 1 , 29 nov 2026")

    def test_a_dialogue_without_a_time(self, cast, as_, the_day):
        assert (
            "Dialog 1 har inte fått någon tid än"
            in rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"]
        )
        assert "Dialog 2 har inte fått någon tid än" not in as_(cast.erik).page("/")
        the_day.move_to("2027-04-01T09:00:00+02:00")
        assert "Dialog 2 har inte fått någon tid än" in as_(cast.erik).page("/")

    def test_a_dialogue_far_off_has_no_time_yet_and_asks_for_nothing(self, cast, as_, the_day):
        hold_no_check_ins(cast)
        assert rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"].startswith(
            "Ali Demir Genomföra Ingen tid än"
        )
        place(cast.dialogue(cast.hassel), cast.erik, days=1)
        the_day.shift(timedelta(days=2))
        dialogue = cast.dialogue(cast.hassel)
        assert rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"] == (
            "Ali Demir Genomföra Ingen tid än Dialog 1 var 21 nov: är den genomförd?"
        )
        assert "Säg om Dialog 1 är genomförd" in as_(cast.ali).page("/")
        as_(cast.ali).submit(f"/dialoger/{dialogue.id}/minnesanteckningar/genomford", {})
        assert dialogue.state is DialogueState.HELD
        assert "är den genomförd" not in as_(cast.erik).page("/")
        assert "Säg om Dialog 1" not in as_(cast.ali).page("/")

    def test_when_every_dialogue_has_been_there_is_none_to_come(self, cast, as_, the_day):
        place(cast.dialogue(cast.hassel), cast.erik, days=1)
        place(cast.dialogue(cast.hassel, 2), cast.erik, days=2)
        the_day.shift(timedelta(days=3))
        row = rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"]
        assert row.startswith("Ali Demir Genomföra –")

    def test_the_last_one_is_said_to_be_cancelled_until_its_day(self, cast, as_, the_day):
        place(cast.dialogue(cast.hassel), cast.erik, days=1)
        place(cast.dialogue(cast.hassel, 2), cast.erik, days=4).cancel("Sjuk", by=cast.erik)
        db.session.commit()
        for days, word in ((2, "Inställd"), (3, "–")):
            the_day.shift(timedelta(days=days))
            row = rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"]
            assert row.startswith(f"Ali Demir Genomföra {word}")

    def test_a_proposed_time_waits_for_an_answer(self, cast, as_):
        dialogue = place(cast.dialogue(cast.hassel), cast.erik, days=30)
        proposal = dialogue.propose_time(dialogue.starts_at + timedelta(days=1), "", by=cast.ali)
        page = as_(cast.erik).page("/")
        assert "Förslag om ny tid för Dialog 1: måndag 21 december kl. 13.00" in page
        assert next(iter(rows(page))) == "Hasselbrinksskolan"
        dialogue.decline(proposal, by=cast.erik)
        assert "Förslag om ny tid" not in as_(cast.erik).page("/")

    def test_the_nearest_dialogues_with_their_briefs(self, cast, as_):
        joint = place(cast.dialogue(cast.savkulla), cast.erik, days=5)
        page = as_(cast.erik).page("/")
        assert "Dialog 1 om Lyktvretens förskola och Sävkullaskolan" in words(page)
        assert f"/dialoger/{joint.id}/underlag" in page

    def test_what_is_far_off_gives_way_to_what_is_near(self, cast, as_):
        place(cast.dialogue(cast.hassel, 2), cast.erik, days=160)
        assert "Nästa dialog</h2>" in as_(cast.erik).page("/")
        place(cast.dialogue(cast.hassel), cast.erik, days=20)
        page = as_(cast.erik).page("/")
        assert "Dialog 1 om Hasselbrinksskolan" in page
        assert "Dialog 2 om Hasselbrinksskolan" not in page

    def test_rektors_question_waits_for_an_answer(self, cast, as_):
        dialogue = place(cast.dialogue(cast.hassel), cast.erik, days=30)
        question = dialogue.ask(Side.PRINCIPAL, "Får vi besluta på plats?", by=cast.ali)
        assert "En fråga inför Dialog 1 väntar på svar" in as_(cast.erik).page("/")
        dialogue.answer_question(question, "Ja", by=cast.erik)
        dialogue.ask(Side.ORGANIZER, "Och ni?", by=cast.erik)
        assert "väntar på svar" not in as_(cast.erik).page("/")

    def test_a_proposed_measure_is_not_hinted_at(self, cast, as_):
        propose(cast.cycle(cast.hassel), cast.ali, "Hemligt förslag")
        assert "Hemligt förslag" not in as_(cast.erik).page("/")


class TestSkolchef:
    def test_sees_all_areas_grouped(self, cast, as_):
        page = as_(cast.lena).page("/")
        assert "<title>Exempelby kommun, läsåret 2026/27 – Varvet</title>" in page
        assert words(page).index("Enheter i område Norr") < words(page).index(
            "Enheter i område Söder"
        )
        assert "Ringmuraskolan" in rows(page)
        assert "Granbyskolan" not in page

    def test_sees_what_the_assessed_effects_led_to_in_total(self, cast, as_):
        for unit, by in ((cast.hassel, cast.ali), (cast.ringmura, cast.nadia)):
            assess(due(cast.cycle(unit), by, f"Åtgärd vid {unit.name}"), cast.year, by)
        assess(
            due(cast.cycle(cast.hassel), cast.ali, "En till"),
            cast.year,
            cast.ali,
            Judgement.NOT_ACHIEVED,
        )
        page = words(as_(cast.lena).page("/"))
        assert (
            "Under läsåret 2026/27 har tre effekter bedömts, för alla enheter tillsammans." in page
        )
        assert "Uppnådd 2 åtgärder: den väntade effekten kom" in page
        assert "Delvis uppnådd Ingen åtgärd" in page
        assert "Inte uppnådd 1 åtgärd: den väntade effekten uteblev" in page

    def test_one_assessed_effect_is_said_in_the_singular(self, cast, as_):
        assess(due(cast.cycle(cast.hassel), cast.ali), cast.year, cast.ali)
        page = words(as_(cast.lena).page("/"))
        assert "Under läsåret 2026/27 har en effekt bedömts, för alla enheter" in page

    def test_an_effect_with_a_new_date_is_not_assessed(self, cast, as_):
        postpone(due(cast.cycle(cast.hassel), cast.ali), cast.year, cast.ali)
        page = words(as_(cast.lena).page("/"))
        assert "Inga effekter har bedömts än under läsåret 2026/27." in page
        assert "Kan inte bedömas ännu" not in page

    @pytest.mark.parametrize(
        ("name", "heading"),
        [
            ("Norr", "Enheter i område Norr"),
            ("Område Norr", "Enheter i område Norr"),
            ("Norra området", "Enheter i Norra området"),
        ],
    )
    def test_an_area_reads_well_whatever_its_name(self, cast, as_, name, heading):
        cast.norr.name = name
        assert heading in words(as_(cast.lena).page("/"))

    def test_totals_are_the_huvudmans_alone(self, cast, as_):
        assess(due(cast.cycle(cast.hassel), cast.ali), cast.year, cast.ali)
        assert "Vad åtgärderna har lett till" not in as_(cast.erik).page("/")
        assert "Vad åtgärderna har lett till" not in as_(cast.ali).page("/")

    def test_how_far_the_dialogues_have_come_by_area(self, cast, as_):
        assert progress(as_(cast.lena).page("/")) == {
            "Område Norr": "0 av 3 dialoger har en tid 0 av 3 dialoger har en tid",
            "Område Söder": "0 av 1 dialoger har en tid 0 av 1 dialoger har en tid",
            "Alla enheter": "0 av 4 dialoger har en tid 0 av 4 dialoger har en tid",
        }
        joint, hassel, vacant = (
            cast.dialogue(u) for u in (cast.savkulla, cast.hassel, cast.klockvret)
        )
        for dialogue in (joint, hassel, vacant, cast.dialogue(cast.ringmura)):
            place(dialogue, cast.erik, days=5)
        joint.state, joint.held_at = DialogueState.HELD, now()
        hassel.state, hassel.held_at, hassel.approved_at = DialogueState.APPROVED, now(), now()
        vacant.cancel("Förhinder", by=cast.erik)
        found = progress(as_(cast.lena).page("/"))
        assert found["Område Norr"] == (
            "2 av 2 dialoger har en tid, 2 genomförda, 1 godkänd, 1 inställd 0 av 3 dialoger har en tid"
        )
        assert found["Område Söder"].startswith("1 av 1 dialoger har en tid 0 av")
        assert found["Alla enheter"].startswith(
            "3 av 3 dialoger har en tid, 2 genomförda, 1 godkänd, 1 inställd"
        )

    def test_one_huvudman_without_areas_is_one_line(self, cast, as_):
        assert list(progress(as_(cast.ingela).page("/"))) == ["Alla enheter"]

    def test_the_units_that_nobody_leads(self, cast, as_):
        page = words(as_(cast.lena).page("/"))
        assert "Enhet som ingen leder just nu: Klockvretsskolan . Dialogansvarig" in page
        role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
        role.end(today() - timedelta(days=1), by=cast.tove)
        page = words(as_(cast.lena).page("/"))
        assert "Enheter som ingen leder just nu: Hasselbrinksskolan , Klockvretsskolan ." in page
        assert "Alla enheter har någon som leder dem." in as_(cast.ingela).page("/")

    def test_the_progress_is_for_those_who_oversee(self, cast, as_):
        for person in (cast.erik, cast.karin, cast.samira, cast.perolov):
            assert progress(as_(person).page("/")) == {}

    def test_one_table_when_she_is_dialogansvarig_too(self, cast, as_):
        page = as_(cast.ingela).page("/")
        assert list(rows(page)) == ["Granbyskolan"]
        assert "Utan område" not in page

    def test_more_than_a_hundred_units_come_in_pages(self, cast, as_):
        add_units(cast, 120)
        browser = as_(cast.lena)
        first, second = rows(browser.page("/")), rows(browser.page("/?sida=2"))
        assert len(first) == 100
        assert len(second) == 25
        assert not first.keys() & second.keys()
        assert rows(browser.page("/?sida=banan")) == first
        assert rows(browser.page("/?sida=99")) == second


def test_what_is_said_of_the_support_waits_for_who_answers(cast, as_):
    said(cast)
    waits = "En synpunkt på stödet väntar på dig"
    assert waits in as_(cast.lena).page("/")
    for person in (cast.karin, cast.erik, cast.samira, cast.tove):
        assert waits not in as_(person).page("/")

    given = said(cast)
    given.hand_to(cast.samira, by=cast.lena)
    db.session.commit()

    assert waits in as_(cast.samira).page("/")
    assert waits in as_(cast.lena).page("/")
    given.clarify("Ett svar.", None, by=cast.samira)
    db.session.commit()
    assert waits not in as_(cast.samira).page("/")


class TestOthers:
    def test_a_quality_developer_sees_shared_analyses_and_invitations(self, cast, as_):
        assert "Ingen analys är delad än" in as_(cast.samira).page("/")
        write_analysis(cast.cycle(cast.hassel), cast.ali, share=True)
        write_analysis(cast.cycle(cast.ringmura), cast.nadia)
        draft = write_analysis(cast.cycle(cast.savkulla), cast.karin)
        draft.invite(cast.samira, by=cast.karin)
        page = as_(cast.samira).page("/")
        assert list(rows(page)) == ["Hasselbrinksskolan"]
        assert "Analyser du skriver i" in page
        assert "Sävkullaskolan" in page
        assert "Ringmuraskolan" not in page

    def test_staff_see_their_units_adopted_analysis_and_decided_measures(self, cast, as_):
        write_analysis(cast.cycle(cast.savkulla), cast.karin, share=True)
        decide(cast.cycle(cast.savkulla), cast.karin, "Lässtrategier")
        propose(cast.cycle(cast.savkulla), cast.karin, "Ett förslag")
        decide(cast.cycle(cast.hassel), cast.ali, "En annan skolas")
        page = as_(cast.sofia).page("/")
        assert "<title>Sävkullaskolan, läsåret 2026/27 – Varvet</title>" in page
        assert "Läsårets analys är inte fastställd än." in page
        assert list(rows(page)) == ["Lässtrategier"]
        assert "Ett förslag" not in page
        assert "Att göra" not in page

    def test_staff_read_the_analysis_when_it_is_adopted(self, cast, as_):
        write_analysis(cast.cycle(cast.savkulla), cast.karin, adopt=True)
        page = as_(cast.sofia).page("/")
        assert "Läs nulägesanalysen" in page

    def test_the_board_sees_adopted_analyses(self, cast, as_):
        assert "Ingen analys är fastställd än i år" in as_(cast.perolov).page("/")
        write_analysis(cast.cycle(cast.hassel), cast.ali, adopt=True)
        write_analysis(cast.cycle(cast.ringmura), cast.nadia, share=True)
        assert list(rows(as_(cast.perolov).page("/"))) == ["Hasselbrinksskolan"]

    def test_a_system_administrator_is_led_to_the_set_up(self, cast, as_):
        due(cast.cycle(cast.hassel), cast.ali, "Mattestuga")
        page = as_(cast.tove).page("/")
        assert 'href="/organisation"' in page
        assert "Mattestuga" not in page
        assert "Hasselbrinksskolan" not in page

    def test_several_roles_show_several_parts(self, cast, as_):
        RoleAssignment.give(cast.ali, Role.DIALOGUE_LEAD, cast.exempelby, by=None, area=cast.soder)
        RoleAssignment.give(cast.ali, Role.SYSTEM_ADMIN, cast.exempelby, by=None)
        page = as_(cast.ali).page("/")
        assert page.index("Att göra") < page.index("Enheter i område Söder")
        assert page.index("Enheter i område Söder") < page.index("Organisation och läsår")

    def test_a_person_without_a_role_is_met_kindly(self, cast, as_):
        stranger = User(email="ny@exempelby.example", name="Nils Ny", sort_key=sort_key("Nils Ny"))
        db.session.add(stranger)
        page = as_(stranger).page("/")
        assert "Välkommen till Varvet" in page
        assert "Hej Nils!" in page

    def test_a_role_that_has_ended_shows_nothing(self, cast, as_):
        role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
        role.end(today() - timedelta(days=1), by=cast.tove)
        assert "Välkommen till Varvet" in as_(cast.ali).page("/")


def test_the_administrator_is_told_who_is_missing(cast, as_):
    page = words(as_(cast.tove).page("/"))
    assert "Klockvretsskolan saknar rektor i dag." in page
    assert "saknar dialogansvarig" not in page
    for role in db.session.query(RoleAssignment).filter_by(user_id=cast.erik.id):
        role.end(today() - timedelta(days=1), by=cast.tove)
    db.session.commit()
    page = words(as_(cast.tove).page("/"))
    assert (
        "Hasselbrinksskolan, Klockvretsskolan, Lyktvretens förskola och Sävkullaskolan saknar "
        "dialogansvarig."
    ) in page
