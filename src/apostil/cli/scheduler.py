"""``apostil scheduler``: what is due by the calendar, as a process of its own."""

from __future__ import annotations

import signal
import threading
import time
from typing import NoReturn

import typer

from apostil.bootstrap.scheduler import Scheduler, scheduler_presence
from apostil.cli.announcing import announce, told
from apostil.cli.failure import INTERRUPTED
from apostil.cli.options import Data, home_of, settings_with


def run(*, data: Data = None) -> None:
    """Clean up every day at the time that is set, until Ctrl-C. A server does it too; of several
    processes one takes the turn. A time that was missed is made up at the start.
    """
    interrupted = False
    try:
        signal.signal(signal.SIGTERM, _terminate)
        settings = settings_with(data=data)
        with home_of(settings, role="scheduler") as home, scheduler_presence(home.data):
            announce(
                "scheduler_started",
                f"Data:   {home.data}\nCleans up daily at {settings.cleanup_at}. Ctrl-C stops it.",
                cleanup_at=settings.cleanup_at,
            )
            # A signal breaks it off wherever it is: a step happens wholly or not at all.
            Scheduler(settings, home, clock=time.time, tell=told("clean_up", "out")).run(
                threading.Event()
            )
    except _Terminated:
        pass
    except KeyboardInterrupt:
        interrupted = True
    announce("scheduler_stopped", "Stopped. What was not finished is made up at the next start.")
    if interrupted:
        raise typer.Exit(INTERRUPTED)


class _Terminated(BaseException):
    """Somebody sent SIGTERM, as service managers do."""


def _terminate(*_: object) -> NoReturn:
    raise _Terminated
