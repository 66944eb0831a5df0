"""Problem eller utvecklingsbehov, and their causes (orsaker)."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.analyses.factors import SuccessFactor
from tracker.audit.actions import Action
from tracker.clock import now
from tracker.database import Base, LongText, TenantOwned, Versioned, choice, tenant_fk, tenant_key
from tracker.extensions import db
from tracker.organisation.models import SchoolForm

if TYPE_CHECKING:
    from tracker.analyses.models import SituationAnalysis
    from tracker.auth.models import User


class CauseLocation(enum.StrEnum):
    """Var ligger orsaken? Skolinspektionen wants explanations sought in the school's own work."""

    TEACHING = "teaching"
    LEADERSHIP = "leadership"
    FOLLOW_UP = "follow_up"
    ENVIRONMENT = "environment"
    SUPPORT = "support"
    OUTSIDE = "outside"

    @property
    def label(self) -> str:
        return {
            "teaching": "Undervisningen",
            "leadership": "Organisation och ledning",
            "follow_up": "Uppföljning och samspel mellan nivåer",
            "environment": "Lärmiljö, trygghet och studiero",
            "support": "Stöd och elevhälsa",
            "outside": "Utanför skolan",
        }[self]

    @property
    def own_work(self) -> bool:
        return self is not CauseLocation.OUTSIDE


class ProblemDevelopment(enum.StrEnum):
    """What became of last läsår's problem: said when it is taken over into the new analysis."""

    REMAINS = "remains"
    CHANGED = "changed"
    SOLVED = "solved"

    @property
    def label(self) -> str:
        return {"remains": "Kvarstår", "changed": "Förändrat", "solved": "Löst"}[self]


class Problem(Versioned, TenantOwned, Base):
    """Problem eller utvecklingsbehov."""

    __tablename__ = "problem"
    __table_args__ = (
        tenant_key(),
        tenant_fk("analysis_id", "situation_analysis", ondelete="CASCADE"),
        tenant_fk("follows_id", "problem"),
        sa.UniqueConstraint("analysis_id", "follows_id"),
        sa.Index(None, "analysis_id"),
        sa.Index(None, "follows_id"),
        sa.CheckConstraint(
            "(follows_id IS NULL) = (development IS NULL)", name="development_of_what_was"
        ),
    )

    analysis_id: Mapped[int]
    position: Mapped[int]
    text: Mapped[LongText]
    form: Mapped[SchoolForm | None] = mapped_column(choice(SchoolForm))
    """The verksamhet it concerns, when not the whole unit."""
    follows_id: Mapped[int | None]
    """The problem of an earlier analysis that this one goes on from: the unit's own, or that of a unit
    it has taken over from."""
    development: Mapped[ProblemDevelopment | None] = mapped_column(choice(ProblemDevelopment))
    state_now: Mapped[LongText]
    """Så ser det ut nu: new figures beside last läsår's text."""
    retired_at: Mapped[datetime | None]
    retired_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    analysis: Mapped["SituationAnalysis"] = relationship(
        foreign_keys="Problem.analysis_id", back_populates="problems"
    )
    causes: Mapped[list["Cause"]] = relationship(
        order_by="Cause.id",
        back_populates="problem",
        foreign_keys="Cause.problem_id",
        cascade="all, delete-orphan",
    )

    @property
    def living_causes(self) -> list["Cause"]:
        return [cause for cause in self.causes if cause.retired_at is None]

    def write(self, text: str, form: SchoolForm | None, *, by: "User") -> None:
        self.analysis.must_be_open()
        if (text, form) == (self.text, self.form):
            return
        self.text, self.form = text, form
        self.analysis.touch()
        self.analysis.note(Action.PROBLEM_CHANGED, by, problem=excerpt(text))

    def add_cause(
        self,
        text: str,
        location: CauseLocation,
        evidence: str,
        *,
        by: "User",
        prioritised: bool = True,
    ) -> "Cause":
        self.analysis.must_be_open()
        cause = Cause(
            organizer_id=self.organizer_id,
            text=text,
            location=location,
            evidence=evidence,
            prioritised=prioritised,
        )
        self.causes.append(cause)
        self.analysis.touch()
        db.session.flush()
        self.analysis.note(Action.CAUSE_ADDED, by, cause=excerpt(text))
        return cause

    def remove(self, *, by: "User") -> None:
        """Take the problem out for good. Raises ProblemInUse when a version has been adopted or a
        measure builds on one of its causes: then it is retired instead."""
        self.analysis.must_be_open()
        if self.analysis.versions or self.carries_measures():
            raise ProblemInUse
        self.analysis.touch()
        self.analysis.note(Action.PROBLEM_REMOVED, by, problem=excerpt(self.text))
        self.analysis.problems.remove(self)

    def retire(self, *, by: "User") -> None:
        """Set the problem aside with its causes: it is not part of the next adopted version, and
        measures that build on its causes keep them."""
        self.analysis.must_be_open()
        if self.retired_at is None:
            self.retired_at, self.retired_by_name = now(), by.name
            self.analysis.touch()
            self.analysis.note(Action.PROBLEM_RETIRED, by, problem=excerpt(self.text))

    def restore(self, *, by: "User") -> None:
        self.analysis.must_be_open()
        if self.retired_at is not None:
            self.retired_at = self.retired_by_name = None
            self.analysis.touch()
            self.analysis.note(Action.PROBLEM_RESTORED, by, problem=excerpt(self.text))

    def carries_measures(self) -> bool:
        """Whether a measure, proposed ones included, builds on one of the causes."""
        from tracker.measures.models import Measure

        query = sa.select(
            sa.exists().where(Measure.cause_id == Cause.id, Cause.problem_id == self.id)
        )
        return bool(db.session.scalar(query))


