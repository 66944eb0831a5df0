"""The catalogue: which support the huvudman has, for whom, what it gives, and whom to ask."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

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
from tracker.once import MadeByForm
from tracker.organisation.models import SchoolForm
from tracker.organisation.organizers import Organizer
from tracker.web.swedish import listing, sort_key

if TYPE_CHECKING:
    from tracker.auth.models import User


class SupportOffer(MadeByForm, Versioned, TenantOwned, Base):
    """One support in the catalogue. It is retired, never removed: what was asked for keeps its name."""

    __tablename__ = "support_offer"
    __table_args__ = (
        tenant_key(),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "organizer_id", "sort_key"),
        sa.CheckConstraint("title <> ''", name="has_a_title"),
        sa.CheckConstraint("owner_id IS NOT NULL OR contact <> ''", name="says_whom_to_ask"),
        sa.CheckConstraint(
            "(retired_at IS NULL) = (retired_by_name IS NULL)", name="retired_is_signed"
        ),
    )

    @property
    def owner_today(self) -> int | None:
        """Who answers, while they work at the organizer; else the unit's dialogansvarig does alone."""
        from tracker.support.people import still_there

        return next(iter(still_there(self.organizer_id, [self])), None)

    FIELDS = ("title", "gives", "audience", "contact", "owner_id")

    title: Mapped[ShortText]
    sort_key: Mapped[ShortText]
    gives: Mapped[LongText]
    """Vad stödet ger."""
    audience: Mapped[ShortText] = mapped_column(default="")
    """För vem, in words: "rektorer i sitt första år"; "": everybody in the verksamheter."""
    contact: Mapped[LongText]
    """Kontakt, in words: a role, a telephone number."""
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    """Who answers what is asked for; None: each unit's dialogansvarig."""
    retired_at: Mapped[datetime | None]
    retired_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    owner: Mapped["User | None"] = relationship(foreign_keys="SupportOffer.owner_id")
    form_links: Mapped[list["SupportOfferForm"]] = relationship(
        foreign_keys="SupportOfferForm.offer_id",
        cascade="all, delete-orphan",
        order_by="SupportOfferForm.form",
    )

    @classmethod
    def add(
        cls,
        organizer: Organizer,
        *,
        by: "User",
        title: str,
        gives: str,
        forms: Iterable[SchoolForm] = (),
        audience: str = "",
        contact: str = "",
        owner_id: int | None = None,
        form_token: str | None = None,
    ) -> Self:
        """One support more in the organizer's catalogue."""
        row = cls(
            organizer_id=organizer.id,
            title=title,
            sort_key=sort_key(title),
            gives=gives,
            audience=audience,
            contact=contact,
            owner_id=owner_id,
            form_token=form_token,
        )
        row._be_for(forms)
        db.session.add(row)
        db.session.flush()
        record(Action.SUPPORT_OFFERED, row, by=by, offer=title)
        return row

    @classmethod
    def catalogue(cls, organizer_id: int) -> list[Self]:
        """What can be asked for, then what is retired, each in Swedish order; two statements."""
        return list(
            db.session.scalars(
                sa.select(cls)
                .where(cls.organizer_id == organizer_id)
                .options(sa.orm.joinedload(cls.owner), sa.orm.selectinload(cls.form_links))
                .order_by(cls.retired_at.is_not(None), cls.sort_key, cls.id)
            )
        )

    @property
    def forms(self) -> list[SchoolForm]:
        """The verksamheter it is for, in their usual order; none: all of them."""
        chosen = {link.form for link in self.form_links}
        return [form for form in SchoolForm if form in chosen]

    @property
    def for_whom(self) -> str:
        """Such as "Grundskola och fritidshem. Rektorer i sitt första år."."""
        forms = listing([form.label.lower() for form in self.forms]) or "alla verksamheter"
        audience = f" {self.audience.rstrip('.')}." if self.audience else ""
        return f"{forms[:1].upper()}{forms[1:]}.{audience}"

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    def change(
        self,
        *,
        by: "User",
        title: str,
        gives: str,
        forms: Iterable[SchoolForm],
        audience: str,
        contact: str,
        owner_id: int | None,
    ) -> None:
        """Other words, verksamheter or people. Who has asked already keeps whom they asked."""
        forms = set(forms)
        new = (title, gives, audience, contact, owner_id)
        if new == tuple(getattr(self, name) for name in self.FIELDS) and forms == set(self.forms):
            return
        self.title, self.gives, self.audience, self.contact, self.owner_id = new
        self.sort_key = sort_key(title)
        self._be_for(forms)
        # The verksamheter are in a table of their own; the version is to rise for them too.
        flag_modified(self, "title")
        record(Action.SUPPORT_OFFER_CHANGED, self, by=by, offer=title)

    def retire(self, *, by: "User") -> None:
        """It is no longer offered. What has been asked for is followed as before."""
        if self.is_retired:
            return
        self.retired_at, self.retired_by_name = now(), by.name
        record(Action.SUPPORT_OFFER_RETIRED, self, by=by, offer=self.title)

    def restore(self, *, by: "User") -> None:
        """It is offered again."""
        if not self.is_retired:
            return
        self.retired_at = self.retired_by_name = None
        record(Action.SUPPORT_OFFER_RESTORED, self, by=by, offer=self.title)

    def _be_for(self, forms: Iterable[SchoolForm]) -> None:
        wanted = set(forms)
        kept = [link for link in self.form_links if link.form in wanted]
        known = {link.form for link in kept}
        self.form_links[:] = kept + [
            SupportOfferForm(organizer_id=self.organizer_id, form=form)
            for form in SchoolForm
            if form in wanted - known
        ]


class SupportOfferForm(Base):
    """A verksamhet that a support is for."""

    __tablename__ = "support_offer_form"
    __table_args__ = (tenant_fk("offer_id", "support_offer", ondelete="CASCADE"),)

    organizer_id: Mapped[int]
    offer_id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[SchoolForm] = mapped_column(choice(SchoolForm), primary_key=True)
