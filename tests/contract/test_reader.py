"""What every ``JobReader`` shows of jobs, each owner their own."""

from __future__ import annotations

import threading

import pytest
from desk import BAD, POISON
from ports import Ports

from apostil.engine import ArtifactMissing, Job, JobNotFound, JobStatus, Outcome, Stats


def test_a_strangers_job_is_as_unknown_as_none(ports: Ports) -> None:
    job = ports.desk.submit()
    reader = ports.reader
    assert reader.get("local", job.id) == ports.desk.job(job)
    for owner, job_id in (("other", job.id), ("local", "0" * 36)):
        for ask in (reader.get, reader.place, reader.attempts, reader.events, reader.result):
            with pytest.raises(JobNotFound):
                ask(owner, job_id)
        with pytest.raises(JobNotFound):
            reader.artifact(owner, job_id, "read")


def test_the_place_counts_everybody_who_stands_before(ports: Ports) -> None:
    desk = ports.desk
    first = desk.submit()
    theirs = desk.submit(owner="other", priority=0)
    last = desk.submit(priority=9)

    def places() -> list[int]:
        return [ports.reader.place(job.owner, job.id) for job in (first, theirs, last)]

    def at_once(owner: str = "local") -> list[int | None]:
        ids = [job.id for job in (first, theirs, last)]
        found = ports.reader.places(owner, [*ids, "0" * 36])
        assert set(found) <= set(ids)
        return [found.get(one) for one in ids]

    assert places() == [1, 0, 2]
    assert (at_once(), at_once("other")) == ([1, None, 2], [None, 0, None])
    desk.take(job=theirs)
    assert places() == [0, 0, 1]
    assert (at_once(), at_once("other")) == ([0, None, 1], [None, None, None])
    assert ports.reader.places("local", []) == {}


def test_events_are_read_on_from_a_number(ports: Ports) -> None:
    job = ports.desk.submit()
    ports.desk.work_off()

    def numbers(after: int, limit: int = 1000) -> list[int]:
        return [r.seq for r in ports.reader.events("local", job.id, after=after, limit=limit)]

    assert numbers(0) == list(range(1, 10))
    assert numbers(7) == [8, 9]
    assert numbers(3, limit=2) == [4, 5]
    assert numbers(9) == []


def test_a_result_is_there_once_the_job_has_succeeded(ports: Ports) -> None:
    desk = ports.desk
    job = desk.submit()
    desk.finish(desk.take())
    assert len(ports.reader.artifact("local", job.id, "read")) == 64
    for segment in ("think", "none"):
        with pytest.raises(ArtifactMissing):
            ports.reader.artifact("local", job.id, segment)
    with pytest.raises(ArtifactMissing):
        ports.reader.result("local", job.id)
    desk.work_off()
    assert ports.reader.result("local", job.id) == ports.reader.artifact("local", job.id, "write")


def test_attempts_are_shown_oldest_first(ports: Ports) -> None:
    desk = ports.desk
    job = desk.submit()
    desk.fail(desk.take(), POISON)
    desk.now += 1
    desk.fail(desk.take(), BAD)
    shown = ports.reader.attempts("local", job.id)
    assert [(a.number, a.outcome) for a in shown] == [(1, "executor_died"), (2, "failed")]


def test_an_owners_counts_are_of_the_owners_things(ports: Ports) -> None:
    desk = ports.desk
    desk.submit(paper=b"12345")
    desk.work_off()
    desk.submit(paper=b"123")
    for _ in range(3):
        desk.fail(desk.take(), POISON)
    desk.submit(owner="other")
    assert ports.reader.stats("local") == Stats(
        jobs={JobStatus.SUCCEEDED: 1, JobStatus.FAILED: 1},
        dead_letters=1,
        attempts={Outcome.FINISHED: 3, Outcome.EXECUTOR_DIED: 3},
        documents=2,
        document_bytes=8,
        artifacts=3,
        artifact_bytes=3 * 64,
    )


def test_a_watch_wakes_when_anybody_has_written(ports: Ports) -> None:
    watch = ports.reader.watch()
    try:
        assert not watch.wait(0)
        submitted: list[Job] = []
        thread = threading.Thread(target=lambda: submitted.append(ports.desk.submit()))
        thread.start()
        assert watch.wait(10)
        thread.join()
        while watch.wait(0):
            """What was written meanwhile counts too."""
        assert not watch.wait(0.05)
    finally:
        watch.close()
    assert ports.reader.get("local", submitted[0].id).last_seq == 1
