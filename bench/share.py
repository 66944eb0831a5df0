"""Where a page's time goes: the process is asked a thousand times a second what it is doing."""

import signal
from collections import Counter
from pathlib import Path
from types import FrameType

from flask import Flask

import tracker

INTERVAL = 0.001
PARTS = ("database", "templates", "rest")
_TEMPLATES = str(Path(tracker.__file__).parent / "templates")


def shares(app: Flask, path: str, cookie: str, requests: int) -> dict[str, float]:
    """The share of each of PARTS in the time of a page, over so many requests in this process."""
    counted: Counter[str] = Counter()

    def sample(_signal: int, frame: FrameType | None) -> None:
        counted[_part(frame)] += 1

    client = app.test_client(use_cookies=False)
    headers = {"Cookie": cookie}
    ask = {"path": path, "headers": headers, "base_url": app.config["VARVET"].base_url}
    for _ in range(10):
        assert client.get(**ask).status_code == 200
    before = signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    try:
        for _ in range(requests):
            client.get(**ask)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    total = sum(counted.values()) or 1
    return {part: counted[part] / total for part in PARTS}


def _part(frame: FrameType | None) -> str:
    """The innermost part that the stack is in."""
    while frame is not None:
        file = frame.f_code.co_filename
        if "/sqlalchemy/" in file or file.endswith("tracker/database.py"):
            return "database"
        if "/jinja2/" in file or file.startswith(_TEMPLATES):
            return "templates"
        frame = frame.f_back
    return "rest"
