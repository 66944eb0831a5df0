"""`make bench`: what the pages cost beside an empty Flask view, where the time goes, and what they weigh.

Both servers are gunicorn with the project's own configuration, asked over 127.0.0.1 in the same run, so that
the ratios hold on any machine. CPU is the time of the server's workers, read from /proc.
"""

import gzip
import logging
import os
import re
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("VARVET_ENV", "production")
os.environ.setdefault("BASE_URL", "http://127.0.0.1:8000")

from flask import Flask, url_for
from flask_migrate import upgrade

from bench import content, load, share
from tracker import create_app

AREA_AT_MOST = 25
MEGABYTES_AT_MOST = 150
FIRST_VISIT_AT_MOST = 120_000
HTML_AT_MOST = 20_000
ROUNDS, REQUESTS = 7, 60
VISITS = 4  # so that every worker has shown every page
SAMPLED_REQUESTS = 200


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="varvet-bench-") as folder:
        environment = {
            "DATABASE_URL": f"sqlite:///{Path(folder, 'bench.sqlite3')}",
            "SECRET_KEY": "for measuring only, and long enough to be one",
            "VARVET_INSTANCE": folder,
        }
        os.environ.update(environment)
        app = create_app()
        logging.getLogger("varvet").disabled = True  # the requests this process asks of itself
        with app.app_context():
            upgrade()
            print("Building 50 units with three läsår of history …", flush=True)
            made = content.build()
        return _measure(app, made, environment, *sys.argv[1:2])


def _measure(
    app: Flask, made: content.Content, environment: dict[str, str], wanted: str = ""
) -> int:
    """`wanted`: a part of the names of the pages to measure beside the first, which is always."""
    unit = f"/enheter/{made.slug}"
    pages = [
        ("Start, områdeschef, 40 units", "/", "områdeschef"),
        ("Start, skolchef, 50 units", "/", "skolchef"),
        ("Start, rektor", "/", "rektor"),
        ("Enheter", "/enheter", "skolchef"),
        ("The unit's läsår", f"{unit}/{made.year}", "rektor"),
        ("Nulägesanalys", f"{unit}/{made.year}/nulagesanalys", "rektor"),
        ("Åtgärder", f"{unit}/{made.year}/atgarder", "rektor"),
        ("Effekter", f"{unit}/{made.year}/effekter", "rektor"),
        ("Dialogunderlag", f"/dialoger/{made.dialogue_id}/underlag", "rektor"),
        ("Historik of the unit", f"{unit}/historik", "rektor"),
    ]
    pages = [pages[0], *(page for page in pages[1:] if wanted in page[0])]
    print(f"\n{'page':30}{'CPU ms':>8}{'empty':>8}{'× CPU':>8}{'× wall':>8}", end="")
    print(*(f"{part:>11}" for part in share.PARTS))
    ratios: dict[str, float] = {}
    with (
        load.serving("bench.empty:app", environment) as empty,
        load.serving("wsgi:app", environment) as server,
    ):
        for name, path, who in pages:
            cookie = made.cookies[who]
            floor, cost = load.compare(
                empty, server, path, cookie, rounds=ROUNDS, requests=REQUESTS
            )
            parts = share.shares(app, path, cookie, SAMPLED_REQUESTS)
            ratios[name] = cost.cpu / floor.cpu
            print(
                f"{name:30}{cost.cpu:8.2f}{floor.cpu:8.3f}{ratios[name]:8.1f}"
                f"{cost.wall / floor.wall:8.1f}",
                *(f"{parts[part]:11.0%}" for part in share.PARTS),
                flush=True,
            )
        shown = sum(
            server.get(path, cookie)[0] == 200
            for path in _every_page(app, made)
            for cookie in made.cookies.values()
            for _ in range(VISITS)
        )
        resident = max(server.megabytes())
        page = server.get("/", made.cookies["områdeschef"])[1]
        html, first_visit = _weight(page)
    print(f"\nEvery page visited by every role: {shown} pages shown\n")
    limits = [
        ("Start, områdeschef, × empty view (CPU)", ratios[pages[0][0]], AREA_AT_MOST),
        ("resident memory of a worker, MB", resident, MEGABYTES_AT_MOST),
        ("the area's HTML, bytes compressed", html, HTML_AT_MOST),
        ("first visit with styles and typeface, bytes", first_visit, FIRST_VISIT_AT_MOST),
    ]
    held = True
    for what, value, most in limits:
        held &= value <= most
        print(f"{what:46}{value:10.0f}  at most {most:>7}  {'ok' if value <= most else 'TOO MUCH'}")
    return 0 if held else 1


def _every_page(app: Flask, made: content.Content) -> list[str]:
    """Every address that can be read with what was built; an id that is not there answers 404."""
    values = {
        "slug": made.slug,
        "year": made.year,
        "measure_id": made.measure_id,
        "dialogue_id": made.dialogue_id,
    }
    with app.test_request_context():
        return [
            url_for(rule.endpoint, **{name: values.get(name, 1) for name in rule.arguments})
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and "token" not in rule.arguments
        ]


def _weight(page: bytes) -> tuple[int, int]:
    """Compressed bytes of the HTML, and of it with everything a first visit fetches."""
    html = len(gzip.compress(page))
    static = Path(__file__).resolve().parent.parent / "tracker" / "static"
    linked = re.findall(r'<link[^>]*href="/static/[0-9a-f]+/([^"]+)"', page.decode())
    files = {static / path for path in linked}
    return html, html + sum(_compressed(path) for path in files)


def _compressed(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content))


if __name__ == "__main__":
    sys.exit(main())
