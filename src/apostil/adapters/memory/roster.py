"""Who works, and whose turn it is, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from apostil.adapters.memory.shelf import DAY_SECONDS
from apostil.engine import WorkerState


class MemoryRoster:
    """See ``Roster``."""

    def __init__(self) -> None:
        self._workers: dict[str, WorkerState] = {}
        self._turns: dict[str, float] = {}

    def take_turn(self, duty: str, *, holder: str, now: float, every: float) -> bool:  # noqa: ARG002 - only looked at by people
        if self._turns.get(duty, now) > now:
            return False
        self._turns[duty] = now + every
        return True

    def report(self, worker: WorkerState) -> None:
        oldest = worker.seen_at - DAY_SECONDS
        self._workers[worker.id] = worker
        self._workers = {w.id: w for w in self._workers.values() if w.seen_at >= oldest}

    def leave(self, worker: str) -> None:
        self._workers.pop(worker, None)

    def workers(self) -> Sequence[WorkerState]:
        return sorted(self._workers.values(), key=lambda worker: worker.id)
