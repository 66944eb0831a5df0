"""What `make run` does once everything is installed: database, demo content, scheduler and web.

The address is HOST and PORT (127.0.0.1 and 8000), and BASE_URL follows them unless it is set.
Ctrl-C, or the end of make in any other way, ends both processes.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

BIN = Path(sys.executable).parent
FLASK = [str(BIN / "flask"), "--app", "wsgi"]
SECONDS_TO_START = 60
SECONDS_TO_STOP = 15

SIGN_INS = (
    ("rektor@exempelby.example", "Karin Holm, rektor för Sävkullaskolan och Lyktvretens förskola"),
    ("rektor2@exempelby.example", "Ali Demir, rektor för Hasselbrinksskolan"),
    ("omradeschef@exempelby.example", "Erik Lund, områdeschef Norr"),
    ("omradeschef2@exempelby.example", "Maria Öberg, områdeschef Söder"),
    ("skolchef@exempelby.example", "Lena Forsgren, skolchef"),
    ("utvecklare@exempelby.example", "Samira Nilsson, kvalitetsutvecklare"),
    ("larare@exempelby.example", "Sofia Lindgren, lärare på Sävkullaskolan"),
    ("namnd@exempelby.example", "Per-Olov Wikström, nämnden"),
    ("admin@exempelby.example", "Tove Lindh, systemförvaltare"),
    ("rektor@granby.example", "Mats Oskarsson, rektor i Granby kommun"),
    ("skolchef@granby.example", "Ingela Dahl, skolchef i Granby kommun"),
)


def main() -> int:
    host, port = os.environ.setdefault("HOST", "127.0.0.1"), os.environ.setdefault("PORT", "8000")
    os.environ.setdefault("VARVET_ENV", "demo")
    # "Every address of this machine" is somewhere to listen, but no address for a link.
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    address = f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}"
    os.environ.setdefault("BASE_URL", address)

    # gunicorn shares its port with whoever asks, so it would not complain itself.
    if problem := _why_not_listen(host, port):
        print(
            f"Kan inte lyssna på {host}:{port} ({problem}). Välj en annan port: make run PORT=8001",
            file=sys.stderr,
        )
        return 1

    steps = [["db", "upgrade"]]
    if os.environ["VARVET_ENV"] == "demo":
        steps.append(["demo", "load", "--if-empty"])
    for step in steps:
        if code := subprocess.run([*FLASK, *step], check=False).returncode:
            return code

    _end_with_parent()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _stop)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in ([*FLASK, "scheduler"], [str(BIN / "gunicorn")]):
            processes.append(subprocess.Popen(command, preexec_fn=_end_with_parent))
        if _answers(f"{address}/healthz", processes):
            _greet(os.environ["BASE_URL"])
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        print("Varvet svarar inte längre, raderna ovan säger varför.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _end(processes)


def _why_not_listen(host: str, port: str) -> str | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # Connections that have just closed do not count as somebody listening.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as problem:
        return getattr(problem, "strerror", None) or str(problem)
    return None


def _answers(address: str, processes: list[subprocess.Popen[bytes]]) -> bool:
    """Whether the server answered before one of the processes, or our patience, came to an end."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return True
        except urllib.error.HTTPError as refusal:
            refusal.close()
            print(f"{address} svarar {refusal.code}.", file=sys.stderr)
            return False
        except OSError:
            time.sleep(0.1)
    return False


def _greet(address: str) -> None:
    print(f"\nVarvet svarar på {address}")
    if os.environ["VARVET_ENV"] == "demo":
        print("Logga in med lösenordet varvet-demo som till exempel")
        for email, person in SIGN_INS:
            print(f"  {email:32}{person}")
    print("Avsluta med Ctrl-C.", flush=True)


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, even by kill -9."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
