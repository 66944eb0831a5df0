"""A row that a form makes: the same form sent twice makes one."""

from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.extensions import db


class MadeByForm:
    """Mixin of a row of one organizer. Its table has a UniqueConstraint("organizer_id", "form_token"), so that
    of two sendings at the same moment the database refuses one; see tracker.web.once."""

    if TYPE_CHECKING:
        organizer_id: Mapped[int]

    form_token: Mapped[str | None] = mapped_column(sa.String(40))
    """Of the form that made it; None: no form of ours did."""

    @classmethod
    def made_by_form(cls, organizer_id: int, form_token: str | None) -> Self | None:
        """The one that this very form made, when it has been sent before."""
        if not form_token:
            return None
        return db.session.scalar(
            sa.select(cls).where(cls.organizer_id == organizer_id, cls.form_token == form_token)
        )
