from collections.abc import Iterator

import pytest

from tests.calendars.scenes import Office, office
from tests.notifications.test_smtp import Use, use

__all__ = ["use"]  # the fixture


@pytest.fixture
def mail(use: Use) -> Iterator[Office]:
    with office(use) as opened:
        yield opened
