"""Nulägesanalys: what it builds on, the results, problems and their causes, and the adopted versions."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.database import (
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.organisation.models import SchoolForm

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.cycle.models import QualityCycle


class AnalysisState(enum.StrEnum):
    DRAFT = "draft"
    SHARED = "shared"
    ADOPTED = "adopted"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        return {
            "draft": "Utkast",
            "shared": "Delad",
            "adopted": "Fastställd",
            "reopened": "Öppnad igen",
        }[self]


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


class AnalysisLocked(Exception):
    """The analysis is adopted: reopen it, with a reason, before changing it."""


class NotReadyToAdopt(Exception):
    """Something that an adopted analysis must have is missing. `missing` says what, in the order
    of the page, as names of the analysis's parts: basis, results, problems, causes."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class SituationAnalysis(Versioned, TenantOwned, Base):
    """The analysis of one lap. Draft until shared; adopted it is locked, and each adopted version
    is kept as an AdoptedAnalysis."""

    __tablename__ = "situation_analysis"
    __table_args__ = (
        tenant_key(),
        tenant_fk("cycle_id", "quality_cycle"),
        sa.UniqueConstraint("cycle_id"),
    )

    cycle_id: Mapped[int]
    state: Mapped[AnalysisState] = mapped_column(choice(AnalysisState), default=AnalysisState.DRAFT)
    basis: Mapped[LongText]
    """Vad bygger analysen på?"""
    results: Mapped[LongText]
    """Resultatbild."""
    staff_participation: Mapped[LongText]
    learner_participation: Mapped[LongText]
    guardian_participation: Mapped[LongText]
    """Vilka har deltagit, och hur? Skollagen 4 kap. 4 §."""
    started_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    shared_at: Mapped[datetime | None]
    shared_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    cycle: Mapped["QualityCycle"] = relationship(foreign_keys="SituationAnalysis.cycle_id")
    problems: Mapped[list["Problem"]] = relationship(
        order_by="Problem.position, Problem.id",
        back_populates="analysis",
        foreign_keys="Problem.analysis_id",
        cascade="all, delete-orphan",
    )
    versions: Mapped[list["AdoptedAnalysis"]] = relationship(
        order_by="AdoptedAnalysis.number",
        back_populates="analysis",
        foreign_keys="AdoptedAnalysis.analysis_id",
    )
    writers: Mapped[list["AnalysisWriter"]] = relationship(
        back_populates="analysis",
        foreign_keys="AnalysisWriter.analysis_id",
        cascade="all, delete-orphan",
    )

    TEXTS = (
        "basis",
        "results",
        "staff_participation",
        "learner_participation",
        "guardian_participation",
    )

    @classmethod
    def start(cls, cycle: "QualityCycle", *, by: "User") -> Self:
        analysis = cls(organizer_id=cycle.organizer_id, cycle=cycle)
        db.session.add(analysis)
        db.session.flush()
        analysis._record(Action.ANALYSIS_STARTED, by, **analysis._place())
        return analysis

    @property
    def is_draft(self) -> bool:
        """Seen only by those who write in it."""
        return self.state is AnalysisState.DRAFT

    @property
    def is_locked(self) -> bool:
        return self.state is AnalysisState.ADOPTED

    @property
    def latest_version(self) -> "AdoptedAnalysis | None":
        return self.versions[-1] if self.versions else None

    @property
    def causes(self) -> list["Cause"]:
        """The living causes of all problems."""
        return [cause for problem in self.problems for cause in problem.living_causes]

    def write(self, texts: dict[str, str], *, by: "User") -> bool:
        """Set the texts named in TEXTS; returns whether any of them changed."""
        self.must_be_open()
        changed = {
            name: text
            for name, text in texts.items()
            if name in self.TEXTS and text != getattr(self, name)
        }
        if not changed:
            return False
        for name, text in changed.items():
            setattr(self, name, text)
        self._touch()
        self._record(Action.ANALYSIS_CHANGED, by, **self._place())
        return True

    def add_problem(self, text: str, form: SchoolForm | None, *, by: "User") -> "Problem":
        self.must_be_open()
        problem = Problem(
            organizer_id=self.organizer_id,
            text=text,
            form=form,
            position=max((row.position for row in self.problems), default=0) + 1,
        )
        self.problems.append(problem)
        self._touch()
        db.session.flush()
        self._record(Action.PROBLEM_ADDED, by, problem=excerpt(text))
        return problem

    def share(self, *, by: "User") -> None:
        """Let the dialogansvarig, and others who follow the unit, read it while it is written."""
        if self.state is not AnalysisState.DRAFT:
            return
        self.state = AnalysisState.SHARED
        self.shared_at, self.shared_by_name = now(), by.name
        self._record(Action.ANALYSIS_SHARED, by, **self._place())

    def missing_for_adoption(self) -> list[str]:
        """What an adopted analysis must have and this one lacks: a basis, results, at least one
        problem, and a cause for every problem."""
        missing = [name for name in ("basis", "results") if not getattr(self, name)]
        if not self.problems:
            missing.append("problems")
        elif not all(problem.living_causes for problem in self.problems):
            missing.append("causes")
        return missing

    def adopt(self, *, by: "User") -> "AdoptedAnalysis":
        """Fastställ: lock the analysis and keep this version as it stands, dated and signed.

        Raises AnalysisLocked when it is adopted already, NotReadyToAdopt when something is missing.
        """
        self.must_be_open()
        if missing := self.missing_for_adoption():
            raise NotReadyToAdopt(missing)
        if self.shared_at is None:
            self.shared_at, self.shared_by_name = now(), by.name
        self.state = AnalysisState.ADOPTED
        adopted = AdoptedAnalysis(
            organizer_id=self.organizer_id,
            number=len(self.versions) + 1,
            adopted_by_id=by.id,
            adopted_by_name=by.name,
            content=self.snapshot(),
        )
        self.versions.append(adopted)
        db.session.flush()
        self._record(Action.ANALYSIS_ADOPTED, by, number=adopted.number, **self._place())
        return adopted

    def reopen(self, reason: str, *, by: "User") -> None:
        """Open an adopted analysis for change. The adopted version stays as it was."""
        adopted = self.latest_version
        if self.state is not AnalysisState.ADOPTED or adopted is None:
            raise AnalysisLocked("only an adopted analysis can be reopened")
        self.state = AnalysisState.REOPENED
        db.session.add(
            AnalysisReopening(
                organizer_id=self.organizer_id,
                adopted_id=adopted.id,
                reason=reason,
                by_name=by.name,
            )
        )
        self._record(Action.ANALYSIS_REOPENED, by, reason=reason, **self._place())

    def invite(self, person: "User", *, by: "User") -> None:
        """Let a quality developer write in the draft."""
        if any(writer.user_id == person.id for writer in self.writers):
            return
        self.writers.append(AnalysisWriter(organizer_id=self.organizer_id, user_id=person.id))
        self._record(Action.WRITER_INVITED, by, person=person.name)

    def uninvite(self, person: "User", *, by: "User") -> None:
        for writer in [row for row in self.writers if row.user_id == person.id]:
            self.writers.remove(writer)
            self._record(Action.WRITER_REMOVED, by, person=person.name)

    def snapshot(self) -> dict[str, Any]:
        """The whole analysis as it reads now, independent of later changes."""
        unit = self.cycle.unit
        return {
            "unit": unit.name if unit else "",
            "year": self.cycle.school_year.label,
            **{name: getattr(self, name) for name in self.TEXTS},
            "problems": [
                {
                    "text": problem.text,
                    "form": problem.form.label if problem.form else None,
                    "causes": [
                        {
                            "id": cause.id,
                            "text": cause.text,
                            "location": cause.location.label,
                            "evidence": cause.evidence,
                            "prioritised": cause.prioritised,
                        }
                        for cause in problem.living_causes
                    ],
                }
                for problem in self.problems
            ],
        }

    def must_be_open(self) -> None:
        """Raises AnalysisLocked when the analysis is adopted."""
        if self.is_locked:
            raise AnalysisLocked

    def _touch(self) -> None:
        self.changed_at = now()

    def _place(self) -> dict[str, str]:
        unit = self.cycle.unit
        return {"unit": unit.name if unit else "", "year": self.cycle.school_year.label}

    def _record(self, action: Action, by: "User", **data: Any) -> None:
        unit = self.cycle.unit
        record(action, self, by=by, units=[unit] if unit else [], private=self.is_draft, **data)


