"""What a serving process and its workers tell each other, and what they keep of it."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from desk import BAD, Desk, Store

from apostil.adapters import ContentFiles
from apostil.adapters.local import HintPipe
from apostil.adapters.local_worker import Hint, Passwords, WakePipe
from apostil.adapters.memory import MemoryJobs, MemoryReader, MemoryRoster, Shelf
from apostil.engine import cancel_job

SECRET = "\x01\N{OLD KEY}" * 500
"""As long as one may be, and each character longer than itself on its way."""
Told = Callable[[Hint], None]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def desk(shelf: Shelf, tmp_path: Path) -> Desk:
    jobs = MemoryJobs(shelf=shelf)
    files = ContentFiles(tmp_path / "files")
    return Desk(Store(jobs, MemoryRoster(), files, jobs.events, jobs.attempts))


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    pair = os.pipe()
    yield pair
    for end in pair:
        os.close(end)


@pytest.fixture
def inbox(desk: Desk, shelf: Shelf, ends: tuple[int, int]) -> WakePipe:
    passwords = Passwords(desk.store.jobs, desk.clock)
    return WakePipe(ends[0], MemoryReader(shelf).watch(), passwords)


@pytest.fixture
def tell(ends: tuple[int, int]) -> Told:
    pipe = HintPipe(ends[1])
    return lambda hint: pipe.write(msgspec.json.encode(hint) + b"\n")


def test_a_password_is_there_until_its_job_has_ended(
    desk: Desk, inbox: WakePipe, tell: Told
) -> None:
    jobs = [desk.submit(), desk.submit()]
    for job in jobs:
        tell(Hint(job.id, SECRET))
    assert [inbox.password(job.id) for job in jobs] == [SECRET, SECRET]
    desk.now += 3600
    assert [inbox.password(job.id) for job in jobs] == [SECRET, SECRET]
    desk.fail(desk.take(job=jobs[0]), BAD)
    cancel_job(jobs[1].id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    desk.now += 3
    assert [inbox.password(job.id) for job in jobs] == [None, None]
    tell(Hint(jobs[0].id, "again"))
    assert inbox.password(jobs[0].id) == "again"
    desk.now += 3
    assert inbox.password(jobs[0].id) == "again", "the job is retried at any moment"


def test_a_password_whose_job_was_refused_is_forgotten(
    desk: Desk, inbox: WakePipe, tell: Told
) -> None:
    tell(Hint("0" * 36, SECRET))
    assert inbox.password("0" * 36) == SECRET
    desk.now += 30
    assert inbox.password("0" * 36) == SECRET
    desk.now += 31
    assert inbox.password("0" * 36) is None


def test_a_full_pipe_tears_no_line(inbox: WakePipe, ends: tuple[int, int]) -> None:
    lines = {f"{n:036d}": msgspec.json.encode(Hint(f"{n:036d}", SECRET)) + b"\n" for n in range(50)}
    pipe = HintPipe(ends[1])
    for line in lines.values():
        assert len(line) > select.PIPE_BUF, "or it would be taken whole or not at all"
        pipe.write(line)
    for _ in range(3):  # each time as much as the pipe holds
        inbox.wait(0.0)
        pipe.send_rest()
    pipe.write(lines[f"{49:036d}"])
    come = [number for number in lines if inbox.password(number) == SECRET]
    assert come == [*list(lines)[: len(come) - 1], f"{49:036d}"]
    assert 5 < len(come) < 50
