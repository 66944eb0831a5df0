"""A scheduler that opens the coming läsår and is killed in the middle of it: run by test_opening_many.

    python -m tests.cycle.opening_child DATABASE_URL COMMITS INSERTS

It dies by SIGKILL right before the `INSERTS`-th INSERT after so many commits; with 0 INSERTS it lives, and says
how many läsår were new and how many INSERTs it took.
"""

import os
import signal
import sys
from datetime import date
from typing import Any

import sqlalchemy as sa

from tests.conftest import make_settings
from tracker import create_app
from tracker.cycle.opening import open_coming_years

DAY = date(2027, 5, 3)


def main(url: str, commits: int, dies_at: int) -> None:
    committed = inserts = 0

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal inserts
        if committed == commits and statement.startswith("INSERT"):
            inserts += 1
            if inserts == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def commit(_connection: Any) -> None:
        nonlocal committed
        committed += 1

    app = create_app(make_settings(url))
    with app.app_context():
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        sa.event.listen(sa.Engine, "commit", commit)
        sys.stdout.write(f"{open_coming_years(DAY)} {inserts}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
