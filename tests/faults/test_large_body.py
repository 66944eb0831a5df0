"""A form far too large: whoever sends it gets to see the page that says so."""

from http.client import HTTPConnection
from pathlib import Path

from tests.cast import THE_DAY
from tests.live_server import live_server, make_database

MEBIBYTE = 1024 * 1024


def test_a_body_that_is_refused_is_answered_with_a_page(tmp_path: Path) -> None:
    """Without the server taking in what it refuses, the connection is reset while it is sent."""
    database = tmp_path / "varvet.sqlite3"
    make_database(database, THE_DAY, lambda: None)
    with live_server(database) as address:
        connection = HTTPConnection(address.removeprefix("http://"), timeout=30)
        for size in (9, 40):
            connection.request(
                "POST",
                "/logga-in",
                body=b"email=" + b"x" * size * MEBIBYTE,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
            answer = connection.getresponse()
            assert answer.status == 413
            assert "Det du skickade är för stort" in answer.read().decode()
        connection.request("GET", "/healthz")  # and the connection is still good
        assert connection.getresponse().status == 200
        connection.close()
