"""A mail server on 127.0.0.1 that misbehaves by a script, byte by byte, where aiosmtpd would keep to
the rules. It never waits for longer than its client."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

from tests.notifications.mail_server import certificate


class Misdeed(Enum):
    HANG = auto()
    """Says nothing until the client has gone."""
    DROP = auto()
    """Closes the connection instead of answering."""
    DROP_AFTER = auto()
    """Answers as it should, and closes the connection."""
    DRIP = auto()
    """Sends a byte now and then, and never comes to the end of the line."""


Behaviour = Misdeed | bytes | None
Script = Callable[[str, str], Behaviour]
"""Is told the stage and the address of the recipient, where it is known; answers None for what a good
server would do, or bytes to say instead. Stages: greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, body
(before the mail is kept) and kept (after it)."""

DRIP = 0.02


class ScriptedServer:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.taken: list[tuple[str, str]] = []
        """(recipient, Message-ID) of every mail that was kept, in order."""
        self.senders: list[str] = []
        self.connections = 0
        self.extensions: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._talk, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        self._closing.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(10)

    def _talk(self, client: socket.socket) -> None:
        conversation = _Conversation(self, client, self._closing)
        with suppress(OSError, ConnectionError):
            conversation.go_on()
        conversation.end()


class _Conversation:
    def __init__(
        self, server: ScriptedServer, client: socket.socket, closing: threading.Event
    ) -> None:
        self.server, self.client, self.closing = server, client, closing
        self.lines = client.makefile("rb")
        self.recipient = ""

    def go_on(self) -> None:
        self.say("greeting", b"220 scripted")
        while line := self.lines.readline():
            command = line[:4].upper()
            if command in (b"EHLO", b"HELO"):
                extensions = [b"250-" + name for name in self.server.extensions]
                self.say("EHLO", b"\r\n".join([b"250-scripted", *extensions, b"250 8BITMIME"]))
            elif command == b"STAR":
                if self.say("STARTTLS", b"220 go on"):
                    self.lines.close()
                    self.client = certificate().wrap_socket(self.client, server_side=True)
                    self.lines = self.client.makefile("rb")
            elif command == b"AUTH":
                self.say("AUTH", b"235 welcome")
            elif command == b"MAIL":
                self.server.senders.append(line.split(b"<")[1].split(b">")[0].decode())
                self.say("MAIL", b"250 ok")
            elif command == b"RCPT":
                self.recipient = line.split(b"<")[1].split(b">")[0].decode()
                self.say("RCPT", b"250 ok")
            elif command == b"DATA":
                if self.say("DATA", b"354 go on"):
                    self.take()
            elif command == b"QUIT":
                self.client.sendall(b"221 bye\r\n")
                return
            else:
                self.client.sendall(b"250 ok\r\n")

    def end(self) -> None:
        self.lines.close()
        self.client.close()

    def take(self) -> None:
        name = ""
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                return
            if line.startswith(b"Message-ID: "):
                name = line.split()[1].decode()
        if self.say("body", None):
            self.server.taken.append((self.recipient, name))
            self.say("kept", b"250 taken")

    def say(self, stage: str, answer: bytes | None) -> bool:
        """Whether the answer is the one a good server would give."""
        behaviour = self.server.script(stage, self.recipient)
        if behaviour is None or behaviour is Misdeed.DROP_AFTER:
            if answer is not None:
                self.client.sendall(answer + b"\r\n")
            if behaviour is not None:
                raise ConnectionError
            return True
        if isinstance(behaviour, bytes):
            self.client.sendall(behaviour)
            return False
        if behaviour is Misdeed.DROP:
            raise ConnectionError
        while behaviour is Misdeed.DRIP and not self.closing.wait(DRIP):
            self.client.sendall(b"2")
        self.client.recv(1)  # returns when the client has gone
        raise ConnectionError


@contextmanager
def scripted_server(script: Script, *extensions: bytes) -> Iterator[ScriptedServer]:
    server = ScriptedServer(script)
    server.extensions = list(extensions)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(10)


def well_behaved(_stage: str, _recipient: str) -> Behaviour:
    return None
