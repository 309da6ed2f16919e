"""What users of Celery see: task events for each attempt and job, and final states.

It is told from what was stored, after it was stored, and never read by us. Losing any of it changes
nothing but what is shown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from celery import Celery, states
from kombu.connection import Connection

from apostil.adapters.celery.broker import publishing_connection
from apostil.adapters.celery.courier import Post
from apostil.adapters.celery.options import TaskNames
from apostil.engine import (
    AttemptFailed,
    AttemptReleased,
    Change,
    Event,
    Job,
    JobCancelled,
    JobFailed,
    JobRetried,
    JobStarted,
    JobSucceeded,
    SegmentFinished,
    SegmentStarted,
)

_GATHER_SECONDS = 0.02


class JobNotDone(Exception):
    """What ``AsyncResult.get`` raises of a job that failed; says why."""


class Teller:
    """The ``Listener`` that turns changes into Celery's events and states.

    ``node`` is the worker's name; without one only submissions become events, since an event names
    the worker that it comes from.
    """

    def __init__(
        self, app: Celery, names: Mapping[str, TaskNames], *, node: str | None, post: Post
    ) -> None:
        self._names = names
        self._node = node
        self._events = _Events(app, node, post)
        self._mirror = _Mirror(app, post)

    def submitted(self, job: Job) -> None:
        self._mirror.forget(job.id)
        self._events.add("task-sent", job.id, at=job.submitted_at, **self._description(job))

    def changed(self, change: Change) -> None:
        for event in change.events:
            self._mirror_job(change.job.id, event)
            if self._node is not None:
                self._tell(change, event)

    def cancelled(self, job: Job, now: float) -> None:
        """For the worker that finds out that a job was cancelled, by whomever."""
        self._mirror.store(job.id, None, states.REVOKED)
        self._revoked(job.id, now)

    def lost(self, token: str, now: float) -> None:
        """For the worker whose attempt was ended by somebody else."""
        self._revoked(token, now)

    def _revoked(self, uuid: str, now: float) -> None:
        self._events.add(
            "task-revoked", uuid, at=now, terminated=True, signum="SIGKILL", expired=False
        )

    def _mirror_job(self, job_id: str, event: Event) -> None:
        match event:
            case JobStarted():
                self._mirror.store(job_id, {"job": job_id, "hostname": self._node}, states.STARTED)
            case JobSucceeded():
                self._mirror.store(job_id, {"job": job_id, "status": "succeeded"}, states.SUCCESS)
            case JobFailed():
                self._mirror.store(job_id, JobNotDone(event.detail), states.FAILURE)
            case JobCancelled():
                self._mirror.store(job_id, None, states.REVOKED)
            case JobRetried():
                self._mirror.forget(job_id)
            case _:
                pass

    def _tell(self, change: Change, event: Event) -> None:
        match event:
            case JobStarted():
                self._begin(change.job.id, change, self._description(change.job))
            case SegmentStarted():
                self._begin(event.attempt, change, self._of_segment(change.job, event))
            case JobSucceeded() | SegmentFinished() | JobFailed() | AttemptFailed():
                self._end(change, event)
            case AttemptReleased():
                self._add("task-retried", event.attempt, change, exception="given back")
            case _:
                pass

    def _begin(self, uuid: str, change: Change, description: dict[str, Any]) -> None:
        self._add("task-received", uuid, change, **description)
        self._add("task-started", uuid, change)

    def _end(
        self, change: Change, event: JobSucceeded | SegmentFinished | JobFailed | AttemptFailed
    ) -> None:
        job = change.job
        match event:
            case JobSucceeded():
                seconds = change.at - (job.started_at or change.at)
                self._add("task-succeeded", job.id, change, result="'succeeded'", runtime=seconds)
            case SegmentFinished():
                seconds = change.at - (job.segment(event.segment).started_at or change.at)
                result = repr(event.artifact)
                self._add("task-succeeded", event.attempt, change, result=result, runtime=seconds)
            case JobFailed():
                self._add("task-failed", job.id, change, exception=event.detail, traceback="")
            case AttemptFailed():
                kind = "task-failed" if event.retry_at is None else "task-retried"
                exception = f"{event.outcome}: {event.detail}"
                self._add(kind, event.attempt, change, exception=exception, traceback="")

    def _add(self, kind: str, uuid: str, change: Change, **facts: Any) -> None:
        self._events.add(kind, uuid, at=change.at, **facts)

    def _description(self, job: Job) -> dict[str, Any]:
        names = self._names.get(job.application)
        name = names.task if names else job.application
        return _described(name, job.id, retries=0, parent=None)

    def _of_segment(self, job: Job, event: SegmentStarted) -> dict[str, Any]:
        name = f"{job.application}.{event.segment}"
        return _described(name, job.id, retries=event.number - 1, parent=job.id)


def _described(name: str, job_id: str, *, retries: int, parent: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "args": repr((job_id,)),
        "kwargs": "{}",
        "root_id": job_id,
        "parent_id": parent,
        "retries": retries,
        "eta": None,
        "expires": None,
    }


class _Events:
    """Gathers events for a moment and sends them as one message."""

    def __init__(self, app: Celery, node: str | None, post: Post) -> None:
        self._app = app
        self._node = node
        self._post = post
        self._turn = threading.Lock()
        self._waiting: list[tuple[str, dict[str, Any]]] = []
        self._connection: Connection | None = None

    def add(self, kind: str, uuid: str, *, at: float, **facts: Any) -> None:
        with self._turn:
            self._waiting.append((kind, {"uuid": uuid, "timestamp": at, **facts}))
            is_first = len(self._waiting) == 1
        if is_first:
            self._post(self._send)

    def _send(self) -> None:
        time.sleep(_GATHER_SECONDS)
        with self._turn:
            events, self._waiting = self._waiting, []
        if self._connection is None:
            self._connection = publishing_connection(self._app)
        try:
            dispatcher = self._app.events.Dispatcher(
                self._connection,
                hostname=self._node,
                buffer_while_offline=False,
                buffer_group={"task"},
                buffer_limit=len(events) + 1,
            )
            for kind, facts in events:
                dispatcher.send(kind, **facts)
            dispatcher.flush(errors=False)
        except BaseException:
            connection, self._connection = self._connection, None
            connection.release()
            raise


class _Mirror:
    """Final states in Celery's result backend, if there is one."""

    def __init__(self, app: Celery, post: Post) -> None:
        self._app = app
        self._post = post
        self._is_on = app.conf.result_backend != "disabled://"

    def store(self, job_id: str, result: Any, state: str) -> None:
        self._do(lambda: self._app.backend.store_result(job_id, result, state))

    def forget(self, job_id: str) -> None:
        """Unknown to a backend is what Celery calls pending."""
        self._do(lambda: self._app.backend.forget(job_id))

    def _do(self, errand: Callable[[], object]) -> None:
        if self._is_on:
            self._post(partial(_run, errand))


def _run(errand: Callable[[], object]) -> None:
    errand()
