"""Saving a form over a row that somebody else may have changed meanwhile."""

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
    form shows both texts, and the answer is False (show the page with status 409). A row that can be
    locked is so before it is compared, since `change` locks it too and then reads it anew.

    `fields` are the names that form and row have in common, or what gives the row's values by the
    form's names where the two differ. The model's own exceptions pass
    through, rolled back.
    """
    seen = form.version.data
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
        try:
            db.session.refresh(row)
        except InvalidRequestError:  # it was removed this very moment
            why = "Någon annan har tagit bort det som du skrev i. Det du skrev står här nedanför."
            abort(make_response(error_page(409, typed=typed_texts(), why=why)))
        stored = fields() if callable(fields) else {name: getattr(row, name) for name in fields}
        form.show_newer(stored, row.version)
        return False
    except Exception:
        db.session.rollback()
        raise
    return True
