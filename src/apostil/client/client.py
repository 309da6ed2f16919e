"""One server as a program sees it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import msgspec

from apostil.client.documents import DocumentCalls
from apostil.client.errors import Problem
from apostil.client.jobs import JobCalls
from apostil.client.shapes import Application, Health, Worker
from apostil.client.transport import API, RETRIES, Transport, segment

_UNAVAILABLE = 503


class Client(JobCalls, DocumentCalls):
    """Talks to the server at ``url``, which may be the full address that the server printed.

    ``token`` is asked for by servers on other addresses than this machine's own. A request waits
    ``timeout_seconds`` for the server, and is sent again up to ``retries`` times, with growing
    delays, when the connection is lost or the server is busy; nothing is made twice by it.

    Every call raises ApostilError and its kinds. Close the client when done, or use ``with``.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        token: str | None = None,
        timeout_seconds: float = 60.0,
        retries: int = RETRIES,
    ) -> None:
        super().__init__(
            Transport(url, token=token, timeout_seconds=timeout_seconds, retries=retries)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.url!r})"

    @property
    def url(self) -> str:
        """The server's address, without the token."""
        return self._transport.url

    def close(self) -> None:
        """End the connections."""
        self._transport.close()

    def applications(self) -> list[Application]:
        """The domains that the server knows."""
        return list(self._items(f"{API}/applications", Application))

    def application(self, name: str) -> Application:
        """One of them, by its name."""
        path = f"{API}/applications/{segment(name)}"
        return self._transport.read(Application, "GET", path)

    def workers(self) -> list[Worker]:
        """The processes that work on jobs."""
        return list(self._items(f"{API}/workers", Worker))

    def health(self) -> Health:
        """Whether the server can work; an answer that it cannot is no error."""
        try:
            members = self._transport.read(dict[str, Any], "GET", "health", retries=0)
        except Problem as problem:
            if problem.status != _UNAVAILABLE:
                raise
            members = problem.members
        return msgspec.convert({**members, "members": members}, Health)
