"""Ny åtgärd: decided on one page, or kept as a proposal."""

from collections.abc import Callable

import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient, errors
from tests.measures.scenes import a_cause
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    DevelopmentArea,
    Measure,
    MeasureBasis,
    MeasureState,
    ProblemDevelopment,
    RoleAssignment,
    SchoolForm,
    User,
)

URL = "/enheter/savkullaskolan/2026-27/atgarder/ny"
FILLED = {
    "title": "Lässtrategier i alla ämnen",
    "basis": "organizer",
    "basis_note": "Nämndens beslut om läsning",
    "expected_effect": "I maj når minst 80 % kravnivån (start 69 %).",
    "assessable_from": "2027-05-20",
}
As = Callable[[User], CheckedClient]


def the_measure() -> Measure:
    return db.session.query(Measure).one()


def test_decides_on_one_page(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    answer = karin.submit(URL, FILLED)
    measure = the_measure()
    assert measure.state is MeasureState.DECIDED
    assert measure.units == [cast.savkulla]
    assert answer.location == f"/atgarder/{measure.id}"
    page = karin.page(answer.location)
    assert "Åtgärden är beslutad. Effekten kan bedömas från 20 maj 2027" in page
    sentences = [event.sentence for event in db.session.query(AuditEvent).filter_by(
        subject_kind="measure"
    )]  # fmt: skip
    assert sentences[-1] == "Karin Holm beslutade åtgärden ”Lässtrategier i alla ämnen”."


def test_at_most_six_fields_must_be_filled_to_decide(cast: Cast, as_: As) -> None:
    cause = a_cause(cast)
    data = FILLED | {"basis": "cause", "cause_id": str(cause.id)}
    assert len(data) <= 6
    as_(cast.karin).submit(URL, data)
    assert the_measure().cause.id == cause.id


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("basis", "Välj vad åtgärden bygger på."),
        ("basis_note", "Skriv vilket beslut, vilken tillsyn eller vilket klagomål åtgärden bygger på."),
        ("expected_effect", "Skriv vilken effekt ni väntar er: vad ska ha förändrats, och hur mycket?"),
        ("assessable_from", "Ange den dag då effekten tidigast kan bedömas."),
    ],
)  # fmt: skip
def test_without_what_a_decision_needs_it_is_refused_at_the_field(
    cast: Cast, as_: As, name: str, message: str
) -> None:
    answer = as_(cast.karin).submit(URL, FILLED | {name: ""}, 422)
    assert errors(answer) == [message]
    page = answer.get_data(as_text=True)
    for other, typed in FILLED.items():
        if other != name:
            assert typed in page
    assert db.session.query(Measure).count() == 0


def test_says_everything_that_is_missing_at_once(cast: Cast, as_: As) -> None:
    answer = as_(cast.karin).submit(URL, {}, 422)
    assert len(errors(answer)) == 4


def test_building_on_a_cause_asks_for_the_cause(cast: Cast, as_: As) -> None:
    answer = as_(cast.karin).submit(URL, FILLED | {"basis": "cause"}, 422)
    assert errors(answer)[0].startswith("Välj vilken orsak åtgärden ska påverka.")


