"""Errands to the broker, which nobody waits for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

_log = structlog.get_logger()
_MOST_WAITING = 10_000

Errand = Callable[[], None]


class Post(Protocol):
    """Who runs errands; one that fails is told of and forgotten."""

    def __call__(self, errand: Errand) -> None: ...


class AtOnce:
    """Runs errands where they are given: for a process that must not have threads, as it forks."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_failing = False

    def __call__(self, errand: Errand) -> None:
        try:
            errand()
        except Exception as error:  # noqa: BLE001 - whatever a broker's library raises, a hint may be lost
            if not self._is_failing:
                _log.warning("broker_failed", errand=self._name, reason=str(error))
            self._is_failing = True
        else:
            if self._is_failing:
                _log.warning("broker_works_again", errand=self._name)
            self._is_failing = False


class Courier:
    """Runs errands in a thread of its own, in order. When too many wait, further ones are lost."""

    def __init__(self, name: str) -> None:
        self._run = AtOnce(name)
        self._is_full = False
        self._errands: queue.Queue[Errand | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name=f"courier-{name}", daemon=True)
        self._thread.start()

    def __call__(self, errand: Errand) -> None:
        try:
            self._errands.put_nowait(errand)
        except queue.Full:
            if not self._is_full:
                _log.warning("errands_lost", reason="too many wait for the broker")
            self._is_full = True
        else:
            self._is_full = False

    def flush(self, timeout_seconds: float) -> None:
        """Wait until what was posted so far has been tried."""
        done = threading.Event()
        self(done.set)
        done.wait(timeout_seconds)

    def close(self, timeout_seconds: float = 1.0) -> None:
        """Try what waits, for so long, and end."""
        self(self._stop)
        self._thread.join(timeout_seconds)

    def _stop(self) -> None:
        self._errands.put(None)

    def _work(self) -> None:
        while (errand := self._errands.get()) is not None:
            self._run(errand)
