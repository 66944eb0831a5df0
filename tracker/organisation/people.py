"""Who holds which role: what pages show about people."""

import shlex
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    Area,
    LinkPurpose,
    OneTimeLink,
    Organizer,
    Role,
    RoleAssignment,
    SchoolUnit,
    User,
)
from tracker.notifications.account_mails import send_invitation
from tracker.notifications.undelivered import undelivered
from tracker.web.swedish import sort_key


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as it is read: "Tf. rektor, Klockvretsskolan"."""

    id: int
    title: str
    place: str
    starts_on: date
    ends_on: date | None
    may_adopt: bool

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < today()

    @property
    def is_ahead(self) -> bool:
        return self.starts_on > today()


def roles_of(user: User, organizer_id: int, *, past: bool = False) -> list[HeldRole]:
    """The roles the person holds today or will hold in one organizer; `past`: those that are over too."""
    return _roles([user.id], organizer_id, past=past).get(user.id, [])


def _roles(user_ids: list[int], organizer_id: int, *, past: bool) -> dict[int, list[HeldRole]]:
    """One statement for everybody."""
    rows = db.session.execute(
        sa.select(RoleAssignment, SchoolUnit.name, Area.name, Organizer.name)
        .join(Organizer, Organizer.id == RoleAssignment.organizer_id)
        .outerjoin(SchoolUnit, SchoolUnit.id == RoleAssignment.unit_id)
        .outerjoin(Area, Area.id == RoleAssignment.area_id)
        .where(
            RoleAssignment.user_id.in_(user_ids),
            RoleAssignment.organizer_id == organizer_id,
            sa.true()
            if past
            else sa.or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today()),
        )
        .order_by(RoleAssignment.starts_on, RoleAssignment.id)
    )
    held: dict[int, list[HeldRole]] = {}
    for role, unit, area, organizer in rows:
        held.setdefault(role.user_id, []).append(
            HeldRole(
                role.id,
                role.title,
                unit or area or organizer,
                role.starts_on,
                role.ends_on,
                role.may_adopt,
            )
        )
    return held


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list of people."""

    id: int
    name: str
    email: str
    is_invited: bool
    is_closed: bool
    is_undelivered: bool
    """The latest mail to the address was refused."""
    roles: list[HeldRole]


def of_organizer(organizer_id: int, search: str = "") -> sa.Select[tuple[int]]:
    """Everybody who holds, has held or will hold a role there, in Swedish order; `search` is a part
    of the name or the address."""
    members = sa.select(RoleAssignment.user_id).where(RoleAssignment.organizer_id == organizer_id)
    wanted = sa.select(User.id).where(User.id.in_(members))
    for word in search.split()[:5]:
        # The stored sort key is folded the Swedish way, which SQLite's own lower() is not.
        folded = sort_key(word)
        in_name = User.sort_key.contains(folded) if folded else sa.false()
        wanted = wanted.where(sa.or_(in_name, User.email.contains(word.lower(), autoescape=True)))
    return wanted.order_by(User.sort_key, User.id)


def lines(user_ids: list[int], organizer_id: int) -> list[PersonRow]:
    """What the list shows about these people, in their order. Three statements."""
    people = {
        row.id: row for row in db.session.scalars(sa.select(User).where(User.id.in_(user_ids)))
    }
    held = _roles(user_ids, organizer_id, past=False)
    refused = undelivered(organizer_id, user_ids)
    return [
        PersonRow(
            user.id,
            user.name,
            user.email,
            user.password_hash is None,
            not user.is_active,
            user.is_active and user.id in refused,
            held.get(user.id, []),
        )
        for user in (people[user_id] for user_id in user_ids)
    ]


def is_known_in(user: User, organizer_id: int) -> bool:
    """Whether the person holds, has held or will hold a role there."""
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    RoleAssignment.user_id == user.id,
                    RoleAssignment.organizer_id == organizer_id,
                )
            )
        )
    )


def assignments_of(user: User, organizer_id: int) -> list[RoleAssignment]:
    """The roles the person holds or will hold there."""
    return list(
        db.session.scalars(
            sa.select(RoleAssignment).where(
                RoleAssignment.user_id == user.id,
                RoleAssignment.organizer_id == organizer_id,
                sa.or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today()),
            )
        )
    )


def belongs_elsewhere(user: User, organizer_id: int) -> bool:
    """Whether the person has a role in another organizer too, so that the account is not this one's
    to change."""
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    RoleAssignment.user_id == user.id,
                    RoleAssignment.organizer_id != organizer_id,
                )
            )
        )
    )


def same_role(
    user: User,
    role: Role,
    organizer: Organizer,
    unit: SchoolUnit | None,
    area: Area | None,
    starts_on: date,
    ends_on: date | None,
) -> RoleAssignment | None:
    """The person's same role for the same place in some of the same days."""
    return db.session.scalar(
        sa.select(RoleAssignment).where(
            RoleAssignment.user_id == user.id,
            RoleAssignment.organizer_id == organizer.id,
            RoleAssignment.role == role,
            RoleAssignment.unit_id.is_not_distinct_from(unit.id if unit else None),
            RoleAssignment.area_id.is_not_distinct_from(area.id if area else None),
            RoleAssignment.starts_on <= ends_on if ends_on else sa.true(),
            sa.or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= starts_on),
        )
    )


def command_for_link(user: User, organizer: Organizer) -> str | None:
    """What whoever runs the server types, where no mail is sent, to get a one-time link for somebody
    who is invited: it names a role the person has, and so gives no other. None without a role."""
    roles = sorted(assignments_of(user, organizer.id), key=lambda role: role.id)
    if not roles:
        return None
    first = roles[0]
    words = [user.email, "--name", user.name, "--role", first.role.value]
    if first.unit is not None:
        words += ["--unit", first.unit.slug]
    if first.area is not None:
        words += ["--area", first.area.name]
    return shlex.join(
        ["flask", "--app", "wsgi", "users", "add", *words, "--organizer", organizer.name]
    )


def send_link(user: User, organizer: Organizer) -> None:
    """Mail the invitation with a new one-time link; the earlier ones stop working."""
    secret = OneTimeLink.issue(user, LinkPurpose.INVITATION, organizer.id)
    send_invitation(user, secret, organizer)
