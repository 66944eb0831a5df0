"""A page of a list, at hand or in the database, with what `ui.pagination` needs to lead to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import request, url_for

from tracker.extensions import db

Item = TypeVar("Item")

PAGE_SIZE = 100
LARGEST_NUMBER = 10**6


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`number` counts from one; `urls` has one address per page, in order. Which page is shown the
    address asks for with `sida`; the nearest there is when it asks for none."""

    items: Sequence[Item]
    total: int
    number: int
    urls: list[str]

    @classmethod
    def of(cls, items: Sequence[Item], size: int = PAGE_SIZE) -> "Page[Item]":
        """A page of a list that is at hand."""
        number, pages = _number(len(items), size)
        return cls(items[(number - 1) * size : number * size], len(items), number, _urls(pages))

    @classmethod
    def select(cls, statement: sa.Select[Any], size: int = PAGE_SIZE) -> "Page[Any]":
        """A page of a statement's rows; two statements. Scalars when it selects one thing."""
        counting = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
        total = db.session.scalar(counting) or 0
        number, pages = _number(total, size)
        found = db.session.execute(statement.limit(size).offset((number - 1) * size))
        rows = list(found.scalars() if len(statement.column_descriptions) == 1 else found)
        return cls(rows, total, number, _urls(pages))

    @property
    def pages(self) -> int:
        return len(self.urls)

    @property
    def prev_url(self) -> str | None:
        return self.urls[self.number - 2] if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return self.urls[self.number] if self.number < self.pages else None


def _number(total: int, size: int) -> tuple[int, int]:
    """The page to show, and how many there are."""
    pages = max(1, -(-total // size))
    wanted = min(request.args.get("sida", 1, type=int), LARGEST_NUMBER)
    return min(max(wanted, 1), pages), pages


def _urls(pages: int) -> list[str]:
    """The addresses of this page with each number, everything else in it kept."""
    kept = {name: value for name, value in request.args.items() if name != "sida" and value}
    here, place = request.endpoint or "start.home", request.view_args or {}
    return [
        url_for(here, **place, **kept, **({"sida": number} if number > 1 else {}))
        for number in range(1, pages + 1)
    ]
