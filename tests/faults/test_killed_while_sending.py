"""kill -9 in the middle of a send, and a scheduler that is asked to end."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.scenes import DEADLINE, FLASK, World, world
from tests.notifications.mail_server import MailServer, mail_server
from tests.notifications.scenes import decided_measure, ledger, mails, moment
from tracker.clock import local
from tracker.extensions import db
from tracker.models import LinkPurpose, MailState, OneTimeLink
from tracker.notifications.account_mails import send_reset
from tracker.notifications.leasing import LEASE

MEMORY = 130 * 1024
"""What the scheduler may hold, in kB. With every room of the house imported it is 122 MB on PostgreSQL."""


@pytest.fixture
def here(database_kind: str, tmp_path: Path) -> Iterator[World]:
    with world(database_kind, tmp_path) as made:
        yield made


def start(here: World, server: MailServer, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*FLASK, *command],
        **here.process(server.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(("where", "copies"), [("recipient", 1), ("mail", 2)])
def test_kill_9_in_the_middle_of_a_send(here: World, where: str, copies: int) -> None:
    """Killed before the mail is out, it goes once. Killed with the mail out and the answer not yet
    in, it goes again, as the same mail."""
    decided_measure(here.cast, "2026-09-15")
    at = local(moment("2026-09-15"))
    with mail_server() as server:
        process: list[subprocess.Popen[str]] = []

        def kill(_what: object) -> None:
            if process:
                os.kill(process.pop().pid, signal.SIGKILL)

        setattr(server, f"answer_{where}", kill)
        victim = start(here, server, "reminders", "tick", "--at", at.isoformat())
        process.append(victim)
        victim.communicate(timeout=DEADLINE)
        assert victim.returncode == -signal.SIGKILL
        [mail] = mails()
        assert mail.state is MailState.QUEUED
        assert mail.lease is not None
        db.session.commit()

        again = at + LEASE + timedelta(seconds=1)
        survivor = start(here, server, "reminders", "tick", "--at", again.isoformat())
        said, _ = survivor.communicate(timeout=DEADLINE)
        assert survivor.returncode == 0, said
        assert server.message_ids() == [f"<varvet-{mail.id}@127.0.0.1>"] * copies
    assert [row.state for row in mails()] == [MailState.SENT]
    assert ledger() == [("Karin", 0, 1, "sent", "")]


def test_the_scheduler_ends_after_the_mail_in_hand(here: World) -> None:
    for person in (here.cast.karin, here.cast.ali):
        send_reset(person, OneTimeLink.issue(person, LinkPurpose.RESET))
    db.session.commit()
    memory: list[int] = []
    with mail_server() as server:
        process: list[subprocess.Popen[str]] = []
        heard = threading.Event()

        def ask_to_end(_envelope: object) -> None:
            """The mail is taken when the scheduler knows that it is to end."""
            memory.append(memory_of(process[0].pid))
            process[0].send_signal(signal.SIGTERM)
            assert heard.wait(DEADLINE)

        server.answer_mail = ask_to_end
        process.append(start(here, server, "scheduler"))
        too_long = threading.Timer(DEADLINE, process[0].kill)
        too_long.start()
        said = ""
        with process[0].stdout as lines:  # type: ignore[union-attr]
            for line in lines:
                said += line
                if "scheduler asked to end" in line:
                    heard.set()
        too_long.cancel()
        assert process[0].wait(DEADLINE) == 0, said
    assert [str(message["To"].addresses[0].addr_spec) for message in server.received] == [
        "karin@exempelby.example"
    ]
    assert [mail.state for mail in mails()] == [MailState.SENT, MailState.QUEUED]
    assert [mail.lease for mail in mails()] == [None, None]
    assert "scheduler ended" in said
    assert memory[0] < MEMORY


def memory_of(pid: int) -> int:
    """What the process holds resident, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
