"""Bedömning av effekten: what a measure led to, set beside what was expected."""

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.exc import StaleDataError

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.cycle.models import QualityCycle, SchoolYear
from tracker.database import (
    Base,
    LongText,
    ShortText,
    TenantOwned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.measures.states import IllegalTransition, MeasureState
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.measures.models import Measure


class CarriedOut(enum.StrEnum):
    """Genomfördes åtgärden som planerat?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def label(self) -> str:
        return {"yes": "Ja", "partly": "Delvis", "no": "Nej"}[self]


class Judgement(enum.StrEnum):
    """Bedömning. NOT_YET asks for a new date; NO_EVIDENCE is final."""

    ACHIEVED = "achieved"
    PARTLY = "partly"
    NOT_ACHIEVED = "not_achieved"
    NOT_YET = "not_yet"
    NO_EVIDENCE = "no_evidence"

    @property
    def label(self) -> str:
        return {
            "achieved": "Uppnådd",
            "partly": "Delvis uppnådd",
            "not_achieved": "Inte uppnådd",
            "not_yet": "Kan inte bedömas ännu",
            "no_evidence": "Kan inte bedömas – underlag saknas",
        }[self]

    @property
    def is_final(self) -> bool:
        return self is not Judgement.NOT_YET

    @property
    def compares(self) -> bool:
        """Whether it sets an outcome beside the expected effect."""
        return self in (Judgement.ACHIEVED, Judgement.PARTLY, Judgement.NOT_ACHIEVED)

    @property
    def has_effect(self) -> bool:
        """Whether the measure has led to at least some of what was expected."""
        return self in (Judgement.ACHIEVED, Judgement.PARTLY)


class Decision(enum.StrEnum):
    """Beslut: also the choice for next läsår, asked once."""

    CONTINUE = "continue"
    ADJUST = "adjust"
    END = "end"
    ORDINARY = "ordinary"
    CANCEL = "cancel"

    @property
    def label(self) -> str:
        return {
            "continue": "Fortsätta",
            "adjust": "Justera",
            "end": "Avsluta",
            "ordinary": "Blir ordinarie arbetssätt",
            "cancel": "Avbryta",
        }[self]

    @property
    def ends_the_measure(self) -> bool:
        return self is not Decision.CONTINUE


class Term(enum.StrEnum):
    """What an assessment covers: the läsår, or one term where the unit assesses per term."""

    YEAR = "year"
    AUTUMN = "autumn"
    SPRING = "spring"

    @property
    def label(self) -> str:
        return {"year": "Läsåret", "autumn": "Höstterminen", "spring": "Vårterminen"}[self]

    @classmethod
    def on(cls, day: date) -> "Term":
        """The term that holds the day: autumn from 1 July, spring from 1 January."""
        return cls.AUTUMN if day.month >= 7 else cls.SPRING


class IncompleteAssessment(Exception):
    """The judgement or decision needs something that is missing; `missing` names the fields."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class AlreadyContinued(Exception):
    """A new version of the measure has been decided, so this one can no longer go on beside it."""


class EffectAssessment(TenantOwned, Base):
    """One version of the assessment of a measure in a läsår (or term). Rows are never changed: a
    revision is a new row that supersedes the one before."""

    __tablename__ = "effect_assessment"
    __table_args__ = (
        tenant_key(),
        tenant_fk("measure_id", "measure"),
        tenant_fk("school_year_id", "school_year"),
        sa.UniqueConstraint("measure_id", "school_year_id", "term", "number"),
        sa.Index(
            "uq_effect_assessment_current",
            "measure_id",
            "school_year_id",
            "term",
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        ),
        sa.Index(None, "school_year_id"),
        sa.CheckConstraint(
            "judgement <> 'not_yet' OR next_date IS NOT NULL", name="not_yet_has_a_date"
        ),
        sa.CheckConstraint(
            "judgement = 'not_yet' OR (carried_out IS NOT NULL AND decision IS NOT NULL)",
            name="final_is_complete",
        ),
    )

    measure_id: Mapped[int]
    school_year_id: Mapped[int]
    term: Mapped[Term] = mapped_column(choice(Term), default=Term.YEAR)
    number: Mapped[int]
    expected_effect: Mapped[LongText]
    """What was expected when it was assessed. The measure may be given other expectations for the
    next läsår; this is what the outcome was set beside."""
    carried_out: Mapped[CarriedOut | None] = mapped_column(choice(CarriedOut))
    carried_out_why: Mapped[LongText]
    outcome: Mapped[LongText]
    """Vad blev det?"""
    judgement: Mapped[Judgement] = mapped_column(choice(Judgement))
    evidence: Mapped[LongText]
    """Hur vet ni det?"""
    decision: Mapped[Decision | None] = mapped_column(choice(Decision))
    next_date: Mapped[date | None]
    """When it can be assessed next time: for NOT_YET, and for a measure that continues."""
    lesson: Mapped[LongText]
    """Vad lärde vi oss?"""
    tip: Mapped[bool] = mapped_column(default=False)
    """Tipsa andra."""
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    superseded_at: Mapped[datetime | None]

    measure: Mapped["Measure"] = relationship(
        foreign_keys="EffectAssessment.measure_id", back_populates="assessments"
    )
    school_year: Mapped[SchoolYear] = relationship(foreign_keys="EffectAssessment.school_year_id")

    FIELDS = (
        "carried_out", "carried_out_why", "outcome", "judgement", "evidence", "decision",
        "next_date", "lesson", "tip",
    )  # fmt: skip

    @property
    def place_in_time(self) -> tuple[int, bool, int]:
        """To sort by: later läsår last, and in a läsår the autumn's before the spring's."""
        return self.school_year.start_year, self.term is not Term.AUTUMN, self.id

    @classmethod
    def current(cls, measure: "Measure", year: SchoolYear, term: Term = Term.YEAR) -> Self | None:
        """The version that stands, for the measure in that läsår."""
        return db.session.scalar(
            sa.select(cls).where(
                cls.measure_id == measure.id,
                cls.school_year_id == year.id,
                cls.term == term,
                cls.superseded_at.is_(None),
            )
        )

    @classmethod
    def make(
        cls,
        measure: "Measure",
        year: SchoolYear,
        *,
        by: "User",
        revises: int = 0,
        term: Term = Term.YEAR,
        **fields: Any,
    ) -> Self:
        """Assess the effect of `measure` in the läsår `year`, and carry the decision out.

        `revises` is the number of the version the person saw (0: none). Raises StaleDataError when
        somebody has assessed it since, IncompleteAssessment when something needed is missing,
        IllegalTransition for a measure that has no effect to assess (proposed, or cancelled and not
        assessed), AlreadyContinued when the decision would set the measure going beside its own
        next version.
        """
        from tracker.search.indexing import reindex

        if unknown := fields.keys() - set(cls.FIELDS):
            raise TypeError(f"not fields of an assessment: {sorted(unknown)}")
        measure.lock()
        before = cls.current(measure, year, term)
        if not measure.is_assessable and before is None:
            raise IllegalTransition
        if (before.number if before else 0) != revises:
            raise StaleDataError("the effect was assessed by somebody else meanwhile")
        if missing := cls.missing(fields):
            raise IncompleteAssessment(missing)
        fields = cls._tidied(fields)
        if fields["decision"] is not Decision.ADJUST and measure.is_continued:
            raise AlreadyContinued
        if before is not None:
            before.superseded_at = now()
            db.session.flush()
        row = cls(
            organizer_id=measure.organizer_id,
            measure=measure,
            school_year_id=year.id,
            term=term,
            number=revises + 1,
            expected_effect=measure.expected_effect,
            by_id=by.id,
            by_name=by.name,
            **fields,
        )
        db.session.add(row)
        db.session.flush()
        row._record(before, by)
        if term is not Term.AUTUMN or cls.current(measure, year, Term.SPRING) is None:
            row._carry_out(before, year, by)
        reindex(measure.id)
        return row

    @classmethod
    def _tidied(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """All fields, without what the judgement and the decision leave no room for."""
        empty = dict.fromkeys(("carried_out_why", "outcome", "evidence", "lesson"), "")
        tidy: dict[str, Any] = {
            "carried_out": None, "decision": None, "next_date": None, "tip": False,
            **empty, **fields,
        }  # fmt: skip
        judgement: Judgement = tidy["judgement"]
        if not judgement.is_final:
            tidy["decision"] = None
        if judgement.is_final and tidy["decision"] is not Decision.CONTINUE:
            tidy["next_date"] = None
        return tidy

    @classmethod
    def missing(cls, fields: dict[str, Any]) -> list[str]:
        """What the judgement and the decision need and `fields` lacks, in the order of the form."""
        fields = cls._tidied(fields)
        judgement: Judgement = fields["judgement"]
        decision: Decision | None = fields["decision"]
        needed: list[str] = []
        if judgement.is_final:
            needed.append("carried_out")
        if decision is Decision.CANCEL:
            needed.append("carried_out_why")
        if judgement.compares:
            needed += ["outcome", "evidence"]
        if judgement.is_final:
            needed.append("decision")
        if judgement is Judgement.NOT_YET or decision is Decision.CONTINUE:
            needed.append("next_date")
        return [name for name in needed if not fields[name]]

    def _record(self, before: Self | None, by: "User") -> None:
        facts: dict[str, Any] = {"measure": self.measure.title}
        if self.judgement is Judgement.NOT_YET and self.next_date:
            action = Action.EFFECT_POSTPONED
            facts["on"] = date_medium(self.next_date)
        else:
            first = before is None or not before.judgement.is_final
            action = Action.EFFECT_ASSESSED if first else Action.EFFECT_REVISED
            facts["judgement"] = self.judgement.label.lower()
        record(action, self.measure, by=by, units=self.measure.units, **facts)

    def _carry_out(self, before: Self | None, year: SchoolYear, by: "User") -> None:
        """Let the measure follow the decision. A revised decision undoes the one before it."""
        measure = self.measure
        if self.decision is not Decision.ADJUST and measure.continued_by is not None:
            measure.continued_by.withdraw(by=by)
        if self.judgement is Judgement.NOT_YET:
            if before is not None and before.decision and before.decision.ends_the_measure:
                measure.resume(by=by)
            measure.assess_again_on(self.next_date)
        elif self.decision is Decision.CONTINUE:
            measure.resume(by=by)
            measure.go_on_past_its_end()
            measure.assess_again_on(self.next_date)
        elif self.decision is Decision.CANCEL:
            self._cancel(by)
        else:
            measure.assess_again_on(None)
            if measure.state is not MeasureState.COMPLETED:
                measure.resume(by=by)
                measure.complete(by=by)
            if self.decision is Decision.ADJUST and measure.continued_by is None:
                measure.continue_in(self._next_home(year), by=by)

    def _cancel(self, by: "User") -> None:
        measure = self.measure
        if measure.state is MeasureState.CANCELLED:
            measure.cancel_reason = self.carried_out_why
        else:
            measure.resume(by=by)
            measure.cancel(self.carried_out_why, by=by)

    def _next_home(self, year: SchoolYear) -> QualityCycle:
        """The lap in which an adjusted measure is proposed anew: the one of the läsår in which it
        was assessed, for the unit (or organizer) whose measure it is, else for another of its
        units (a successor has taken the measure over); its own lap when none of them has one."""
        home = self.measure.cycle
        units = [link.unit_id for link in self.measure.unit_links]
        laps = db.session.scalars(
            sa.select(QualityCycle).where(
                QualityCycle.school_year_id == year.id,
                QualityCycle.unit_id.in_(units) if home.unit_id else QualityCycle.unit_id.is_(None),
            )
        ).all()
        return min(laps, key=lambda lap: lap.unit_id != home.unit_id, default=home)
