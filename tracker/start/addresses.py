"""Addresses for tables of many rows: each kind is asked for once, and the rows fill in their own. To
ask Flask for every row's costs more than the row itself."""

from collections.abc import Callable
from functools import lru_cache
from typing import Self

from flask import url_for

_SLUG, _NUMBER, _INNER = "any-unit", "987654321", "192837465"


class Addresses:
    """Of one läsår, given as it stands in addresses. Slugs are a–z, digits and hyphens, so they need no quoting."""

    def __init__(self, year: str, url_for: Callable[..., str] = url_for) -> None:
        """`url_for` makes the addresses; a mail wants whole ones."""
        self._unit = url_for("start.unit", slug=_SLUG)
        self._year = url_for("start.year", slug=_SLUG, year=year)
        self._effects = url_for("evaluation.index", slug=_SLUG, year=year)
        self._check_in = url_for("checkins.new")
        self.support = url_for("support.index")
        self._support_of = url_for("support.of_unit", slug=_SLUG)
        self._dialogue = url_for("dialogues.show", dialogue_id=int(_NUMBER))
        self._notes = url_for("dialogues.notes", dialogue_id=int(_NUMBER))
        self._agreement = url_for(
            "dialogues.agreement", dialogue_id=int(_NUMBER), agreement_id=int(_INNER)
        )

    @classmethod
    @lru_cache(maxsize=16)
    def of(cls, year: str) -> Self:
        """Those of pages, which are the same for every request."""
        return cls(year)

    def unit(self, slug: str) -> str:
        return self._unit.replace(_SLUG, slug)

    def year(self, slug: str) -> str:
        return self._year.replace(_SLUG, slug)

    def effects(self, slug: str) -> str:
        return self._effects.replace(_SLUG, slug)

    def support_of(self, slug: str) -> str:
        return self._support_of.replace(_SLUG, slug)

    def check_in(self, *slugs: str) -> str:
        """The form of a check-in about the units."""
        return f"{self._check_in}?{'&'.join([f'enhet={slug}' for slug in slugs])}"

    def dialogue(self, dialogue_id: int) -> str:
        return self._dialogue.replace(_NUMBER, str(dialogue_id))

    def notes(self, dialogue_id: int) -> str:
        return self._notes.replace(_NUMBER, str(dialogue_id))

    def agreement(self, dialogue_id: int, agreement_id: int) -> str:
        inner = self._agreement.replace(_INNER, str(agreement_id))
        return inner.replace(_NUMBER, str(dialogue_id))
