"""What a first visit fetches: the page, its styles and the typeface, compressed as a proxy would."""

import gzip
import re
from pathlib import Path

import pytest

from tests.start.many import add_units
from tracker.web.assets import STATIC

FIRST_VISIT_AT_MOST = 120_000
HTML_AT_MOST = 20_000


def compressed(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content))


@pytest.mark.parametrize("who", ["erik", "karin"])
def test_a_first_visit_is_light(cast, as_, who):
    add_units(cast, 96, busy=96)
    page = as_(getattr(cast, who)).page("/")
    html = len(gzip.compress(page.encode()))
    files = {STATIC / path for path in re.findall(r'<link[^>]* href="/static/\w+/([^"]+)"', page)}
    assert {path.suffix for path in files} == {".css", ".woff2", ".svg"}
    assert html <= HTML_AT_MOST
    assert html + sum(compressed(path) for path in files) <= FIRST_VISIT_AT_MOST
