"""What every page has: navigation, the organizer, filters for dates and words."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, has_request_context, request, url_for
from flask_login import current_user

from tracker.auth.access import current_access, may
from tracker.clock import local, today
from tracker.models import Permission, Role
from tracker.web import notices, swedish


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    url: str
    current: bool = False
    counter: int | None = None


def navigation() -> list[MenuItem]:
    """The main menu after the person's roles: at most five entries."""
    access = current_access()
    items = [("Start", "start.home", ("start.",))]
    if access.grants:
        if not access.has_role(Role.SYSTEM_ADMIN) or len(access.grants) > 1:
            items.append(
                (
                    "Enheter",
                    "start.units",
                    (
                        "start.unit",
                        "analyses.",
                        "measures.",
                        "evaluation.",
                        "cycle.phase",
                        "reports.",
                    ),
                )
            )
        if any(Permission.FOLLOW in grant.role.grants for grant in access.grants):
            items.append(("Dialoger", "dialogues.index", ("dialogues.",)))
        if Permission.MANAGE in access.on_organizer():
            items += [
                (
                    "Organisation",
                    "organisation.index",
                    ("organisation.", "cycle.year", "cycle.add_period", "cycle.reminders"),
                ),
                ("Utskick", "notifications.outbox", ("notifications.",)),
            ]
        items.append(("Historik", "audit.index", ("audit.",)))
    endpoint = request.endpoint or ""
    return [
        MenuItem(
            label,
            url_for(target),
            endpoint == target or (target != "start.home" and endpoint.startswith(prefixes)),
        )
        for label, target, prefixes in items
    ]


def init_app(app: Flask) -> None:
    notices.init_app(app)
    app.context_processor(_frame)
    app.add_template_global(may)
    app.add_template_global(today)
    app.add_template_filter(swedish.date_long, "date_long")
    app.add_template_filter(swedish.date_medium, "date_medium")
    app.add_template_filter(swedish.date_short, "date_short")
    app.add_template_filter(_moment_long, "moment_long")
    app.add_template_filter(_moment_short, "moment_short")
    app.add_template_filter(lambda target: swedish.days_away(target, today()), "days_away")
    app.add_template_filter(swedish.count, "counted")
    app.add_template_filter(swedish.listing, "listing")


def _moment_long(moment: Any) -> str:
    """tisdag 6 oktober kl. 13.00"""
    return swedish.datetime_long(moment)


def _moment_short(moment: Any) -> str:
    """6 okt 2026 13.00"""
    return f"{swedish.date_short(local(moment).date())} {swedish.time_short(moment)}"


def _frame() -> dict[str, Any]:
    """Template variables of the base template; nothing is read for visitors, for mails, and for error
    pages that come before the person is known."""
    if "bare" in g:
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
