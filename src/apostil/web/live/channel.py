"""The newest part of one job's log, shared by all who follow the job."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from apostil.web.live.messages import Message

KEPT_EVENTS = 256
"""How many of a job's newest events are held in memory while anybody follows it."""

Key = tuple[str, str]
"""Owner and job: what a stranger asks for is another channel, which never has a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What one look found about a job; ``head`` is None when there is no such job."""

    key: Key
    head: int | None
    messages: Sequence[Message] = ()
    is_rewound: bool = False


class Channel:
    """The newest part of one job's log. Changed on the event loop only."""

    def __init__(self) -> None:
        self.followers = 0
        self.head: int | None = None
        self.is_deleted = False
        self.resets = 0
        self.readings: dict[int, asyncio.Future[Sequence[Message]]] = {}
        """Readings of the database that go on, by the number after which they read."""
        self._recent: deque[Message] = deque(maxlen=KEPT_EVENTS)
        self._changed = asyncio.Event()

    def since(self, after: int) -> Sequence[Message] | None:
        """All known messages after that number; None if the database must be asked."""
        if self.head is None:
            return None
        missing = max(0, self.head - after)
        if missing > len(self._recent):
            return None
        return [self._recent[place] for place in range(-missing, 0)]

    def learn(self, messages: Sequence[Message], *, last: int) -> None:
        """A follower has read up to the end of the log: what is new begins after it."""
        if self.head is None:
            self.head = last
            self._recent.extend(messages)

    def publish(self, news: News) -> None:
        """Take in what a look has found, and wake the followers if there is anything new."""
        before = self.head or 0
        if news.head is None:
            self.is_deleted = True
        elif news.is_rewound:
            self.start_anew()
        else:
            fresh = [message for message in news.messages if message.seq > before]
            if fresh and fresh[0].seq == before + 1:
                self._recent.extend(fresh)
                self.head = fresh[-1].seq
            elif news.head > before:
                self._recent.clear()
                self.head = news.head
            else:
                return
        self.wake()

    def start_anew(self) -> None:
        """The numbers that were given out mean nothing any more."""
        self.resets += 1
        self.head = None
        self._recent.clear()

    def wake(self) -> None:
        self._changed.set()
        self._changed.clear()

    async def wait(self) -> None:
        """Until anything changes. Without a limit of time: each would cost a follower as much as all
        the rest that is done for it."""
        await self._changed.wait()
