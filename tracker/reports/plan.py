"""Utvecklingsplan as a document to take out; the page reads the same."""

from collections.abc import Sequence

from tracker.clock import today
from tracker.measures.reading import AreaGroup, MeasureList
from tracker.measures.taken_up import AreaProblem
from tracker.models import Measure, MeasureBasis, OrganizerGoal, QualityCycle
from tracker.reports.documents import Document
from tracker.web.swedish import date_medium, listing

ORGANIZERS = "Huvudmannens åtgärder som gäller enheten"
NOTHING_DECIDED = "Ingen beslutad åtgärd än."


def as_document(
    cycle: QualityCycle,
    listed: MeasureList,
    problems: dict[int, list[AreaProblem]],
    teams: dict[int, list[tuple[int, str]]],
    owner: str,
    goals: Sequence[OrganizerGoal] = (),
) -> Document:
    """The areas with their problems, goals and decided measures; what is only proposed is not part of a
    plan. `problems`: see measures.taken_up.problems_by_area; `teams`: teams.reading.teams_by_area;
    `goals`: of the huvudman's own plan."""
    year = cycle.school_year
    document = Document(f"Utvecklingsplan {year.label}", subtitle=cycle.owner.name, owner=owner)
    document.facts([("Uttagen", date_medium(today()))])
    for number, goal in enumerate(goals, 1):
        document.heading(f"Huvudmannens mål {number}")
        document.text(goal.text)
        document.text(goal.signs, "Så märker vi att vi närmar oss målet:")
    for group in listed.groups:
        taken_up = problems.get(group.area.id, []) if group.area else []
        working = teams.get(group.area.id, []) if group.area else []
        _area(document, group, taken_up, working, alone=len(listed.groups) == 1)
    if listed.organizers:
        document.heading(ORGANIZERS)
        for measure in listed.organizers:
            _measure(document, measure)
    if not listed.groups:
        document.paragraph(NOTHING_DECIDED)
    if listed.finished:
        document.heading("Avslutade under läsåret")
        document.table(
            ["Åtgärd", "Förväntad effekt", "Läge", "Bedömd effekt"],
            [
                [
                    measure.title,
                    measure.expected_effect,
                    measure.state.label,
                    measure.latest_assessment.judgement.label if measure.latest_assessment else "–",
                ]
                for measure in listed.finished
            ],
        )
    return document


def _area(
    document: Document,
    group: AreaGroup,
    problems: list[AreaProblem],
    teams: list[tuple[int, str]],
    *,
    alone: bool,
) -> None:
    if group.area is not None:
        document.heading(group.area.title)
        document.text(group.area.goal, "Mål:")
        document.text(group.area.why, "Varför:")
        document.text(listing([name for _, name in teams]), "Lag som arbetar med området:")
        for problem in problems:
            document.text(problem.text, "Tar upp problemet:")
            if problem.follows:
                since = problem.follows
                document.paragraph(f"{since['development']} sedan {since['origin']}.")
                document.text(since["before"], f"Så stod det {since['origin']}:")
                document.text(since["state_now"], "Så ser det ut nu:")
    else:
        document.heading("Åtgärder" if alone else "Åtgärder utan utvecklingsområde")
    for measure in group.measures:
        _measure(document, measure)
    if group.finished:
        none = "" if group.measures else "Inga pågående åtgärder. "
        over = " ".join(f"{row.state.label}: {row.title}." for row in group.finished)
        document.paragraph(none + over)
    elif not group.measures:
        document.paragraph(NOTHING_DECIDED)


def _measure(document: Document, measure: Measure) -> None:
    document.heading(measure.title, 2)
    document.text(measure.description)
    document.text(basis_of(measure), "Bygger på:")
    document.text(measure.expected_effect, "Förväntad effekt:")
    document.text(measure.follow_up, "Så följer vi upp effekten:")
    document.facts(
        [
            ("Utgångsläge", measure.baseline),
            ("Önskat läge", measure.target),
            ("Effekten kan bedömas från", _day(measure.assess_on)),
            ("Ansvarig", measure.responsible),
            ("Tid", period_of(measure)),
            ("Beslutad", decided(measure)),
            ("Läge", measure.state_today.label),
        ]
    )


def basis_of(measure: Measure) -> str:
    """What it builds on, in words."""
    if measure.basis is MeasureBasis.CAUSE and measure.cause_text:
        return measure.cause_text
    if measure.basis is None:
        return ""
    return f"{measure.basis.label}. {measure.basis_note}".removesuffix(". ")


def decided(measure: Measure) -> str:
    """When, and by whom. What was brought along from before Varvet has no such day."""
    if measure.decided_at is None or measure.basis is MeasureBasis.EARLIER:
        return ""
    return f"{date_medium(measure.decided_at)} av {measure.decided_by_name}"


def period_of(measure: Measure) -> str:
    """From when to when, as far as it is said."""
    first, last = _day(measure.starts_on), _day(measure.ends_on)
    if first and last:
        return f"{first} – {last}"
    return f"från {first}" if first else f"till {last}" if last else ""


def _day(day: object) -> str:
    return date_medium(day) if day else ""  # type: ignore[arg-type]
