"""A measure's life: the whole chain wherever one enters, in order, and only what the person may read."""

import re
from datetime import date, datetime
from html import unescape

from tests.checkins.scenes import held
from tests.dialogues.scenes import placed
from tests.own_lap.scenes import own_measure
from tests.thread.scenes import THIS, analysed, assessed, decided
from tracker.clock import STOCKHOLM, stopped_at
from tracker.extensions import db
from tracker.models import Decision, Measure
from tracker.organisation.succession import take_over


def events(page):
    found = re.findall(r'class="life__what">([^<]*)<', page)
    return [unescape(text) for text in found]


def two_versions(cast):
    first = decided(cast, THIS - 1, "Läsa", analysed(cast, THIS - 1, "Läsningen", "Orsaken"))
    with stopped_at(datetime(THIS, 2, 3, 9, tzinfo=STOCKHOLM)):
        first.add_log(date(THIS, 2, 3), "Första besöken.", by=cast.karin)
    assessed(cast, first, THIS - 1, Decision.ADJUST)
    again = first.continued_by
    with stopped_at(datetime(THIS, 9, 20, 9, tzinfo=STOCKHOLM)):
        again.write(by=cast.karin, title="Läsa mer", assessable_from=date(2027, 6, 1))
        again.decide(by=cast.karin)
        db.session.flush()
    db.session.commit()
    return first, again


def address(measure):
    return f"/atgarder/{measure.id}/liv"


def test_the_same_chain_from_either_version(cast, as_):
    first, again = two_versions(cast)
    browser = as_(cast.karin)

    told = events(browser.page(address(first)))

    assert told == events(browser.page(address(again)))
    assert told == [
        "Beslutad",
        "Ur loggen, Karin Holm",
        "Genomförd, enligt Karin Holm",
        "Bedömd: delvis uppnådd",
        "Fortsatte som ny version: Läsa mer",
        "Effekten ska bedömas",
    ]
    page = browser.page(address(again))
    assert "HT25 beslutad, VT26 bedömd: delvis uppnådd, HT26 fortsatte" in page
    assert f'href="/atgarder/{first.id}"' in page


def test_a_day_is_told_in_the_order_of_things_whatever_the_hour(cast, as_):
    """A log has a day and no hour; what was decided and settled at nine came before and after it."""
    measure = decided(cast, THIS - 1, "Läsa", None, assessable_from=date(THIS - 1, 10, 15))
    with stopped_at(datetime(THIS - 1, 10, 15, 9, 30, tzinfo=STOCKHOLM)):
        measure.add_log(date(THIS - 1, 10, 15), "Första besöken.", by=cast.karin)
        measure.complete(by=cast.karin)
    db.session.commit()
    assert events(as_(cast.karin).page(address(measure))) == [
        "Beslutad", "Ur loggen, Karin Holm", "Effekten kan bedömas", "Genomförd, enligt Karin Holm",
    ]  # fmt: skip


def test_a_proposed_version_is_seen_by_its_writers_alone(cast, as_):
    first = decided(cast, THIS - 1, "Läsa", None)
    assessed(cast, first, THIS - 1, Decision.ADJUST)

    assert "Ny version föreslagen: Läsa" in events(as_(cast.karin).page(address(first)))
    assert not any("Ny version" in what for what in events(as_(cast.erik).page(address(first))))


def test_the_dialogue_it_came_out_of_and_those_held_meanwhile(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast, date(2026, 10, 6))
    agreement = dialogue.agree("Läsa tillsammans", "Karin Holm", by=cast.karin)
    measure = agreement.become(cast.cycle(cast.savkulla), by=cast.karin)
    measure.write(
        by=cast.karin,
        **{
            "basis": "organizer",
            "basis_note": "Nämnden",
            "expected_effect": "Fler läser",
            "assessable_from": date(2027, 6, 1),
        },
    )
    measure.decide(by=cast.karin)
    other = decided(cast, THIS - 1, "Äldre", None)

    assert "Överenskommen i Dialog 1" in events(as_(cast.erik).page(address(measure)))
    assert "Dialog 1 hölls medan åtgärden pågick" in events(as_(cast.karin).page(address(other)))
    for reader in (cast.sofia, cast.perolov):
        for row in (measure, other):
            assert not any("Dialog" in what for what in events(as_(reader).page(address(row))))


