"""Requests as no honest client writes them: bytes on a connection, and what came back."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Said:
    """What a server has said before it closed, or fell silent. ``status`` is 0 for nothing."""

    status: int
    headers: dict[str, str]
    body: bytes
    has_closed: bool

    @property
    def problem(self) -> str:
        """The type of the problem, without its prefix."""
        assert self.headers["content-type"] == "application/problem+json", (self.headers, self.body)
        said: dict[str, Any] = json.loads(self.body)
        assert said["status"] == self.status
        return str(said["type"]).removeprefix("/problems/")


def connect(address: str) -> socket.socket:
    """A connection to the server at this address."""
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_SECONDS)


def say(address: str, *pieces: bytes) -> Said:
    """Send the pieces and read one answer."""
    with connect(address) as connection:
        send(connection, pieces)
        return answer_of(connection)


def send(connection: socket.socket, pieces: Iterable[bytes]) -> int:
    """Send until all is sent or the server takes no more; how many bytes were sent."""
    sent = 0
    for piece in pieces:
        try:
            connection.sendall(piece)
        except OSError:
            break
        sent += len(piece)
    return sent


def answer_of(connection: socket.socket, *, patience: float = PATIENCE_SECONDS) -> Said:
    """One answer, as far as its Content-Length or the end of the connection; what comes as 100
    Continue is passed over."""
    connection.settimeout(patience)
    data, has_closed = b"", False
    while not (whole := _parsed(data)):
        try:
            more = connection.recv(65536)
        except TimeoutError:
            break
        except OSError:
            more = b""
        if not more:
            has_closed = True
            break
        data += more
    said = whole or Said(0, {}, data, has_closed)
    return Said(said.status, said.headers, said.body, has_closed)


def _parsed(data: bytes) -> Said | None:
    head, gap, rest = data.partition(b"\r\n\r\n")
    if not gap:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split(" ")[1])
    if status == 100:
        return _parsed(rest)
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    length = int(headers.get("content-length", "0"))
    if len(rest) < length:
        return None
    return Said(status, headers, rest[:length], has_closed=False)


def request(
    method: str, target: str, *headers: tuple[str, str], body: bytes = b"", host: str = "127.0.0.1"
) -> bytes:
    """The bytes of a request. Its length is told unless the headers say something of it."""
    told = {name.lower() for name, _ in headers}
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if not told & {"content-length", "transfer-encoding"} and (body or method == "POST"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


FORM = ("Content-Type", "multipart/form-data; boundary=b0")
JSON = ("Content-Type", "application/json")


def part(name: str, content: bytes, *, file: str | None = None, more: Iterable[str] = ()) -> bytes:
    """One part of a form whose boundary is b0."""
    disposition = f'Content-Disposition: form-data; name="{name}"'
    if file is not None:
        disposition += f'; filename="{file}"'
    head = "\r\n".join([disposition, *more, "", ""])
    return b"--b0\r\n" + head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """The body of a form made of these parts."""
    return b"".join(parts) + b"--b0--\r\n"
