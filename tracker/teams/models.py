"""The teams of a unit (ämneslag, arbetslag, programlag), and who belongs to which from when to when."""

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.once import MadeByForm
from tracker.web.swedish import date_medium, sort_key

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.organisation.models import SchoolUnit


class TeamKind(enum.StrEnum):
    SUBJECT = "subject"
    WORK = "work"
    PROGRAMME = "programme"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "subject": "Ämneslag",
            "work": "Arbetslag",
            "programme": "Programlag",
            "other": "Annat lag",
        }[self]


class TeamExists(Exception):
    """The unit has a team of that name already; it may be retired."""


class AlreadyMember(Exception):
    """The person belongs to the team on some of those days already."""


class Team(MadeByForm, Versioned, TenantOwned, Base):
    """Lag. Retired rather than removed: what it has written stays."""

    __tablename__ = "team"
    __table_args__ = (
        tenant_key(),
        tenant_fk("unit_id", "school_unit"),
        sa.UniqueConstraint("unit_id", "name"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.CheckConstraint("name <> ''", name="has_a_name"),
        sa.CheckConstraint(
            "(retired_at IS NULL) = (retired_by_name IS NULL)", name="retired_is_signed"
        ),
    )

    unit_id: Mapped[int]
    kind: Mapped[TeamKind] = mapped_column(choice(TeamKind))
    name: Mapped[ShortText]
    sort_key: Mapped[ShortText]
    retired_at: Mapped[datetime | None]
    retired_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    has_had_members: Mapped[bool] = mapped_column(default=False)
    """Whether anybody has belonged to it, who may have left since: its drafts are the team's from then on."""

    unit: Mapped["SchoolUnit"] = relationship(foreign_keys="Team.unit_id")

    @classmethod
    def create(
        cls,
        unit: "SchoolUnit",
        kind: TeamKind,
        name: str,
        *,
        by: "User",
        form_token: str | None = None,
    ) -> Self:
        """Raises TeamExists when the unit has one of that name."""
        team = cls(
            organizer_id=unit.organizer_id,
            unit=unit,
            kind=kind,
            name=name,
            sort_key=sort_key(name),
            form_token=form_token,
        )
        team._demand_own_name(unit.id, name)
        db.session.add(team)
        db.session.flush()
        team._record(Action.TEAM_CREATED, by)
        return team

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    def change(self, kind: TeamKind, name: str, *, by: "User") -> None:
        """Another name or kind. Raises TeamExists like `create`."""
        if (kind, name) == (self.kind, self.name):
            return
        if name != self.name:
            self._demand_own_name(self.unit_id, name)
        before = self.name
        self.kind, self.name, self.sort_key = kind, name, sort_key(name)
        self._record(Action.TEAM_CHANGED, by, before=before)

    def retire(self, *, by: "User") -> None:
        """No goals are written in it any more, and nobody is reminded of those it has."""
        if self.is_retired:
            return
        self.retired_at, self.retired_by_name = now(), by.name
        self._record(Action.TEAM_RETIRED, by)

    def restore(self, *, by: "User") -> None:
        if not self.is_retired:
            return
        self.retired_at = self.retired_by_name = None
        self._record(Action.TEAM_RESTORED, by)

    def add_member(
        self, person: "User", starts_on: date, ends_on: date | None = None, *, by: "User"
    ) -> "TeamMember":
        """Raises AlreadyMember when the person belongs to it on some of those days."""
        self._lock()
        member = TeamMember(
            organizer_id=self.organizer_id,
            team=self,
            user_id=person.id,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        member.demand_own_days(self.id, person.id, starts_on, ends_on)
        db.session.add(member)
        db.session.flush()
        # Past the version, which is that of the name and kind: a form open on those is not old by this.
        db.session.execute(sa.update(Team).where(Team.id == self.id).values(has_had_members=True))
        self._record(Action.TEAM_JOINED, by, person=person.name, on=date_medium(starts_on))
        return member

    def _lock(self) -> None:
        """Who is a member is decided by one person at a time."""
        db.session.execute(sa.select(Team.id).where(Team.id == self.id).with_for_update())

    def _demand_own_name(self, unit_id: int, name: str) -> None:
        with db.session.no_autoflush:
            wanted = sa.select(Team.id).where(Team.unit_id == unit_id, Team.name == name)
            if self.id is not None:
                wanted = wanted.where(Team.id != self.id)
            if db.session.scalar(wanted) is not None:
                raise TeamExists

    def _record(self, action: Action, by: "User", **data: Any) -> None:
        record(action, self, by=by, units=[self.unit], team=self.name, **data)


class TeamMember(Versioned, TenantOwned, Base):
    """Somebody belongs to a team, through the last day. It lets them write only while they also work
    (role Personal) at the unit: see tracker.teams.access."""

    __tablename__ = "team_member"
    __table_args__ = (
        tenant_fk("team_id", "team"),
        sa.UniqueConstraint("team_id", "user_id", "starts_on"),
        sa.Index(
            "uq_team_member_open",
            "team_id",
            "user_id",
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        ),
        sa.Index(None, "user_id", "organizer_id"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        NUMBERS_ARE_NOT_REUSED,
    )

    team_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    team: Mapped[Team] = relationship(foreign_keys="TeamMember.team_id")
    user: Mapped["User"] = relationship()

    @classmethod
    def held_on(cls, day: date) -> sa.ColumnElement[bool]:
        return sa.and_(cls.starts_on <= day, sa.or_(cls.ends_on.is_(None), cls.ends_on >= day))

    def change(self, starts_on: date, ends_on: date | None, *, by: "User") -> None:
        """Other days. Raises AlreadyMember when they overlap another time in the team."""
        if (starts_on, ends_on) == (self.starts_on, self.ends_on):
            return
        self.team._lock()
        self.demand_own_days(self.team_id, self.user_id, starts_on, ends_on)
        self.starts_on, self.ends_on = starts_on, ends_on
        dates = f"från {date_medium(starts_on)}"
        if ends_on is not None:
            dates = f"{dates} till {date_medium(ends_on)}"
        self._record(Action.TEAM_MEMBER_CHANGED, by, dates=dates)

    def remove(self, *, by: "User") -> None:
        """It was a mistake: the person never belonged to the team."""
        self._record(Action.TEAM_MEMBER_REMOVED, by)
        db.session.delete(self)

    def demand_own_days(
        self, team_id: int, user_id: int, starts_on: date, ends_on: date | None
    ) -> None:
        """AlreadyMember when another row of the person's in the team has a day in common with these."""
        with db.session.no_autoflush:
            wanted = sa.select(TeamMember.id).where(
                TeamMember.team_id == team_id,
                TeamMember.user_id == user_id,
                sa.or_(TeamMember.ends_on.is_(None), TeamMember.ends_on >= starts_on),
            )
            if ends_on is not None:
                wanted = wanted.where(TeamMember.starts_on <= ends_on)
            if self.id is not None:
                wanted = wanted.where(TeamMember.id != self.id)
            if db.session.scalar(wanted.limit(1)) is not None:
                raise AlreadyMember

    def _record(self, action: Action, by: "User", **data: Any) -> None:
        team = self.team
        record(
            action, team, by=by, units=[team.unit], team=team.name, person=self.user.name, **data
        )
