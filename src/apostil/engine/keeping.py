"""What is kept and for how long: the clean-up as many small steps, each safe to repeat.

A job that has not ended is never touched, nor anything that it uses. Whoever is about to reuse an
artifact that goes at this moment finds it gone when it saves, and makes it anew.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Protocol

from apostil.engine.ports import JobStore, Roster
from apostil.engine.recover import clean_files
from apostil.engine.states import JobStatus

DAY_SECONDS = 24 * 3600.0

Place = tuple[str, int]
"""How far a walk over many rows has come."""
START: Place = ("", -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept, in seconds; None keeps them for ever. Raises ValueError for less
    than nothing.

    ``jobs_seconds`` counts from the end of a job, which goes with all that only it uses;
    ``failed_only`` leaves the others alone. ``artifacts_seconds`` counts from the end of a job that
    succeeded, whose results stay: only what its earlier segments left goes. ``documents_seconds``
    counts from when a document that no job uses was last sent.
    """

    jobs_seconds: float | None = None
    artifacts_seconds: float | None = None
    documents_seconds: float | None = None
    failed_only: bool = False

    def __post_init__(self) -> None:
        for seconds in (self.jobs_seconds, self.artifacts_seconds, self.documents_seconds):
            if seconds is not None and not seconds >= 0:
                raise ValueError(f"nothing is kept for {seconds} seconds")

    @property
    def statuses(self) -> tuple[JobStatus, ...]:
        """Those of the jobs that go when they are old enough."""
        if self.failed_only:
            return (JobStatus.FAILED,)
        return tuple(status for status in JobStatus if status.is_terminal)

    @property
    def note(self) -> str:
        """What a segment says whose artifact went."""
        days = (self.artifacts_seconds or 0.0) / DAY_SECONDS
        return (
            f"What this step left was cleaned up after {days:g} day{'' if days == 1 else 's'}; "
            "submit the document again to have it anew."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What went: counts, and the bytes of all of it.

    ``files`` are those that nothing had used for a day, ``derived`` images of pages and the like,
    ``received`` files that never came to their end. The bytes of artifacts and documents that are
    files are counted when their rows go and come free a day later.
    """

    jobs: int = 0
    artifacts: int = 0
    documents: int = 0
    files: int = 0
    derived: int = 0
    received: int = 0
    bytes: int = 0

    def __add__(self, other: Cleared) -> Cleared:
        names = [field.name for field in fields(self)]
        return Cleared(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def is_nothing(self) -> bool:
        return self == Cleared()


@dataclass(frozen=True, slots=True)
class Step:
    """What one step took away, and where the next one begins; None after the last."""

    cleared: Cleared
    next: Place | None


class Keeping(Protocol):
    """The rows that may go. Each method that removes is one transaction over at most about a
    hundred rows, and looks again at what it removes under the lock that removes it."""

    def remove_job(
        self, statuses: Collection[JobStatus], *, ended_before: float, after: Place, now: float
    ) -> Step:
        """Delete the next job of one of these terminal statuses, as ``JobStore.remove`` does."""

    def drop_artifacts(self, *, ended_before: float, after: Place, note: str, now: float) -> Step:
        """Take from succeeded jobs what all segments but the last have left; those segments keep
        the digest and say the note. An artifact goes when no segment of any job names it."""

    def remove_documents(self, *, sent_before: float, after: Place, now: float) -> Step:
        """Forget documents that no job uses."""

    def foresee(self, retention: Retention, *, now: float) -> Cleared:
        """The jobs, artifacts and documents that a clean-up would take now."""


Tidy = Callable[[float], Cleared]
"""Deletes, as of a time, files beside the store that nobody misses."""


def clean_up(
    retention: Retention,
    *,
    keeping: Keeping,
    jobs: JobStore,
    roster: Roster,
    tidies: Iterable[Tidy],
    now: float,
) -> Iterator[Cleared]:
    """Take away what is older than it is to be kept, a step at a time: whoever iterates may pause
    between two steps, or leave off for good. Raises StoreBusy, StoreFull."""
    if retention.jobs_seconds is not None:
        ended_before = now - retention.jobs_seconds
        yield from _walk(
            lambda place: keeping.remove_job(
                retention.statuses, ended_before=ended_before, after=place, now=now
            )
        )
    if retention.artifacts_seconds is not None:
        done_before = now - retention.artifacts_seconds
        yield from _walk(
            lambda place: keeping.drop_artifacts(
                ended_before=done_before, after=place, note=retention.note, now=now
            )
        )
    if retention.documents_seconds is not None:
        sent_before = now - retention.documents_seconds
        yield from _walk(
            lambda place: keeping.remove_documents(sent_before=sent_before, after=place, now=now)
        )
    yield Cleared(files=clean_files(jobs, roster, holder="clean-up", now=now))
    for tidy in tidies:
        yield tidy(now)


def _walk(step: Callable[[Place], Step]) -> Iterator[Cleared]:
    place: Place | None = START
    while place is not None:
        done = step(place)
        place = done.next
        yield done.cleared


def next_time(now: float, at: dt.time) -> float:
    """The first moment after ``now`` at which a clock on the wall here shows ``at``, to the minute,
    summer time or not."""
    today = time.localtime(now)
    for days in (0, 1):
        day = (today.tm_year, today.tm_mon, today.tm_mday + days)
        moment = time.mktime((*day, at.hour, at.minute, 0, 0, 0, -1))
        if moment > now:
            return moment
    return now + DAY_SECONDS
