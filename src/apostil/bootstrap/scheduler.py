"""What is due by the calendar: the daily clean-up, done by one process of all that could."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from pathlib import Path

from apostil.bootstrap.home import Home
from apostil.bootstrap.leftovers import remove_derived, remove_received
from apostil.config import Settings
from apostil.engine import (
    DAY_SECONDS,
    Cleared,
    Clock,
    EngineError,
    Retention,
    clean_up,
    next_time,
)

DUTY = "clean-up"
LEASE_SECONDS = 900.0
"""Whoever has begun is left alone for so long; then another goes on, as the first may be dead."""
LOOK_SECONDS = 30.0
PAUSE_SECONDS = 0.01
"""Between two steps, so that whoever waits for the database's write lock has it in between: those
who wait try again every 5 ms at least."""
STOP_SECONDS = 1.0

Tell = Callable[[str], None]


class Scheduler:
    """Cleans up at a time of day, and at once when a time was missed. The clock is passed in;
    ``tell`` is told in a sentence what was done, or why it could not be."""

    def __init__(self, settings: Settings, home: Home, *, clock: Clock, tell: Tell) -> None:
        self._home = home
        self._at = dt.time.fromisoformat(settings.cleanup_at)
        self._retention = retention(settings)
        self._clock = clock
        self._tell = tell
        self._holder = f"scheduler {socket.gethostname()}:{os.getpid()}"

    def run(self, stop: threading.Event) -> None:
        """Look again and again until told to stop."""
        while True:
            try:
                self.look(stop)
            except (EngineError, OSError) as error:
                self._tell(f"The clean-up was broken off and is tried again: {error}")
            if stop.wait(LOOK_SECONDS):
                return

    def look(self, stop: threading.Event) -> Cleared | None:
        """Clean up if it is due and nobody else does; what went, or None. Raises EngineError and
        OSError; what was not done then, or not before a stop, is done when the lease has run out.
        """
        now = self._clock()
        roster = self._home.roster
        if not roster.take_turn(DUTY, holder=self._holder, now=now, every=LEASE_SECONDS):
            return None
        cleared = Cleared()
        for step in steps(self._home, self._retention, now=now):
            cleared += step
            if stop.wait(PAUSE_SECONDS):
                return cleared
        # The turn after this one is taken too, until it is due.
        end = now + LEASE_SECONDS
        due = next_time(now, self._at)
        roster.take_turn(DUTY, holder=self._holder, now=end, every=due - end)
        if not cleared.is_nothing:
            self._tell(f"Cleaned up: {in_words(cleared)}.")
        return cleared


def retention(settings: Settings) -> Retention:
    """How long things are kept, as set."""
    return Retention(
        jobs_seconds=_seconds(settings.keep_jobs_days),
        artifacts_seconds=_seconds(settings.keep_artifacts_days),
        documents_seconds=_seconds(settings.keep_unused_documents_days),
    )


def steps(home: Home, kept: Retention, *, now: float) -> Iterator[Cleared]:
    """The clean-up of one data folder, a step at a time."""
    tidies = (
        lambda now: remove_derived(home.data / "pages", home.keeping.kept_documents, now=now),
        lambda now: remove_received(home.files.incoming, now=now),
    )
    return clean_up(
        kept, keeping=home.keeping, jobs=home.jobs, roster=home.roster, tidies=tidies, now=now
    )


def in_words(cleared: Cleared) -> str:
    """Such as ``3 jobs, 1 document, 2.0 MB``."""
    kinds = {"derived": "derived file", "received": "unfinished file"}
    counted = []
    for field in fields(cleared):
        count = getattr(cleared, field.name)
        if count and field.name != "bytes":
            kind = kinds.get(field.name, field.name.removesuffix("s"))
            counted.append(f"{count:,} {kind}{'' if count == 1 else 's'}")
    return ", ".join([*counted, f"{cleared.bytes / 1e6:,.1f} MB"]) if counted else "nothing"


@contextmanager
def scheduling(settings: Settings, home: Home, *, tell: Tell) -> Iterator[None]:
    """Looks after the calendar in a thread beside whatever else the process does. Clean-up may be
    left off anywhere, so that the end is not waited for long."""
    scheduler = Scheduler(settings, home, clock=time.time, tell=tell)
    stop = threading.Event()
    thread = threading.Thread(target=partial(scheduler.run, stop), name="scheduler", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_SECONDS)


@contextmanager
def scheduler_presence(data: Path) -> Iterator[None]:
    """Leave word that a scheduler works on this data folder, until the process ends, however."""
    with (data / "scheduler.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def without_schedulers(data: Path) -> Iterator[bool]:
    """Whether no scheduler works on this data folder; then none begins meanwhile."""
    with (data / "scheduler.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _seconds(days: int | None) -> float | None:
    return None if days is None else days * DAY_SECONDS
