"""Answers to repeated requests, in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from apostil.engine import (
    ABANDONED_SECONDS,
    ANSWER_BYTES,
    ANSWER_SECONDS,
    AnswerNotKept,
    IdempotencyConflict,
    IdempotencyInProgress,
    StoredAnswer,
)


@dataclass(slots=True)
class _Begun:
    """A request; ``answer`` is None while it runs, or if it was too long once it is finished."""

    request: str
    begun_at: float
    is_finished: bool = False
    answer: StoredAnswer | None = None


class MemoryAnswers:
    """See ``Answers``."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, str, str], _Begun] = {}
        self._lock = threading.Lock()

    def begin(
        self, owner: str, route: str, key: str, request: str, *, now: float
    ) -> StoredAnswer | None:
        with self._lock:
            begun = self._begun.get((owner, route, key))
            if begun is None or begun.begun_at <= now - ANSWER_SECONDS:
                self._begun[owner, route, key] = _Begun(request, now)
                return None
            if begun.request != request:
                raise IdempotencyConflict(
                    "This idempotency key belongs to another request; choose a new one."
                )
            if not begun.is_finished:
                if begun.begun_at > now - ABANDONED_SECONDS:
                    raise IdempotencyInProgress
                begun.begun_at = now
                return None
            if begun.answer is None:
                raise AnswerNotKept
            return begun.answer

    def finish(
        self,
        owner: str,
        route: str,
        key: str,
        answer: StoredAnswer,
        *,
        now: float,  # noqa: ARG002 - only looked at by people
    ) -> None:
        with self._lock:
            begun = self._begun.get((owner, route, key))
            if begun is not None and not begun.is_finished:
                begun.is_finished = True
                begun.answer = answer if len(answer.body) <= ANSWER_BYTES else None

    def abandon(self, owner: str, route: str, key: str) -> None:
        with self._lock:
            begun = self._begun.get((owner, route, key))
            if begun is not None and not begun.is_finished:
                del self._begun[owner, route, key]
