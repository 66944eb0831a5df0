"""Addresses for tables of many rows: each kind is asked for once, and the rows fill in their own. To
ask Flask for every row's costs more than the row itself."""

from collections.abc import Callable

from flask import url_for

_SLUG, _NUMBER = "any-unit", "987654321"


class Addresses:
    """Of one läsår, given as it stands in addresses. Slugs are a–z, digits and hyphens, so they need no quoting."""

    def __init__(self, year: str, url_for: Callable[..., str] = url_for) -> None:
        """`url_for` makes the addresses; a mail wants whole ones."""
        self._unit = url_for("start.unit", slug=_SLUG)
        self._year = url_for("start.year", slug=_SLUG, year=year)
        self._effects = url_for("evaluation.index", slug=_SLUG, year=year)
        self._dialogue = url_for("dialogues.show", dialogue_id=int(_NUMBER))

    def unit(self, slug: str) -> str:
        return self._unit.replace(_SLUG, slug)

    def year(self, slug: str) -> str:
        return self._year.replace(_SLUG, slug)

    def effects(self, slug: str) -> str:
        return self._effects.replace(_SLUG, slug)

    def dialogue(self, dialogue_id: int) -> str:
        return self._dialogue.replace(_NUMBER, str(dialogue_id))
