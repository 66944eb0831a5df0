"""The verbs of a dialogue: its time, its units, its topics, and what is remembered of them."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm.exc import StaleDataError

from tests.dialogues.scenes import DAY, at, held, placed
from tracker.cycle.opening import catch_up
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    DevelopmentArea,
    DialogueState,
    DialogueUnit,
    MoveKind,
    QualityDialogue,
    Side,
)


def sentences(dialogue: QualityDialogue) -> list[str]:
    return [
        event.sentence
        for event in db.session.query(AuditEvent)
        .filter_by(subject_kind="quality_dialogue", subject_id=dialogue.id)
        .order_by(AuditEvent.id)
    ]


def test_one_dialogue_for_a_leaders_units_and_one_for_a_vacant_unit(cast):
    both = cast.dialogue(cast.savkulla)
    assert both.unit_names == "Lyktvretens förskola och Sävkullaskolan"
    assert both is cast.dialogue(cast.lyktvret)
    assert cast.dialogue(cast.klockvret).unit_names == "Klockvretsskolan"


def test_placing_needs_no_reason_and_counts_one_revision(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    assert dialogue.day == DAY
    assert dialogue.date_revision == 1
    assert [move.kind for move in dialogue.moves] == [MoveKind.PLACED]
    assert sentences(dialogue)[-1] == (
        "Erik Lund bestämde tid för Dialog 1 läsåret 2026/27 med Lyktvretens förskola och "
        "Sävkullaskolan: tisdag 8 december kl. 13.00."
    )


def test_moving_without_a_reason_is_refused_and_changes_nothing(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    with pytest.raises(DialogueError, match="varför"):
        dialogue.place_at(at(DAY, 15), at(DAY, 16), by=cast.erik)
    assert dialogue.starts_at == at(DAY, 13)
    assert dialogue.date_revision == 1


def test_a_move_remembers_old_new_why_and_who(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    later = DAY + timedelta(days=2)
    dialogue.place_at(at(later, 9), at(later, 10), by=cast.erik, reason="Rekrytering")
    move = dialogue.moves[-1]
    assert (move.kind, move.before, move.after) == (MoveKind.MOVED, at(DAY, 13), at(later, 9))
    assert (move.reason, move.by_name) == ("Rekrytering", "Erik Lund")
    assert dialogue.date_revision == 2


def test_another_hour_of_the_same_day_rings_again(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.place_at(at(DAY, 14), at(DAY, 15), by=cast.erik, reason="Krock")
    assert dialogue.date_revision == 2


def test_another_end_place_or_company_does_not_ring_again(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.place_at(at(DAY, 13), at(DAY, 16), by=cast.erik)
    dialogue.arrange(at(DAY, 13), at(DAY, 16), "Rum 3", "Samira", by=cast.erik)
    dialogue.arrange(at(DAY, 13), at(DAY, 16), "Rum 3", "Samira", by=cast.erik)
    assert dialogue.date_revision == 1
    assert len(dialogue.moves) == 1
    changed = [text for text in sentences(dialogue) if "ändrade sluttid" in text]
    assert len(changed) == 2


def test_cancelling_and_taking_up_again_count_one_revision_each(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.cancel("Förhinder", by=cast.erik)
    dialogue.cancel("En gång till", by=cast.erik)
    assert dialogue.state is DialogueState.CANCELLED
    assert dialogue.date_revision == 2
    dialogue.place_at(at(DAY, 13), at(DAY, 14), by=cast.erik)
    assert dialogue.state is DialogueState.PLANNED
    assert dialogue.date_revision == 3
    assert [move.kind for move in dialogue.moves] == [
        MoveKind.PLACED, MoveKind.CANCELLED, MoveKind.RESUMED,
    ]  # fmt: skip


def test_an_end_before_the_start_is_refused(cast):
    dialogue = cast.dialogue(cast.savkulla)
    with pytest.raises(DialogueError):
        dialogue.place_at(at(DAY, 13), at(DAY, 13), by=cast.erik)


def test_an_accepted_proposal_moves_the_dialogue_as_long_as_it_was(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    later = DAY + timedelta(days=1)
    proposal = dialogue.propose_time(at(later, 8), "Föräldramöte", by=cast.karin)
    assert dialogue.open_proposal is proposal
    dialogue.accept(proposal, by=cast.erik)
    assert (dialogue.starts_at, dialogue.ends_at) == (at(later, 8), at(later, 9, 30))
    assert dialogue.date_revision == 2
    assert dialogue.moves[-1].reason == "Förslag av Karin Holm: Föräldramöte"
    assert dialogue.open_proposal is None


def test_a_proposal_is_answered_once(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    proposal = dialogue.propose_time(at(DAY, 8), "", by=cast.karin)
    dialogue.decline(proposal, by=cast.erik)
    for verb in (dialogue.decline, dialogue.accept):
        with pytest.raises(DialogueError, match="redan besvarat"):
            verb(proposal, by=cast.erik)
    assert dialogue.date_revision == 1


def test_a_proposal_whose_time_has_passed_is_not_accepted(cast, the_day):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    proposal = dialogue.propose_time(at(date(2026, 11, 24), 8), "", by=cast.karin)
    the_day.move_to(at(date(2026, 11, 25), 8))
    with pytest.raises(DialogueError, match="passerat"):
        dialogue.accept(proposal, by=cast.erik)
    assert proposal.answered_at is None


def test_a_new_proposal_replaces_the_one_that_waits(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    first = dialogue.propose_time(at(DAY, 8), "", by=cast.karin)
    second = dialogue.propose_time(at(DAY, 9), "", by=cast.karin)
    assert first.accepted is False
    assert dialogue.open_proposal is second


@pytest.mark.parametrize(("hour", "accepted"), [(8, True), (10, False)])
def test_a_move_answers_the_proposal_that_waits(cast, hour, accepted):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    proposal = dialogue.propose_time(at(DAY, 8), "", by=cast.karin)
    dialogue.place_at(at(DAY, hour), at(DAY, 12), by=cast.erik, reason="Vi ringdes vid")
    assert proposal.accepted is accepted


def test_no_proposal_for_what_is_cancelled_has_been_or_stands(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    with pytest.raises(DialogueError, match="redan gäller"):
        dialogue.propose_time(at(DAY, 13), "", by=cast.karin)
    dialogue.cancel("Förhinder", by=cast.erik)
    with pytest.raises(DialogueError, match="inställd"):
        dialogue.propose_time(at(DAY, 9), "", by=cast.karin)
    with pytest.raises(DialogueError, match="varit"):
        held(cast.dialogue(cast.hassel), cast).propose_time(at(DAY, 9), "", by=cast.ali)


def test_splitting_gives_the_unit_a_dialogue_of_its_own_and_its_area(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.bring_no_topics(by=cast.erik)
    area = DevelopmentArea.create(cast.cycle(cast.lyktvret), "Språket", "", "", by=cast.karin)
    dialogue.choose_topic("Språket", "", area, by=cast.karin)
    with pytest.raises(DialogueError, match="varför enheten får en egen"):
        dialogue.split_off(cast.lyktvret, by=cast.erik)
    assert len(dialogue.units) == 2
    own = dialogue.split_off(cast.lyktvret, by=cast.erik, reason="Förskolan vill träffas där")
    db.session.commit()
    assert dialogue.unit_names == "Sävkullaskolan"
    assert own.unit_names == "Lyktvretens förskola"
    assert own.starts_at is None
    assert own.principals_topic.title == "Språket"
    assert dialogue.principals_topic is None
    assert dialogue.no_topics_by_name == own.no_topics_by_name == "Erik Lund"
    assert sentences(dialogue)[-1] == (
        "Erik Lund delade Dialog 1 läsåret 2026/27: Lyktvretens förskola fick en egen, "
        "Sävkullaskolan behöll den."
    )
    assert dialogue.date_revision == 1
    (move,) = own.moves
    assert (move.kind, move.before, move.after) == (MoveKind.SPLIT_OFF, at(DAY, 13), None)
    assert (move.reason, move.by_name) == ("Förskolan vill träffas där", "Erik Lund")
    assert sentences(own)[-1] == (
        "Erik Lund tog bort tiden för Dialog 1 läsåret 2026/27 med Lyktvretens förskola, tisdag 8 "
        "december kl. 13.00: Förskolan vill träffas där."
    )
    with pytest.raises(DialogueError, match="bara en enhet"):
        dialogue.split_off(cast.savkulla, by=cast.erik, reason="En gång till")


def test_without_a_time_nobody_asks_why(cast):
    dialogue = cast.dialogue(cast.savkulla)
    own = dialogue.split_off(cast.lyktvret, by=cast.erik)
    assert (own.moves, own.date_revision) == ([], 0)
    placed(dialogue, cast)
    joined = dialogue.join(own, by=cast.erik)
    assert [move.kind for move in joined.moves] == [MoveKind.PLACED]


def test_at_the_same_time_nobody_asks_why_they_are_joined(cast):
    dialogue = cast.dialogue(cast.savkulla)
    own = dialogue.split_off(cast.lyktvret, by=cast.erik)
    placed(own, cast)
    joined = placed(dialogue, cast).join(own, by=cast.erik)
    assert {move.kind for move in joined.moves} == {MoveKind.PLACED}


def test_joining_keeps_everything_that_was_written_and_the_time_there_is(cast):
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.choose_topic("Matematik", "Struktur", None, by=cast.karin)
    own = dialogue.split_off(cast.lyktvret, by=cast.erik)
    own.choose_topic("Språket", "Samlingen", None, by=cast.karin)
    own.add_topic("Övergången", "Vi ser den", by=cast.erik)
    placed(own, cast)
    gone = dialogue.id
    joined = dialogue.join(own, by=cast.erik)
    db.session.commit()
    assert joined is own
    assert joined.starts_at == at(DAY, 13)
    assert joined.unit_names == "Lyktvretens förskola och Sävkullaskolan"
    assert joined.principals_topic.text == "Samlingen\n\nMatematik\n\nStruktur"
    assert [row.title for row in joined.organizers_topics] == ["Övergången"]
    assert db.session.get(QualityDialogue, gone) is None


def test_joining_two_with_time_keeps_ones_own_and_both_histories(cast):
    dialogue = cast.dialogue(cast.savkulla)
    own = dialogue.split_off(cast.lyktvret, by=cast.erik)
    placed(dialogue, cast)
    placed(own, cast, DAY + timedelta(days=1))
    own.propose_time(at(DAY, 8), "", by=cast.karin)
    with pytest.raises(DialogueError, match="varför dialogerna slås ihop"):
        dialogue.join(own, by=cast.erik)
    joined = dialogue.join(own, by=cast.erik, reason="Ett möte räcker")
    db.session.commit()
    assert joined is dialogue
    assert (joined.starts_at, joined.date_revision) == (at(DAY, 13), 1)
    assert [move.kind for move in joined.moves].count(MoveKind.PLACED) == 2
    (move,) = [row for row in joined.moves if row.kind is MoveKind.JOINED]
    assert (move.before, move.after) == (at(DAY + timedelta(days=1), 13), at(DAY, 13))
    assert (move.reason, move.by_name) == ("Ett möte räcker", "Erik Lund")
    assert sentences(joined)[-1].startswith("Erik Lund slog ihop")
    assert joined.open_proposal is None
    assert {link.dialogue_id for link in db.session.query(DialogueUnit).filter_by(
        unit_id=cast.lyktvret.id, school_year_id=cast.year.id, kind=joined.kind
    )} == {joined.id}  # fmt: skip


def test_only_the_same_dialogue_of_the_same_year_is_joined(cast):
    first, second = cast.dialogue(cast.hassel), cast.dialogue(cast.hassel, 2)
    with pytest.raises(DialogueError):
        first.join(second, by=cast.erik)
    with pytest.raises(DialogueError):
        first.join(first, by=cast.erik)


def test_what_has_been_is_neither_joined_nor_split(cast):
    both = held(cast.dialogue(cast.savkulla), cast)
    with pytest.raises(DialogueError):
        both.split_off(cast.lyktvret, by=cast.erik)
    with pytest.raises(DialogueError):
        cast.dialogue(cast.hassel).join(both, by=cast.erik)


def test_the_number_of_a_dialogue_is_never_used_again(cast):
    dialogue = cast.dialogue(cast.savkulla)
    own = dialogue.split_off(cast.lyktvret, by=cast.erik)
    db.session.commit()
    gone = own.id
    dialogue.join(own, by=cast.erik)
    again = dialogue.split_off(cast.lyktvret, by=cast.erik)
    db.session.commit()
    assert again.id > gone


def test_rektors_area_is_one_and_choosing_again_replaces_it(cast):
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.choose_topic("Matematik", "", None, by=cast.karin)
    dialogue.choose_topic("Läsning", "", None, by=cast.jonas)
    db.session.commit()
    assert [row.title for row in dialogue.topics if row.side is Side.PRINCIPAL] == ["Läsning"]
    assert dialogue.principals_topic.by_name == "Jonas Ek"


def test_an_older_choice_does_not_replace_a_newer(cast):
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.choose_topic("Matematik", "", None, by=cast.karin, seen=0)
    db.session.commit()
    with pytest.raises(StaleDataError):
        dialogue.choose_topic("Läsning", "", None, by=cast.jonas, seen=0)
    assert dialogue.principals_topic.title == "Matematik"


def test_topics_are_closed_from_the_hour_of_the_dialogue(cast, the_day):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    topic = dialogue.add_topic("Frånvaron", "Vi ser den", by=cast.erik)
    the_day.move_to(at(DAY, 12, 59))
    dialogue.choose_topic("Matematik", "", None, by=cast.karin)
    the_day.move_to(at(DAY, 13))
    for verb in (
        lambda: dialogue.choose_topic("Läsning", "", None, by=cast.karin),
        lambda: dialogue.add_topic("Mer", "Text", by=cast.erik),
        lambda: dialogue.change_topic(topic, "Mer", "Text", by=cast.erik),
        lambda: dialogue.remove_topic(topic, by=cast.erik),
    ):
        with pytest.raises(DialogueError, match="har varit"):
            verb()


def test_a_dialogue_given_on_purpose_stays_apart_when_the_year_is_opened_again(cast):
    dialogue = cast.dialogue(cast.lyktvret, 2)
    own = dialogue.split_off(cast.lyktvret, by=cast.erik)
    catch_up(cast.exempelby, by=cast.tove)
    assert cast.dialogue(cast.lyktvret, 2).id == own.id
    assert cast.dialogue(cast.savkulla, 2).id == dialogue.id


def test_a_dialogue_that_followed_the_leader_is_joined_again_with_her(cast):
    dialogue = cast.dialogue(cast.lyktvret, 2)
    dialogue.split_off(cast.lyktvret, by=None, on_purpose=False)
    catch_up(cast.exempelby, by=cast.tove)
    assert cast.dialogue(cast.lyktvret, 2).id == cast.dialogue(cast.savkulla, 2).id
