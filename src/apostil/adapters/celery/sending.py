"""The ``Queue`` port over Celery: one small message says that a job has work."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial

from celery import Celery
from kombu.connection import Connection

from apostil.adapters.celery.broker import publishing_connection
from apostil.adapters.celery.courier import Post
from apostil.adapters.celery.options import PRIORITY_SEPARATOR, TaskNames
from apostil.adapters.celery.passwords import Safe
from apostil.engine import Clock, Job, JobStatus, JobStore
from apostil.engine.job import AGEING_SECONDS

_ANNOUNCED_SECONDS = 1.5
"""Work that has been ready for longer was announced when it became ready."""
_ENOUGH_AHEAD = 100
_FORGET_SECONDS = 60.0


class Sender:
    """Sends messages over a connection of its own, which it opens anew after a failure."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._connection: Connection | None = None

    def send(self, names: TaskNames, job_id: str, *, level: int, sealed: str | None = None) -> None:
        """Raises what the broker's library does when it cannot be reached."""
        try:
            self._app.send_task(
                names.task,
                args=(job_id,),
                kwargs={"sealed": sealed} if sealed else {},
                task_id=job_id,
                queue=names.queue,
                priority=level,
                ignore_result=True,
                retry=False,
                connection=self._opened(),
            )
        except BaseException:
            self.close()
            raise

    def ahead(self, queue: str, level: int) -> int:
        """How many messages of the queue a new one of this level would have to wait for."""
        try:
            pipe = self._opened().default_channel.client.pipeline(transaction=False)
            for one in range(level + 1):
                pipe.llen(f"{queue}{PRIORITY_SEPARATOR}{one}" if one else queue)
            return sum(pipe.execute())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.release()

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = publishing_connection(self._app)
        return self._connection


class CeleryQueue:
    """The ``Queue`` port. What cannot be sent is sent by a sweep later on."""

    def __init__(
        self,
        sender: Sender,
        *,
        jobs: JobStore,
        names: Mapping[str, TaskNames],
        safe: Safe,
        post: Post,
        clock: Clock = time.time,
    ) -> None:
        self._sender = sender
        self._jobs = jobs
        self._names = names
        self._safe = safe
        self._post = post
        self._clock = clock
        self._sealed: dict[str, tuple[float, str]] = {}

    def wake(self, job_id: str) -> None:
        self._post(partial(self._announce, job_id))

    def entrust(self, job_id: str, password: str) -> None:
        """Sealed, it goes with the next message for the job, which comes at once."""
        self.keep(job_id, self._safe.seal(password))

    def keep(self, job_id: str, sealed: str) -> None:
        """As ``entrust``, for a password that came sealed."""
        now = self._clock()
        old = [one for one, (at, _) in list(self._sealed.items()) if at < now - _FORGET_SECONDS]
        for one in old:
            self._sealed.pop(one, None)
        self._sealed[job_id] = (now, sealed)

    def _announce(self, job_id: str) -> None:
        job = self._jobs.load(job_id)
        if job is None or job.application not in self._names:
            return
        now = self._clock()
        segment = job.ready(now)
        if segment is None:
            return
        names, level = self._names[job.application], level_of(job, now)
        was_announced = now - (segment.ready_at or now) > _ANNOUNCED_SECONDS
        if was_announced and self._sender.ahead(names.queue, level) >= _ENOUGH_AHEAD:
            return  # its message may be among them; else a later sweep finds fewer
        kept = self._sealed.get(job_id)
        self._sender.send(names, job_id, level=level, sealed=kept[1] if kept else None)
        self._sealed.pop(job_id, None)


def level_of(job: Job, now: float) -> int:
    """The priority of a message, 0 first: the job's own, one step better for each minute of
    waiting, as in the database, and one for work that goes on or was recovered."""
    aged = job.priority - int((now - job.submitted_at) / AGEING_SECONDS)
    return max(0, aged - (job.status is JobStatus.RUNNING))
