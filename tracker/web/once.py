"""A form that makes something, sent twice."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from wtforms import HiddenField
from wtforms.validators import Length

from tracker.auth.access import current_access
from tracker.extensions import db
from tracker.web.forms import Form

CHANGED = (
    "Det här formuläret har redan sparats, med en annan text. Ändra hellre i det som är sparat. Sparar du "
    "här blir det ett till."
)


class OnceForm(Form):
    """A form that makes something; sent twice it makes one."""

    form_token = HiddenField(
        default=lambda: secrets.token_urlsafe(16),
        validators=[Length(max=40, message="Ladda om sidan och försök igen.")],
    )

    @property
    def token(self) -> str | None:
        """As it may be stored; None when it is none of ours."""
        text = self.form_token.data or ""
        return text if text and text.isascii() and text.isprintable() else None


Made = TypeVar("Made")


def once(
    find: Callable[[], Made | None], make: Callable[[], Made], *too_late: type[Exception]
) -> tuple[Made, bool]:
    """What `make` gives, committed, and True; or what `find` gives, and False: this very form has been sent
    before, or is through at this very moment, so that the database or `make` (by an exception in `too_late`)
    refuses it. Exceptions pass through, rolled back, where `find` still gives nothing."""
    found = find()
    if found is not None:
        return found, False
    try:
        made = make()
        db.session.commit()
    except (IntegrityError, *too_late):
        db.session.rollback()
        found = find()
        if found is None:
            raise
        return found, False
    except Exception:
        db.session.rollback()
        raise
    return made, True


def make_once(
    form: OnceForm, model: Any, make: Callable[[], Any], same: Iterable[str]
) -> Any | None:
    """What `make` gives, committed; when this very form has made one before, that one. None when the form
    was gone back to and changed since: see `is_the_same`. Other exceptions pass through, rolled back."""
    organizer_id = current_access().organizer_id
    made, is_new = once(lambda: model.made_by_form(organizer_id, form.token), make)
    return made if is_new or is_the_same(form, made, same) else None


def is_the_same(form: OnceForm, made: Any, same: Iterable[str], changed: str = CHANGED) -> bool:
    """Whether the form says what it has made before (in `same`, which form and model have in common). Else
    it was gone back to and changed: it says so, and makes another if it is sent again."""
    if all(form[name].data == getattr(made, name) for name in same):
        return True
    form.form_token.data = secrets.token_urlsafe(16)
    form.form_errors.append(changed)
    return False
