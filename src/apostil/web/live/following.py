"""What a stream of events and a socket have in common: where a client goes on, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from apostil.web.live.hub import Hub
from apostil.web.live.messages import Message, reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a client goes on in a job's log: after which event, told what ``first``."""

    after: int
    epoch: str
    first: tuple[Message, ...] = ()
    is_over: bool = False
    """Whether the job has ended and the client knows it."""


async def start_of(
    hub: Hub, owner: str, job_id: str, *, after: int, epoch: str | None = None
) -> Start:
    """Numbers of another epoch, or beyond the last, are none of ours: such a client is told all,
    from the first event. JobNotFound, StoreBusy, HubClosed."""
    job, current = await hub.look_up(owner, job_id)
    if after > job.last_seq or epoch not in {None, current}:
        return Start(after=0, epoch=current, first=(reset(job_id, current),))
    is_over = after == job.last_seq and job.status.is_terminal
    return Start(after=after, epoch=current, is_over=is_over)


async def first_of(*ways: Coroutine[Any, Any, None]) -> None:
    """Run them until one ends, and give up the others. Raises what that one raised."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
