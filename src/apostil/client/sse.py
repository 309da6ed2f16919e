"""Server-sent events as the WHATWG HTML standard defines them (section 9.2.6, "Interpreting an
event stream"), with limits on what a server may make us keep."""

from __future__ import annotations

import re
from typing import NamedTuple

from apostil.client.errors import UnexpectedAnswer

MOST_LINE_BYTES = 1024 * 1024
MOST_EVENT_BYTES = 4 * 1024 * 1024
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_DELAY_DIGITS = 6


class Message(NamedTuple):
    """One event as dispatched: ``id`` is the last that was set, ``event`` its type."""

    id: str
    event: str
    data: str


class Parser:
    """Takes the bytes as they come, in pieces of any size; gives the events that they complete.

    ``retry_seconds`` is what the server asked to wait before connecting again.
    """

    def __init__(
        self, *, most_line: int = MOST_LINE_BYTES, most_event: int = MOST_EVENT_BYTES
    ) -> None:
        self.retry_seconds: float | None = None
        self._most_line = most_line
        self._most_event = most_event
        self._rest = bytearray()
        self._is_first_line = True
        self._is_after_return = False
        self._id = ""
        self._event = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Message]:
        """The events that end in this piece. UnexpectedAnswer for a line or an event beyond the
        limits."""
        if not chunk:
            return []
        if self._is_after_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]  # the second half of a line end that was cut in two
        self._is_after_return = chunk.endswith(b"\r")
        *lines, rest = _LINE_END.split(chunk)
        found = []
        for line in lines:
            self._keep(line)
            whole = bytes(self._rest)
            self._rest.clear()
            message = self._line(whole)
            if message is not None:
                found.append(message)
        self._keep(rest)
        return found

    def _keep(self, piece: bytes) -> None:
        self._rest += piece
        if len(self._rest) > self._most_line:
            raise UnexpectedAnswer("The server sent a line of events that is too long to be one.")

    def _line(self, line: bytes) -> Message | None:
        if self._is_first_line:
            self._is_first_line = False
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        self._field(name.decode("utf-8", "replace"), value.removeprefix(b" "))
        return None

    def _field(self, name: str, value: bytes) -> None:
        """A comment has no name; names that are not known are passed over."""
        text = value.decode("utf-8", "replace")
        if name == "data":
            self._size += len(value)
            if self._size > self._most_event:
                raise UnexpectedAnswer("The server sent an event that is too large to be one.")
            self._data.append(text)
        elif name == "event":
            self._event = text
        elif name == "id" and "\0" not in text:
            self._id = text
        elif name == "retry" and value.isdigit() and len(value) <= _LONGEST_DELAY_DIGITS:
            self.retry_seconds = int(value) / 1000

    def _dispatch(self) -> Message | None:
        data, event = self._data, self._event
        self._data, self._event, self._size = [], "", 0
        if not data:
            return None
        return Message(self._id, event or "message", "\n".join(data))
