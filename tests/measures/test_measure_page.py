"""One measure: what it says to whom, and everything that can be done with it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.cast import Cast
from tests.checked_client import CheckedClient, errors
from tests.measures.scenes import FINAL, a_cause, a_measure
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    CarriedOut,
    Decision,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureBasis,
    MeasureState,
    RoleAssignment,
    User,
)

As = Callable[[User], CheckedClient]


def url(measure: Measure, verb: str = "") -> str:
    return f"/atgarder/{measure.id}" + (f"/{verb}" if verb else "")


def edited(measure: Measure, **changes: Any) -> dict[str, Any]:
    """What the form of the measure sends, with `changes`."""
    sent: dict[str, Any] = {
        "version": measure.version,
        "title": measure.title,
        "basis": measure.basis.value if measure.basis else "",
        "basis_note": measure.basis_note,
        "expected_effect": measure.expected_effect,
        "assessable_from": measure.assessable_from.isoformat() if measure.assessable_from else "",
        "responsible": "" if measure.responsible_id else measure.responsible,
        "responsible_id": measure.responsible_id or "",
    }
    return sent | changes


def last_sentence(measure_id: int) -> str:
    return (
        db.session.scalars(
            sa.select(AuditEvent)
            .where(AuditEvent.subject_kind == "measure", AuditEvent.subject_id == measure_id)
            .order_by(AuditEvent.id.desc())
        )
        .first()
        .sentence
    )  # type: ignore[union-attr]


# what it says


def test_tells_the_whole_measure(cast: Cast, as_: As) -> None:
    cause = a_cause(cast)
    measure = a_measure(
        cast, basis=MeasureBasis.CAUSE, cause_id=cause.id, follow_up="Lektionsbesök i april",
        baseline="2 av 12", target="9 av 12", description="Planera ihop", responsible="Lag 1–3",
    )  # fmt: skip
    page = as_(cast.karin).page(url(measure))
    for text in (cause.text, "Lektionsbesök i april", "2 av 12", "9 av 12", "Planera ihop", "Lag 1–3",
                 "Kan bedömas från 20 maj 2027", "av Karin Holm", "om 26 veckor"):  # fmt: skip
        assert text in page
    assert "/enheter/savkullaskolan/2026-27/nulagesanalys" in page


def test_readers_see_the_decision_but_nothing_to_press(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    for person in (cast.sofia, cast.perolov, cast.tove, cast.erik):
        page = as_(person).page(url(measure))
        assert "I maj når minst 80 %" in page
        main = page[page.index("<main") : page.index("</main>")]
        assert "<form" not in main
        assert "Nästa steg" not in main


@pytest.mark.parametrize("person", ["sofia", "erik", "lena", "perolov", "tove", "nadia", "mats"])
def test_a_proposal_does_not_exist_for_others(cast: Cast, as_: As, person: str) -> None:
    measure = a_measure(cast, decide=False)
    as_(getattr(cast, person)).page(url(measure), 404)


def test_warns_when_the_cause_has_been_taken_out(cast: Cast, as_: As) -> None:
    cause = a_cause(cast)
    measure = a_measure(cast, basis=MeasureBasis.CAUSE, cause_id=cause.id)
    karin = as_(cast.karin)
    warning = "Orsaken är undanlagd"
    assert warning not in karin.page(url(measure))
    cause.problem.retire(by=cast.karin)
    db.session.commit()
    assert warning in karin.page(url(measure))


def test_tells_its_life_across_versions(cast: Cast, as_: As, the_day: Any) -> None:
    the_day.move_to("2025-10-01 09:00+02:00")
    first = a_measure(cast, year=cast.last_year, due=date(2026, 5, 1))
    the_day.move_to("2026-05-20 09:00+02:00")
    EffectAssessment.make(
        first, cast.last_year, by=cast.karin, carried_out=CarriedOut.YES, outcome="74 %",
        judgement=Judgement.PARTLY, evidence="Prov", decision=Decision.ADJUST,
    )  # fmt: skip
    again = first.continued_by
    the_day.move_to("2026-11-20 09:00+01:00")
    again.write(by=cast.karin, assessable_from=date(2027, 5, 1))
    again.decide(by=cast.karin)
    db.session.commit()
    page = as_(cast.karin).page(url(first))
    life = re.findall(
        r'what">(?:<a [^>]*>)?([^<]*)(?:</a>)?<span class="todo-list__due">([HV]T\d\d)<', page
    )
    assert life == [
        ("Beslutad", "HT25"),
        ("Bedömd: delvis uppnådd – justera", "VT26"),
        ("Ny version beslutad", "HT26"),
    ]
    assert url(again) in page
    assert url(first) in as_(cast.sofia).page(url(again))


def test_a_proposed_next_version_is_not_shown_to_readers(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, year=cast.last_year, due=date(2026, 5, 1))
    EffectAssessment.make(
        measure, cast.year, by=cast.karin, carried_out=CarriedOut.YES, outcome="74 %",
        judgement=Judgement.PARTLY, evidence="Prov", decision=Decision.ADJUST,
    )  # fmt: skip
    db.session.commit()
    assert "Ny version föreslagen" in as_(cast.karin).page(url(measure))
    assert "Ny version" not in as_(cast.sofia).page(url(measure))


def test_history_is_there_for_those_who_follow(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    assert "Karin Holm föreslog åtgärden" in as_(cast.karin).page(url(measure))
    followed = as_(cast.erik).page(url(measure))
    assert "Karin Holm beslutade åtgärden" in followed
    assert "Karin Holm föreslog åtgärden" not in followed


def test_is_read_within_the_budget(cast: Cast, as_: As, statements: Callable[[], Any]) -> None:
    cause = a_cause(cast)
    fields = {"basis": MeasureBasis.CAUSE, "cause_id": cause.id}
    measure = a_measure(cast, units=[cast.savkulla, cast.lyktvret], **fields)
    measure.add_log(today(), "Började", by=cast.karin)
    db.session.commit()
    address = url(measure)
    for person in (cast.karin, cast.erik):
        browser = as_(person)
        for page in (address, f"{address}/andra") if person is cast.karin else (address,):
            with statements() as sent:
                browser.page(page)
            assert len(sent) <= 15


# deciding, writing, taking away


def test_a_complete_proposal_is_decided_with_a_button(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, decide=False)
    karin = as_(cast.karin)
    assert "Allt som behövs är skrivet." in karin.page(url(measure))
    karin.submit(url(measure, "besluta"), {"version": measure.version})
    assert measure.state is MeasureState.DECIDED


def test_what_a_proposal_lacks_is_said_at_its_fields(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, decide=False, expected_effect="", assessable_from=None)
    karin = as_(cast.karin)
    page = karin.page(url(measure))
    assert "en förväntad effekt och en dag då effekten kan bedömas" in page
    answer = karin.submit(url(measure, "besluta"), {"version": measure.version}, 422)
    assert len(errors(answer)) == 2
    assert measure.is_draft


def test_a_proposal_changed_since_it_was_shown_is_not_decided_unseen(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, decide=False)
    seen = measure.version
    measure.write(by=cast.jonas, title="Något helt annat")
    db.session.commit()
    as_(cast.karin).submit(url(measure, "besluta"), {"version": seen})
    assert measure.is_draft


def test_a_deputy_writes_but_does_not_decide(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, decide=False)
    jonas = as_(cast.jonas)
    page = jonas.page(url(measure))
    assert "Besluta åtgärden" not in page
    assert "Rektor beslutar" in page
    jonas.submit(url(measure, "besluta"), {"version": measure.version}, 403)
    jonas.submit(url(measure, "andra"), edited(measure), 403)
    jonas.submit(url(measure, "andra"), edited(measure, title="Jonas förslag", draft="1"))
    assert measure.title == "Jonas förslag"
    assert "Att besluta gör rektor" in jonas.page(url(measure, "andra"))


def test_a_proposal_is_written_and_decided_in_one_step(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, decide=False, assessable_from=None)
    as_(cast.karin).submit(url(measure, "andra"), edited(measure, assessable_from="2027-05-01"))
    assert measure.state is MeasureState.DECIDED
    assert measure.assess_on == date(2027, 5, 1)


def test_a_decided_measure_is_changed_but_keeps_what_it_rests_on(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    karin = as_(cast.karin)
    karin.submit(url(measure, "andra"), edited(measure, title="Nytt namn"))
    assert measure.title == "Nytt namn"
    assert last_sentence(measure.id) == "Karin Holm ändrade åtgärden ”Nytt namn”."
    answer = karin.submit(url(measure, "andra"), edited(measure, expected_effect=""), 422)
    assert len(errors(answer)) == 1
    assert measure.expected_effect


def test_an_old_form_shows_both_texts(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    old = edited(measure, title="Karins namn")
    measure.write(by=cast.jonas, title="Jonas namn", responsible="Lag 1")
    db.session.commit()
    karin = as_(cast.karin)
    page = karin.submit(url(measure, "andra"), old, 409).get_data(as_text=True)
    assert "Karins namn" in page
    assert "Jonas namn" in page
    assert measure.title == "Jonas namn"
    karin.submit(url(measure, "andra"), edited(measure, title="Karins namn"))
    assert measure.title == "Karins namn"


def test_keeps_an_ansvarig_who_has_left_and_one_who_is_free_text(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, responsible_id=cast.ali.id, responsible="Ali Demir")
    karin = as_(cast.karin)
    page = karin.page(url(measure, "andra"))
    assert f'<option selected value="{cast.ali.id}">Ali Demir' in page
    karin.submit(url(measure, "andra"), edited(measure))
    assert (measure.responsible_id, measure.responsible) == (cast.ali.id, "Ali Demir")
    karin.submit(url(measure, "andra"), edited(measure, responsible_id="", responsible="Lag 1"))
    assert (measure.responsible_id, measure.responsible) == (None, "Lag 1")


def test_an_inherited_measure_keeps_its_basis(cast: Cast, as_: As) -> None:
    lap = cast.cycle(cast.savkulla, cast.last_year)
    measure = Measure.inherit(lap, "Språkgrupper", "Fler pratar", "Lag fritids", by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    assert MeasureBasis.EARLIER.label in karin.page(url(measure, "andra"))
    karin.submit(url(measure, "andra"), edited(measure, title="Språkgrupper på fritids"))
    assert measure.basis is MeasureBasis.EARLIER


def test_a_proposal_is_taken_away(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, decide=False)
    key, address = measure.id, url(measure, "ta-bort")
    answer = as_(cast.karin).submit(address)
    assert answer.location == "/enheter/savkullaskolan/2026-27/atgarder"
    assert db.session.get(Measure, key) is None
    assert last_sentence(key) == "Karin Holm tog bort förslaget ”Lässtrategier i alla ämnen”."


def test_what_is_decided_is_never_taken_away(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    as_(cast.karin).submit(url(measure, "ta-bort"))
    assert measure.state is MeasureState.DECIDED


# carrying it out


def test_is_started_logged_and_completed(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    karin = as_(cast.karin)
    karin.submit(url(measure, "starta"))
    assert measure.state is MeasureState.RUNNING
    karin.submit(url(measure, "logg"), {"on": "2026-11-18", "text": "Tre lektionsbesök"})
    page = karin.page(url(measure))
    assert "Tre lektionsbesök" in page
    assert "18 november 2026, Karin Holm" in page
    assert "Ja, markera som genomförd" in karin.page(url(measure))
    karin.submit(url(measure, "genomford"))
    assert measure.state is MeasureState.COMPLETED
    page = karin.page(url(measure))
    assert "Bedöm redan nu" in page
    assert "Markera som genomförd" not in page


def test_genomford_is_taken_back_until_the_effect_is_assessed(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, due=today() - timedelta(days=3))
    measure.complete(by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    assert "Ångra genomförd" in karin.page(url(measure))
    karin.submit(url(measure, "angra-genomford"))
    assert (measure.state, measure.completed_at) == (MeasureState.RUNNING, None)
    assert last_sentence(measure.id) == (
        "Karin Holm tog upp åtgärden ”Lässtrategier i alla ämnen” igen."
    )
    measure.complete(by=cast.karin)
    EffectAssessment.make(measure, cast.year, by=cast.karin, **FINAL)
    db.session.commit()
    assert "Ångra genomförd" not in karin.page(url(measure))
    karin.submit(url(measure, "angra-genomford"))
    assert measure.state is MeasureState.COMPLETED


def test_genomford_before_its_start_goes_back_to_decided(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, starts_on=date(2027, 1, 11))
    measure.complete(by=cast.karin)
    db.session.commit()
    as_(cast.karin).submit(url(measure, "angra-genomford"))
    assert measure.state is MeasureState.DECIDED


def test_the_next_step_leads_to_the_log(cast: Cast, as_: As) -> None:
    page = as_(cast.karin).page(url(a_measure(cast)))
    assert '<a class="ds-button" href="#logg">Skriv i loggen</a>' in page
    log = page[page.index('id="logg"') :]
    assert log.index("Vad har gjorts?") < log.index("Inget skrivet än.")


def test_says_quietly_that_the_planned_end_has_passed(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, starts_on=date(2026, 8, 20), ends_on=date(2026, 11, 13))
    karin = as_(cast.karin)
    for page in (url(measure), "/enheter/savkullaskolan/2026-27/atgarder"):
        assert "slutade 13 nov 2026" in karin.page(page)
    measure.complete(by=cast.karin)
    db.session.commit()
    assert "slutade 13 nov" not in karin.page(url(measure))


def test_a_proposal_whose_day_has_passed_is_not_decided_as_it_stands(
    cast: Cast, as_: As, the_day: Any
) -> None:
    measure = a_measure(cast, decide=False, due=date(2026, 12, 1))
    the_day.move_to("2027-01-12 09:00+01:00")
    karin = as_(cast.karin)
    answer = karin.submit(url(measure, "besluta"), {"version": measure.version}, 422)
    assert errors(answer)[0].startswith("Dagen har redan varit.")
    karin.submit(url(measure, "andra"), edited(measure, draft="1"))  # kept as it is
    karin.submit(url(measure, "andra"), edited(measure), 422)
    assert measure.is_draft


def test_a_decided_day_that_has_passed_stands_while_the_rest_is_written(
    cast: Cast, as_: As
) -> None:
    measure = a_measure(cast, due=date(2026, 10, 1))
    karin = as_(cast.karin)
    karin.submit(url(measure, "andra"), edited(measure, title="Nytt namn"))
    assert measure.title == "Nytt namn"
    answer = karin.submit(url(measure, "andra"), edited(measure, assessable_from="2026-10-02"), 422)
    assert errors(answer)[0].startswith("Dagen har redan varit.")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"on": "2026-11-20", "text": " "}, "Skriv vad som har gjorts."),
        ({"on": "", "text": "Besök"}, "Ange vilken dag det gjordes."),
        ({"on": "2026-11-21", "text": "Besök"}, "Loggen berättar vad som har gjorts"),
        ({"on": "2026-11-20", "text": "x" * 20_001}, "Texten är för lång"),
    ],
)
def test_a_log_entry_says_what_was_done(
    cast: Cast, as_: As, sent: dict[str, str], message: str
) -> None:
    measure = a_measure(cast)
    answer = as_(cast.karin).submit(url(measure, "logg"), sent, 422)
    assert errors(answer)[0].startswith(message)
    assert sent["text"].strip()[:30] in answer.get_data(as_text=True)
    assert measure.log == []


def test_is_cancelled_with_a_reason(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    karin = as_(cast.karin)
    answer = karin.submit(url(measure, "avbryt"), {"reason": ""}, 422)
    assert errors(answer) == ["Skriv varför åtgärden avbryts."]
    karin.submit(url(measure, "avbryt"), {"reason": "Vi kunde inte svara på varför"})
    assert measure.state is MeasureState.CANCELLED
    page = as_(cast.sofia).page(url(measure))
    assert "Vi kunde inte svara på varför" in page


@pytest.mark.parametrize("verb", ["starta", "genomford"])
def test_what_is_over_is_left_as_it_is(cast: Cast, as_: As, verb: str) -> None:
    measure = a_measure(cast)
    measure.complete(by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    answer = karin.submit(url(measure, verb))
    assert measure.state is MeasureState.COMPLETED
    assert "åtgärden har ändrats under tiden" in karin.page(answer.location)


@pytest.mark.parametrize("verb", ["avbryt", "andra"])
def test_what_was_typed_while_it_was_cancelled_is_shown_back(
    cast: Cast, as_: As, verb: str
) -> None:
    """The fault: led on with a notice, and what was typed is gone."""
    measure = a_measure(cast)
    sent = {"reason": "Ändrat oss"} if verb == "avbryt" else edited(measure, target="Ändrat oss")
    measure.cancel("Jonas skäl", by=cast.jonas)
    db.session.commit()
    karin = as_(cast.karin)
    page = karin.submit(url(measure, verb), sent, 409).text
    assert "Åtgärden är nu avbruten." in page
    assert "Ändrat oss" in page
    assert measure.cancel_reason == "Jonas skäl"
    karin.submit(url(measure, "avbryt"), {"reason": "Jonas skäl"})  # pressed twice


def test_leads_to_the_assessment_when_its_day_has_come(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, due=today() - timedelta(days=3))
    page = as_(cast.karin).page(url(measure))
    assert "Dags att bedöma effekten" in page
    assert url(measure, "effekt") in page
    assert url(measure, "effekt") not in as_(cast.sofia).page(url(measure))


VERBS = ["besluta", "starta", "genomford", "angra-genomford", "logg", "avbryt", "ta-bort", "andra"]


@pytest.mark.parametrize("verb", VERBS)
def test_others_do_nothing_with_it(cast: Cast, as_: As, verb: str) -> None:
    measure = a_measure(cast)
    sent = edited(measure, reason="Skäl", text="Text", on="2026-11-20")
    for person in (cast.sofia, cast.erik, cast.lena, cast.samira, cast.tove):
        as_(person).submit(url(measure, verb), sent, 403)
    for person in (cast.nadia, cast.maria, cast.mats):
        as_(person).submit(url(measure, verb), sent, 404)


# what is decided


def test_a_deputy_without_delegation_does_not_change_the_decision(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    jonas = as_(cast.jonas)
    sent = edited(measure, expected_effect="Något lättare", assessable_from="2027-06-10")
    answer = jonas.submit(url(measure, "andra"), sent, 422)
    assert [message[:22] for message in errors(answer)] == ["Det här är beslutat oc"] * 2
    page = answer.get_data(as_text=True)
    assert "Något lättare" in page
    assert "I maj når minst 80 %" in page
    assert measure.expected_effect.startswith("I maj når minst 80 %")


def test_a_deputy_without_delegation_writes_the_rest(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    sent = edited(measure, follow_up="Lektionsbesök i april")
    as_(cast.jonas).submit(url(measure, "andra"), sent)
    assert measure.follow_up == "Lektionsbesök i april"


def test_a_deputy_with_delegation_changes_the_decision(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    db.session.query(RoleAssignment).filter_by(user_id=cast.jonas.id).update({"may_adopt": True})
    as_(cast.jonas).submit(url(measure, "andra"), edited(measure, expected_effect="Lättare"))
    assert measure.expected_effect == "Lättare"


def test_what_was_decided_before_stands_in_historik(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    karin = as_(cast.karin)
    karin.submit(url(measure, "andra"), edited(measure, expected_effect="Minst 75 %"))
    assert last_sentence(measure.id) == (
        "Karin Holm ändrade beslutet om åtgärden ”Lässtrategier i alla ämnen”. Före ändringen: "
        "förväntad effekt: ”I maj når minst 80 % kravnivån (start 69 %).”, kan bedömas från: "
        "20 maj 2027, bygger på: ”Huvudmannens beslut: Nämndens beslut om läsning”."
    )
    assert "I maj når minst 80 %" in karin.page(url(measure))


def test_nothing_changed_is_no_change(cast: Cast, as_: As) -> None:
    measure = a_measure(cast)
    before = last_sentence(measure.id), measure.version
    as_(cast.karin).submit(url(measure, "andra"), edited(measure))
    assert (last_sentence(measure.id), measure.version) == before


def test_what_was_put_off_is_not_called_assessed(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, due=today() - timedelta(days=6))
    EffectAssessment.make(
        measure, cast.year, by=cast.karin, judgement=Judgement.NOT_YET, next_date=date(2027, 1, 15)
    )
    db.session.commit()
    page = as_(cast.karin).page(url(measure))
    assert "Flyttad fram 20 nov. 2026 av Karin Holm" in page.replace("november", "nov.")
    assert "Bedömd 20" not in page
