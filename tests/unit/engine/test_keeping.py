"""For how long, and when: the policy without any store."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apostil.adapters.memory import MemoryRoster
from apostil.engine import (
    Cleared,
    JobStatus,
    JobStore,
    Place,
    Retention,
    Step,
    clean_up,
    next_time,
)

DAY = 24 * 3600.0
NOW = 1000 * DAY


@dataclass
class Ledger:
    """Writes down what was asked of it; there are three things of each kind to take away."""

    asked: list[tuple[str, float]] = field(default_factory=list)
    statuses: set[JobStatus] = field(default_factory=set)

    def remove_job(
        self, statuses: Collection[JobStatus], *, ended_before: float, after: Place, now: float
    ) -> Step:
        assert now == NOW
        self.statuses = set(statuses)
        return self._step("jobs", ended_before, after)

    def drop_artifacts(self, *, ended_before: float, after: Place, note: str, now: float) -> Step:
        assert now == NOW
        assert note
        return self._step("artifacts", ended_before, after)

    def remove_documents(self, *, sent_before: float, after: Place, now: float) -> Step:
        assert now == NOW
        return self._step("documents", sent_before, after)

    def foresee(self, retention: Retention, *, now: float) -> Cleared:
        raise AssertionError(f"nobody asked what {retention} means at {now}")

    def remove_unused_files(self, now: float, *, after: float) -> int:
        self.asked.append(("files", now - after))
        return 0

    def _step(self, kind: str, before: float, after: Place) -> Step:
        self.asked.append((kind, before))
        number = after[1] + 1
        last = number == 3
        return Step(Cleared() if last else Cleared(**{kind: 1}), None if last else ("x", number))


def steps(retention: Retention, ledger: Ledger) -> list[Cleared]:
    jobs = cast("JobStore", ledger)
    return list(
        clean_up(retention, keeping=ledger, jobs=jobs, roster=MemoryRoster(), tidies=(), now=NOW)
    )


def test_what_is_kept_for_ever_is_not_even_looked_at() -> None:
    ledger = Ledger()
    assert sum(steps(Retention(), ledger), start=Cleared()).is_nothing
    assert ledger.asked == [("files", NOW - DAY)]


def test_each_kind_goes_at_its_own_age_until_there_is_no_more() -> None:
    ledger = Ledger()
    retention = Retention(
        jobs_seconds=30 * DAY, artifacts_seconds=7 * DAY, documents_seconds=2 * DAY
    )
    cleared = sum(steps(retention, ledger), start=Cleared())
    assert (cleared.jobs, cleared.artifacts, cleared.documents) == (3, 3, 3)
    assert dict(ledger.asked) == {
        "jobs": NOW - 30 * DAY,
        "artifacts": NOW - 7 * DAY,
        "documents": NOW - 2 * DAY,
        "files": NOW - DAY,
    }
    assert ledger.statuses == {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}


def test_failed_jobs_alone_go_when_it_is_so_wished() -> None:
    ledger = Ledger()
    steps(Retention(jobs_seconds=0, failed_only=True), ledger)
    assert ledger.statuses == {JobStatus.FAILED}


@pytest.mark.parametrize("seconds", [-1.0, float("nan")])
@pytest.mark.parametrize("name", ["jobs_seconds", "artifacts_seconds", "documents_seconds"])
def test_nothing_is_kept_for_less_than_no_time(name: str, seconds: float) -> None:
    with pytest.raises(ValueError, match="nothing is kept"):
        Retention(**{name: seconds})  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "said"), [(1, "after 1 day;"), (30, "after 30 days;")])
def test_the_note_says_how_long_it_was_kept(days: int, said: str) -> None:
    assert said in Retention(artifacts_seconds=days * DAY).note


def test_what_went_adds_up() -> None:
    both = Cleared(jobs=1, bytes=10) + Cleared(jobs=2, files=3, bytes=5)
    assert both == Cleared(jobs=3, files=3, bytes=15)
    assert Cleared().is_nothing
    assert not both.is_nothing


# As POSIX writes them, since not every machine knows the names: no summer time, Berlin, St John's
# (half hours), Lord Howe (summer time of half an hour, in the south).
ZONES = st.sampled_from(
    [
        "UTC0",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "NST3:30NDT,M3.2.0,M11.1.0",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    ]
)
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
MOMENTS = st.integers(1_600_000_000, 2_100_000_000)  # 2020 to 2036


@contextmanager
def clocks_set_to(zone: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


@given(zone=ZONES, at=TIMES, now=MOMENTS)
def test_the_next_time_is_the_next_at_which_the_clock_on_the_wall_says_so(
    zone: str, at: dt.time, now: int
) -> None:
    with clocks_set_to(zone):
        due = next_time(now, at)
        shown = time.localtime(due)
        assert now < due <= now + 25.5 * 3600
        if (shown.tm_hour, shown.tm_min) != (at.hour, at.minute):
            assert is_left_out(shown, at)
        missed = [m for m in range(now // 60 * 60 + 60, int(due), 60) if shows(m, at)]
        assert [m for m in missed if not is_shown_twice(m, due)] == []


@given(zone=ZONES, at=TIMES, now=MOMENTS)
def test_times_follow_each_other_a_day_apart(zone: str, at: dt.time, now: int) -> None:
    with clocks_set_to(zone):
        first = next_time(now, at)
        assert 22.5 * 3600 <= next_time(first, at) - first <= 25.5 * 3600


def shows(moment: float, at: dt.time) -> bool:
    shown = time.localtime(moment)
    return (shown.tm_hour, shown.tm_min) == (at.hour, at.minute)


def is_left_out(day: time.struct_time, at: dt.time) -> bool:
    """Whether the clocks were put forward over this time on that day."""
    midnight = time.mktime((*day[:3], 0, 0, 0, 0, 0, -1))
    return not any(shows(midnight + 60 * minute, at) for minute in range(24 * 60 + 60))


def is_shown_twice(moment: float, due: float) -> bool:
    """Whether the clocks were put back between the two: the same time comes again."""
    return due - moment <= 3600 and time.localtime(moment)[3:5] == time.localtime(due)[3:5]
