"""`flask --app wsgi reminders tick`, as people and scripts call it."""

import json

import pytest
from flask import Flask

from tests.cast import Cast
from tests.notifications.scenes import FakeServer, place


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["reminders", "tick", *arguments])
    return result.exit_code, result.output


def test_as_json(app: Flask, cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    code, said = run(app, "--at", "2026-10-05T07:00", "--json")
    assert code == 0
    figures = json.loads(said.splitlines()[-1])
    assert figures == {"planned": 2, "sent": 2, "failed": 0, "skipped": 2}


@pytest.mark.parametrize("at", ["2026-10-05", "2026-10-05T05:00Z", "2026-10-05 07:00:00"])
def test_moments_in_any_iso_form(app: Flask, cast: Cast, server: FakeServer, at: str) -> None:
    place(cast, "2026-10-06")
    code, said = run(app, "--at", at)
    assert code == 0
    assert "planned 2, sent 2, failed 0, skipped 2" in said


def test_now_when_nothing_is_said(app: Flask, cast: Cast) -> None:
    assert run(app) == (0, "planned 0, sent 0, failed 0, skipped 0\n")


@pytest.mark.parametrize("at", ["", "i morgon", "2026-02-30", "2026-10-05T25:00"])
def test_what_is_no_moment(app: Flask, at: str) -> None:
    code, said = run(app, "--at", at)
    assert code != 0
    assert said == f"varvet: --at: {at!r} is no moment; write for example 2026-10-05T07:00\n"
