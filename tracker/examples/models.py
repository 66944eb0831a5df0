"""Gott exempel: a measure with effect, told so that others can use it."""

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
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.evaluation.models import EffectAssessment
    from tracker.measures.models import Measure


class NoEffectToShow(Exception):
    """The measure is not assessed, or its effect was not achieved even in part."""


class AlreadyPublished(Exception):
    """Somebody has told of the measure already; `example` is what there is."""

    def __init__(self, example: "GoodExample") -> None:
        super().__init__(example.id)
        self.example = example


class GoodExample(Versioned, TenantOwned, Base):
    """What the unit tells of its measure: one for each measure, read by everybody with a role in the
    organizer while it is published. Withdrawn, it is kept for those who write in the unit."""

    __tablename__ = "good_example"
    __table_args__ = (
        tenant_key(),
        tenant_fk("measure_id", "measure"),
        sa.UniqueConstraint("measure_id"),
        sa.Index(None, "organizer_id", "published_at"),
        sa.CheckConstraint(
            "how <> '' AND why <> '' AND transferable <> ''", name="tells_everything"
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_name IS NULL)", name="withdrawn_by_somebody"
        ),
    )

    measure_id: Mapped[int]
    how: Mapped[LongText]
    """Så gjorde vi."""
    why: Mapped[LongText]
    """Därför fungerade det."""
    transferable: Mapped[LongText]
    """Det kan överföras om …"""
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by_name: Mapped[ShortText]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    measure: Mapped["Measure"] = relationship(
        foreign_keys="GoodExample.measure_id", back_populates="example"
    )

    TEXTS = ("how", "why", "transferable")

    @classmethod
    def publish(
        cls, measure: "Measure", *, by: "User", how: str, why: str, transferable: str
    ) -> Self:
        """Tell of the measure. Raises NoEffectToShow unless its effect is assessed as achieved, at
        least in part, and AlreadyPublished when there is an example, withdrawn or not."""
        measure.lock()
        if found := db.session.scalar(sa.select(cls).where(cls.measure_id == measure.id)):
            raise AlreadyPublished(found)
        assessed = measure.final_assessment
        if assessed is None or not assessed.judgement.has_effect:
            raise NoEffectToShow
        row = cls(
            organizer_id=measure.organizer_id,
            measure=measure,
            how=how,
            why=why,
            transferable=transferable,
            published_by_name=by.name,
        )
        db.session.add(row)
        db.session.flush()
        row._record(Action.EXAMPLE_PUBLISHED, by)
        return row

    @property
    def is_published(self) -> bool:
        return self.withdrawn_at is None

    @property
    def assessed(self) -> "EffectAssessment | None":
        """How the effect is assessed now; None when it no longer is."""
        return self.measure.final_assessment

    @property
    def is_outdated(self) -> bool:
        """Whether the assessment has been changed since, so that there is no effect to show."""
        assessed = self.assessed
        return assessed is None or not assessed.judgement.has_effect

    def write(self, *, by: "User", **texts: str) -> None:
        """Change what it tells; `texts`: see TEXTS. Historik keeps what it told before."""
        changed = {name for name in self.TEXTS if getattr(self, name) != texts[name]}
        if not changed:
            return
        before = " / ".join(f"”{getattr(self, name)}”" for name in self.TEXTS if name in changed)
        for name in changed:
            setattr(self, name, texts[name])
        self._record(Action.EXAMPLE_CHANGED, by, before=before)

    def withdraw(self, *, by: "User") -> None:
        """No longer read by others. Measures that were begun from it keep saying so."""
        if not self.is_published:
            return
        self.withdrawn_at, self.withdrawn_by_name = now(), by.name
        self._record(Action.EXAMPLE_WITHDRAWN, by)

    def publish_again(self, *, by: "User") -> None:
        """Take back that it was withdrawn. Raises NoEffectToShow like `publish`."""
        if self.is_published:
            return
        if self.is_outdated:
            raise NoEffectToShow
        self.withdrawn_at = self.withdrawn_by_name = None
        self.published_at, self.published_by_name = now(), by.name
        self._record(Action.EXAMPLE_AGAIN, by)

    def _record(self, action: Action, by: "User", **data: Any) -> None:
        from tracker.search.indexing import reindex

        measure = self.measure
        record(action, measure, by=by, units=measure.units, measure=measure.title, **data)
        reindex(measure.id)
