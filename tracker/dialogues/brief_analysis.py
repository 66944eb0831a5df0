"""What the Dialogunderlag says of a unit's nulägesanalys: what is shared or adopted, in short."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    AnalysisDeepening,
    AnalysisState,
    Problem,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
)

RESULTS_LENGTH, PROBLEM_LENGTH = 900, 400


def in_short(text: str, length: int) -> str:
    """The beginning of a text, cut between two words."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(maxsplit=1)[0].rstrip(" ,.;:–-") + "…"


@dataclass(frozen=True, slots=True)
class AnalysisInShort:
    """What may be shown of a unit's analysis. `content` is that of SituationAnalysis.snapshot(), None
    while it is a draft or not begun."""

    state: AnalysisState | None
    content: dict[str, Any] | None
    deepened: dict[str, str] | None = None
    """Why it is deepened and the support in it (AnalysisDeepening.facts), whatever its state."""

    @property
    def standing(self) -> str:
        """Where it stands, as a sentence."""
        if not self.content:
            return "Inte delad än. Nulägesanalysen visas här när rektor har delat den."
        if self.state is AnalysisState.ADOPTED:
            return "Fastställd."
        if self.state is AnalysisState.REOPENED:
            return "Så som den fastställdes senast. Den är öppnad igen och arbetas med."
        return "Delad, inte fastställd än."

    @property
    def results(self) -> str:
        return in_short(self.content["results"], RESULTS_LENGTH) if self.content else ""

    @property
    def problems(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each problem with its causes, and of each cause where it lies."""
        return [
            (
                in_short(problem["text"], PROBLEM_LENGTH),
                [
                    (in_short(cause["text"], PROBLEM_LENGTH), _where(cause))
                    for cause in problem["causes"]
                ],
            )
            for problem in (self.content or {}).get("problems", [])
        ]

    @property
    def deepening(self) -> list[tuple[str, str]]:
        """Why it is deepened, and the support in it, as (label, text); nothing when it is not."""
        facts = self.deepened or {}
        return said(
            (f"Fördjupad analys från {facts.get('on')}", facts.get("reason")),
            ("Stöd i analysen, erbjudet", facts.get("support_offered")),
            ("Stöd i analysen, önskat", facts.get("support_wanted")),
            ("Stöd i analysen, givet av", facts.get("support_given_by")),
        )

    @property
    def since_last_year(self) -> list[tuple[str, str, str]]:
        """What has become of the problems of earlier analyses: "Kvarstår sedan 2025/26", what stood then,
        and how it looks now."""
        content = self.content or {}
        found = [
            row.get("follows") for key in ("problems", "solved") for row in content.get(key, [])
        ]
        return [
            (
                f"{since['development']} sedan {since['origin']}",
                in_short(since["before"], PROBLEM_LENGTH),
                in_short(since["state_now"], PROBLEM_LENGTH),
            )
            for since in found
            if since
        ]


def _where(cause: dict[str, Any]) -> str:
    later = "" if cause["prioritised"] else ", inte prioriterad i år"
    factor = f", {cause['factor'].lower()}" if cause.get("factor") else ""
    return f"{cause['location'].lower()}{factor}{later}"


def said(*pairs: tuple[str, str | None]) -> list[tuple[str, str]]:
    return [(label, text) for label, text in pairs if text]


def analyses_of(units: Sequence[SchoolUnit], year: SchoolYear) -> dict[int, AnalysisInShort]:
    """What each unit has shared or adopted: an adopted text as it was adopted, also when the analysis
    has been opened again since."""
    latest = (
        sa.select(sa.func.max(AdoptedAnalysis.number))
        .where(AdoptedAnalysis.analysis_id == SituationAnalysis.id)
        .correlate(SituationAnalysis)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(QualityCycle.unit_id, AnalysisDeepening, SituationAnalysis, AdoptedAnalysis)
        .outerjoin(AnalysisDeepening, AnalysisDeepening.cycle_id == QualityCycle.id)
        .outerjoin(SituationAnalysis, SituationAnalysis.cycle_id == QualityCycle.id)
        .outerjoin(
            AdoptedAnalysis,
            sa.and_(
                AdoptedAnalysis.analysis_id == SituationAnalysis.id,
                AdoptedAnalysis.number == latest,
            ),
        )
        .where(
            QualityCycle.unit_id.in_([unit.id for unit in units]),
            QualityCycle.school_year_id == year.id,
        )
        .options(
            sa.orm.joinedload(SituationAnalysis.problems).options(
                sa.orm.joinedload(Problem.causes),
                sa.orm.joinedload(Problem.follows)
                .joinedload(Problem.analysis)
                .joinedload(SituationAnalysis.cycle)
                .options(
                    sa.orm.joinedload(QualityCycle.unit),
                    sa.orm.joinedload(QualityCycle.school_year),
                ),
            ),
            sa.orm.joinedload(SituationAnalysis.cycle).options(
                sa.orm.joinedload(QualityCycle.unit), sa.orm.joinedload(QualityCycle.deepening)
            ),
        )
    ).unique()
    found: dict[int, AnalysisInShort] = {}
    for unit_id, deepening, analysis, adopted in rows:
        content = adopted.content if adopted else None
        if analysis and adopted is None and analysis.state is AnalysisState.SHARED:
            content = analysis.snapshot()
        found[unit_id] = AnalysisInShort(
            analysis.state if analysis else None, content, deepening.facts() if deepening else None
        )
    return found