def test_a_proposal_needs_a_title_only(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    karin.submit(URL, {"title": "Läsgrupper", "draft": "1"})
    assert the_measure().is_draft
    answer = karin.submit(URL, {"draft": "1"}, 422)
    assert errors(answer) == ["Skriv vad ni ska göra."]


def test_a_deputy_proposes_and_is_told_why(cast: Cast, as_: As) -> None:
    jonas = as_(cast.jonas)
    page = jonas.page(URL)
    assert "Besluta åtgärden" not in page
    assert "Att besluta gör rektor" in page
    jonas.submit(URL, FILLED, 403)
    jonas.submit(URL, FILLED | {"draft": "1"})
    assert the_measure().is_draft


def test_a_deputy_with_delegation_decides(cast: Cast, as_: As) -> None:
    db.session.query(RoleAssignment).filter_by(user_id=cast.jonas.id).one().may_adopt = True
    jonas = as_(cast.jonas)
    assert "Besluta åtgärden" in jonas.page(URL)
    jonas.submit(URL, FILLED)
    assert the_measure().decided_by_name == "Jonas Ek"


def test_the_dialogansvarig_of_a_vacant_unit_decides(cast: Cast, as_: As) -> None:
    as_(cast.erik).submit(URL.replace("savkullaskolan", "klockvretsskolan"), FILLED)
    assert the_measure().decided_by_name == "Erik Lund"


def test_comes_prefilled_from_a_cause_and_an_area(cast: Cast, as_: As) -> None:
    cause = a_cause(cast)
    area = DevelopmentArea.create(cast.cycle(cast.savkulla), "Läsning", "", "Mål", by=cast.karin)
    page = as_(cast.karin).page(f"{URL}?orsak={cause.id}&omrade={area.id}")
    assert f'<option selected value="{cause.id}">' in page
    assert f'<option selected value="{area.id}">' in page


def test_from_a_problem_of_a_verksamhet_it_is_about_that_and_solved_ones_are_not_offered(
    cast: Cast, as_: As
) -> None:
    was = a_cause(cast, "Löst orsak", year=cast.last_year)
    cause = a_cause(cast)
    cause.problem.form = SchoolForm.AFTER_SCHOOL
    page = as_(cast.karin).page(f"{URL}?orsak={cause.id}")
    assert f'<option selected value="{SchoolForm.AFTER_SCHOOL.value}">' in page
    assert "Löst orsak" in page
    cause.problem.analysis.take_over(was.problem, ProblemDevelopment.SOLVED, "", by=cast.karin)
    db.session.commit()
    assert "Löst orsak" not in as_(cast.karin).page(URL)


def test_offers_this_years_causes_first_and_no_retired_ones(cast: Cast, as_: As) -> None:
    a_cause(cast, "Från i fjol", year=cast.last_year)
    a_cause(cast, "Från i år")
    a_cause(cast, "Borttagen").retire(by=cast.karin)
    a_cause(cast, "Grannens orsak", unit=cast.lyktvret)
    page = as_(cast.karin).page(URL)
    assert page.index("Från i år (Undervisningen)") < page.index(
        "Från i fjol (Undervisningen, 2025/26)"
    )
    assert "Borttagen" not in page
    assert "Grannens orsak" not in page


def test_a_cause_of_another_unit_is_refused(cast: Cast, as_: As) -> None:
    foreign = a_cause(cast, unit=cast.hassel, by=cast.ali)
    answer = as_(cast.karin).submit(
        URL, FILLED | {"basis": "cause", "cause_id": str(foreign.id)}, 422
    )
    assert errors(answer) == ["Välj ett av alternativen."]


def test_a_shared_measure_concerns_several_units(cast: Cast, as_: As) -> None:
    as_(cast.karin).submit(URL, FILLED | {"unit_ids": str(cast.lyktvret.id)})
    assert {unit.id for unit in the_measure().units} == {cast.savkulla.id, cast.lyktvret.id}


def test_shares_only_with_units_of_ones_own(cast: Cast, as_: As) -> None:
    as_(cast.karin).submit(URL, FILLED | {"unit_ids": str(cast.hassel.id)}, 422)


@pytest.mark.parametrize(
    ("data", "responsible", "by_id"),
    [
        ({"responsible_id": "jonas"}, "Jonas Ek", True),
        ({"responsible": "Arbetslag 4–6"}, "Arbetslag 4–6", False),
    ],
)
def test_ansvarig_is_a_person_or_free_text(
    cast: Cast, as_: As, data: dict[str, str], responsible: str, by_id: bool
) -> None:
    sent = {k: str(cast.jonas.id) if v == "jonas" else v for k, v in data.items()}
    as_(cast.karin).submit(URL, FILLED | sent)
    assert the_measure().responsible == responsible
    assert (the_measure().responsible_id == cast.jonas.id) is by_id


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-01"}, "Slutet kan inte ligga före starten."),
        ({"assessable_from": "2020-05-20"}, "Dagen har redan varit. Ange i dag eller en dag som ligger framåt i tiden."),
        ({"starts_on": "2027-06-01"}, "Effekten kan inte bedömas innan åtgärden har börjat."),
        ({"assessable_from": "i maj"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
        ({"responsible_id": "jonas", "responsible": "Lag 1"}, "Välj en person i listan eller skriv här, inte båda."),
        ({"expected_effect": "Elev 20120101-2380 läser"}, "personnummer"),
    ],
)  # fmt: skip
def test_bad_input_is_said_at_the_field_and_kept(
    cast: Cast, as_: As, data: dict[str, str], message: str
) -> None:
    sent = {k: str(cast.jonas.id) if v == "jonas" else v for k, v in data.items()}
    answer = as_(cast.karin).submit(URL, FILLED | sent, 422)
    assert any(message in error for error in errors(answer))
    assert FILLED["title"] in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("person", "status"),
    [("sofia", 403), ("erik", 403), ("lena", 403), ("perolov", 403), ("tove", 403), ("mats", 404),
     ("nadia", 404)],
)  # fmt: skip
def test_others_may_not(cast: Cast, as_: As, person: str, status: int) -> None:
    browser = as_(getattr(cast, person))
    browser.page(URL, status)
    browser.submit(URL, FILLED, status)


def test_basis_cause_is_chosen_from_the_start_when_there_are_causes(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    assert " checked" not in karin.page(URL)
    a_cause(cast)
    db.session.commit()
    assert 'checked class="ds-input" id="basis-0"' in karin.page(URL) or "checked" in karin.page(
        URL
    )
    assert MeasureBasis.EARLIER.label not in karin.page(URL)


def test_roles_given_at_the_unit_are_offered_as_ansvariga(cast: Cast, as_: As) -> None:
    page = as_(cast.karin).page(URL)
    assert all(name in page for name in ("Jonas Ek", "Sofia Lindgren"))
    assert "Ali Demir" not in page