class ProblemInUse(Exception):
    """A measure or an adopted version builds on the problem: it is retired, never removed."""


class Cause(Versioned, TenantOwned, Base):
    """Orsak. Retired, never removed, so that a measure never loses what it was decided out of."""

    __tablename__ = "cause"
    __table_args__ = (
        tenant_key(),
        tenant_fk("problem_id", "problem"),
        tenant_fk("follows_id", "cause"),
        sa.UniqueConstraint("problem_id", "follows_id"),
        sa.Index(None, "problem_id"),
        sa.Index(None, "follows_id"),
    )

    problem_id: Mapped[int]
    text: Mapped[LongText]
    location: Mapped[CauseLocation] = mapped_column(choice(CauseLocation))
    evidence: Mapped[LongText]
    """Hur vet ni det?"""
    prioritised: Mapped[bool] = mapped_column(default=True)
    """False: inte prioriterad i år."""
    factor: Mapped[SuccessFactor | None] = mapped_column(choice(SuccessFactor))
    """Framgångsfaktor, when somebody has chosen one."""
    follows_id: Mapped[int | None]
    """The cause of an earlier analysis that this one goes on from."""
    retired_at: Mapped[datetime | None]
    retired_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    problem: Mapped[Problem] = relationship(
        foreign_keys="Cause.problem_id", back_populates="causes"
    )

    def write(
        self, text: str, location: CauseLocation, evidence: str, prioritised: bool, *, by: "User"
    ) -> None:
        from tracker.search.indexing import reindex_cause

        analysis = self.problem.analysis
        analysis.must_be_open()
        new = (text, location, evidence, prioritised)
        if new == (self.text, self.location, self.evidence, self.prioritised):
            return
        self.text, self.location, self.evidence, self.prioritised = new
        analysis.touch()
        reindex_cause(self)
        analysis.note(Action.CAUSE_CHANGED, by, cause=excerpt(text))

    @property
    def not_prioritised(self) -> bool:
        return not self.prioritised

    def retire(self, *, by: "User") -> None:
        """Take the cause out of the analysis; measures that build on it keep it."""
        analysis = self.problem.analysis
        analysis.must_be_open()
        if self.retired_at is None:
            self.retired_at, self.retired_by_name = now(), by.name
            analysis.touch()
            analysis.note(Action.CAUSE_RETIRED, by, cause=excerpt(self.text))

    def restore(self, *, by: "User") -> None:
        analysis = self.problem.analysis
        analysis.must_be_open()
        if self.retired_at is not None:
            self.retired_at = self.retired_by_name = None
            analysis.touch()
            analysis.note(Action.CAUSE_RESTORED, by, cause=excerpt(self.text))


def excerpt(text: str, length: int = 80) -> str:
    """The beginning of a text, for a title or a sentence in Historik."""
    flat = " ".join(text.split())
    if flat.endswith(".") and not flat.endswith(".."):
        flat = flat[:-1]  # the sentence that quotes it has a full stop of its own
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"
