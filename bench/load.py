"""A server under test, and a bounded number of requests over connections that are kept."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CONNECTIONS = 4
SECONDS_TO_START = 30
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Milliseconds per request, of the server's processors and of the clock on the wall."""

    cpu: float
    wall: float

    @classmethod
    def typical(cls, rounds: Sequence["Cost"]) -> "Cost":
        """The median of each, so that one round beside a busy neighbour does not count."""
        return cls(median(row.cpu for row in rounds), median(row.wall for row in rounds))


class Server:
    """A gunicorn of the project's own configuration."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def workers(self) -> list[int]:
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in Path(path).read_text().split()]

    def cpu_seconds(self) -> float:
        """User and system time of the workers so far."""
        total = 0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def megabytes(self) -> list[float]:
        """What each worker keeps resident."""
        found = []
        for pid in self.workers():
            status = Path(f"/proc/{pid}/status").read_text()
            kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            found.append(int(kilobytes.split()[1]) / 1024)
        return found

    def get(self, path: str, cookie: str = "") -> tuple[int, bytes]:
        """One request on a connection of its own: status and body."""
        with Connection(self.port, path, cookie) as connection:
            return connection.request()

    def burst(self, path: str, cookie: str, requests: int) -> Cost:
        """Ask for the page so many times. Raises RuntimeError unless every answer is 200."""
        cpu, wall = self.cpu_seconds(), time.perf_counter()
        self._ask(path, cookie, requests)
        wall, cpu = time.perf_counter() - wall, self.cpu_seconds() - cpu
        return Cost(cpu / requests * 1000, wall / requests * 1000)

    def _ask(self, path: str, cookie: str, requests: int) -> None:
        each = -(-requests // CONNECTIONS)
        failures: list[str] = []

        def work() -> None:
            with Connection(self.port, path, cookie) as connection:
                for _ in range(each):
                    status, _ = connection.request()
                    if status != 200:
                        failures.append(f"{path} answered {status}")
                        return

        threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise RuntimeError(failures[0])


class Connection:
    """Just enough HTTP to cost little beside the server: keep-alive and Content-Length."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        if cookie:
            lines.append(f"Cookie: {cookie}")
        self._message = "\r\n".join([*lines, "", ""]).encode()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._reader = self._socket.makefile("rb")

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self._socket.close()

    def request(self) -> tuple[int, bytes]:
        self._socket.sendall(self._message)
        status = int(self._reader.readline().split()[1])
        length = 0
        while (line := self._reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, self._reader.read(length)


@contextmanager
def serving(application: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """The application behind gunicorn on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    surroundings = {**os.environ, **environment, "HOST": "127.0.0.1", "PORT": str(port)}
    surroundings["BASE_URL"] = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "gunicorn"), application],
        env=surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def compare(
    empty: Server, server: Server, path: str, cookie: str, *, rounds: int, requests: int
) -> tuple[Cost, Cost]:
    """What the empty view and the page cost. They take turns, so that whatever else the machine does falls
    on both; the empty view is asked twenty times as often, since it is so much cheaper."""
    empty.burst("/", "", requests)  # caches fill, code warms
    server.burst(path, cookie, requests)
    floor, page = [], []
    for _ in range(rounds):
        floor.append(empty.burst("/", "", requests * 20))
        page.append(server.burst(path, cookie, requests))
    return Cost.typical(floor), Cost.typical(page)
