"""Nulägesanalys: what it builds on, the results, problems and their causes, and the adopted versions."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from tracker.analyses.problems import Cause, Problem, ProblemDevelopment, excerpt
from tracker.analyses.snapshot import origin_of, snapshot_of
from tracker.analyses.texts import AnalysisText, TextPart
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
from tracker.organisation.models import SchoolForm, UnitKind

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.cycle.models import QualityCycle
    from tracker.removals.models import Removal


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
    problems: Mapped[list[Problem]] = relationship(
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
        """Begin the lap's analysis. Two who begin at once, or one who presses twice, get the same."""
        from tracker.cycle.models import QualityCycle

        db.session.execute(
            sa.select(QualityCycle.id).where(QualityCycle.id == cycle.id).with_for_update()
        )
        if (begun := db.session.scalar(sa.select(cls).where(cls.cycle_id == cycle.id))) is not None:
            return begun
        analysis = cls(organizer_id=cycle.organizer_id, cycle=cycle)
        db.session.add(analysis)
        db.session.flush()
        analysis.note(Action.ANALYSIS_STARTED, by, **analysis._place())
        return analysis

    @property
    def is_draft(self) -> bool:
        """Seen only by those who write in it."""
        return self.state is AnalysisState.DRAFT

    @property
    def is_locked(self) -> bool:
        return self.state is AnalysisState.ADOPTED

    @property
    def is_reopened(self) -> bool:
        return self.state is AnalysisState.REOPENED

    @property
    def latest_version(self) -> "AdoptedAnalysis | None":
        return self.versions[-1] if self.versions else None

    @property
    def living_problems(self) -> list[Problem]:
        """Those that are to be worked with: not set aside, not solved since last läsår."""
        return [
            problem
            for problem in self.problems
            if problem.retired_at is None and not problem.is_solved
        ]

    @property
    def solved_problems(self) -> list[Problem]:
        """Löst sedan förra läsåret."""
        return [
            problem for problem in self.problems if problem.retired_at is None and problem.is_solved
        ]

    @property
    def causes(self) -> list[Cause]:
        """The living causes of all living problems."""
        return [cause for problem in self.living_problems for cause in problem.living_causes]

    @property
    def causes_without_evidence(self) -> list[Cause]:
        """Hur vet ni det? is asked of every cause; an answer is no condition for anything."""
        return [cause for cause in self.causes if not cause.evidence]

    @property
    def retired(self) -> list[Problem | Cause]:
        """What was set aside: problems with all their causes, and single causes of living problems."""
        return [problem for problem in self.problems if problem.retired_at] + [
            cause
            for problem in self.living_problems
            for cause in problem.causes
            if cause.retired_at
        ]

    @property
    def participants(self) -> dict[str, str]:
        """Those who are to take part by skollagen 4 kap. 4 §: the name of the text about each, and
        what they are called here. Adults have no guardians."""
        unit, owner = self.cycle.unit, self.cycle.owner
        groups = {
            "staff_participation": "Rektorer och annan personal"
            if owner.is_organizer
            else "Personal",
            "learner_participation": owner.learners.capitalize(),
            "guardian_participation": "Vårdnadshavare",
        }
        if unit and unit.kind is UnitKind.ADULT and not self.guardian_participation:
            del groups["guardian_participation"]
        return groups

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
            AnalysisText.keep(self, TextPart(name), {"text": text}, by=by)
        self.changed_at = now()
        self.note(Action.ANALYSIS_CHANGED, by, **self._place())
        return True

    def add_problem(self, text: str, form: SchoolForm | None, *, by: "User") -> Problem:
        self.must_be_open()
        problem = Problem(
            organizer_id=self.organizer_id,
            text=text,
            form=form,
            position=max((row.position for row in self.problems), default=0) + 1,
        )
        self.problems.append(problem)
        self.touch()
        db.session.flush()
        problem._keep_text(by)
        self.note(Action.PROBLEM_ADDED, by, problem=excerpt(text))
        return problem

    def take_over(
        self, earlier: Problem, development: ProblemDevelopment, state_now: str, *, by: "User"
    ) -> Problem:
        """Say what became of a problem of an earlier analysis, and have it here: with its living causes,
        to be rewritten, or as a line when it is solved. `earlier` is one of those that
        `rollover.waiting_for` offers. Said before, it stands as it was said first."""
        from tracker.analyses.earlier import EarlierProblem

        self.must_be_open()
        for problem in self.problems:
            if problem.follows_id == earlier.id:
                return problem
        was = EarlierProblem.read(earlier, self)
        problem = Problem(
            organizer_id=self.organizer_id,
            text=was.text,
            form=was.form,
            follows=earlier,
            development=development,
            state_now=state_now,
            position=max((row.position for row in self.problems), default=0) + 1,
        )
        self.problems.append(problem)
        db.session.flush()
        problem._keep_text(by)
        if not problem.is_solved:
            problem.bring_causes(by=by)
        self.touch()
        self.note(
            Action.PROBLEM_TAKEN_OVER,
            by,
            problem=excerpt(was.text),
            origin=origin_of(earlier, self),
            development=development.label.lower(),
        )
        return problem

    def share(self, *, by: "User") -> None:
        """Let the dialogansvarig, and others who follow the unit, read it while it is written."""
        if self.state is not AnalysisState.DRAFT:
            return
        self.state = AnalysisState.SHARED
        self.shared_at, self.shared_by_name = now(), by.name
        self.note(Action.ANALYSIS_SHARED, by, **self._place())

    @property
    def is_empty(self) -> bool:
        """Nothing is written yet, so that there is nothing to share."""
        return not self.living_problems and not any(getattr(self, name) for name in self.TEXTS)

    def missing_for_adoption(self) -> list[str]:
        """What an adopted analysis must have and this one lacks: a basis, results, at least one
        problem, and a cause for every problem."""
        missing = [name for name in ("basis", "results") if not getattr(self, name)]
        if not self.living_problems:
            missing.append("problems")
        elif not all(problem.living_causes for problem in self.living_problems):
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
        self.note(Action.ANALYSIS_ADOPTED, by, number=adopted.number, **self._place())
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
        self.note(Action.ANALYSIS_REOPENED, by, reason=excerpt(reason, 200), **self._place())

    def invite(self, person: "User", *, by: "User") -> None:
        """Let a quality developer write in the draft."""
        if any(writer.user_id == person.id for writer in self.writers):
            return
        self.writers.append(AnalysisWriter(organizer_id=self.organizer_id, user_id=person.id))
        self.note(Action.WRITER_INVITED, by, person=person.name)

    def uninvite(self, person: "User", *, by: "User") -> None:
        for writer in [row for row in self.writers if row.user_id == person.id]:
            self.writers.remove(writer)
            self.note(Action.WRITER_REMOVED, by, person=person.name)

    def snapshot(self) -> dict[str, Any]:
        """The whole analysis as it reads now, independent of later changes; see snapshot.py."""
        return snapshot_of(self)

    def bring_back(self, removal: "Removal", *, by: "User") -> None:
        """A problem that was removed, with its causes."""
        self.must_be_open()
        removal.bring_back()
        self.touch()
        self.note(Action.PROBLEM_RESTORED, by, problem=removal.what)

    def must_be_open(self) -> None:
        """Raises AnalysisLocked when the analysis is adopted."""
        if self.is_locked:
            raise AnalysisLocked

    def touch(self) -> None:
        """A problem or a cause was changed. The version stays: it belongs to the analysis's own
        texts, and whoever is writing in those should not be told that they are old."""
        moment = now()
        db.session.execute(
            sa.update(SituationAnalysis)
            .where(SituationAnalysis.id == self.id)
            .values(changed_at=moment)
            .execution_options(synchronize_session=False)
        )
        set_committed_value(self, "changed_at", moment)

    def _place(self) -> dict[str, str]:
        return {"unit": self.cycle.owner.called, "year": self.cycle.school_year.label}

    def note(self, action: Action, by: "User", **data: Any) -> None:
        """Record an event about the analysis or a part of it; private while it is a draft."""
        record(action, self, by=by, units=self.cycle.units, private=self.is_draft, **data)


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
