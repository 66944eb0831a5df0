"""What was written in an analysis, by whom and when: every text that was saved is kept, so that nobody's
words are lost when several write in the same."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base, ShortText, TenantOwned, choice, tenant_fk
from tracker.extensions import db

if TYPE_CHECKING:
    from tracker.analyses.models import SituationAnalysis
    from tracker.analyses.problems import Cause, Problem
    from tracker.auth.models import User


class TextPart(enum.StrEnum):
    """What in the analysis a text is of. The values of its own texts are their names."""

    BASIS = "basis"
    RESULTS = "results"
    STAFF = "staff_participation"
    LEARNERS = "learner_participation"
    GUARDIANS = "guardian_participation"
    PROBLEM = "problem"
    CAUSE = "cause"

    @property
    def label(self) -> str:
        return {
            "basis": "Vad bygger analysen på?",
            "results": "Resultatbild",
            "staff_participation": "Delaktighet: personal",
            "learner_participation": "Delaktighet: barn och elever",
            "guardian_participation": "Delaktighet: vårdnadshavare",
            "problem": "Problem eller utvecklingsbehov",
            "cause": "Orsak",
        }[self]


class AnalysisText(TenantOwned, Base):
    """One saved version of one text of the analysis, or of a problem or cause in it. Never changed. Read
    only by those who write in the analysis, also when it is adopted: it is how the text came about."""

    __tablename__ = "analysis_text"
    __table_args__ = (
        tenant_fk("analysis_id", "situation_analysis", ondelete="CASCADE"),
        tenant_fk("problem_id", "problem", ondelete="CASCADE"),
        tenant_fk("cause_id", "cause", ondelete="CASCADE"),
        sa.CheckConstraint("(part = 'problem') = (problem_id IS NOT NULL)", name="of_a_problem"),
        sa.CheckConstraint("(part = 'cause') = (cause_id IS NOT NULL)", name="of_a_cause"),
        sa.Index(None, "analysis_id"),
        sa.Index(None, "problem_id"),
        sa.Index(None, "cause_id"),
    )

    analysis_id: Mapped[int]
    part: Mapped[TextPart] = mapped_column(choice(TextPart))
    problem_id: Mapped[int | None]
    cause_id: Mapped[int | None]
    content: Mapped[dict[str, Any]]
    """What was saved, as it is read: {"text"} of the analysis's own texts; see Problem.facts and
    Cause.facts for theirs."""
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    """"" for what was there before texts were kept."""
    at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def keep(
        cls,
        analysis: "SituationAnalysis",
        part: TextPart,
        content: dict[str, Any],
        *,
        by: "User",
        problem: "Problem | None" = None,
        cause: "Cause | None" = None,
    ) -> None:
        """Keep what was just written; `problem` or `cause` is a saved row."""
        db.session.add(
            cls(
                organizer_id=analysis.organizer_id,
                analysis_id=analysis.id,
                part=part,
                problem_id=problem.id if problem else None,
                cause_id=cause.id if cause else None,
                content=content,
                by_id=by.id,
                by_name=by.name,
            )
        )

    @classmethod
    def of(cls, key: "PassageKey", analysis_id: int) -> sa.Select[tuple[Self]]:
        """Every version of one text, the newest first."""
        return (
            sa.select(cls)
            .where(
                cls.analysis_id == analysis_id,
                cls.part == key.part,
                cls.problem_id.is_not_distinct_from(key.problem_id),
                cls.cause_id.is_not_distinct_from(key.cause_id),
            )
            .order_by(cls.id.desc())
        )


@dataclass(frozen=True, slots=True)
class PassageKey:
    """One text of an analysis that has versions."""

    part: TextPart
    problem_id: int | None = None
    cause_id: int | None = None

    @property
    def slot(self) -> str:
        """As it stands in an address: "results", "problem-7", "cause-12"."""
        row_id = self.problem_id or self.cause_id
        return f"{self.part.value}-{row_id}" if row_id else self.part.value


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with its latest version and how many it has had."""

    key: PassageKey
    latest: AnalysisText
    number: int


class Passages:
    """Who wrote what last in an analysis; one statement."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._by_key = {passage.key: passage for passage in passages}

    @classmethod
    def load(cls, analysis_id: int) -> Self:
        latest = (
            sa.select(sa.func.max(AnalysisText.id).label("id"), sa.func.count().label("number"))
            .where(AnalysisText.analysis_id == analysis_id)
            .group_by(AnalysisText.part, AnalysisText.problem_id, AnalysisText.cause_id)
            .subquery()
        )
        rows = db.session.execute(
            sa.select(AnalysisText, latest.c.number)
            .join(latest, latest.c.id == AnalysisText.id)
            .order_by(AnalysisText.id.desc())
        )
        return cls(
            [
                Passage(PassageKey(row.part, row.problem_id, row.cause_id), row, number)
                for row, number in rows
            ]
        )

    def __iter__(self) -> "Any":
        """In the order of the page: the analysis's own texts, problems, causes; each with the one
        written last first."""
        order = list(TextPart)
        return iter(sorted(self._by_key.values(), key=lambda row: order.index(row.key.part)))

    def __len__(self) -> int:
        return len(self._by_key)

    def at(self, slot: str) -> Passage | None:
        """The text that an address names."""
        return next((row for key, row in self._by_key.items() if key.slot == slot), None)

    def of_text(self, name: str) -> Passage | None:
        return self._by_key.get(PassageKey(TextPart(name)))

    def of_problem(self, problem_id: int) -> Passage | None:
        return self._by_key.get(PassageKey(TextPart.PROBLEM, problem_id=problem_id))

    def of_cause(self, cause_id: int) -> Passage | None:
        return self._by_key.get(PassageKey(TextPart.CAUSE, cause_id=cause_id))
