"""Followers of jobs: every event, in order, once, and what it costs the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from desk import BAD, Desk, Store

from apostil.adapters import (
    ContentFiles,
    Database,
    SqlJobs,
    SqlReader,
    SqlRoster,
    open_database,
    upgrade,
)
from apostil.adapters.sql import tables
from apostil.engine import (
    LOCAL_OWNER,
    Change,
    Job,
    JobNotFound,
    Recorded,
    SegmentProgressed,
    StoreBusy,
    cancel_job,
    retry_job,
)
from apostil.web.live.channel import KEPT_EVENTS
from apostil.web.live.following import start_of
from apostil.web.live.hub import Following, Hub, HubClosed
from apostil.web.live.messages import Message

PATIENCE_SECONDS = 20.0


class Disturbed(SqlReader):
    """The real reader, which counts what it is asked and raises what it is told to."""

    faults: list[Exception]
    asked: list[str]

    def heads(self, job_ids: Collection[str]) -> dict[str, int]:
        if self.faults:
            raise self.faults.pop()
        return dict(super().heads(job_ids))

    def events(
        self, owner: str, job_id: str, *, after: int = 0, limit: int = 1000
    ) -> Sequence[Recorded]:
        self.asked.append(threading.current_thread().name)
        return super().events(owner, job_id, after=after, limit=limit)


@dataclass
class Scene:
    """Jobs that are worked on by hand, and a hub that looks on."""

    database: Database
    desk: Desk
    reader: Disturbed
    hub: Hub

    def write(self, job: Job, count: int) -> None:
        """Append so many events to the job's log."""
        before = self.desk.job(job)
        fact = SegmentProgressed(segment="read", done=1, total=2, message="half-way")
        change = Change(before=before, job=before, at=self.desk.now, events=(fact,) * count)
        assert self.desk.store.jobs.save(change)

    def cancel(self, job: Job) -> None:
        cancel_job(job.id, owner=LOCAL_OWNER, jobs=self.desk.store.jobs, clock=self.desk.clock)

    def remove(self, job: Job) -> None:
        """Delete the job so fast after its cancelling that nobody saw that."""
        with self.database.writing(durable=False) as connection:
            for table in (tables.events, tables.segments, tables.job_documents):
                connection.execute(sa.delete(table).where(table.c.job_id == job.id))
            connection.execute(sa.delete(tables.jobs).where(tables.jobs.c.id == job.id))

    async def trouble(self, expected: str | None) -> None:
        """Wait until the hub says so."""
        while self.hub.trouble != expected:  # noqa: ASYNC110 - it is set by a thread
            await asyncio.sleep(0.005)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    database = open_database(f"sqlite:///{tmp_path / 'apostil.db'}")
    upgrade(database)
    files = ContentFiles(tmp_path / "files")
    reader = Disturbed(database, files)
    reader.faults, reader.asked = [], []
    store = Store(
        jobs=SqlJobs(database, files),
        roster=SqlRoster(database),
        files=files,
        events=lambda job_id: reader.events(LOCAL_OWNER, job_id),
        attempts=lambda job_id: reader.attempts(LOCAL_OWNER, job_id),
    )
    hub = Hub(reader)
    yield Scene(database, Desk(store), reader, hub)
    hub.close()
    database.dispose()


