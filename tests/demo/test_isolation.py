"""Neither of the demo's two municipalities sees anything of the other."""

import sqlalchemy as sa

from tests.checked_client import CheckedClient
from tests.demo.conftest import moment
from tracker import clock
from tracker.demo.load import load
from tracker.extensions import db
from tracker.models import Measure, Organizer, QualityDialogue, SchoolUnit, User


def addresses(organizer: str) -> list[str]:
    """Pages of one organizer: its units, their measures and dialogues."""
    pages = [
        (SchoolUnit.slug, SchoolUnit, "/enheter/{}"),
        (Measure.id, Measure, "/atgarder/{}"),
        (QualityDialogue.id, QualityDialogue, "/dialoger/{}"),
    ]
    return [
        address.format(key)
        for column, model, address in pages
        for key in db.session.scalars(
            sa.select(column)
            .join(Organizer, Organizer.id == model.organizer_id)
            .where(Organizer.name == organizer)
        )
    ]


def test_the_other_municipality_answers_as_if_it_were_not_there(empty_database):
    at = moment("2026-11-20")
    with clock.stopped_at(at):
        load(at)
        db.session.commit()
        for email, other in (
            ("skolchef@exempelby.example", "Granby kommun"),
            ("skolchef@granby.example", "Exempelby kommun"),
        ):
            browser = CheckedClient(empty_database, checks_pages=False)
            browser.become(db.session.scalars(sa.select(User).where(User.email == email)).one())
            pages = addresses(other)
            assert len(pages) >= 7
            for page in pages:
                browser.page(page, 404)
            assert other not in browser.page("/")
