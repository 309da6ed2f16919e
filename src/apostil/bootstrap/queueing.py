"""How workers hear of work: the local queue, or Celery where a broker is set."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from apostil.bootstrap.celery_beside import WorkerBeside
from apostil.bootstrap.home import Home
from apostil.config import Settings, SettingsInvalid
from apostil.engine import Queue

CELERY_APP = "apostil.celery_app"


class QueueUnusable(Exception):
    """The queue that was asked for cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing:
    """The queue of a serving process. ``home`` is the data folder as seen through it; ``caution``
    is a sentence for the user, where something is not as it should be."""

    mode: Literal["local", "celery"]
    queue: Queue
    home: Home
    start: Callable[[], None]
    stop: Callable[[], None]
    caution: str | None = None


def queue_mode(settings: Settings) -> Literal["local", "celery"]:
    """As set, else ``celery`` where there is a broker."""
    return settings.queue or ("celery" if settings.broker_url else "local")


def open_queueing(settings: Settings, home: Home, *, with_workers: bool) -> Queueing:
    """The queue to submit to, and with ``with_workers`` workers of its own once it is started.

    Raises QueueUnusable, SettingsInvalid. A broker that does not answer is no reason: jobs are
    taken in all the same, and done when it does.
    """
    if queue_mode(settings) == "celery":
        return _celery(settings, home, with_workers=with_workers)
    if not with_workers:
        return Queueing(
            mode="local", queue=home.no_queue(), home=home, start=_nothing, stop=_nothing
        )
    queue = home.queue(workers=settings.workers)
    return Queueing(mode="local", queue=queue, home=home, start=queue.start, stop=queue.stop)


def _celery(settings: Settings, home: Home, *, with_workers: bool) -> Queueing:
    celery = _adapter()
    app = celery_application(settings)
    caution = None
    try:
        celery.check_broker(app)
    except celery.BrokerUnreachable as unreachable:
        caution = f"{unreachable} Until then, jobs are taken in and wait."
    except celery.BrokerUnusable as unusable:
        raise QueueUnusable(str(unusable)) from unusable
    hints, shows = celery.Courier("hints"), celery.Courier("shows")
    teller = celery.Teller(app, app.work.names, node=None, post=shows)
    jobs = home.jobs.with_listeners(teller)
    sender = celery.Sender(app)
    queue = celery.CeleryQueue(
        sender,
        jobs=jobs,
        names=app.work.names,
        safe=celery.Safe(app.work.key_file),
        post=hints,
    )
    command = worker_command("--loglevel", "WARNING")
    worker = WorkerBeside(command, worker_environment(settings)) if with_workers else None

    def stop() -> None:
        if worker is not None:
            worker.stop()
        hints.close()
        shows.close()
        sender.close()

    return Queueing(
        mode="celery",
        queue=queue,
        home=replace(home, jobs=jobs),
        start=worker.start if worker else _nothing,
        stop=stop,
        caution=caution,
    )


def check_celery(settings: Settings) -> None:
    """Raises QueueUnusable with what to do, also where the broker does not answer."""
    celery = _adapter()
    try:
        celery.check_broker(celery_application(settings))
    except celery.BrokerUnusable as unusable:
        raise QueueUnusable(str(unusable)) from unusable


def celery_application(settings: Settings) -> Any:
    """The Celery application of these settings. Raises QueueUnusable, SettingsInvalid."""
    celery = _adapter()
    if settings.broker_url is None:
        raise SettingsInvalid(
            "Celery needs a broker: set CELERY_BROKER_URL, such as redis://127.0.0.1:6379/0, or "
            "APOSTIL_QUEUE=local."
        )
    from apostil.bootstrap.celery_work import celery_work  # noqa: PLC0415 - as the adapter

    return celery.make_celery(celery_work(settings, settings.broker_url.get_secret_value()))


def _adapter() -> Any:
    """The adapter, which is loaded only where it is used: most have neither Celery nor a broker."""
    try:
        from apostil.adapters import celery  # noqa: PLC0415 - see above
    except ModuleNotFoundError as error:
        raise QueueUnusable(
            f"Celery cannot be used, as the package {error.name} is not installed: install "
            "apostil[celery], or set APOSTIL_QUEUE=local."
        ) from error
    return celery


def worker_command(*options: str) -> list[str]:
    """The command of a Celery worker with these options."""
    return [sys.executable, "-m", "celery", "-A", CELERY_APP, "worker", *options]


def worker_environment(settings: Settings) -> dict[str, str]:
    """That of this process with what its command line has said of the data folder."""
    said = {
        "APOSTIL_DATA": str(settings.data.expanduser().absolute()),
        "APOSTIL_WORKERS": str(settings.workers),
        "APOSTIL_QUEUE": "celery",
    }
    return {**os.environ, **said}  # noqa: TID251 - handed on, not read


def _nothing() -> None:
    """Nothing to start or to stop."""
