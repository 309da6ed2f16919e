"""Being told by PostgreSQL that somebody has written, or asking where nobody tells."""

from __future__ import annotations

import select
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

import psycopg

CHANNEL = "apostil_written"
_PROOF_SECONDS = 1.0
_RECONNECT_SECONDS = 0.5
_POLL_SECONDS = 0.05

_Connection: TypeAlias = psycopg.Connection[Any]
Connect: TypeAlias = Callable[[], _Connection]
"""Gives a new connection; psycopg.Error if there is none to be had."""


class Notifications:
    """A connection that listens. When it was lost, what was said meanwhile was too: the first
    thing that a new one says is that something was written."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: _Connection | None = None
        self._next_try = 0.0
        self._listen()

    def hears(self, connect: Connect) -> bool:
        """Whether what another connection says arrives."""
        if self._connection is None:
            return False
        channel = f"apostil_{uuid.uuid4().hex}"
        with connect() as other:
            self._connection.execute(f"LISTEN {channel}")
            other.execute(f"SET synchronous_commit = off; NOTIFY {channel}", prepare=False)
            is_heard = self._hear(time.monotonic() + _PROOF_SECONDS)
            self._connection.execute(f"UNLISTEN {channel}")
        return is_heard

    def wait(self, timeout_seconds: float) -> bool:
        """Whether anything was written since the last call that said so, waiting for it if not."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                if self._connection is not None:
                    return self._hear(deadline)
                if time.monotonic() >= self._next_try:
                    self._listen()
                    return True
            except psycopg.Error:
                self.close()
                self._next_try = time.monotonic() + _RECONNECT_SECONDS
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, _POLL_SECONDS))

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _listen(self) -> None:
        self._connection = self._connect()
        self._connection.execute(f"LISTEN {CHANNEL}")
        self._incoming = select.poll()  # select itself takes no more than 1024 files
        self._incoming.register(self._connection.fileno(), select.POLLIN)

    def _hear(self, deadline: float) -> bool:
        """Whether something was said before the deadline; all that was is taken in at once."""
        while not self._take_in():
            left = deadline - time.monotonic()
            if not self._incoming.poll(max(0.0, left * 1000)):
                return False
            assert self._connection is not None  # noqa: S101 - tells the type checker
            self._connection.pgconn.consume_input()
        return True

    def _take_in(self) -> bool:
        assert self._connection is not None  # noqa: S101 - tells the type checker
        is_any = False
        while self._connection.pgconn.notifies() is not None:
            is_any = True
        return is_any


class Polling:
    """Asks again and again what ``look`` gives: it differs whenever somebody has written, and is
    None while there is no answer."""

    def __init__(self, look: Callable[[], str | None]) -> None:
        self._look = look
        self._seen = look()

    def wait(self, timeout_seconds: float) -> bool:
        """Whether anything was written since the last call that said so, waiting for it if not."""
        deadline = time.monotonic() + timeout_seconds
        while (found := self._look()) in {None, self._seen}:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, _POLL_SECONDS))
        self._seen = found
        return True

    def close(self) -> None:
        """Nothing is held."""
