"""A calendar program, as far as invitations go: it takes what comes by mail, by the rules of RFC 5546."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar


@dataclass(frozen=True)
class Shown:
    """What an entry shows."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    who: frozenset[str]


@dataclass
class Client:
    """One person's calendar."""

    address: str
    entries: dict[str, Shown | None] = field(default_factory=dict)
    """By UID; None: was there and is taken out."""
    newest: dict[str, int] = field(default_factory=dict)
    unknown: int = 0
    """Cancellations of what was never there."""
    seen: set[str] = field(default_factory=set)
    """Message-IDs: a mail that comes twice is the same mail."""

    def take(self, message: EmailMessage) -> None:
        part = calendar_part(message)
        if part is None or str(message["Message-ID"]) in self.seen:
            return
        self.seen.add(str(message["Message-ID"]))
        assert message["To"].addresses[0].addr_spec == self.address
        calendar = parsed(part)
        (event,) = calendar.walk("VEVENT")
        uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
        # Every mail is newer than the one before, or late and to be ignored; never another of the same.
        assert self.newest.get(uid) != sequence, f"{uid}: two of sequence {sequence}"
        if sequence < self.newest.get(uid, -1):
            return
        self.newest[uid] = sequence
        invited = {str(each).removeprefix("mailto:") for each in several(event.get("ATTENDEE"))}
        assert self.address in invited
        if calendar["METHOD"] == "CANCEL":
            assert event["STATUS"] == "CANCELLED"
            self.unknown += uid not in self.entries
            self.entries[uid] = None
            return
        assert calendar["METHOD"] == "REQUEST"
        self.entries[uid] = Shown(
            str(event["SUMMARY"]),
            event["DTSTART"].dt,
            event["DTEND"].dt,
            str(event.get("LOCATION", "")),
            frozenset(invited),
        )

    def ahead(self, moment: datetime) -> set[Shown]:
        return {row for row in self.entries.values() if row and row.starts_at > moment}


def several(value: Any) -> Iterable[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def calendar_part(message: EmailMessage) -> bytes | None:
    """The calendar of a mail, with what its headers must say; None in a mail without one."""
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    (part,) = parts
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert part.get_content_charset() == "utf-8"
    method = part["Content-Type"].params["method"]
    assert f"METHOD:{method}\r\n".encode() in content
    return content


def parsed(content: bytes) -> Calendar:
    """The calendar, after a look at what RFC 5545 and 5546 demand of every one."""
    text = content.decode()
    assert text.endswith("\r\n")
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text), "lines end with CRLF"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "lines are folded"
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert calendar.subcomponents
    assert not calendar.errors
    for event in calendar.walk("VEVENT"):
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "ORGANIZER"):
            assert name in event, name
        assert event["DTEND"].dt > event["DTSTART"].dt
        for name in ("DTSTAMP", "DTSTART", "DTEND"):
            assert event[name].dt.utcoffset() == timedelta(0)
        assert not event.errors
    return calendar
