"""Åtgärder: what is proposed and decided, out of what, and with which expected effect."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.orm.exc import StaleDataError

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now, today
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
from tracker.measures.carrying_out import CarryingOut
from tracker.measures.concerning import Concerning
from tracker.measures.log import Logged, MeasureLogEntry
from tracker.measures.parts import MeasureUnit
from tracker.measures.standing import Standing
from tracker.measures.states import (
    IllegalTransition,
    MeasureBasis,
    MeasureState,
    NotReadyToDecide,
)
from tracker.once import MadeByForm
from tracker.organisation.models import SchoolForm
from tracker.removals.models import Removal, RemovalKind
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.analyses.problems import Cause
    from tracker.auth.models import User
    from tracker.cycle.models import QualityCycle
    from tracker.evaluation.models import EffectAssessment
    from tracker.examples.models import GoodExample
    from tracker.measures.areas import DevelopmentArea
    from tracker.organisation.models import SchoolUnit

DECIDED = ("basis", "cause_id", "basis_note", "expected_effect", "assessable_from")
"""What a decision is about: only who may decide changes it afterwards."""


class Measure(Standing, CarryingOut, Concerning, Logged, MadeByForm, Versioned, TenantOwned, Base):
    """Åtgärd. Belongs to the lap in which it was proposed; concerns one or more units.

    It cannot be decided without its basis, its expected effect and the date from which the effect
    can be assessed (the database refuses it too). It may run for years; when it is adjusted, a new
    version `continues` it.
    """

    __tablename__ = "measure"
    __table_args__ = (
        tenant_key(),
        tenant_fk("cycle_id", "quality_cycle"),
        tenant_fk("cause_id", "cause"),
        tenant_fk("area_id", "development_area"),
        tenant_fk("continues_id", "measure"),
        tenant_fk("modelled_on_id", "measure"),
        sa.UniqueConstraint("continues_id"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "cycle_id"),
        sa.Index(None, "cause_id"),
        sa.Index(None, "organizer_id", "assess_on"),
        sa.CheckConstraint(
            "state = 'proposed' OR (basis IS NOT NULL AND expected_effect <> ''"
            " AND assessable_from IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided_is_complete",
        ),
        sa.CheckConstraint(
            "state = 'proposed' OR basis <> 'cause' OR cause_id IS NOT NULL",
            name="basis_cause_names_it",
        ),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_is_dated"
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR assess_on IS NULL", name="cancelled_is_settled"
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on", name="in_order"
        ),
        {"sqlite_autoincrement": True},  # a proposal may go; its history must not pass to another
    )

    cycle_id: Mapped[int]
    state: Mapped[MeasureState] = mapped_column(choice(MeasureState), default=MeasureState.PROPOSED)
    title: Mapped[ShortText]
    description: Mapped[LongText]
    basis: Mapped[MeasureBasis | None] = mapped_column(choice(MeasureBasis))
    cause_id: Mapped[int | None]
    """Vilken orsak ska åtgärden påverka?"""
    decided_cause: Mapped[LongText]
    """The cause as it read when it was decided on: what is written in a draft afterwards is not
    shown to those who read the measure."""
    basis_note: Mapped[LongText]
    """Which decision, inspection or complaint, when the basis is not a cause."""
    area_id: Mapped[int | None]
    form: Mapped[SchoolForm | None] = mapped_column(choice(SchoolForm))
    expected_effect: Mapped[LongText]
    """Förväntad effekt."""
    follow_up: Mapped[LongText]
    """Så följer vi upp effekten."""
    baseline: Mapped[LongText]
    """Utgångsläge."""
    target: Mapped[LongText]
    """Önskat läge."""
    assessable_from: Mapped[date | None]
    """Effekten kan bedömas från, as it was decided."""
    assess_on: Mapped[date | None]
    """The day the effect is next to be assessed: `assessable_from` until somebody gives it a new
    date; None when it is settled for good."""
    assess_revision: Mapped[int] = mapped_column(default=0)
    """Counts the changes of `assess_on`, so that a new date gives new reminders and only then."""
    responsible_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    responsible: Mapped[ShortText] = mapped_column(default="")
    """Ansvarig as it reads: a person, a team or free text."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    end_set_at: Mapped[datetime | None]
    """When `ends_on` was set; None: never, or not known."""
    continues_id: Mapped[int | None]
    """The earlier version of this measure."""
    modelled_on_id: Mapped[int | None]
    """Förebild: the measure whose good example this one was begun from."""

    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    completed_at: Mapped[datetime | None]
    completed_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    cancelled_at: Mapped[datetime | None]
    cancelled_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    cancel_reason: Mapped[LongText]

    cycle: Mapped["QualityCycle"] = relationship(foreign_keys="Measure.cycle_id")
    cause: Mapped["Cause | None"] = relationship(foreign_keys="Measure.cause_id")
    area: Mapped["DevelopmentArea | None"] = relationship(foreign_keys="Measure.area_id")
    responsible_user: Mapped["User | None"] = relationship()
    continues: Mapped["Measure | None"] = relationship(
        foreign_keys="Measure.continues_id", remote_side="Measure.id", back_populates="continued_by"
    )
    continued_by: Mapped["Measure | None"] = relationship(
        foreign_keys="Measure.continues_id", back_populates="continues", uselist=False
    )
    modelled_on: Mapped["Measure | None"] = relationship(
        foreign_keys="Measure.modelled_on_id", remote_side="Measure.id"
    )
    example: Mapped["GoodExample | None"] = relationship(
        foreign_keys="GoodExample.measure_id", back_populates="measure", uselist=False
    )
    unit_links: Mapped[list[MeasureUnit]] = relationship(
        back_populates="measure",
        foreign_keys="MeasureUnit.measure_id",
        cascade="all, delete-orphan",
        order_by="MeasureUnit.unit_id",
    )
    log: Mapped[list[MeasureLogEntry]] = relationship(
        back_populates="measure",
        foreign_keys="MeasureLogEntry.measure_id",
        order_by="MeasureLogEntry.on.desc(), MeasureLogEntry.id.desc()",
    )
    assessments: Mapped[list["EffectAssessment"]] = relationship(
        back_populates="measure",
        foreign_keys="EffectAssessment.measure_id",
        order_by="EffectAssessment.id",
    )

    TEXTS = (
        "title",
        "description",
        "basis_note",
        "expected_effect",
        "follow_up",
        "baseline",
        "target",
    )
    FIELDS = (
        *TEXTS, "basis", "cause_id", "area_id", "form", "assessable_from",
        "responsible_id", "responsible", "starts_on", "ends_on", "modelled_on_id",
    )  # fmt: skip
    """What `propose` and `write` take by name."""

    @validates("ends_on")
    def _remember_when(self, _name: str, ends_on: date | None) -> date | None:
        if ends_on != self.ends_on:
            self.end_set_at = now()
        return ends_on

    @classmethod
    def propose(
        cls,
        cycle: "QualityCycle",
        *,
        by: "User",
        units: "list[SchoolUnit] | None" = None,
        form_token: str | None = None,
        **fields: Any,
    ) -> Self:
        """A proposal in the lap, for its unit or for the units given; one of the organizer's own may
        concern none. `fields`: see FIELDS."""
        units = units or cycle.units
        measure = cls(organizer_id=cycle.organizer_id, cycle=cycle, form_token=form_token)
        measure._set(fields)
        measure.unit_links = [
            MeasureUnit(organizer_id=cycle.organizer_id, unit=unit) for unit in units
        ]
        db.session.add(measure)
        db.session.flush()
        measure._record(Action.MEASURE_PROPOSED, by)
        return measure

    @classmethod
    def inherit(
        cls,
        cycle: "QualityCycle",
        title: str,
        expected_effect: str,
        responsible: str,
        *,
        by: "User",
    ) -> Self:
        """Börja mitt i läsåret: a measure that was decided before the system came into use, put in
        the lap it was decided in. It stands in Effekter at once."""
        measure = cls(organizer_id=cycle.organizer_id, cycle=cycle)
        measure._set(
            {
                "title": title,
                "expected_effect": expected_effect,
                "responsible": responsible,
                "basis": MeasureBasis.EARLIER,
                "assessable_from": today(),
            }
        )
        measure.unit_links = [MeasureUnit(organizer_id=cycle.organizer_id, unit=cycle.unit)]
        measure.state = MeasureState.RUNNING
        measure.decided_at, measure.decided_by_name = now(), by.name
        measure._plan_assessment(measure.assessable_from)
        db.session.add(measure)
        db.session.flush()
        measure._record(Action.MEASURE_INHERITED, by, year=cycle.school_year.label)
        return measure

    def write(self, *, by: "User", **fields: Any) -> None:
        """Change the measure. A decided one keeps what a decision needs, NotReadyToDecide else, and
        Historik keeps what was decided before. What is the same as before is no change."""
        if self.state in (MeasureState.COMPLETED, MeasureState.CANCELLED):
            raise IllegalTransition
        before = {name: getattr(self, name) for name in self.FIELDS}
        decided = self.decided_terms()
        self._set(fields)
        changed = {name for name in self.FIELDS if getattr(self, name) != before[name]}
        if not changed:
            return
        if self.is_draft or not changed & set(DECIDED):
            self._record(Action.MEASURE_CHANGED, by)
        else:
            if missing := self.missing_for_decision():
                raise NotReadyToDecide(missing)
            if "assessable_from" in changed:
                self._plan_assessment(self.assessable_from)
            self._keep_cause()
            self._record(Action.MEASURE_REDECIDED, by, before=decided)
        self._reindex()

    def _reindex(self) -> None:
        """A measure that has been assessed and goes on is found by what it says now."""
        from tracker.search.indexing import reindex

        if not self.is_draft and self.assessments:
            reindex(self.id)

    @property
    def cause_text(self) -> str:
        """The cause it builds on, as it is read: as decided, or as it stands for a proposal."""
        if not self.is_draft:
            return self.decided_cause
        return self.cause.text if self.cause else ""

    def _keep_cause(self) -> None:
        db.session.flush()
        db.session.refresh(self, ["cause"])
        self.decided_cause = self.cause.text if self.cause else ""

    def decided_terms(self) -> str:
        """What a decision is about, in one line, as Historik keeps it."""
        day = date_medium(self.assessable_from) if self.assessable_from else "–"
        basis = self.cause_text or (self.basis.label if self.basis else "–")
        if self.basis_note and self.basis is not MeasureBasis.CAUSE:
            basis = f"{basis}: {self.basis_note}"
        return (
            f"förväntad effekt: ”{self.expected_effect}”, kan bedömas från: {day}, "
            f"bygger på: ”{basis}”"
        )

    def decide(self, *, by: "User") -> None:
        """Besluta. Raises NotReadyToDecide when basis, expected effect or date is missing, and
        IllegalTransition unless the measure is a proposal."""
        self._must_be(MeasureState.PROPOSED)
        if missing := self.missing_for_decision():
            raise NotReadyToDecide(missing)
        self._keep_cause()
        self.state = MeasureState.DECIDED
        self.decided_at, self.decided_by_name = now(), by.name
        self._plan_assessment(self.assessable_from)
        self._record(Action.MEASURE_DECIDED, by)
        self.state = self.state_today

    def withdraw(self, *, by: "User") -> Removal:
        """Remove a proposal; nothing decided is ever removed. The agreement it came from stays."""
        from tracker.dialogues.agreements import Agreement

        self._must_be(MeasureState.PROPOSED)
        self._record(Action.MEASURE_REMOVED, by)
        removal = Removal.keep(
            RemovalKind.MEASURE,
            self.cycle,
            self.title,
            [self],
            by=by,
            links=[(row, "measure_id") for row in Agreement.that_became(self.id)],
        )
        if self.continues is not None:
            self.continues.continued_by = None
        Agreement.forget_measure(self.id)
        db.session.delete(self)
        return removal

    @classmethod
    def bring_back(cls, removal: Removal, *, by: "User") -> "Measure":
        """A proposal that was removed. CannotUndo when what it continued has been continued by another."""
        measure = db.session.get_one(cls, removal.bring_back())
        measure._record(Action.MEASURE_RESTORED, by)
        return measure

    def continue_in(self, cycle: "QualityCycle", *, by: "User") -> "Measure":
        """A new version in `cycle`, proposed with this one's texts; remembers this one. Where its cause was
        taken over into the lap's analysis it builds on it as it reads there."""
        from tracker.analyses.earlier import taken_over_in

        again = Measure(organizer_id=self.organizer_id, cycle=cycle)
        again._set({name: getattr(self, name) for name in self.FIELDS if name != "assessable_from"})
        again.cause_id = taken_over_in(cycle, self.cause_id) or self.cause_id
        again.starts_on = again.ends_on = None
        again.area_id = self.area_id if self.cycle_id == cycle.id else None
        again.unit_links = [
            MeasureUnit(
                organizer_id=self.organizer_id, unit=link.unit, origin_unit_id=link.origin_unit_id
            )
            for link in self.unit_links
        ]
        again.continues = self
        db.session.add(again)
        db.session.flush()
        again._record(Action.MEASURE_CONTINUED, by)
        return again

    def lock(self) -> None:
        """Let nobody else change the measure until this transaction ends, and read it anew: of two who
        assess it at once the second sees what the first made of it. StaleDataError when it is gone."""
        held = sa.select(Measure).where(Measure.id == self.id).with_for_update()
        if db.session.scalar(held.execution_options(populate_existing=True)) is None:
            raise StaleDataError("the measure was removed by somebody else meanwhile")

    def assess_again_on(self, day: date | None) -> None:
        """Set the day the effect is next to be assessed; None when it is settled."""
        self._plan_assessment(day)

    def _plan_assessment(self, day: date | None) -> None:
        if day != self.assess_on:
            self.assess_on = day
            self.assess_revision = (self.assess_revision or 0) + 1

    def _set(self, fields: dict[str, Any]) -> None:
        if unknown := fields.keys() - set(self.FIELDS):
            raise TypeError(f"not fields of a measure: {sorted(unknown)}")
        for name in self.TEXTS:
            if getattr(self, name) is None:
                setattr(self, name, "")
        for name, value in fields.items():
            setattr(self, name, value)
        if self.basis is not MeasureBasis.CAUSE:
            self.cause_id = None

    def _must_be(self, state: MeasureState) -> None:
        if self.state is not state:
            raise IllegalTransition

    def _record(self, action: Action, by: "User", **data: Any) -> None:
        # What the organizer has not decided is not told to the units that it would concern.
        units = [] if self.is_draft and self.is_organizers else self.units
        record(action, self, by=by, units=units, private=self.is_draft, measure=self.title, **data)
