"""Live events: one look at the database for all who follow jobs in this process.

A follower registers first, reads what the log holds already, and then is told of what comes. One
thread waits for anybody's commit, asks for the last numbers of the followed jobs, reads what is new
once a job, and hands it to the event loop. What is new stands in a short memory beside the job; a
follower only keeps the number that it has reached. Whoever falls behind the memory reads from the
database by itself: a slow reader costs the others nothing, holds no queue and loses no event.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from typing import TypeVar

import structlog

from apostil.engine import EngineError, Job, JobNotFound, JobReader, StoreBusy
from apostil.web.live.channel import KEPT_EVENTS, Channel, Key, News
from apostil.web.live.messages import Message, deleted, of_event, reset

PAGE = 500
"""How many events one reading of the database brings."""
READERS = 4
"""Threads that read for followers, apart from those of the other routes."""
_WATCH_SECONDS = 0.2
_PAUSE_SECONDS = 0.5
_REVIVAL_SECONDS = 2.0

_T = TypeVar("_T")
_log = structlog.get_logger()


class HubClosed(Exception):
    """The server stops; ask the next one."""


class Following:
    """One client's way along a job's log; ``Hub.follow`` gives it."""

    def __init__(self, hub: Hub, key: Key, channel: Channel, *, after: int) -> None:
        self._hub = hub
        self._key = key
        self._channel = channel
        self._after = after
        self._resets = channel.resets
        self.has_ended = False
        """Whether the last event sent is a terminal one."""
        self.is_over = False
        """Whether nothing follows: the job has ended or is gone."""

    async def next(self) -> Sequence[Message]:
        """What comes next, in order and without gaps.

        The last of all is a terminal event or ``job_deleted``; then ``is_over`` is true, and there
        may be nothing more to tell. HubClosed when the server stops before.
        """
        while not self.is_over:
            if not self._is_current():
                return [await self._begin_again()]
            found = await self._advance()
            if found or self.is_over:
                return found
            if self._channel.is_deleted:
                return [self._deleted()]
            if self._is_current():
                await self._channel.wait()
        return []

    def _is_current(self) -> bool:
        return self._channel.resets == self._resets

    async def _advance(self) -> Sequence[Message]:
        """What is there already. If there is nothing, nothing has come since it was looked for."""
        found: Sequence[Message] | None = None
        while not found and not self.is_over and self._is_current():
            if self._hub.is_closed:
                raise HubClosed
            is_end = True
            found = self._channel.since(self._after)
            if found is None:
                found, is_end = await self._read()
            elif not found:
                return found
            if found:
                self._after = found[-1].seq
                self.has_ended = found[-1].is_terminal
            if is_end and self.has_ended:
                self.is_over = True
        return found or []

    async def _read(self) -> tuple[Sequence[Message], bool]:
        """The next page from the database, and whether it reaches the end of the log."""
        try:
            found = await self._hub.replay(self._key, self._channel, after=self._after)
        except JobNotFound:
            return [self._deleted()], True
        except StoreBusy:
            await asyncio.sleep(_PAUSE_SECONDS)
            return [], False
        is_end = len(found) < PAGE
        if is_end and self._is_current():
            self._channel.learn(found, last=found[-1].seq if found else self._after)
        if not found and self._channel.since(self._after) is None:
            await asyncio.sleep(_PAUSE_SECONDS)  # the log is shorter than it was said to be
        return found, is_end

    async def _begin_again(self) -> Message:
        self._resets = self._channel.resets
        self._after = 0
        self.has_ended = False
        return reset(self._key[1], await self._hub.ask(lambda reader: reader.epoch()))

    def _deleted(self) -> Message:
        self.is_over = True
        return deleted(self._key[1])


class Hub:
    """One for each process and event loop. Its thread starts with the first follower; ``close`` it
    when the server stops."""

    def __init__(self, reader: JobReader) -> None:
        self._reader = reader
        self._channels: dict[Key, Channel] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="follow")
        self._watchdog: asyncio.TimerHandle | None = None
        self._is_wanted = threading.Event()
        self._closing = threading.Event()
        self._epoch: str | None = None
        self._trouble: str | None = None

    @property
    def is_closed(self) -> bool:
        return self._closing.is_set()

    @property
    def trouble(self) -> str | None:
        """What keeps live events from coming just now, in a word; None when all is well."""
        thread = self._thread
        if thread is not None and not thread.is_alive() and not self.is_closed:
            return "the thread has ended"
        return self._trouble

    @contextmanager
    def follow(self, owner: str, job_id: str, *, after: int) -> Iterator[Following]:
        """Follow a job that is known to be the owner's, from the event after that number::

        with hub.follow(owner, job_id, after=7) as following:
            while not following.is_over:
                for message in await following.next(): …
        """
        key = (owner, job_id)
        channel = self._join(key)
        try:
            yield Following(self, key, channel, after=after)
        finally:
            self._leave(key, channel)

    async def look_up(self, owner: str, job_id: str) -> tuple[Job, str]:
        """The job and the epoch of its events' numbers. JobNotFound, StoreBusy."""
        return await self.ask(lambda reader: (reader.get(owner, job_id), reader.epoch()))

    async def ended(self, owner: str, job_id: str, timeout_seconds: float) -> bool:
        """Whether the job has ended, waiting so long for it. JobNotFound, also when it is deleted
        meanwhile; StoreBusy. When the server stops, the answer is given at once."""
        with suppress(TimeoutError, HubClosed):
            async with asyncio.timeout(timeout_seconds):
                job = await self.ask(lambda reader: reader.get(owner, job_id))
                if job.status.is_terminal:
                    return True
                with self.follow(owner, job_id, after=job.last_seq) as following:
                    while not following.is_over:
                        await following.next()
                if not following.has_ended:
                    raise JobNotFound(job_id)
                return True
        return False

    async def ask(self, question: Callable[[JobReader], _T]) -> _T:
        """Ask the database on one of the followers' threads. HubClosed."""
        if self.is_closed:
            raise HubClosed
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, question, self._reader)

    async def replay(self, key: Key, channel: Channel, *, after: int) -> Sequence[Message]:
        """A page of the log. Those who ask for the same at the same time, as a crowd does that
        connects again, are served by one reading."""
        reading = channel.readings.get(after)
        if reading is None:
            owner, job_id = key
            reading = asyncio.ensure_future(
                self.ask(lambda reader: _messages(reader, owner, job_id, after=after, limit=PAGE))
            )
            channel.readings[after] = reading
            reading.add_done_callback(lambda _: channel.readings.pop(after))
        # Shielded, since one who goes must not take it from the others.
        return await asyncio.shield(reading)

    def stop(self) -> None:
        """End all streams, so that a server that stops need not wait for its clients. On the event
        loop."""
        self._closing.set()
        self._is_wanted.set()
        if self._watchdog is not None:
            self._watchdog.cancel()
        for channel in self._channels.values():
            channel.wake()

    def close(self) -> None:
        """Wait for the threads to end. After the event loop has."""
        self._closing.set()
        self._is_wanted.set()
        self._readers.shutdown()
        if self._thread is not None:
            self._thread.join()

    def _join(self, key: Key) -> Channel:
        if self.is_closed:
            raise HubClosed
        self._attach(asyncio.get_running_loop())
        with self._lock:
            channel = self._channels.setdefault(key, Channel())
            self._is_wanted.set()
        channel.followers += 1
        if self._watchdog is None:
            self._revive()
        return channel

    def _leave(self, key: Key, channel: Channel) -> None:
        channel.followers -= 1
        if channel.followers:
            return
        with self._lock:
            if self._channels.get(key) is channel:
                del self._channels[key]
            if not self._channels and not self.is_closed:
                self._is_wanted.clear()

    def _attach(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is loop:
            return
        if self._loop is not None and not self._loop.is_closed():
            raise RuntimeError("a hub serves one event loop")
        self._loop = loop
        self._watchdog = None
        self._channels.clear()

    def _revive(self) -> None:
        """Start the thread if there is none, or no longer one; look again by and by."""
        self._watchdog = None
        if self.is_closed or self._loop is None:
            return
        if self._channels:
            self._watchdog = self._loop.call_later(_REVIVAL_SECONDS, self._revive)
        if self._thread is not None:
            if self._thread.is_alive():
                return
            _log.error("hub_restarted")
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        """Whatever happens, begin anew: followers wait for their events."""
        while not self.is_closed:
            try:
                self._watch()
            except EngineError as error:
                self._trouble = type(error).__name__
                _log.warning("hub_disturbed", cause=self._trouble)
            except Exception as error:  # noqa: BLE001 - a fault must not end the events of all
                self._trouble = type(error).__name__
                _log.exception("hub_failed")
            self._closing.wait(_PAUSE_SECONDS)

    def _watch(self) -> None:
        """Look once, since anything may have been written before, and then at every commit."""
        with closing(self._reader.watch()) as watch:
            has_news = True
            while not self.is_closed:
                if has_news:
                    self._compare_epochs()
                    self._look()
                    self._trouble = None
                self._is_wanted.wait()
                has_news = watch.wait(_WATCH_SECONDS)

    def _compare_epochs(self) -> None:
        """Only a database that was lost in between can have changed its epoch."""
        epoch = self._reader.epoch()
        if self._epoch not in {None, epoch}:
            self._on_loop(self._start_anew)
        self._epoch = epoch

    def _start_anew(self) -> None:
        for channel in self._channels.values():
            channel.start_anew()
            channel.wake()

    def _look(self) -> None:
        """Read what is new of every followed job, once for all its followers."""
        with self._lock:
            known = {key: channel.head for key, channel in self._channels.items()}
        if not known:
            return
        heads = self._reader.heads({job_id for _, job_id in known})
        news = list(self._news(known, heads))
        if news:
            self._on_loop(lambda: self._publish(news))

    def _news(self, known: Mapping[Key, int | None], heads: Mapping[str, int]) -> Iterator[News]:
        for key, seen in known.items():
            owner, job_id = key
            head = heads.get(job_id)
            if head is None:
                yield News(key=key, head=None)
            elif seen is None or head - seen > KEPT_EVENTS:
                yield News(key=key, head=head)  # followers read for themselves
            elif head < seen:
                yield News(key=key, head=head, is_rewound=True)
            elif head > seen:
                with suppress(JobNotFound):  # the next look tells that it is gone
                    messages = _messages(self._reader, owner, job_id, after=seen, limit=KEPT_EVENTS)
                    yield News(key=key, head=head, messages=messages)

    def _publish(self, news: Sequence[News]) -> None:
        for one in news:
            channel = self._channels.get(one.key)
            if channel is not None:
                channel.publish(one)

    def _on_loop(self, act: Callable[[], None]) -> None:
        """Have it done on the event loop, and wait until it is: while the loop is busy with sending,
        what comes meanwhile is gathered for one next look."""
        if self._loop is None or self._loop.is_closed():
            return
        done = threading.Event()
        self._loop.call_soon_threadsafe(_then_set, act, done)
        while not done.wait(_WATCH_SECONDS) and not self.is_closed:
            pass


def _then_set(act: Callable[[], None], done: threading.Event) -> None:
    try:
        act()
    finally:
        done.set()


def _messages(
    reader: JobReader, owner: str, job_id: str, *, after: int, limit: int
) -> Sequence[Message]:
    return [of_event(one) for one in reader.events(owner, job_id, after=after, limit=limit)]
