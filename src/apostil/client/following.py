"""A job's events as they come, over as many connections as it takes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

import httpx

from apostil.client.errors import ApostilError, Problem, Unreachable
from apostil.client.events import Event, Reset, read_event
from apostil.client.sse import Parser
from apostil.client.transport import Transport, delay, is_waited_for

SILENCE_SECONDS = 45.0
"""Three heartbeats of the server: then the line is dead, whatever the system says."""
MOST_FAILURES = 12
"""Connections in a row that bring nothing: about a minute, in which a server can be restarted."""
DELETED = "job_deleted"
_PASSING = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE_SECONDS = 30.0


OnLoss = Callable[[ApostilError], None]
"""Is told why a connection ended, before it is made again."""


class Following:
    """Reads the events after number ``after``. ``epoch`` says which numbering that number is of."""

    def __init__(
        self,
        transport: Transport,
        path: str,
        *,
        after: int,
        epoch: str | None,
        on_loss: OnLoss | None = None,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._transport = transport
        self._path = path
        self._after = after
        self._epoch = epoch
        self._silence = silence_seconds
        self._on_loss = on_loss
        self._pause = 0.0
        self._failures = 0
        self._last: Event | None = None

    def events(self) -> Iterator[Event]:
        """Every event once and in order, until the job has ended and nothing more will come."""
        while True:
            try:
                if (yield from self._connection()):
                    return
                if self._last is not None and self._last.is_terminal:
                    continue  # asked at once whether that was all: the answer is 204
                self._failed(None)
            except httpx.TransportError as error:
                self._failed(error)
            except Problem as problem:
                if problem.status not in _PASSING or not is_waited_for(problem):
                    raise
                self._pause = problem.retry_after or self._pause
                self._failed(problem)
            self._transport.sleep(max(self._pause, delay(self._failures)))

    def _connection(self) -> Generator[Event, None, bool]:
        """The events of one connection; returns whether there is nothing more to come."""
        params: dict[str, str | int] = {"after": self._after}
        if self._epoch:
            params["epoch"] = self._epoch
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self._after:
            headers["Last-Event-ID"] = str(self._after)
        with self._transport.stream(
            self._path, silence_seconds=self._silence, params=params, headers=headers
        ) as response:
            if response.status_code == httpx.codes.NO_CONTENT:
                return True
            # Of a later connection only the event `reset` may say that the numbers are others'.
            self._epoch = self._epoch or response.headers.get("Apostil-Epoch")
            has_told = yield from self._told(response)
        if self._last is None or not self._last.is_terminal:
            return False
        return not has_told or self._last.type == DELETED

    def _told(self, response: httpx.Response) -> Generator[Event, None, bool]:
        """The events in one answer; returns whether there was any."""
        parser = Parser()
        has_told = False
        for chunk in response.iter_bytes():
            self._failures = 0
            for message in parser.feed(chunk):
                event = read_event(message.data)
                if self._is_news(event):
                    has_told = True
                    yield event
            if parser.retry_seconds is not None:
                self._pause = min(parser.retry_seconds, _LONGEST_PAUSE_SECONDS)
        return has_told

    def _is_news(self, event: Event) -> bool:
        """Whether the event was not told before; notes how far the log was read."""
        if isinstance(event, Reset):
            self._after, self._epoch = 0, event.epoch or None
        elif event.seq:
            if event.seq <= self._after:
                return False
            self._after = event.seq
        self._last = event
        return True

    def _failed(self, error: httpx.TransportError | Problem | None) -> None:
        """Note a connection that has ended before the job. Raises why when it is one too many."""
        self._failures += 1
        loss: ApostilError
        if isinstance(error, httpx.TransportError):
            loss = self._transport.unreachable(error)
        else:
            loss = error or Unreachable(f"{self._transport.url} ended the connection for events.")
        if self._failures > MOST_FAILURES:
            raise loss from error
        if self._on_loss is not None:
            self._on_loss(loss)
