"""Prioriterade utvecklingsområden: added, written, removed when nothing uses them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.cast import Cast
from tests.checked_client import CheckedClient, errors
from tests.measures.scenes import a_cause, a_measure
from tracker.extensions import db
from tracker.models import AuditEvent, DevelopmentArea, SituationAnalysis, User

AREAS = "/enheter/savkullaskolan/2026-27/utvecklingsomraden"
FILLED = {"title": "Läsförståelse i alla ämnen", "goal": "I maj når 80 % kravnivån."}
As = Callable[[User], CheckedClient]


def an_area(cast: Cast) -> DevelopmentArea:
    area = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsförståelse", "Svaga resultat", "80 % i maj", by=cast.karin
    )
    db.session.commit()
    return area


def sentence() -> str:
    return (
        db.session.scalars(
            sa.select(AuditEvent)
            .where(AuditEvent.subject_kind == "development_area")
            .order_by(AuditEvent.id.desc())
        )
        .first()
        .sentence
    )  # type: ignore[union-attr]


def test_is_added_with_the_problems_it_answers_to(cast: Cast, as_: As) -> None:
    problem = a_cause(cast).problem
    db.session.commit()
    karin = as_(cast.karin)
    assert problem.text in karin.page(f"{AREAS}/nytt")
    answer = karin.submit(f"{AREAS}/nytt", FILLED | {"problem_ids": str(problem.id), "form": "FTH"})
    area = db.session.query(DevelopmentArea).one()
    assert (area.title, area.problems, area.form.label) == (
        FILLED["title"],
        [problem],
        "Fritidshem",
    )
    assert sentence() == "Karin Holm lade till utvecklingsområdet ”Läsförståelse i alla ämnen”."
    assert "I maj når 80 % kravnivån." in karin.page(answer.location)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("title", "Skriv vad området heter."),
        ("goal", "Skriv målet: vad ska ha förändrats när läsåret är slut?"),
    ],
)
def test_needs_a_name_and_a_goal(cast: Cast, as_: As, name: str, message: str) -> None:
    answer = as_(cast.karin).submit(f"{AREAS}/nytt", FILLED | {name: ""}, 422)
    assert errors(answer) == [message]


def test_is_written_anew_and_shows_both_texts_to_the_slower(cast: Cast, as_: As) -> None:
    area = an_area(cast)
    karin, address = as_(cast.karin), f"{AREAS}/{area.id}"
    assert "80 % i maj" in karin.page(address)
    karin.submit(address, {"version": area.version, "title": "Läsning", "goal": "85 % i maj"})
    assert (area.title, area.goal) == ("Läsning", "85 % i maj")
    assert sentence() == "Karin Holm ändrade utvecklingsområdet ”Läsning”."
    old = {"version": area.version - 1, "title": "Läslust", "goal": "85 % i maj"}
    page = karin.submit(address, old, 409).get_data(as_text=True)
    assert "Läslust" in page
    assert "Läsning" in page
    assert area.title == "Läsning"


def test_is_removed_when_nothing_uses_it(cast: Cast, as_: As) -> None:
    area = an_area(cast)
    karin, address = as_(cast.karin), f"{AREAS}/{area.id}"
    measure = a_measure(cast, area_id=area.id)
    assert "kan därför inte tas bort" in karin.page(address)
    karin.submit(f"{address}/ta-bort")
    assert db.session.query(DevelopmentArea).count() == 1
    measure.write(by=cast.karin, area_id=None)
    db.session.commit()
    assert "Ja, ta bort området" in karin.page(address)
    karin.submit(f"{address}/ta-bort")
    assert db.session.query(DevelopmentArea).count() == 0
    assert sentence() == "Karin Holm tog bort utvecklingsområdet ”Läsförståelse”."


def test_keeps_a_problem_that_was_set_aside(cast: Cast, as_: As) -> None:
    problem = a_cause(cast).problem
    area = an_area(cast)
    area.problems = [problem]
    problem.retire(by=cast.karin)
    db.session.commit()
    sent = {"version": area.version, **FILLED, "problem_ids": str(problem.id)}
    as_(cast.karin).submit(f"{AREAS}/{area.id}", sent)
    assert area.problems == [problem]


def test_an_area_of_another_unit_or_year_is_not_here(cast: Cast, as_: As) -> None:
    area = an_area(cast)
    karin = as_(cast.karin)
    karin.page(f"/enheter/savkullaskolan/2025-26/utvecklingsomraden/{area.id}", 404)
    karin.page(f"/enheter/lyktvretens-forskola/2026-27/utvecklingsomraden/{area.id}", 404)


@pytest.mark.parametrize(
    ("person", "status"),
    [("sofia", 403), ("erik", 403), ("tove", 403), ("nadia", 404), ("mats", 404)],
)
def test_others_may_not(cast: Cast, as_: As, person: str, status: int) -> None:
    area = an_area(cast)
    browser = as_(getattr(cast, person))
    for address in (f"{AREAS}/nytt", f"{AREAS}/{area.id}"):
        browser.page(address, status)
        browser.submit(address, FILLED, status)
    browser.submit(f"{AREAS}/{area.id}/ta-bort", status=status)


def test_other_problems_are_a_change_that_the_slower_is_told_of(cast: Cast, as_: As) -> None:
    problem = a_cause(cast).problem
    area = an_area(cast)
    karin, address = as_(cast.karin), f"{AREAS}/{area.id}"
    as_it_is = {"title": area.title, "why": area.why, "goal": area.goal}
    seen = area.version
    karin.submit(address, as_it_is | {"version": seen, "problem_ids": str(problem.id)})
    assert (area.version, area.problems) == (seen + 1, [problem])
    page = karin.submit(address, as_it_is | {"version": seen}, 409).get_data(as_text=True)
    shown = page[page.index("Så står det sparat nu") :]
    assert problem.text in shown[:300]
    assert area.problems == [problem]


def test_nothing_changed_is_no_change(cast: Cast, as_: As) -> None:
    area = an_area(cast)
    before = sentence(), area.version
    as_it_is = {"title": area.title, "why": area.why, "goal": area.goal, "version": area.version}
    as_(cast.karin).submit(f"{AREAS}/{area.id}", as_it_is)
    assert (sentence(), area.version) == before


def test_the_database_refuses_another_organizers_problem(cast: Cast) -> None:
    area = an_area(cast)
    analysis = SituationAnalysis.start(
        cast.cycle(cast.granbyskolan, cast.granby_year), by=cast.mats
    )
    theirs = analysis.add_problem("Deras problem", None, by=cast.mats)
    db.session.flush()
    row = {"organizer_id": cast.exempelby.id, "area_id": area.id, "problem_id": theirs.id}
    link = DevelopmentArea.problems.property.secondary
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        db.session.execute(sa.insert(link).values(row))
