"""A page of a list that is at hand, with what `ui.pagination` needs to lead to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

Item = TypeVar("Item")

PAGE_SIZE = 100


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
    def prev_url(self) -> str | None:
        return self.urls[self.number - 2] if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return self.urls[self.number] if self.number < self.pages else None


def _address(number: int) -> str:
    """The address of this page with another number, everything else in it kept."""
    query: dict[str, Any] = {
        name: value for name, value in request.args.items() if name != "sida" and value
    }
    if number > 1:
        query["sida"] = number
    return url_for(request.endpoint or "start.home", **(request.view_args or {}), **query)
