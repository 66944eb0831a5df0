"""Saving a form over a row that somebody else may have changed meanwhile."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from tracker.extensions import db
from tracker.web.forms import VersionedForm


def saved(form: VersionedForm, row: Any, change: Callable[[], Any], fields: Iterable[str]) -> bool:
    """Run `change` and commit, unless the row is newer than the form: then nothing is saved, the
    form shows both texts, and the answer is False (show the page with status 409).

    `fields` are the names that form and row have in common. The model's own exceptions pass
    through, rolled back.
    """
    seen = form.version.data
    try:
        if row.version != seen:
            raise StaleDataError
        row.expect_version(seen)
        change()
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        db.session.refresh(row)
        form.show_newer({name: getattr(row, name) for name in fields}, row.version)
        return False
    except Exception:
        db.session.rollback()
        raise
    return True
