"""A mail server that takes everything, in a process of its own, and costs next to nothing beside
the sender that is measured. Run as a program:

    python -m tests.faults.taker LOG

Prints its port. Writes a line to LOG for each mail before it answers 250: the session's number,
the seconds since the epoch and the Message-ID; and `SESSION quit` when a client takes its leave.
Ends with its standard input.
"""

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tracker import ROOT

_numbers = itertools.count(1)


class Session(asyncio.Protocol):
    """One client. Commands are answered line by line, so that pipelined ones are answered too."""

    def __init__(self, log: TextIO) -> None:
        self.log, self.number = log, next(_numbers)
        self.waiting, self.in_data = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 taker\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while True:
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"
            part, found, rest = self.waiting.partition(end)
            if not found:
                return
            self.waiting = rest
            if self.in_data:
                self._take(part)
            else:
                self._answer(part[:4].upper())

    def _take(self, message: bytes) -> None:
        self.in_data = False
        header, _, _ = message.partition(b"\r\n\r\n")
        _, _, name = header.partition(b"\r\nMessage-ID: ")
        name, _, _ = name.partition(b"\r\n")
        self.log.write(f"{self.number} {time.time():.3f} {name.decode()}\n")
        self.transport.write(b"250 taken\r\n")

    def _answer(self, command: bytes) -> None:
        if command == b"DATA":
            self.in_data = True
            self.transport.write(b"354 go on\r\n")
        elif command == b"EHLO":
            self.transport.write(b"250-taker\r\n250 8BITMIME\r\n")
        elif command == b"QUIT":
            self.log.write(f"{self.number} quit\n")
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 ok\r\n")


async def _serve(path: str) -> None:
    loop = asyncio.get_running_loop()
    with open(path, "a", buffering=1) as log:
        server = await loop.create_server(lambda: Session(log), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 (for who started it)
        await loop.run_in_executor(None, sys.stdin.read)
        server.close()


@contextmanager
def taker(folder: Path) -> Iterator[tuple[int, Path]]:
    """The mail server in a process of its own: its port, and its log as above."""
    log = folder / "taken.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.taker", log],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), log
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
