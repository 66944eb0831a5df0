"""Utkast: what somebody has typed in a form and not saved yet, kept for that person alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import ImmutableMultiDict

from tracker.clock import now
from tracker.database import Base, ShortText, TenantOwned
from tracker.extensions import db
from tracker.web.personnummer import find_personal_identity_number

KEPT_FOR = timedelta(days=90)
MOST_CHARACTERS = 200_000
"""In all fields of a draft together: ten texts as long as a text may be."""
MOST_DRAFTS = 100
"""Of one person in one organizer."""

Fields = list[tuple[str, str]]


class DraftRefused(Exception):
    """Why something is not kept, in words for the person who typed it."""


class Draft(TenantOwned, Base):
    """One page's worth of typing: the fields of a form as they stood when they were sent last.

    Every page that shows a form has a token of its own, and so each of two tabs has a draft of its own:
    neither overwrites the other's. Seen by whoever typed it, and by nobody else.
    """

    __tablename__ = "draft"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "token"),
        sa.Index(None, "user_id", "organizer_id", "place"),
        sa.Index(None, "saved_at"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    token: Mapped[str] = mapped_column(sa.String(40))
    form: Mapped[str] = mapped_column(sa.String(80))
    """The form's class."""
    place: Mapped[str] = mapped_column(sa.String(200))
    """What the form is about: the arguments of its address."""
    address: Mapped[str] = mapped_column(sa.String(500))
    """The page on which it was typed."""
    title: Mapped[ShortText]
    """That page's heading."""
    content: Mapped[dict[str, Any]]
    """{"fields": [[name, value], …], "changed": [name, …]} in the order of the page; a name may come
    several times. Changed are the fields that said something else when the page was opened."""
    number: Mapped[int]
    """How many times the page has sent it: what comes late never overwrites what was typed later."""
    started_at: Mapped[datetime] = mapped_column(default=now)
    saved_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def fields(self) -> ImmutableMultiDict[str, str]:
        """As a browser would send them."""
        return ImmutableMultiDict([(name, value) for name, value in self.content["fields"]])

    @property
    def texts(self) -> set[tuple[str, str]]:
        """What is written in it, by the names of the fields."""
        from tracker.web.forms import written  # which are filled out of drafts

        return {(each.name, each.text) for each in written(self.content["fields"], self.form)}

    @property
    def changed(self) -> frozenset[str]:
        return frozenset(self.content.get("changed", ()))

    @classmethod
    def keep(
        cls,
        user_id: int,
        organizer_id: int,
        token: str,
        number: int,
        fields: Fields,
        *,
        form: str,
        place: str,
        address: str,
        title: str,
        continues: str = "",
        changed: Iterable[str] = (),
    ) -> "Draft":
        """Keep what the page `token` has sent for the `number`th time; an earlier sending that comes
        late changes nothing. The draft that the page `continues` is part of it and goes: what was
        `changed` in that is so here, and what was before the form came back.

        Raises DraftRefused for what is too much, and for a text with a personnummer: that field is kept
        as it was before, all the others as they are now.
        """
        found = cls._of(user_id, organizer_id).where(cls.token == token).with_for_update()
        draft = db.session.scalar(found)
        if draft is not None and draft.number >= number:
            return draft
        if sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
            raise DraftRefused("Utkastet är för långt för att sparas. Spara texten i flera delar.")
        if draft is None:
            cls._begin(user_id, organizer_id, token)
            draft = db.session.scalar(found)
        if draft is None:
            raise DraftRefused("Det gick inte att spara utkastet. Ladda om sidan.")
        if draft.number >= number:
            return draft
        clean, persons = _without_persons(fields, draft)
        draft.form, draft.place, draft.address, draft.title = form, place, address, title
        names = {*changed, *draft.changed}
        if continues and continues != token:
            before = cls.find(user_id, organizer_id, continues)
            names |= before.changed if before else set()
            cls.forget(user_id, [continues])
        draft.content = {"fields": clean, "changed": sorted(names & dict(clean).keys())}
        draft.number, draft.saved_at = number, now()
        db.session.flush()
        if persons:
            raise DraftRefused(
                f"Texten ser ut att innehålla ett personnummer ({persons[0]}). Den texten sparas inte "
                "som utkast förrän det är borta."
            )
        return draft

    @classmethod
    def _begin(cls, user_id: int, organizer_id: int, token: str) -> None:
        """An empty draft, unless another sending of the page has begun one this very moment."""
        here = sa.select(sa.func.count()).where(
            cls.user_id == user_id, cls.organizer_id == organizer_id
        )
        if db.session.scalar(here) >= MOST_DRAFTS:
            raise DraftRefused(
                f"Du har redan {MOST_DRAFTS} utkast. Spara eller kasta några av dem först."
            )
        postgres = db.session.connection().dialect.name == "postgresql"
        insert = postgresql.insert if postgres else sqlite.insert
        empty: dict[str, Any] = {"form": "", "place": "", "address": "", "title": "", "number": 0}
        db.session.execute(
            insert(cls.__table__)
            .values(
                user_id=user_id,
                organizer_id=organizer_id,
                token=token,
                content={"fields": []},
                **empty,
            )
            .on_conflict_do_nothing()
        )

    @classmethod
    def find(cls, user_id: int, organizer_id: int, token: str) -> "Draft | None":
        return db.session.scalar(cls._of(user_id, organizer_id).where(cls.token == token))

    @classmethod
    def about(cls, user_id: int, organizer_id: int, place: str) -> "list[Draft]":
        """The person's drafts of the forms of a page, the newest first."""
        found = cls._of(user_id, organizer_id).where(cls.place == place)
        return list(db.session.scalars(found.order_by(cls.saved_at.desc(), cls.id.desc())))

    @classmethod
    def all_of(cls, user_id: int, organizer_id: int) -> "list[Draft]":
        found = cls._of(user_id, organizer_id)
        return list(db.session.scalars(found.order_by(cls.saved_at.desc(), cls.id.desc())))

    @classmethod
    def forget(cls, user_id: int, tokens: Iterable[str]) -> int:
        """Delete the person's drafts of these tokens; how many there were."""
        gone = sa.delete(cls).where(cls.user_id == user_id, cls.token.in_(list(tokens)))
        return db.session.execute(gone).rowcount

    @classmethod
    def _of(cls, user_id: int, organizer_id: int) -> "sa.Select[tuple[Draft]]":
        return sa.select(cls).where(cls.user_id == user_id, cls.organizer_id == organizer_id)


def _without_persons(fields: Fields, before: Draft | None) -> tuple[Fields, list[str]]:
    """The fields with those that hold a personnummer as they were before, and what was found."""
    earlier = before.fields if before else ImmutableMultiDict[str, str]()
    kept: Fields = []
    found = []
    for name, value in fields:
        if person := find_personal_identity_number(value):
            found.append(person)
            value = earlier.get(name, "")
        kept.append((name, value))
    return kept, found


def clear_old() -> int:
    """Delete the drafts that nobody has touched for 90 days; returns how many."""
    gone = db.session.execute(sa.delete(Draft).where(Draft.saved_at < now() - KEPT_FOR))
    db.session.commit()
    return gone.rowcount
