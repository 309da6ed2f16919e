"""Answers kept so that a request that is sent again is carried out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

ANSWER_BYTES = 1024 * 1024
"""A longer body is not kept: what makes a long answer can be read again from its own address."""
ANSWER_SECONDS = 24 * 3600.0
"""So long after its beginning a request may be repeated; then its key is free."""
ABANDONED_SECONDS = 60.0
"""After this time without an answer, the process that ran the request is taken for dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What was answered the first time, to be said again word for word."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Answers(Protocol):
    """The answers to requests that carried an idempotency key, per owner and route.

    Between ``begin`` and ``finish`` or ``abandon`` a request may take 60 s; after that the same
    request is let in again, so that whatever it makes must bear being made twice at once, as
    ``JobStore.add`` does by its own key.
    """

    def begin(
        self, owner: str, route: str, key: str, request: str, *, now: float
    ) -> StoredAnswer | None:
        """None: you are the first, carry it out. Else what was answered to the same request.

        ``request`` is a digest of all that the request asks for. IdempotencyConflict: the key
        belongs to another request. IdempotencyInProgress: the first one still runs.
        AnswerNotKept: it was carried out, but its answer was too long to be kept.
        """

    def finish(self, owner: str, route: str, key: str, answer: StoredAnswer, *, now: float) -> None:
        """Keep the answer for 24 h from ``begin``. The first one is kept if there are two."""

    def abandon(self, owner: str, route: str, key: str) -> None:
        """Nothing was done; the key is free. An answer that is kept already stays."""
