"""Somebody who writes in an analysis that has been begun."""

import pytest

from tracker.models import SituationAnalysis


@pytest.fixture
def analysis(cast):
    return SituationAnalysis.start(cast.cycle(cast.savkulla), by=cast.karin)


@pytest.fixture
def karin(cast, analysis, as_):
    return as_(cast.karin)
