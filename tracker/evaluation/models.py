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
from tracker.measures.models import IllegalTransition, MeasureState

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


class Term(enum.StrEnum):
    """What an assessment covers: the läsår, or one term where the unit assesses per term."""

    YEAR = "year"
    AUTUMN = "autumn"
    SPRING = "spring"

    @property
    def label(self) -> str:
        return {"year": "Läsåret", "autumn": "Höstterminen", "spring": "Vårterminen"}[self]


class IncompleteAssessment(Exception):
    """The judgement or decision needs something that is missing; `missing` names the fields."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


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
        IllegalTransition for a measure that is not decided.
        """
        if measure.is_draft:
            raise IllegalTransition
        if unknown := fields.keys() - set(cls.FIELDS):
            raise TypeError(f"not fields of an assessment: {sorted(unknown)}")
        before = cls.current(measure, year, term)
        if (before.number if before else 0) != revises:
            raise StaleDataError("the effect was assessed by somebody else meanwhile")
        row = cls(
            organizer_id=measure.organizer_id,
            measure=measure,
            school_year_id=year.id,
            term=term,
            number=revises + 1,
            by_id=by.id,
            by_name=by.name,
            **fields,
        )
        if missing := row._missing():
            db.session.expunge(row) if row in db.session else None
            measure.assessments.remove(row)
            raise IncompleteAssessment(missing)
        if before is not None:
            before.superseded_at = now()
            db.session.flush()
        db.session.add(row)
        db.session.flush()
        row._record(by)
        row._carry_out(year, by)
        return row

    def _missing(self) -> list[str]:
        missing = []
        judgement = self.judgement
        if judgement.is_final and self.carried_out is None:
            missing.append("carried_out")
        if judgement.compares and not self.outcome:
            missing.append("outcome")
        if judgement.compares and not self.evidence:
            missing.append("evidence")
        if judgement.is_final and self.decision is None:
            missing.append("decision")
        if self.next_date is None and (
            judgement is Judgement.NOT_YET or self.decision is Decision.CONTINUE
        ):
            missing.append("next_date")
        if judgement.is_final and self.decision is Decision.CANCEL and not self.carried_out_why:
            missing.append("carried_out_why")
        return missing

    def _record(self, by: "User") -> None:
        facts: dict[str, Any] = {"measure": self.measure.title}
        if self.judgement is Judgement.NOT_YET and self.next_date:
            action = Action.EFFECT_POSTPONED
            facts["on"] = self.next_date.isoformat()
        else:
            action = Action.EFFECT_ASSESSED if self.number == 1 else Action.EFFECT_REVISED
            facts["judgement"] = self.judgement.label.lower()
        record(action, self.measure, by=by, units=self.measure.units, **facts)

    def _carry_out(self, year: SchoolYear, by: "User") -> None:
        """Let the measure follow the decision. A revised decision undoes the one before it."""
        measure = self.measure
        if self.judgement is Judgement.NOT_YET:
            measure.assess_again_on(self.next_date)
            return
        if self.decision is Decision.CONTINUE:
            measure.resume()
            measure.assess_again_on(self.next_date)
            return
        measure.assess_again_on(None)
        if self.decision is Decision.CANCEL:
            if measure.state is not MeasureState.CANCELLED:
                measure.resume()
                measure.cancel(self.carried_out_why, by=by)
            return
        if measure.state is not MeasureState.COMPLETED:
            measure.resume()
            measure.complete(by=by)
        if self.decision is Decision.ADJUST and measure.continued_by is None:
            measure.continue_in(self._next_home(year), by=by)

    def _next_home(self, year: SchoolYear) -> QualityCycle:
        """The lap in which an adjusted measure is proposed anew: the one of the läsår in which it
        was assessed, for the unit (or organizer) whose measure it is."""
        unit_id = self.measure.cycle.unit_id
        if unit_id is not None and unit_id not in {
            link.unit_id for link in self.measure.unit_links
        }:
            unit_id = self.measure.unit_links[0].unit_id  # a successor has taken the measure over
        return db.session.scalars(
            sa.select(QualityCycle).where(
                QualityCycle.school_year_id == year.id,
                QualityCycle.unit_id == unit_id if unit_id else QualityCycle.unit_id.is_(None),
            )
        ).one()
