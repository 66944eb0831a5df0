"""What every page has: navigation, the organizer, filters for dates and words."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, has_request_context, request, url_for
from flask_login import current_user

from tracker.audit.history import may_read_history
from tracker.auth.access import current_access, may
from tracker.auth.grants import Grant
from tracker.clock import local, today
from tracker.cycle import calendar
from tracker.models import Permission, Role
from tracker.organisation.owner import OWN
from tracker.organisation.roles import LEADERS
from tracker.web import notices, swedish


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    url: str
    current: bool = False


UNITS_NAMED = 3
"""More units of one's own than this are reached through the list."""

IN_A_UNIT = (
    "start.unit", "start.year", "analyses.", "measures.", "evaluation.", "thread.", "handover.",
    "reports.plan", "teams.",
)  # fmt: skip


def navigation() -> list[MenuItem]:
    """The main menu after the person's roles, about six entries; asks nothing of the database.

    Who leads one unit has its parts at hand; who has two or three finds them by name; each unit has Historik
    among its tabs. Everybody else goes by the list of units.
    """
    access = current_access()
    reading = [grant for grant in access.grants if grant.role is not Role.SYSTEM_ADMIN]
    own = {grant.unit_id: grant for grant in reading if grant.unit_id is not None}
    beyond = any(grant.unit_id is None for grant in reading)
    items = [_item("Start", "start.home")]
    at_hand = len(own) == 1 and not beyond and _leads_now(*own.values())
    if at_hand:
        items += _parts_of(*own.values())
    elif len(own) <= UNITS_NAMED:
        items += [_unit_item(grant) for grant in own.values()]
    by_list = beyond or len(own) > UNITS_NAMED
    if by_list:
        found = any(item.current for item in items)
        items.append(
            _item("Enheter", "start.units", *(() if found or _in_own_lap() else IN_A_UNIT))
        )
    if access.has_role(Role.BOARD) or Permission.WRITE in access.on_own_lap():
        url = url_for("start.unit", slug=OWN)
        items.append(MenuItem("Huvudmannen", url, _in_own_lap() or request.blueprint == "board"))
    if any(Permission.FOLLOW in grant.role.grants for grant in reading):
        items.append(_item("Dialoger", "dialogues.index", "dialogues."))
    if any(Permission.CONVERSE in grant.role.grants for grant in reading):
        items.append(_item("Avstämningar", "checkins.index", "checkins."))
    support = _item("Stöd", "support.index", "support.")
    if access.anywhere(Permission.FOLLOW) or access.has_role(Role.STAFF):
        items.append(support)
    if reading:
        items.append(_item("Vad har gett effekt?", "search.index", "examples."))
    if access.has_role(Role.BOARD):
        items.append(_item("Dokument", "reports.adopted"))
    if Permission.MANAGE in access.on_organizer():
        items.append(_item("Organisation", "organisation.index", "organisation.", "cycle."))
        items.append(_item("Utskick", "notifications.outbox", "notifications."))
    if Permission.CATALOGUE in access.on_organizer() and support not in items:
        items.append(support)
    if may_read_history(access) and (by_list or not own):
        items.append(_item("Historik", "audit.index", "audit."))
    return items


def _item(label: str, endpoint: str, *prefixes: str, **values: str) -> MenuItem:
    here = request.endpoint or ""
    return MenuItem(
        label, url_for(endpoint, **values), here == endpoint or here.startswith(prefixes)
    )


def _leads_now(grant: Grant) -> bool:
    return grant.role in LEADERS and grant.has_lap


def _in_own_lap() -> bool:
    """Whether the page is about the organizer's own lap."""
    in_it = request.blueprint == "own_lap" or (request.view_args or {}).get("slug") == OWN
    return in_it and request.endpoint is not None


def _parts_of(grant: Grant) -> list[MenuItem]:
    at = {"slug": grant.unit_slug or "", "year": calendar.slug(calendar.school_year_start(today()))}
    parts = [
        _item("Nulägesanalys", "analyses.show", "analyses.", **at),
        _item("Åtgärder", "measures.index", "measures.", **at),
        _item("Effekter", "evaluation.index", "evaluation.", **at),
    ]
    return [MenuItem(part.label, part.url) for part in parts] if _in_own_lap() else parts


def _unit_item(grant: Grant) -> MenuItem:
    here = (request.view_args or {}).get("slug") == grant.unit_slug
    url = url_for("start.unit", slug=grant.unit_slug)
    return MenuItem(
        grant.unit_name or "", url, here and (request.endpoint or "").startswith(IN_A_UNIT)
    )


def init_app(app: Flask) -> None:
    notices.init_app(app)
    app.context_processor(_frame)
    app.add_template_global(may)
    app.add_template_global(today)
    app.add_template_filter(swedish.date_long, "date_long")
    app.add_template_filter(swedish.date_medium, "date_medium")
    app.add_template_filter(swedish.date_short, "date_short")
    app.add_template_filter(_moment_long, "moment_long")
    app.add_template_filter(_moment_full, "moment_full")
    app.add_template_filter(_moment_short, "moment_short")
    app.add_template_filter(_moment_clock, "moment_clock")
    app.add_template_filter(lambda target: swedish.days_away(target, today()), "days_away")
    app.add_template_filter(swedish.count, "counted")
    app.add_template_filter(swedish.listing, "listing")
    app.add_template_filter(swedish.sentence, "sentence")


def _moment_long(moment: Any) -> str:
    """tisdag 6 oktober kl. 13.00"""
    return swedish.datetime_long(moment)


def _moment_full(moment: Any) -> str:
    """``tisdag 6 oktober 2026 kl. 13.00``"""
    return swedish.datetime_full(moment)


def _moment_short(moment: Any) -> str:
    """6 okt 2026 13.00"""
    return swedish.moment_short(moment)


def _moment_clock(moment: Any) -> str:
    """13.00, or with its date on any other day than today"""
    if local(moment).date() == today():
        return swedish.time_short(moment)
    return _moment_short(moment)


def _frame() -> dict[str, Any]:
    """Template variables of the base template; nothing is read for visitors, for mails, and for error
    pages that come before the person is known."""
    if "bare" in g or not has_request_context():
        return {}
    if not current_user.is_authenticated:
        return {"current_user": current_user}
    access = current_access()
    return {
        "current_user": current_user,
        "navigation": navigation(),
        "current_organizer": access.organizer,
        "other_organizers": access.others,
    }
