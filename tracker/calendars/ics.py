"""The iCalendar objects (RFC 5545, in mails RFC 5546) that carry dialogues into people's calendars.

Times are in UTC. Every calendar shows them in its owner's own zone, and nothing here repeats, so that a
VTIMEZONE would only add what Outlook has been known to misread.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from hashlib import sha256
from urllib.parse import urlsplit

from flask import current_app
from icalendar import Calendar, Event, Timezone, vCalAddress

from tracker.calendars.occasions import Occasion
from tracker.clock import STOCKHOLM, now
from tracker.web.security import external_url, settings
from tracker.web.swedish import listing

PRODID = "-//Varvet//Kvalitetsdialoger//SV"
FETCH_AGAIN = timedelta(hours=1)
"""How often a calendar program is asked to look at a feed again; many do as they like."""


def uid_of(dialogue_id: int) -> str:
    """By which calendars know the dialogue. The number alone would be taken again by the next
    installation at the same address, and old calendars would then refuse its dialogues as outdated."""
    key = (current_app.secret_key or "").encode()  # type: ignore[union-attr]
    mark = hmac.new(key, f"dialogue {dialogue_id}".encode(), sha256).hexdigest()[:24]
    host = urlsplit(settings().base_url).hostname or "localhost"
    return f"dialog-{dialogue_id}-{mark}@{host}"


@dataclass(frozen=True, slots=True)
class Told:
    """Which dialogue an object is about, and how new it is."""

    uid: str
    sequence: int
    told_at: datetime


def invitation(occasion: Occasion, told: Told) -> str:
    """METHOD:REQUEST: puts the dialogue into the calendar, or changes it there."""
    event = _described(occasion, told)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _organizer(occasion.lead_names), encode=False)
    for person in occasion.people.values():
        event.add("attendee", _attendee(person.email, person.name), encode=False)
    # Answers would go to MAIL_FROM, where nobody reads them; other times are proposed in Varvet.
    event.add("x-microsoft-disallow-counter", "TRUE")
    event.add("x-microsoft-cdo-busystatus", "BUSY")
    return _object("REQUEST", [event])


def cancellation(
    told: Told, title: str, starts_at: datetime, ends_at: datetime, email: str, name: str
) -> str:
    """METHOD:CANCEL: takes the dialogue out of this person's calendar."""
    event = _event(told, title, starts_at, ends_at)
    event.add("status", "CANCELLED")
    event.add("transp", "TRANSPARENT")
    event.add("organizer", _organizer(""), encode=False)
    event.add("attendee", _attendee(email, name), encode=False)
    return _object("CANCEL", [event])


def feed(name: str, events: Iterable[tuple[Occasion, Told, str]]) -> str:
    """METHOD:PUBLISH: a calendar to subscribe to. With each dialogue the name of its organizer
    (huvudman), which tells two apart for those who work for both."""
    rows = []
    for occasion, told, organizer_name in events:
        event = _described(occasion, told, f"Huvudman: {organizer_name}")
        event.add("status", "CONFIRMED")
        event.add("organizer", _organizer(occasion.lead_names), encode=False)
        rows.append(event)
    return _object("PUBLISH", rows, name)


def _object(method: str, events: Iterable[Event], name: str = "") -> str:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", FETCH_AGAIN, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(event)
    if not calendar.subcomponents:  # the format asks for something in every calendar
        calendar.add_component(Timezone.from_tzinfo(STOCKHOLM))
    return calendar.to_ical().decode()


def _event(told: Told, title: str, starts_at: datetime, ends_at: datetime) -> Event:
    event = Event()
    event.add("uid", told.uid)
    event.add("sequence", told.sequence)
    event.add("dtstamp", now().replace(microsecond=0))
    event.add("last-modified", told.told_at.replace(microsecond=0))
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", title)
    return event


def _described(occasion: Occasion, told: Told, more: str = "") -> Event:
    event = _event(told, occasion.title, occasion.starts_at, occasion.ends_at)
    url = external_url("dialogues.show", dialogue_id=occasion.dialogue_id)
    if occasion.place:
        event.add("location", occasion.place)
    lines = [
        f"{occasion.label} läsåret {occasion.year} för {listing(list(occasion.units.values()))}.",
        f"Deltar: {occasion.participants}",
        more,
        f"Underlag och förberedelser: {url}",
    ]
    event.add("description", "\n".join(filter(None, lines)))
    event.add("url", url)
    return event


def _organizer(name: str) -> vCalAddress:
    """Who invites: the address that the mail comes from, else mail programs warn of a forgery; with
    the name of who holds the dialogue."""
    sender, address = parseaddr(settings().mail_from)
    return _address(address, name or sender or "Varvet")


def _attendee(email: str, name: str) -> vCalAddress:
    address = _address(email, name)
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "NEEDS-ACTION"
    address.params["RSVP"] = "FALSE"
    return address


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    # What RFC 6868 has for quotes in a parameter, Outlook shows as it stands.
    address.params["CN"] = name.replace('"', "").replace("^", "")
    return address
