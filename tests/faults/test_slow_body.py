"""A form whose body comes slowly, or never: it holds nothing that others wait for."""

import socket
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest

from tests.cast import THE_DAY
from tests.live_server import live_server, make_database

HALF_A_FORM = (
    "POST /logga-in HTTP/1.1\r\nHost: {host}\r\nCookie: varvet=s.{secret}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nemail="
)


@pytest.mark.parametrize("secret", ["made-up", "x" * 43])
def test_others_write_while_a_body_is_on_its_way(tmp_path: Path, secret: str) -> None:
    """The body is not there when the session is read: no write lock may stand meanwhile. Without
    that the second form below would wait 20 seconds and get 503."""
    database = tmp_path / "varvet.sqlite3"
    make_database(database, THE_DAY, lambda: None)
    with live_server(database) as address:
        host = urlsplit(address).netloc
        name, port = host.split(":")
        with closing(socket.create_connection((name, int(port)))) as slow:
            slow.sendall(HALF_A_FORM.format(host=host, secret=secret).encode())
            with urlopen(f"{address}/healthz", timeout=15) as answer:
                assert answer.status == 200  # the half form has its thread by now, or will get one
            assert _forgotten_password(address) == 200


def _forgotten_password(address: str) -> int:
    """Ask for a link, which counts an attempt in the database: a write."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{address}/glomt-losenord", timeout=15).read().decode()
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = urlencode({"csrf_token": token, "email": "a@exempelby.example"}).encode()
    with browser.open(f"{address}/glomt-losenord", form, timeout=15) as answer:
        return answer.status
