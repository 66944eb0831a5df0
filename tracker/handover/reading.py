"""What the one who takes over a unit needs on one page: the thread in short, what is open, what was said last,
who is who, and what is due soon."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import sqlalchemy as sa
from flask import url_for

from tracker.auth.grants import Access
from tracker.checkins.reading import CheckInFacts, check_in_facts
from tracker.clock import now, today
from tracker.dialogues.last_time import AgreedBefore, still_open
from tracker.extensions import db
from tracker.handover.standing import Standing
from tracker.models import (
    CheckIn,
    CheckInUnit,
    DialogueState,
    DialogueUnit,
    ProblemDevelopment,
    QualityDialogue,
    Role,
    RoleAssignment,
    SchoolUnit,
    SupportRequest,
    SupportState,
    User,
)
from tracker.organisation.roles import LEADERS
from tracker.support.carriers import carried_by
from tracker.thread.boxes import Box, Kind, Story, Thread
from tracker.thread.story import SHORTEST, read_story
from tracker.web.swedish import date_medium

SOON = timedelta(days=42)
"""As far ahead as Start looks."""
NEW_FOR = timedelta(days=60)
"""How long after a role has begun the page is held out to who holds it."""
EARLIER_SHOWN = timedelta(days=730)

WHO = (*LEADERS, Role.DIALOGUE_LEAD, Role.QUALITY_DEVELOPER, Role.ORGANIZER_LEAD)


def newly_led(access: Access) -> list[tuple[str, str]]:
    """Slug and name of the units that the person has begun to lead lately; asks nothing of the database."""
    since = today() - NEW_FOR
    return [
        (grant.unit_slug, grant.unit_name)
        for grant in access.grants
        if grant.role in LEADERS
        and grant.unit_slug
        and grant.unit_name
        and grant.starts_on >= since
    ]


@dataclass(frozen=True, slots=True)
class InShort:
    """A thread in a few words: what it is about, and the latest that is known of it."""

    title: str
    problem: str
    is_solved: bool
    measure: Box | None
    effect: Box | None

    @classmethod
    def of(cls, thread: Thread) -> Self:
        by_key = {box.key: box for box in thread.boxes}
        problem = thread.problems[-1] if thread.problems else None
        effect = thread.latest_effect
        measures = [box for box in thread.boxes if box.kind is Kind.MEASURE]
        measure = measure_of(effect, by_key) if effect else (measures[-1] if measures else None)
        return cls(
            thread.title,
            problem.text if problem else "",
            problem is not None and problem.note == ProblemDevelopment.SOLVED.label,
            measure,
            effect,
        )


@dataclass(frozen=True, slots=True)
class OpenMeasure:
    """A measure whose effect is not settled. `waits.text` is the effect that is expected."""

    measure: Box
    waits: Box


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds, held or will hold a role that concerns the unit."""

    title: str
    name: str
    email: str
    starts_on: date
    ends_on: date | None

    @property
    def when(self) -> str:
        first = date_medium(self.starts_on)
        if self.ends_on is None:
            return f"från {first}" if self.starts_on > today() else f"sedan {first}"
        return f"{first} – {date_medium(self.ends_on)}"


@dataclass(frozen=True, slots=True)
class Soon:
    day: date
    what: str
    url: str


@dataclass(frozen=True, slots=True)
class Handover:
    unit: SchoolUnit
    threads: Sequence[InShort]
    measures: Sequence[OpenMeasure]
    agreements: Sequence[AgreedBefore]
    last_dialogue: QualityDialogue | None
    next_dialogue: QualityDialogue | None
    latest_check_in: CheckIn | None
    support: Sequence[SupportRequest]
    facts: CheckInFacts | None
    standing: Standing
    present: Sequence[Holder]
    others: Sequence[Holder]
    """Who led the unit before, the latest first, and who is to."""

    @classmethod
    def load(cls, unit: SchoolUnit) -> Self:
        """Twelve statements at most, whatever the unit has behind it."""
        story = read_story(unit, SHORTEST)
        last, following = _dialogues(unit)
        present, others = _holders(unit)
        return cls(
            unit,
            [InShort.of(thread) for thread in story.threads if not thread.is_loose],
            _open(story),
            still_open(unit.id),
            last,
            following,
            _latest_check_in(unit),
            _support(unit),
            check_in_facts(unit.organizer_id, today()).get(unit.id),
            Standing.load(unit),
            present,
            others,
        )

    @property
    def soon(self) -> list[Soon]:
        """What is due within the coming weeks, or is due already, in order."""
        until = today() + SOON
        return sorted((row for row in self._dated() if row.day <= until), key=lambda row: row.day)

    def _dated(self) -> Iterator[Soon]:
        for row in self.measures:
            if row.waits.waits_until is not None and row.waits.is_own:
                yield Soon(
                    row.waits.waits_until, f"Bedöm effekten av {row.measure.text}", row.waits.url
                )
        for agreed in self.agreements:
            if agreed.agreement.due_on is not None:
                url = url_for(
                    "dialogues.agreement",
                    dialogue_id=agreed.dialogue.id,
                    agreement_id=agreed.agreement.id,
                )
                yield Soon(agreed.agreement.due_on, f"Överenskommet: {agreed.agreement.what}", url)
        if (ahead := self.next_dialogue) is not None and ahead.day is not None:
            yield Soon(ahead.day, ahead.title, url_for("dialogues.show", dialogue_id=ahead.id))
        if self.facts is not None and self.facts.due_on is not None:
            yield Soon(
                self.facts.due_on, "Nästa avstämning", url_for("checkins.new", enhet=self.unit.slug)
            )