def test_what_was_agreed_is_between_those_who_meet_until_the_dialogue_is_held(cast, as_):
    """The fault: a measure made in the room tells skolchefen what its notes still withhold."""
    dialogue = placed(cast.dialogue(cast.savkulla), cast, date(2026, 10, 6))
    agreement = dialogue.agree("Karin ringer facket", "Karin Holm", by=cast.karin)
    measure = agreement.become(cast.cycle(cast.savkulla), by=cast.karin)
    measure.write(
        by=cast.karin, title="Läsa", basis="organizer", basis_note="Nämnden",
        expected_effect="Fler läser", assessable_from=date(2027, 6, 1),
    )  # fmt: skip
    measure.decide(by=cast.karin)
    db.session.commit()

    def reads(person):
        return "Karin ringer facket" in as_(person).page(address(measure))

    assert [reads(person) for person in (cast.karin, cast.erik)] == [True, True]
    assert [reads(person) for person in (cast.lena, cast.samira)] == [False, False]
    dialogue.hold(by=cast.erik)
    db.session.commit()
    assert reads(cast.lena)


def test_check_ins_are_for_those_who_check_in(cast, as_):
    measure = decided(cast, THIS, "Läsa", None)
    held(cast.savkulla, by=cast.karin, measures=[measure])

    for person, sees in (("karin", True), ("erik", True), ("lena", False), ("sofia", False)):
        told = events(as_(getattr(cast, person)).page(address(measure)))
        assert ("Togs upp i en avstämning" in told) is sees


def test_a_changed_decision_is_told_to_who_follows(cast, as_):
    measure = decided(cast, THIS, "Läsa", None)
    measure.write(by=cast.karin, expected_effect="Något annat")
    db.session.commit()

    assert "Väntat av Läsa" in as_(cast.lena).page(address(measure))
    assert "Väntat av Läsa" not in as_(cast.sofia).page(address(measure))


def test_it_moved_to_the_successor_and_what_was_before_stays_there(cast, as_):
    first, again = two_versions(cast)
    take_over(cast.hassel, cast.savkulla, date(2026, 11, 1), by=cast.tove, closes=False)
    db.session.commit()
    moved = "Följde med från Sävkullaskolan till Hasselbrinksskolan"

    there = as_(cast.ali).page(address(again))

    assert moved in events(there)
    assert "Bedömd: delvis uppnådd" not in events(there), (
        "the first version never was Hasselbrink's"
    )
    assert "Versioner" not in there
    as_(cast.ali).page(address(first), 404)
    assert moved in events(as_(cast.karin).page(address(first)))
    shown = as_(cast.ali).page(f"/atgarder/{again.id}")
    assert "Bedömd" not in shown, "nor on its own page"


def test_the_analysis_is_linked_for_who_follows_it(cast, as_):
    first, _ = two_versions(cast)

    assert "Nulägesanalysen 2025/26" in as_(cast.karin).page(address(first))
    assert "Nulägesanalysen 2025/26" not in as_(cast.perolov).page(address(first))


def test_statements(cast, as_, statements):
    first, _ = two_versions(cast)
    for number in range(30):
        db.session.get(Measure, first.id).add_log(date(2026, 3, 1), f"Rad {number}", by=cast.karin)
    held(cast.savkulla, by=cast.karin, measures=[first])
    browser = as_(cast.karin)

    with statements() as sent:
        browser.page(address(first))

    assert len(sent) <= 15


def test_the_huvudmans_own_has_no_thread_of_a_unit(cast, as_):
    """The fault: links with an empty slug."""
    measure = own_measure(cast, [cast.savkulla])
    page = as_(cast.lena).page(address(measure))
    assert "//roda-traden" not in page
    assert "/enheter//" not in page
