"""Makes the Celery application: its settings, a task for each of ours, and what happens when."""

from __future__ import annotations

import os
import sys
from typing import Any

from celery import Celery, bootsteps, signals
from celery.concurrency.prefork import TaskPool
from msgspec.structs import replace

from apostil.adapters.celery.child import Child
from apostil.adapters.celery.options import configuration
from apostil.adapters.celery.overseer import Overseer, OverseerStep
from apostil.adapters.celery.work import Work
from apostil.adapters.logs import configure, level_named, level_number


class WorkerCelery(Celery):  # type: ignore[misc]  # Celery has no types
    """Celery with what each process of a worker has one of."""

    def __init__(self, work: Work) -> None:
        super().__init__("apostil", set_as_current=True)
        self.work = work
        self._child: Child | None = None
        self._overseer: Overseer | None = None
        self._shutdowns = 0

    def child(self, node: str) -> Child:
        """The supervisor of a prefork child, made once."""
        if self._child is None:
            self._child = Child(self, self.work, node)
        return self._child

    def overseer(self, node: str) -> Overseer:
        """The overseer of a main process, made once."""
        if self._overseer is None:
            self._overseer = Overseer(self, self.work, node)
        return self._overseer

    def begin_logs(self, loglevel: int | None = None, **_: Any) -> None:
        """As set; where no level is, Celery's own option of it may ask for more."""
        logs = self.work.reports.logs
        if logs.level is None and loglevel is not None and loglevel < level_number(logs.threshold):
            logs = replace(logs, level=level_named(loglevel))
        configure(logs)

    def begin_child(self, sender: str | None = None, **_: Any) -> None:
        self._overseer = None  # the main process's
        self.child(sender or "")

    def end_child(self, **_: Any) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None

    def begin_shutdown(self, **_: Any) -> None:
        """Have the children give back what they hold; the second time, end at once."""
        self._shutdowns += 1
        self.work.stop.set()
        if self._shutdowns > 1 and self._overseer is not None:
            self._overseer.abort()
            os._exit(1)

    def end_shutdown(self, **_: Any) -> None:
        if self._overseer is not None:
            self._overseer.leave()


def make_celery(work: Work) -> WorkerCelery:
    """The application that ``celery -A`` and the web side use. Opens nothing yet."""
    app = WorkerCelery(work)
    app.conf.update(configuration(work.broker, work.names.values(), work.pipelines))
    for names in work.names.values():
        app.task(name=names.task, bind=True, send_events=False, ignore_result=True)(_advance)
    app.steps["worker"].add(_Preparation)
    app.steps["consumer"].add(OverseerStep)
    signals.setup_logging.connect(app.begin_logs, weak=False)
    signals.worker_process_init.connect(app.begin_child, weak=False)
    signals.worker_process_shutdown.connect(app.end_child, weak=False)
    signals.worker_shutting_down.connect(app.begin_shutdown, weak=False)
    signals.worker_shutdown.connect(app.end_shutdown, weak=False)
    return app


def _advance(task: Any, job_id: str, sealed: str | None = None) -> None:
    task.app.child(task.request.hostname).advance(job_id, sealed)


class _Preparation(bootsteps.Step):  # type: ignore[misc]  # Celery has no types
    """Before the first child is forked: the database is made and brought up to date."""

    requires = ()

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        if not issubclass(worker.pool_cls, TaskPool):
            sys.exit("Only the pool prefork can be used: a step may have to be killed.")
        worker.app.work.prepare()

    def include_if(self, worker: Any) -> bool:  # noqa: ARG002 - Celery's signature
        return False
