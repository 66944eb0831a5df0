"""Problem eller utvecklingsbehov, and their causes (orsaker)."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.analyses.factors import SuccessFactor
from tracker.analyses.texts import AnalysisText, TextPart
from tracker.audit.actions import Action
from tracker.clock import now
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.organisation.models import SchoolForm
from tracker.removals.models import Removal, RemovalKind

if TYPE_CHECKING:
    from tracker.analyses.models import SituationAnalysis
    from tracker.auth.models import User


class CauseLocation(enum.StrEnum):
    """Var ligger orsaken? Skolinspektionen wants explanations sought in the school's own work; the first six
    are those of a unit. The organizer seeks its own in what it does itself: the last six."""

    TEACHING = "teaching"
    LEADERSHIP = "leadership"
    FOLLOW_UP = "follow_up"
    ENVIRONMENT = "environment"
    SUPPORT = "support"
    OUTSIDE = "outside"
    GOVERNANCE = "governance"
    RESOURCES = "resources"
    STAFFING = "staffing"
    UNIT_SUPPORT = "unit_support"
    ROUTINES = "routines"
    BEYOND = "beyond"

    @classmethod
    def of(cls, is_organizer: bool) -> "list[CauseLocation]":
        """Those that an organizer, or a unit, chooses among."""
        return [place for place in cls if (place in _ORGANIZERS) is is_organizer]

    @property
    def label(self) -> str:
        return {
            "teaching": "Undervisningen",
            "leadership": "Organisation och ledning",
            "follow_up": "Uppföljning och samspel mellan nivåer",
            "environment": "Lärmiljö, trygghet och studiero",
            "support": "Stöd och elevhälsa",
            "outside": "Utanför skolan",
            "governance": "Huvudmannens styrning och ledning",
            "resources": "Resurser och hur de fördelas",
            "staffing": "Kompetens och bemanning",
            "unit_support": "Stödet till enheterna",
            "routines": "Gemensamma rutiner och uppföljning",
            "beyond": "Utanför huvudmannens arbete",
        }[self]

    @property
    def own_work(self) -> bool:
        return self not in (CauseLocation.OUTSIDE, CauseLocation.BEYOND)


_ORGANIZERS = frozenset(
    {
        CauseLocation.GOVERNANCE,
        CauseLocation.RESOURCES,
        CauseLocation.STAFFING,
        CauseLocation.UNIT_SUPPORT,
        CauseLocation.ROUTINES,
        CauseLocation.BEYOND,
    }
)


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
        NUMBERS_ARE_NOT_REUSED,
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
    follows: Mapped["Problem | None"] = relationship(
        foreign_keys="Problem.follows_id", remote_side="Problem.id"
    )

    @property
    def living_causes(self) -> list["Cause"]:
        return [cause for cause in self.causes if cause.retired_at is None]

    @property
    def is_solved(self) -> bool:
        """Löst sedan förra läsåret: kept in the analysis as a line, without causes."""
        return self.development is ProblemDevelopment.SOLVED

    @property
    def facts(self) -> dict[str, Any]:
        """How it reads: text, form (label or None); of one that goes on from an earlier, also its
        development (label) and state_now."""
        said = {"text": self.text, "form": self.form.label if self.form else None}
        if self.development is not None:
            said |= {"development": self.development.label, "state_now": self.state_now}
        return said

    def write(
        self,
        text: str,
        form: SchoolForm | None,
        *,
        by: "User",
        development: ProblemDevelopment | None = None,
        state_now: str | None = None,
    ) -> None:
        """Change it. `development` and `state_now` are for one that goes on from an earlier; None
        leaves them. One that is not solved after all gets the causes of the earlier."""
        self.analysis.must_be_open()
        if self.follows_id is None or development is None:
            development = self.development
        new = (text, form, development, self.state_now if state_now is None else state_now)
        if new == (self.text, self.form, self.development, self.state_now):
            return
        self.text, self.form, self.development, self.state_now = new
        if not self.is_solved and not self.causes and self.follows is not None:
            self.bring_causes(by=by)
        self.analysis.touch()
        self._keep_text(by)
        self.analysis.note(Action.PROBLEM_CHANGED, by, problem=excerpt(text))

    def bring_causes(self, *, by: "User") -> None:
        """The living causes of the earlier problem, as they read, to be rewritten here."""
        from tracker.analyses.earlier import EarlierProblem

        was = EarlierProblem.read(self.follows, self.analysis) if self.follows else None
        for cause in was.causes if was else []:
            again = Cause(
                organizer_id=self.organizer_id,
                follows_id=cause.id,
                **{name: getattr(cause, name) for name in Cause.WRITTEN},
            )
            self.causes.append(again)
            db.session.flush()
            again._keep_text(by)

    def _keep_text(self, by: "User") -> None:
        AnalysisText.keep(self.analysis, TextPart.PROBLEM, self.facts, by=by, problem=self)

    def add_cause(
        self,
        text: str,
        location: CauseLocation,
        evidence: str,
        *,
        by: "User",
        prioritised: bool = True,
        factor: SuccessFactor | None = None,
    ) -> "Cause":
        self.analysis.must_be_open()
        cause = Cause(
            organizer_id=self.organizer_id,
            text=text,
            location=location,
            evidence=evidence,
            prioritised=prioritised,
            factor=factor,
        )
        self.causes.append(cause)
        self.analysis.touch()
        db.session.flush()
        cause._keep_text(by)
        self.analysis.note(Action.CAUSE_ADDED, by, cause=excerpt(text))
        return cause

    def remove(self, *, by: "User") -> Removal:
        """Take the problem out with its causes; one that goes on from an earlier then waits again for
        somebody to say what became of that. Raises ProblemInUse when a version has been adopted, a
        measure builds on one of its causes or a later problem goes on from it: then it is retired
        instead."""
        self.analysis.must_be_open()
        if self.is_in_use():
            raise ProblemInUse
        self.analysis.touch()
        self.analysis.note(Action.PROBLEM_REMOVED, by, problem=excerpt(self.text))
        removal = Removal.keep(
            RemovalKind.PROBLEM, self.analysis, excerpt(self.text), [self, *self.causes], by=by
        )
        self.analysis.problems.remove(self)
        return removal

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

    def is_in_use(self) -> bool:
        """Whether an adopted version, a measure (proposed ones included) or the analysis of a later
        läsår builds on it."""
        from tracker.measures.models import Measure

        if self.analysis.versions:
            return True
        later = sa.orm.aliased(Problem)
        query = sa.select(
            sa.or_(
                sa.exists().where(Measure.cause_id == Cause.id, Cause.problem_id == self.id),
                sa.exists().where(later.follows_id == self.id),
            )
        )
        return bool(db.session.scalar(query))


class ProblemInUse(Exception):
    """A measure, an adopted version or a later analysis builds on the problem: it is retired, never
    removed."""


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
        NUMBERS_ARE_NOT_REUSED,
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

    WRITTEN = ("text", "location", "evidence", "prioritised", "factor")
    """What a person writes, in the order of `write`."""

    @property
    def facts(self) -> dict[str, Any]:
        """How it reads: text, location (label), own_work, evidence, prioritised, factor (label or
        None)."""
        return {
            "text": self.text,
            "location": self.location.label,
            "own_work": self.location.own_work,
            "evidence": self.evidence,
            "prioritised": self.prioritised,
            "factor": self.factor.label if self.factor else None,
        }

    def write(
        self,
        text: str,
        location: CauseLocation,
        evidence: str,
        prioritised: bool,
        factor: SuccessFactor | None = None,
        *,
        by: "User",
    ) -> None:
        from tracker.search.indexing import reindex_cause

        analysis = self.problem.analysis
        analysis.must_be_open()
        new = (text, location, evidence, prioritised, factor)
        if new == tuple(getattr(self, name) for name in self.WRITTEN):
            return
        self.text, self.location, self.evidence, self.prioritised, self.factor = new
        analysis.touch()
        self._keep_text(by)
        reindex_cause(self)
        analysis.note(Action.CAUSE_CHANGED, by, cause=excerpt(text))

    def _keep_text(self, by: "User") -> None:
        analysis = self.problem.analysis
        AnalysisText.keep(analysis, TextPart.CAUSE, self.facts, by=by, cause=self)

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
