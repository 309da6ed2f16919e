"""``apostil worker``: the workers without the pages."""

from __future__ import annotations

import os
import signal
import threading
from typing import Annotated, Any, NoReturn

import typer

from apostil.bootstrap.queueing import (
    check_celery,
    open_queueing,
    queue_mode,
    worker_command,
    worker_environment,
)
from apostil.cli.announcing import announce
from apostil.cli.options import Data, home_of, plainly, settings_with
from apostil.config import Settings


def run(
    *,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", "-c", help="Jobs at the same time.")
    ] = None,
    queues: Annotated[
        str | None,
        typer.Option("--queues", "-Q", help="Celery: only those queues, by comma."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", "-n", help="Celery: its name, where several run on a host: two@%h."),
    ] = None,
    data: Data = None,
) -> None:
    """Start workers only. A signal has them give back what they hold; with Celery a second one ends
    them at once."""
    settings = settings_with(workers=concurrency, data=data)
    if queue_mode(settings) == "celery":
        _become_celery(settings, queues, name)
    _work_here(settings)


def _become_celery(settings: Settings, queues: str | None, name: str | None) -> NoReturn:
    """Be Celery's worker from now on, so that its signals and its status are Celery's."""
    with plainly():
        check_celery(settings)
    options = ["--loglevel", "INFO"]
    for option, value in (("--queues", queues), ("--hostname", name)):
        options += [option, value] if value else []
    command = worker_command(*options)
    if settings.log_format == "json":
        _silence_stdout()  # Celery greets there in a drawing
    os.execve(command[0], command, worker_environment(settings))  # noqa: S606 - our own command


def _silence_stdout() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _work_here(settings: Settings) -> None:
    ended = threading.Event()

    def end(*_: Any) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with home_of(settings, role="worker") as home:
        queueing = open_queueing(settings, home, with_workers=True)
        queueing.start()
        try:
            announce(
                "workers_started",
                f"Data:   {home.data}\n{settings.workers} workers. Ctrl-C stops them.",
                workers=settings.workers,
            )
            ended.wait()
        finally:
            queueing.stop()
    announce(
        "workers_stopped",
        "Stopped. What was not finished goes on elsewhere, or at the next start.",
    )