def run(test: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await test

    asyncio.run(bounded())


async def read(
    following: Following, *, until: Callable[[Sequence[Message]], bool]
) -> list[Message]:
    """What comes until there is enough, or nothing follows."""
    found: list[Message] = []
    while not following.is_over and not until(found):
        found += await following.next()
    return found


async def silence(following: Following) -> None:
    """Read up to the end of the log, where nothing comes."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(following.next(), 0.05)


def at_end(_: Sequence[Message]) -> bool:
    return False


def up_to(seq: int) -> Callable[[Sequence[Message]], bool]:
    return lambda found: bool(found) and found[-1].seq >= seq


def numbers(found: Sequence[Message]) -> list[int]:
    return [message.seq for message in found]


def facts(message: Message) -> Mapping[str, Any]:
    return msgspec.json.decode(message.data, type=dict[str, Any])


def test_a_follower_gets_what_was_there_and_then_what_comes(scene: Scene) -> None:
    job = scene.desk.submit()

    async def test() -> None:
        with scene.hub.follow(LOCAL_OWNER, job.id, after=0) as following:
            first = await following.next()
            worker = asyncio.create_task(asyncio.to_thread(scene.desk.work_off))
            rest = await read(following, until=at_end)
            await worker
        found = [*first, *rest]
        assert [facts(one) for one in first] == [
            {
                "seq": 1,
                "type": "job_submitted",
                "job": job.id,
                "at": "1970-01-12T13:46:40.000Z",
                "application": "chain",
                "segments": ["read", "think", "write"],
            }
        ]
        assert numbers(found) == list(range(1, scene.desk.job(job).last_seq + 1))
        assert facts(found[-1])["type"] == "job_succeeded"
        assert found[-1].frame.startswith(f"id: {found[-1].seq}\nevent: job_succeeded\n".encode())

    run(test())


def test_a_follower_that_falls_behind_the_memory_reads_from_the_database(scene: Scene) -> None:
    job = scene.desk.submit()
    rounds = 3 * KEPT_EVENTS // 100

    async def test() -> None:
        with (
            scene.hub.follow(LOCAL_OWNER, job.id, after=0) as quick,
            scene.hub.follow(LOCAL_OWNER, job.id, after=0) as slow,
        ):
            assert numbers(await slow.next()) == [1]
            for number in range(rounds):
                await asyncio.to_thread(scene.write, job, 100)
                await read(quick, until=up_to(1 + 100 * (number + 1)))
            scene.cancel(job)
            found = await read(slow, until=at_end)
            assert numbers(found) == list(range(2, 100 * rounds + 3))
            assert numbers(await read(quick, until=at_end)) == [100 * rounds + 2]

    run(test())


def test_what_is_new_is_read_once_for_all_followers(scene: Scene) -> None:
    job = scene.desk.submit()

    async def test() -> None:
        with ExitStack() as stack:
            crowd = [
                stack.enter_context(scene.hub.follow(LOCAL_OWNER, job.id, after=0))
                for _ in range(50)
            ]
            for one in crowd:
                await read(one, until=up_to(1))
            scene.reader.asked.clear()
            reading = asyncio.gather(*(read(one, until=up_to(8)) for one in crowd))
            await asyncio.to_thread(scene.write, job, 7)
            assert all(numbers(found) == [2, 3, 4, 5, 6, 7, 8] for found in await reading)
            assert scene.reader.asked == ["hub"]
        assert not scene.hub._channels

    run(test())


def test_a_deleted_job_ends_its_stream_with_a_last_message(scene: Scene) -> None:
    job = scene.desk.submit()

    async def test() -> None:
        with scene.hub.follow(LOCAL_OWNER, job.id, after=1) as following:
            await silence(following)
            await asyncio.to_thread(scene.remove, job)
            found = await read(following, until=at_end)
        assert facts(found[-1]) == {"type": "job_deleted", "job": job.id}
        assert found[-1].frame.startswith(b"event: job_deleted\ndata: {")

    run(test())


def test_a_log_that_was_written_anew_is_told_anew(scene: Scene) -> None:
    """A database that came back without its newest events gives their numbers out again."""
    job = scene.desk.submit()
    scene.write(job, 20)

    def lose() -> None:
        with scene.database.writing(durable=False) as connection:
            connection.execute(sa.delete(tables.events).where(tables.events.c.seq > 5))
            connection.execute(sa.update(tables.jobs).values(last_seq=5))

    async def test() -> None:
        with scene.hub.follow(LOCAL_OWNER, job.id, after=0) as following:
            assert numbers(await read(following, until=up_to(21)))[-1] == 21
            await asyncio.to_thread(lose)
            found = await read(following, until=up_to(5))
            await asyncio.to_thread(scene.write, job, 2)
            found += await read(following, until=up_to(7))
        assert facts(found[0]) == {"type": "reset", "job": job.id, "epoch": scene.reader.epoch()}
        assert numbers(found) == [0, 1, 2, 3, 4, 5, 6, 7]

    run(test())


def test_a_job_that_failed_and_was_retried_is_followed_to_its_present_end(scene: Scene) -> None:
    job = scene.desk.submit()
    scene.desk.fail(scene.desk.take(), BAD)
    failed = scene.desk.job(job).last_seq
    desk = scene.desk
    retry_job(job.id, owner=LOCAL_OWNER, jobs=desk.store.jobs, queue=desk.queue, clock=desk.clock)
    scene.desk.work_off()

    async def test() -> None:
        with scene.hub.follow(LOCAL_OWNER, job.id, after=0) as following:
            found = await read(following, until=at_end)
        assert facts(found[failed - 1])["type"] == "job_failed"
        assert facts(found[-1])["type"] == "job_succeeded"
        assert numbers(found) == list(range(1, scene.desk.job(job).last_seq + 1))

    run(test())


@pytest.mark.parametrize("fault", [StoreBusy("busy"), ZeroDivisionError("a fault of ours")])
def test_a_disturbed_thread_says_so_begins_anew_and_loses_nothing(
    scene: Scene, fault: Exception
) -> None:
    job = scene.desk.submit()

    async def test() -> None:
        with scene.hub.follow(LOCAL_OWNER, job.id, after=0) as following:
            await following.next()
            scene.reader.faults = [fault]
            await asyncio.to_thread(scene.write, job, 3)
            await scene.trouble(type(fault).__name__)
            assert numbers(await read(following, until=up_to(4))) == [2, 3, 4]
            await scene.trouble(None)

    run(test())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_has_ended_is_seen_and_started_again(scene: Scene) -> None:
    job = scene.desk.submit()

    async def test() -> None:
        with scene.hub.follow(LOCAL_OWNER, job.id, after=1) as following:
            await silence(following)
            scene.reader.faults = [SystemExit()]  # type: ignore[list-item]  # what ends a thread in silence
            await asyncio.to_thread(scene.write, job, 3)
            await scene.trouble("the thread has ended")
            await silence(following)
            assert numbers(await read(following, until=up_to(4))) == [2, 3, 4]

    run(test())


def test_waiting_for_an_end_is_over_with_the_job_or_with_the_time(scene: Scene) -> None:
    job, other = scene.desk.submit(), scene.desk.submit()

    async def test() -> None:
        assert not await scene.hub.ended(LOCAL_OWNER, job.id, 0.05)
        waiting = asyncio.create_task(scene.hub.ended(LOCAL_OWNER, job.id, PATIENCE_SECONDS))
        await asyncio.sleep(0)
        await asyncio.to_thread(scene.cancel, job)
        assert await waiting
        assert await scene.hub.ended(LOCAL_OWNER, job.id, 0.05)
        with pytest.raises(JobNotFound):
            await scene.hub.ended("somebody else", job.id, 1.0)
        gone = asyncio.create_task(scene.hub.ended(LOCAL_OWNER, other.id, PATIENCE_SECONDS))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(scene.remove, other)
        with pytest.raises(JobNotFound):
            await gone
        assert not scene.hub._channels

    run(test())


def test_a_hub_that_stops_ends_its_streams_and_its_threads(scene: Scene) -> None:
    job = scene.desk.submit()

    async def test() -> None:
        with scene.hub.follow(LOCAL_OWNER, job.id, after=1) as following:
            reading = asyncio.create_task(following.next())
            waiting = asyncio.create_task(scene.hub.ended(LOCAL_OWNER, job.id, PATIENCE_SECONDS))
            await asyncio.sleep(0.05)
            scene.hub.stop()
            with pytest.raises(HubClosed):
                await reading
            assert not await waiting
        with pytest.raises(HubClosed):
            await scene.hub.look_up(LOCAL_OWNER, job.id)

    run(test())
    scene.hub.close()
    assert not any(thread.name.startswith(("hub", "follow")) for thread in threading.enumerate())


@pytest.mark.parametrize(
    ("after", "epoch", "is_told_anew"),
    [(0, None, False), (1, None, False), (2, None, True), (1, "another", True), (0, "", True)],
)
def test_numbers_of_another_epoch_or_beyond_the_last_are_told_anew(
    scene: Scene, after: int, epoch: str | None, *, is_told_anew: bool
) -> None:
    job = scene.desk.submit()

    async def test() -> None:
        start = await start_of(scene.hub, LOCAL_OWNER, job.id, after=after, epoch=epoch)
        assert start.after == (0 if is_told_anew else after)
        assert [facts(one)["type"] for one in start.first] == ["reset"] * is_told_anew
        assert start.epoch == scene.reader.epoch()

    run(test())
