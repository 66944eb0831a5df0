"""Loading the demo: two invented municipalities, with dates computed from the day of loading."""

from datetime import datetime

import sqlalchemy as sa

from tracker.auth.passwords import DEMO_PASSWORD, hash_password
from tracker.demo import (
    story_almhammar,
    story_check_ins,
    story_conversations,
    story_examples,
    story_granby,
    story_handover,
    story_hasselbrink,
    story_klockvret,
    story_kvistfors,
    story_lyktvreten,
    story_national,
    story_organizer,
    story_own_lap,
    story_preparation,
    story_ringmura,
    story_ringmura_west,
    story_savkulla,
    story_savkulla_before,
    story_support,
    story_teams,
    story_today,
    story_tornroda,
)
from tracker.demo.mails import play_last_mails
from tracker.demo.stage import Stage
from tracker.extensions import db
from tracker.models import Organizer, User

STORIES = (
    story_organizer,
    story_savkulla_before,
    story_savkulla,
    story_lyktvreten,
    story_hasselbrink,
    story_klockvret,
    story_ringmura,
    story_ringmura_west,
    story_tornroda,
    story_kvistfors,
    story_almhammar,
    story_national,
    story_own_lap,
    story_conversations,
    story_granby,
    story_today,
    story_preparation,
    story_check_ins,
    story_handover,
    story_support,
    story_examples,
    story_teams,
)


def has_content() -> bool:
    """Whether anybody, or any organizer, is in the database."""
    return bool(
        db.session.scalar(
            sa.select(sa.or_(sa.select(Organizer.id).exists(), sa.select(User.id).exists()))
        )
    )


def load(moment: datetime) -> Stage:
    """Put the whole story into an empty database, as of `moment`; the caller commits, though
    the mails of the past come when all of it is committed. Nothing in it is later than that moment, except
    what people have planned."""
    stage = Stage(moment, hash_password(DEMO_PASSWORD))
    for story in STORIES:
        story.tell(stage)
    stage.play()
    play_last_mails(moment)
    return stage
