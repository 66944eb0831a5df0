"""People at their calendars: the mails that a pass sends are taken by a calendar program each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from tests.calendars.client import Client, Shown, calendar_part
from tests.notifications.mail_server import MailServer, mail_server
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    DialogueState,
    MailKind,
    Organizer,
    OutgoingMail,
    QualityDialogue,
    User,
)
from tracker.notifications.passes import run
from tracker.organisation.staffing import Staffing

LATER = timedelta(minutes=11)
"""More than a dialogue must have been at rest."""


@dataclass
class Office:
    """Everybody's calendar, behind a real mail server."""

    server: MailServer
    use: Callable[..., None]
    clients: dict[str, Client] = field(default_factory=dict)
    read: int = 0

    def pass_at(self, moment: datetime) -> list[str]:
        """One pass of the scheduler; the subjects of the calendar mails that came, in their order."""
        with clock.stopped_at(moment):
            run()
        new = self.server.received[self.read :]
        self.read = len(self.server.received)
        subjects = []
        for message in new:
            address = message["To"].addresses[0].addr_spec
            self.clients.setdefault(address, Client(address)).take(message)
            if calendar_part(message) is not None:
                subjects.append(f"{address.split('@')[0]}: {message['Subject']}")
        return subjects

    def of(self, person: User) -> Client:
        return self.clients.setdefault(person.email, Client(person.email))

    def show_the_truth(self, moment: datetime) -> None:
        """Every calendar shows what is ahead and nothing else."""
        wanted: dict[str, set[Shown]] = {address: set() for address in self.clients}
        for address, shown in how_things_stand(moment):
            wanted.setdefault(address, set()).add(shown)
        for address, rows in wanted.items():
            client = self.clients.setdefault(address, Client(address))
            shown = client.ahead(moment)
            assert shown == rows, f"{address}: too much {shown - rows}, too little {rows - shown}"


@contextmanager
def office(use: Callable[..., None]) -> Iterator[Office]:
    with mail_server() as server:
        use(server.url)
        yield Office(server, use)


def how_things_stand(moment: datetime) -> Iterator[tuple[str, Shown]]:
    """What everybody's calendar is to show, read by other means than the mails are made by."""
    day = clock.local(moment).date()
    for organizer in db.session.scalars(sa.select(Organizer)).all():
        staffing = Staffing.load(organizer.id, day)
        for row in db.session.scalars(
            sa.select(QualityDialogue).where(
                QualityDialogue.organizer_id == organizer.id,
                QualityDialogue.starts_at > moment,
                QualityDialogue.state != DialogueState.CANCELLED,
            )
        ):
            units = [each for each in row.units if not each.closed_on or each.closed_on >= day]
            people = {}
            for unit in units:
                for person in (staffing.leader(unit.id), staffing.lead(unit.id, unit.area_id)):
                    if person:
                        people[person.id] = person
            names = [unit.name for unit in units]
            about = ", ".join(names[:-1]) + " och " + names[-1] if names[1:] else "".join(names)
            shown = Shown(
                f"{row.kind.label}: {about}",
                row.starts_at,
                row.ends_at,
                row.place,
                frozenset(person.email for person in people.values()),
            )
            for person in people.values():
                yield person.email, shown
    db.session.commit()  # what was read holds SQLite's lock


def calendar_mails(*, to: User | None = None) -> list[OutgoingMail]:
    return list(
        db.session.scalars(
            sa.select(OutgoingMail)
            .where(
                OutgoingMail.kind == MailKind.CALENDAR,
                OutgoingMail.recipient_id == to.id if to else sa.true(),
            )
            .order_by(OutgoingMail.id)
            .execution_options(populate_existing=True)
        )
    )