class Problem(Versioned, TenantOwned, Base):
    """Problem eller utvecklingsbehov."""

    __tablename__ = "problem"
    __table_args__ = (
        tenant_key(),
        tenant_fk("analysis_id", "situation_analysis", ondelete="CASCADE"),
        sa.Index(None, "analysis_id"),
    )

    analysis_id: Mapped[int]
    position: Mapped[int]
    text: Mapped[LongText]
    form: Mapped[SchoolForm | None] = mapped_column(choice(SchoolForm))
    """The verksamhet it concerns, when not the whole unit."""

    analysis: Mapped[SituationAnalysis] = relationship(
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
        self.analysis._touch()
        self.analysis._record(Action.PROBLEM_CHANGED, by, problem=excerpt(text))

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
        self.analysis._touch()
        db.session.flush()
        self.analysis._record(Action.CAUSE_ADDED, by, cause=excerpt(text))
        return cause

    def remove(self, *, by: "User") -> None:
        """Take the problem out. Raises CauseInUse when a measure or an adopted version builds on
        one of its causes: then the causes are retired instead."""
        self.analysis.must_be_open()
        if self.analysis.versions or any(cause.carries_measures() for cause in self.causes):
            raise CauseInUse
        self.analysis._record(Action.PROBLEM_REMOVED, by, problem=excerpt(self.text))
        self.analysis.problems.remove(self)


class CauseInUse(Exception):
    """A measure builds on the cause: it is retired, never removed."""


class Cause(Versioned, TenantOwned, Base):
    """Orsak. Retired, never removed, so that a measure never loses what it was decided out of."""

    __tablename__ = "cause"
    __table_args__ = (
        tenant_key(),
        tenant_fk("problem_id", "problem"),
        sa.Index(None, "problem_id"),
    )

    problem_id: Mapped[int]
    text: Mapped[LongText]
    location: Mapped[CauseLocation] = mapped_column(choice(CauseLocation))
    evidence: Mapped[LongText]
    """Hur vet ni det?"""
    prioritised: Mapped[bool] = mapped_column(default=True)
    """False: inte prioriterad i år."""
    retired_at: Mapped[datetime | None]
    retired_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    problem: Mapped[Problem] = relationship(
        foreign_keys="Cause.problem_id", back_populates="causes"
    )

    def write(
        self, text: str, location: CauseLocation, evidence: str, prioritised: bool, *, by: "User"
    ) -> None:
        analysis = self.problem.analysis
        analysis.must_be_open()
        new = (text, location, evidence, prioritised)
        if new == (self.text, self.location, self.evidence, self.prioritised):
            return
        self.text, self.location, self.evidence, self.prioritised = new
        analysis._touch()
        analysis._record(Action.CAUSE_CHANGED, by, cause=excerpt(text))

    def retire(self, *, by: "User") -> None:
        """Take the cause out of the analysis; measures that build on it keep it."""
        self.problem.analysis.must_be_open()
        self.retired_at, self.retired_by_name = now(), by.name
        self.problem.analysis._record(Action.CAUSE_RETIRED, by, cause=excerpt(self.text))

    def restore(self, *, by: "User") -> None:
        self.problem.analysis.must_be_open()
        self.retired_at = self.retired_by_name = None
        self.problem.analysis._record(Action.CAUSE_RESTORED, by, cause=excerpt(self.text))

    def carries_measures(self) -> bool:
        from tracker.measures.models import Measure

        return bool(db.session.scalar(sa.select(sa.exists().where(Measure.cause_id == self.id))))


class AdoptedAnalysis(TenantOwned, Base):
    """An adopted version, exactly as it was. Never changed, never deleted."""

    __tablename__ = "adopted_analysis"
    __table_args__ = (
        tenant_key(),
        tenant_fk("analysis_id", "situation_analysis"),
        sa.UniqueConstraint("analysis_id", "number"),
    )

    analysis_id: Mapped[int]
    number: Mapped[int]
    adopted_at: Mapped[datetime] = mapped_column(default=now)
    adopted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    adopted_by_name: Mapped[ShortText]
    content: Mapped[dict[str, Any]]
    """What SituationAnalysis.snapshot() gave."""

    analysis: Mapped[SituationAnalysis] = relationship(
        foreign_keys="AdoptedAnalysis.analysis_id", back_populates="versions"
    )
    reopening: Mapped["AnalysisReopening | None"] = relationship(
        foreign_keys="AnalysisReopening.adopted_id", back_populates="adopted"
    )


class AnalysisReopening(TenantOwned, Base):
    """Why an adopted version was opened again; a row of its own, so that the version stays untouched."""

    __tablename__ = "analysis_reopening"
    __table_args__ = (
        tenant_fk("adopted_id", "adopted_analysis"),
        sa.UniqueConstraint("adopted_id"),
    )

    adopted_id: Mapped[int]
    reason: Mapped[LongText]
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    adopted: Mapped[AdoptedAnalysis] = relationship(
        foreign_keys="AnalysisReopening.adopted_id", back_populates="reopening"
    )


class AnalysisWriter(TenantOwned, Base):
    """A quality developer invited to write in the analysis."""

    __tablename__ = "analysis_writer"
    __table_args__ = (
        tenant_fk("analysis_id", "situation_analysis", ondelete="CASCADE"),
        sa.UniqueConstraint("analysis_id", "user_id"),
    )

    analysis_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))

    analysis: Mapped[SituationAnalysis] = relationship(
        foreign_keys="AnalysisWriter.analysis_id", back_populates="writers"
    )
    user: Mapped["User"] = relationship()


def excerpt(text: str, length: int = 80) -> str:
    """The beginning of a text, for a title or a sentence in Historik."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"
