"""Saving a form over what somebody else may have changed meanwhile."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import abort, make_response
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm.exc import StaleDataError

from tracker.extensions import db
from tracker.web.errors import error_page, typed_texts
from tracker.web.forms import VersionedForm


def saved(
    form: VersionedForm,
    row: Any,
    change: Callable[[], Any],
    fields: Iterable[str] | Callable[[], Mapping[str, Any]],
) -> bool:
    """Run `change` and commit, unless the row is newer than the form: then nothing is saved, the
    form shows both texts, and the answer is False (show the page with status 409). A form that says the
    very same as what is stored, such as one that is sent twice, overwrites nobody's words: `change` is run
    on the row as it stands. A row that can be locked is so before it is compared, since `change` locks it
    too and then reads it anew.

    `fields` are the names that form and row have in common, or what gives the row's values by the
    form's names where the two differ. The model's own exceptions pass
    through, rolled back.
    """
    if _is_changed(row, form.version.data, change):
        return True
    stored = _stored(row, fields)
    # What somebody has cancelled since has the same words, and is not taken up again by them unawares.
    if form.says_the_same(stored) and not getattr(row, "is_cancelled", False):
        if _is_changed(row, row.version, change):
            return True
        stored = _stored(row, fields)
    form.show_newer(stored, row.version)
    return False


def _is_changed(row: Any, seen: int | None, change: Callable[[], Any]) -> bool:
    """Whether the row was as the form has `seen` it, and is now changed and committed."""
    try:
        if hasattr(row, "lock"):
            row.lock()
        if row.version != seen:
            raise StaleDataError
        row.expect_version(seen)
        change()
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        return False
    except Exception:
        db.session.rollback()
        raise
    return True


def _stored(row: Any, fields: Iterable[str] | Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What the row says now, by the form's names."""
    try:
        db.session.refresh(row)
    except InvalidRequestError:  # it was removed this very moment
        why = "Någon annan har tagit bort det som du skrev i. Det du skrev står här nedanför."
        abort(make_response(too_late(why)))
    return fields() if callable(fields) else {name: getattr(row, name) for name in fields}


def too_late(why: str, *ways_on: tuple[str, str]) -> tuple[str, int]:
    """The page for a form that cannot be saved any longer: why, and what was typed, to be copied from
    there. `ways_on`: labels and addresses."""
    db.session.rollback()
    return error_page(409, typed=typed_texts(), why=why, ways_on=ways_on)
