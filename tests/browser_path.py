"""Which Chromium the browser tests drive: one on PATH, or the one `make test` put into `.tools`.

Run as a program, this file prints its path, or says what is missing.
"""

import shutil
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FALLBACK = Path(__file__).resolve().parents[1] / ".tools/browser/chromium-headless-shell"

# Tests run as root in a container, where Chromium's sandbox cannot start, and must not call home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoBrowser(RuntimeError):
    """There is no Chromium; the message says how to get one."""


def browser_path() -> str:
    """The path to start Chromium with. Raises NoBrowser when there is none."""
    for name in NAMES:
        if (found := shutil.which(name)) and not _is_snap(found):
            return found
    if FALLBACK.exists():
        return str(FALLBACK)
    raise NoBrowser(
        "No Chromium. `make test` installs one; by hand: apt-get install chromium-headless-shell"
    )


def _is_snap(path: str) -> bool:
    """Ubuntu's `chromium-browser` starts, or asks for, a snap, which sees no temporary files."""
    return "/snap/" in str(Path(path).resolve()) or b"/snap/" in Path(path).read_bytes()[:2000]


if __name__ == "__main__":
    try:
        print(browser_path())
    except NoBrowser as problem:
        sys.exit(str(problem))
