"""The main process of a Celery worker: recovery for all, and word of its children."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from celery import Celery, bootsteps
from celery.worker import state

from apostil.adapters.celery.broker import BrokerUnusable, publishing_connection, refuse_cluster
from apostil.adapters.celery.courier import AtOnce
from apostil.adapters.celery.passwords import Safe
from apostil.adapters.celery.sending import CeleryQueue, Sender
from apostil.adapters.celery.telling import Teller
from apostil.adapters.celery.work import Work
from apostil.adapters.files import ContentFiles
from apostil.adapters.reporting import EventLog, ReportingJobs
from apostil.adapters.sql import SqlRoster
from apostil.engine import EngineError, Worker, WorkerState, clean, sweep

_LOOK_SECONDS = 0.25

_log = structlog.get_logger()


class Overseer:
    """Looks after the children from the event loop of the main process.

    That process forks children at any time. A child must not inherit a connection to a database,
    which it would damage by closing it; so there are no threads here, and none is open between two
    looks.
    """

    def __init__(self, app: Celery, work: Work, node: str) -> None:
        self._app = app
        self._work = work
        self._node = node
        self._database = work.open_database()
        self._children: dict[int, float] = {}
        self._next_sweep = 0.0
        sender, send = Sender(app), AtOnce("hints")
        teller = Teller(app, work.names, node=node, post=AtOnce("shows"))
        files = ContentFiles(work.files)
        self._jobs = ReportingJobs(
            self._database,
            files,
            work.effects,
            listeners=(teller, EventLog()),  # spans would take a thread
        )
        self._roster = SqlRoster(self._database)
        self._worker = Worker(
            id=f"{work.worker_id()}",
            jobs=self._jobs,
            roster=self._roster,
            files=files,
            queue=CeleryQueue(
                sender, jobs=self._jobs, names=work.names, safe=Safe(work.key_file), post=send
            ),
            pipelines=work.pipelines,
            tempo=work.tempo,
        )

    def look(self, pool: Any) -> None:
        """Do what is due. ``pool`` is Celery's."""
        alive = {child.pid for child in pool._pool._pool if child.exitcode is None}  # noqa: SLF001 - Celery shows its processes nowhere else
        gone = self._children.keys() - alive
        is_due = time.monotonic() >= self._next_sweep
        if not gone and not is_due:
            return
        with self._explained():
            now = self._worker.clock()
            for pid in gone:
                self._let_go(pid, now)
            if is_due:
                every = self._work.tempo.sweep * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the workers
                self._next_sweep = time.monotonic() + every
                self._report(alive, now)
                if sweep(self._worker):
                    clean(self._worker)

    def leave(self) -> None:
        """After the last child: what they held goes on elsewhere at once."""
        with self._explained():
            for pid in list(self._children):
                self._let_go(pid, self._worker.clock())

    def abort(self) -> None:
        """End everybody at once. Executors die with their supervisors."""
        for pid in self._children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.leave()

    def _let_go(self, pid: int, now: float) -> None:
        del self._children[pid]
        name = self._work.worker_id(pid)
        self._jobs.expire_leases(name, now=now)
        self._roster.leave(name)

    def _report(self, alive: set[int], now: float) -> None:
        """Children that wait for a message cannot tell of themselves."""
        busy = {request.worker_pid for request in state.active_requests}
        for pid in alive:
            started_at = self._children.setdefault(pid, now)
            if pid not in busy:
                self._roster.report(
                    WorkerState(
                        id=self._work.worker_id(pid),
                        host=socket.gethostname(),
                        pid=pid,
                        started_at=started_at,
                        seen_at=now,
                    )
                )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What cannot be done now is due again soon enough."""
        try:
            yield
        except EngineError as refusal:
            _log.warning("store_refused", reason=str(refusal))
        finally:
            self._database.dispose()


class OverseerStep(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """Runs the overseer while there is a connection to the broker."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        # The connection of the consumer itself waits for messages already.
        with publishing_connection(consumer.app) as connection:
            try:
                refuse_cluster(connection)
            except BrokerUnusable as unusable:
                raise SystemExit(str(unusable)) from unusable
        overseer = consumer.app.overseer(consumer.hostname)
        self._timer = consumer.timer.call_repeatedly(_LOOK_SECONDS, overseer.look, (consumer.pool,))

    def stop(self, consumer: Any) -> None:  # noqa: ARG002 - Celery's signature
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    shutdown = stop
