"""Whose mail does not arrive: what the outbox knows of each person's address."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tracker.extensions import db
from tracker.models import MailState, OutgoingMail, User


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The latest mail to an address, which could not be sent."""

    why: str
    """In Swedish, with the mail server's own answer."""
    at: datetime


def undelivered(organizer_id: int, user_ids: Collection[int]) -> dict[int, Undelivered]:
    """For those of the people to whose present address the organizer's latest mail was refused: why and
    when. A mail that arrives later, or another address, ends it. One statement."""
    if not user_ids:
        return {}
    later = sa.orm.aliased(OutgoingMail)
    rows = db.session.execute(
        sa.select(OutgoingMail.recipient_id, OutgoingMail.last_error, OutgoingMail.next_try_at)
        .join(User, User.id == OutgoingMail.recipient_id)
        .where(
            OutgoingMail.organizer_id == organizer_id,
            OutgoingMail.recipient_id.in_(user_ids),
            OutgoingMail.state == MailState.FAILED,
            OutgoingMail.to_address == User.email,
            ~sa.exists().where(
                later.organizer_id == organizer_id,
                later.recipient_id == OutgoingMail.recipient_id,
                later.to_address == OutgoingMail.to_address,
                later.state == MailState.SENT,
                later.sent_at > OutgoingMail.next_try_at,
            ),
        )
        .order_by(OutgoingMail.next_try_at, OutgoingMail.id)
    )
    return {person_id: Undelivered(why, at) for person_id, why, at in rows}
