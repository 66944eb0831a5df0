"""Somebody with a password, for the tests of signing in."""

import pytest

from tests.auth.signing import PASSWORD
from tracker.auth.passwords import hash_password
from tracker.extensions import db
from tracker.models import User


@pytest.fixture
def karin(cast) -> User:
    cast.karin.password_hash = hash_password(PASSWORD)
    db.session.commit()
    return cast.karin