def measure_of(box: Box, by_key: dict[str, Box]) -> Box | None:
    """The measure that an effect is about."""
    while box.kind is Kind.EFFECT and box.out_of:
        box = by_key[box.out_of[0]]
    return box if box.kind is Kind.MEASURE else None


def _open(story: Story) -> list[OpenMeasure]:
    by_key = {box.key: box for box in story.boxes}
    found = [
        OpenMeasure(measure, box)
        for box in story.boxes
        if box.tone == "awaited" and (measure := measure_of(box, by_key)) is not None
    ]
    return sorted(found, key=lambda row: row.waits.waits_until or date.max)


def _dialogues(unit: SchoolUnit) -> tuple[QualityDialogue | None, QualityDialogue | None]:
    """The latest that has been, with its notes, and the one that comes next."""
    own = (
        sa.select(QualityDialogue.id)
        .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
        .where(DialogueUnit.unit_id == unit.id, QualityDialogue.state != DialogueState.CANCELLED)
        .limit(1)
    )
    been = own.where(QualityDialogue.starts_at <= now()).order_by(QualityDialogue.starts_at.desc())
    ahead = own.where(QualityDialogue.starts_at > now()).order_by(QualityDialogue.starts_at)
    rows = db.session.scalars(
        sa.select(QualityDialogue)
        .where(
            sa.or_(
                QualityDialogue.id == been.scalar_subquery(),
                QualityDialogue.id == ahead.scalar_subquery(),
            )
        )
        .options(
            sa.orm.joinedload(QualityDialogue.school_year),
            sa.orm.joinedload(QualityDialogue.topics),
            sa.orm.joinedload(QualityDialogue.notes),
        )
    ).unique()
    found = {row.has_been: row for row in rows}
    return found.get(True), found.get(False)


def _latest_check_in(unit: SchoolUnit) -> CheckIn | None:
    return db.session.scalar(
        sa.select(CheckIn)
        .join(CheckInUnit, CheckInUnit.check_in_id == CheckIn.id)
        .where(CheckInUnit.unit_id == unit.id)
        .order_by(CheckIn.held_on.desc(), CheckIn.id.desc())
        .limit(1)
    )


def _support(unit: SchoolUnit) -> Sequence[SupportRequest]:
    """What is asked for and not settled; also what the units before had open."""
    return (
        db.session.scalars(
            sa.select(SupportRequest)
            .where(
                carried_by(SchoolUnit.id == unit.id), SupportRequest.state != SupportState.SETTLED
            )
            .options(
                sa.orm.joinedload(SupportRequest.unit),
                sa.orm.joinedload(SupportRequest.check_in)
                .joinedload(CheckIn.unit_links)
                .joinedload(CheckInUnit.unit),
            )
            .order_by(SupportRequest.asked_on, SupportRequest.id)
        )
        .unique()
        .all()
    )


def _holders(unit: SchoolUnit) -> tuple[list[Holder], list[Holder]]:
    """Who holds a role that concerns the unit today; and those who led it before, or are to."""
    covers = sa.or_(
        RoleAssignment.unit_id == unit.id,
        sa.and_(RoleAssignment.unit_id.is_(None), RoleAssignment.area_id.is_(None)),
        sa.false() if unit.area_id is None else RoleAssignment.area_id == unit.area_id,
    )
    rows = db.session.execute(
        sa.select(RoleAssignment, User)
        .join(User, User.id == RoleAssignment.user_id)
        .where(
            RoleAssignment.organizer_id == unit.organizer_id,
            RoleAssignment.role.in_(WHO),
            covers,
            sa.or_(
                RoleAssignment.ends_on.is_(None),
                RoleAssignment.ends_on >= today() - EARLIER_SHOWN,
            ),
        )
        .order_by(RoleAssignment.starts_on.desc(), RoleAssignment.id)
    ).all()
    held = [(role, user) for role, user in rows if _is_held(role) and user.closed_at is None]
    nearest = _nearest([role for role, _ in held])
    present = sorted(
        (pair for pair in held if pair[0].role is not Role.DIALOGUE_LEAD or pair[0] in nearest),
        key=lambda pair: WHO.index(pair[0].role),
    )
    others = [pair for pair in rows if pair[0].role in LEADERS and not _is_held(pair[0])]
    return [_holder(*pair, reach=True) for pair in present], [
        _holder(*pair, reach=pair[0].starts_on > today()) for pair in others
    ]


def _is_held(role: RoleAssignment) -> bool:
    return role.starts_on <= today() and (role.ends_on is None or role.ends_on >= today())


def _nearest(roles: Sequence[RoleAssignment]) -> list[RoleAssignment]:
    """Of those who are dialogansvarig, the one for the unit, else for its area, else for all."""
    leads = [role for role in roles if role.role is Role.DIALOGUE_LEAD]
    for scope in ("unit_id", "area_id"):
        if found := [role for role in leads if getattr(role, scope) is not None]:
            return found
    return leads


def _holder(role: Any, user: User, *, reach: bool) -> Holder:
    """`reach`: whether there is any point in writing to the person about the unit."""
    email = user.email if reach and user.closed_at is None else ""
    return Holder(role.title, user.name, email, role.starts_on, role.ends_on)
