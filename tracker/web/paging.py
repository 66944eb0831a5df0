"""A page of a list, at hand or in the database, with what `ui.pagination` needs to lead to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import request, url_for

from tracker.extensions import db

Item = TypeVar("Item")

PAGE_SIZE = 100
ROWS = 50


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`number` counts from one; `urls` has one address per page, in order."""

    items: Sequence[Item]
    total: int
    number: int
    urls: list[str]

    @classmethod
    def of(cls, items: Sequence[Item], size: int = PAGE_SIZE) -> "Page[Item]":
        """The page that the address asks for with `sida`; the nearest that exists when it asks for none."""
        pages = max(1, -(-len(items) // size))
        number = min(max(request.args.get("sida", 1, type=int), 1), pages)
        start = (number - 1) * size
        shown = items[start : start + size]
        return cls(shown, len(items), number, [_address(n) for n in range(1, pages + 1)])

    @property
    def pages(self) -> int:
        return len(self.urls)

    @property
    def rows(self) -> Sequence[Item]:
        """The items, as they are called where they are rows of the database."""
        return self.items

    @property
    def prev_url(self) -> str | None:
        return self.urls[self.number - 2] if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return self.urls[self.number] if self.number < self.pages else None


def page_of(statement: sa.Select[Any], size: int = ROWS) -> Page[Any]:
    """The page of a statement's rows that the address asks for; two statements. A number that is none,
    or out of bounds, is the nearest there is. Scalars when the statement selects one thing."""
    total = (
        db.session.scalar(
            sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
        )
        or 0
    )
    pages = max(1, -(-total // size))
    wanted = request.args.get("sida", "1")
    number = min(max(int(wanted), 1), pages) if wanted.isdecimal() and len(wanted) < 9 else 1
    found = db.session.execute(statement.limit(size).offset((number - 1) * size))
    rows = list(found.scalars() if len(statement.column_descriptions) == 1 else found)
    return Page(rows, total, number, [_address(n) for n in range(1, pages + 1)])


def _address(number: int) -> str:
    """The address of this page with another number, everything else in it kept."""
    query: dict[str, Any] = {
        name: value for name, value in request.args.items() if name != "sida" and value
    }
    if number > 1:
        query["sida"] = number
    return url_for(request.endpoint or "start.home", **(request.view_args or {}), **query)
