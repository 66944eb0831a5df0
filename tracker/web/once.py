"""A form that makes something, sent twice."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

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


def make_once(
    form: OnceForm, model: Any, make: Callable[[], Any], same: Iterable[str]
) -> Any | None:
    """What `make` gives, committed; when this very form has made one before, that one. None when the form
    was gone back to and changed since (in one of `same`, which form and model have in common): it then
    says so, and makes another if it is sent again. Other exceptions pass through, rolled back."""
    organizer_id = current_access().organizer_id
    found = model.made_by_form(organizer_id, form.token)
    if found is None:
        try:
            made = make()
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            found = model.made_by_form(organizer_id, form.token)
            if found is None:
                raise
        except Exception:
            db.session.rollback()
            raise
        else:
            return made
    if all(form[name].data == getattr(found, name) for name in same):
        return found
    form.form_token.data = secrets.token_urlsafe(16)
    form.form_errors.append(CHANGED)
    return None
