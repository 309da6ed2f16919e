"""A prefork child of a Celery worker: the same supervisor as anywhere, driven by messages."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import structlog
from celery import Celery

from apostil.adapters.celery.courier import Courier
from apostil.adapters.celery.passwords import Safe
from apostil.adapters.celery.sending import CeleryQueue, Sender
from apostil.adapters.celery.telling import Teller
from apostil.adapters.celery.work import StopFlag, Work
from apostil.adapters.files import ContentFiles
from apostil.adapters.process import ExecutorProcess
from apostil.adapters.reporting import ReportingJobs, listening
from apostil.adapters.sql import SqlRoster
from apostil.engine import JobStatus, Supervisor, Worker

_FLUSH_SECONDS = 2.0


class ChildInbox:
    """The ``Inbox`` of a child. Passwords stay in its memory as long as their job is worked on."""

    def __init__(self, flag: StopFlag, safe: Safe) -> None:
        self._flag = flag
        self._safe = safe
        self._sealed: tuple[str, str] | None = None
        self.is_terminated = False

    @property
    def is_stopping(self) -> bool:
        return self.is_terminated or self.is_shutting_down

    @property
    def is_shutting_down(self) -> bool:
        """Whether the whole worker is."""
        return self._flag.is_set

    def wait(self, timeout_seconds: float) -> None:
        """Messages are waited for by Celery."""
        time.sleep(timeout_seconds)

    def password(self, job_id: str) -> str | None:
        if self._sealed is None or self._sealed[0] != job_id:
            return None
        return self._safe.unseal(self._sealed[1])

    def keep(self, job_id: str, sealed: str | None) -> None:
        self._sealed = (job_id, sealed) if sealed else None


class Child:
    """Advances the jobs that messages name, each for a time slice."""

    def __init__(self, app: Celery, work: Work, node: str) -> None:
        self._stack = ExitStack()
        listeners = self._stack.enter_context(listening(work.reports, role="worker"))
        self._database = work.open_database()
        self._hints, self._shows = Courier("hints"), Courier("shows")
        self._teller = Teller(app, work.names, node=node, post=self._shows)
        files = ContentFiles(work.files)
        self._jobs = ReportingJobs(
            self._database, files, work.effects, listeners=(self._teller, *listeners)
        )
        safe = Safe(work.key_file)
        self._inbox = ChildInbox(work.stop, safe)
        self._sender = Sender(app)
        self._queue = CeleryQueue(
            self._sender, jobs=self._jobs, names=work.names, safe=safe, post=self._hints
        )
        worker = Worker(
            id=work.worker_id(),
            jobs=self._jobs,
            roster=SqlRoster(self._database),
            files=files,
            queue=self._queue,
            pipelines=work.pipelines,
            tempo=work.tempo,
        )
        executor = ExecutorProcess(dies_with_thread=True)
        log = structlog.get_logger(worker=worker.id)
        self._supervisor = Supervisor(worker, executor, self._inbox, log)
        self._supervisor.start()

    def advance(self, job_id: str, sealed: str | None) -> None:
        """The body of every task: a time slice of this job. What is left then is announced again,
        by the engine, or here if the worker stops."""
        with self._giving_back_first():
            self._inbox.keep(job_id, sealed)
            if sealed is not None:
                self._queue.keep(job_id, sealed)
            if not self._inbox.is_stopping:
                self._supervisor.advance(job_id)
            self._inbox.keep(job_id, None)
            self._tell_cancelled(job_id)
            if self._inbox.is_stopping:
                self._queue.wake(job_id)
                self._hints.flush(_FLUSH_SECONDS)

    def close(self) -> None:
        self._supervisor.stop()
        self._hints.close()
        self._shows.close()
        self._sender.close()
        self._database.dispose()
        self._stack.close()

    def _tell_cancelled(self, job_id: str) -> None:
        job = self._jobs.load(job_id)
        if job is not None and job.status is JobStatus.CANCELLED:
            self._teller.cancelled(job, time.time())

    @contextmanager
    def _giving_back_first(self) -> Iterator[None]:
        """Service managers send SIGTERM to every process: it waits until nothing is held. If the
        whole worker stops, its main process ends this one."""

        def remember(*_: Any) -> None:
            self._inbox.is_terminated = True

        usual = signal.signal(signal.SIGTERM, remember)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, usual)
        if self._inbox.is_terminated and not self._inbox.is_shutting_down:
            os.kill(os.getpid(), signal.SIGTERM)
