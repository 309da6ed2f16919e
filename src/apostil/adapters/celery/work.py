"""What the processes of a Celery worker work with."""

from __future__ import annotations

import mmap
import os
import socket
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from apostil.adapters.celery.options import BrokerOptions, TaskNames
from apostil.adapters.reporting import ReportOptions
from apostil.adapters.sql import Database
from apostil.engine import EffectHandler, Pipeline, Tempo


class StopFlag:
    """A byte shared with the processes forked later: whether all should give back what they hold."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 1)

    def set(self) -> None:
        self._shared[0] = 1

    @property
    def is_set(self) -> bool:
        return self._shared[0] == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Functions rather than what they open: each process opens its own after it was forked.

    ``prepare`` is called once before any process is. ``key_file`` holds the key of passwords.
    """

    broker: BrokerOptions
    prepare: Callable[[], None]
    open_database: Callable[[], Database]
    files: Path
    key_file: Path
    pipelines: Mapping[str, Pipeline]
    names: Mapping[str, TaskNames]
    effects: Mapping[str, EffectHandler] | None = None
    tempo: Tempo = field(default_factory=Tempo)
    reports: ReportOptions = field(default_factory=ReportOptions)
    stop: StopFlag = field(default_factory=StopFlag)
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def worker_id(self, pid: int | None = None) -> str:
        """The name of a prefork child among all workers; ``run`` tells hosts of one name apart."""
        return f"{socket.gethostname()}-{self.run}-{pid or os.getpid()}"
