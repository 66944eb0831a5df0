"""The whole schedule on one page.

Every job asks the database what there is to do, so that a run that was missed, or came twice, does
no harm. Times of day live in the rules of the jobs, never here: an interval in UTC knows no night
when the clocks change.
"""

import gc
import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from tracker.auth.sessions import clear_expired
from tracker.clock import now, today
from tracker.cycle.opening import open_coming_years
from tracker.drafts.models import clear_old as clear_old_drafts
from tracker.notifications import passes
from tracker.organisation.succession import follow_late_decisions
from tracker.removals.models import clear_old as clear_old_removals
from tracker.web.logs import log

stopping = threading.Event()
"""Set when the process is asked to end: the mail in hand is finished, no other begun."""


def send_reminders() -> None:
    done = passes.run(stopping.is_set).as_dict()
    if any(done.values()):
        log("reminders", **done)


def clear_sessions() -> None:
    if cleared := clear_expired():
        log("sessions cleared", number=cleared)


def clear_drafts() -> None:
    drafts, removals = clear_old_drafts(), clear_old_removals()
    if drafts or removals:
        log("drafts and removals cleared", drafts=drafts, removals=removals)


def open_years() -> None:
    if opened := open_coming_years(today()):
        log("years opened", number=opened)


def follow_units() -> None:
    if followed := follow_late_decisions(today()):
        log("measures followed to successors", number=followed)


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    seconds: float
    body: Callable[[], None]


SCHEDULE = (
    Job("send reminders", 60, send_reminders),
    Job("clear expired sessions", 60 * 60, clear_sessions),
    Job("clear old drafts and removals", 24 * 60 * 60, clear_drafts),
    Job("open coming years", 6 * 60 * 60, open_years),
    Job("follow units to their successors", 6 * 60 * 60, follow_units),
)


def run(app: Flask, schedule: tuple[Job, ...] = SCHEDULE) -> None:
    """Run the schedule until SIGTERM or SIGINT; the job in hand is let come to its end."""
    # Its own log would repeat every run, and errors with what people wrote in them.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    scheduler = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in schedule:
        scheduler.add_job(
            _run, "interval", (app, job), seconds=job.seconds, id=job.name, next_run_time=now()
        )
    stopping.clear()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stopping.set())
    # Not from within the signal handler, which may interrupt the scheduler with its locks held.
    threading.Thread(target=_shut_down, args=(scheduler,), daemon=True).start()
    gc.collect()
    gc.freeze()  # what was loaded at the start stays: the collector need not look through it again
    log("scheduler started")
    scheduler.start()
    log("scheduler ended")


def _run(app: Flask, job: Job) -> None:
    if stopping.is_set():
        return
    try:
        with app.app_context():
            job.body()
    except Exception:
        log("job failed", logging.ERROR, exc_info=True, job=job.name)


def _shut_down(scheduler: BlockingScheduler) -> None:
    stopping.wait()
    log("scheduler asked to end")
    scheduler.shutdown(wait=True)
