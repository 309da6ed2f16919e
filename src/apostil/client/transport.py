"""Requests over a line that may break: sent again with growing delays, read within bounds."""

from __future__ import annotations

import ipaddress
import random
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import httpx
import msgspec

from apostil import __version__
from apostil.client.errors import (
    IN_PROGRESS,
    ApostilError,
    Problem,
    UnexpectedAnswer,
    Unreachable,
    problem_of,
)

T = TypeVar("T")
API = "api/v1"
CONNECT_SECONDS = 5.0
MOST_ANSWER_BYTES = 256 * 1024 * 1024
MOST_PROBLEM_BYTES = 1024 * 1024
LONGEST_WAIT_SECONDS = 60.0
"""A server that asks for more is not waited for: the caller may have better to do."""
RETRIES = 6
"""With the delays between them about ten seconds, in which a server can be restarted."""
MOST_LOOKS = 20
"""How often it is looked whether a request that was lost has been carried out: a server takes a
minute to be sure that the process that began it is dead."""
_FIRST_DELAY_SECONDS = 0.25
_LONGEST_DELAY_SECONDS = 8.0
_PASSING = frozenset({429, 502, 503, 504})
_HEADER_VALUE = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with a status below 300."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """One server, one token, one pool of connections. ``retries`` is how often a request is sent
    again; every request can be, since those that make something carry an idempotency key."""

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout_seconds: float = 60.0,
        retries: int = RETRIES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url, in_url = _address(url)
        self.sleep = sleep
        self._retries = retries
        self._timeout = timeout_seconds
        self._has_answered = False
        headers = {"User-Agent": f"apostil-client/{__version__}", "Accept": "application/json"}
        if chosen := token or in_url:
            headers["Authorization"] = f"Bearer {header_value(chosen, 'A token')}"
        self._http = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
            # A proxy that the environment names cannot reach this machine by its own name for it.
            trust_env=not _is_this_machine(self.url),
        )

    def close(self) -> None:
        self._http.close()

    def read(self, shape: type[T], method: str, path: str, **request: Any) -> T:
        """The answer decoded; other arguments as of ``send``."""
        return self.decode(self.send(method, path, **request).body, shape)

    def decode(self, body: bytes, shape: type[T]) -> T:
        """A body in its declared shape. UnexpectedAnswer."""
        try:
            return msgspec.json.decode(body, type=shape)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UnexpectedAnswer(
                f"What answers at {self.url} is no Apostil server, or one that this client does "
                f"not understand: {error}."
            ) from error

    def send(self, method: str, path: str, *, retries: int | None = None, **request: Any) -> Answer:
        """The whole answer. ``request`` is as httpx takes it: params, headers, json, data, files.

        Raises Problem for a refusal, Unreachable, UnexpectedAnswer.
        """
        made = self._http.build_request(method, self._full(path), **request)
        return self._repeated(lambda: self._whole(made), retries)

    def save(self, path: str, write: Callable[[Iterator[bytes]], None], **request: Any) -> None:
        """Hand the answer's body to ``write`` piece by piece, from the start after a lost line."""

        def once() -> None:
            made = self._http.build_request("GET", self._full(path), **request)
            with self._opened(made) as response:
                write(response.iter_bytes())

        self._repeated(once)

    @contextmanager
    def stream(
        self, path: str, *, silence_seconds: float, **request: Any
    ) -> Iterator[httpx.Response]:
        """An answer that goes on, tried once; ``silence_seconds`` is how long nothing may come.
        Raises Problem, and what httpx raises for a lost line."""
        timeout = httpx.Timeout(self._timeout, connect=CONNECT_SECONDS, read=silence_seconds)
        made = self._http.build_request("GET", self._full(path), timeout=timeout, **request)
        with self._opened(made) as response:
            yield response

    def unreachable(self, error: httpx.TransportError) -> Unreachable:
        """What to do when there was no answer."""
        reason = str(error) or type(error).__name__
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            advice = "Check the address, and that the server runs."
            if isinstance(_root(error), ssl.SSLError):
                advice = "Check whether the address begins with http or https, and its certificate."
            elif _is_this_machine(self.url):
                advice = "Start one with: apostil serve"
            return Unreachable(f"No server answers at {self.url} ({reason}). {advice}")
        if isinstance(error, httpx.TimeoutException):
            return Unreachable(
                f"The server at {self.url} did not answer in time; it may be very busy. Try again."
            )
        return Unreachable(f"The connection to {self.url} was lost ({reason}). Try again.")

    def _full(self, path: str) -> str:
        return f"{self.url}/{path}"

    def _repeated(self, once: Callable[[], T], retries: int | None = None) -> T:
        most = self._retries if retries is None else retries
        failures = looks = 0
        while True:
            try:
                return once()
            except Problem as problem:
                if problem.type == IN_PROGRESS and most and looks < MOST_LOOKS:
                    looks += 1
                    wait: float | None = delay(looks)
                else:
                    wait = _wait(problem, failures)
                    failures += 1
                if wait is None or failures > most:
                    raise
            except httpx.TransportError as error:
                wait = delay(failures)
                failures += 1
                if failures > self._patience(error, most):
                    raise self.unreachable(error) from error
            self.sleep(wait)

    def _patience(self, error: httpx.TransportError, most: int) -> int:
        """How often to try again: of an address where nobody has answered yet it is likelier that
        it is wrong than that a server will start there just now."""
        if isinstance(error, httpx.UnsupportedProtocol):
            return 0
        is_strange = isinstance(error, httpx.ConnectError) and not self._has_answered
        return min(most, 1) if is_strange else most

    def _whole(self, made: httpx.Request) -> Answer:
        with self._opened(made) as response:
            body = self._bounded(response, MOST_ANSWER_BYTES)
            return Answer(response.status_code, response.headers, body)

    @contextmanager
    def _opened(self, made: httpx.Request) -> Iterator[httpx.Response]:
        try:
            response = self._http.send(made, stream=True)
        except httpx.LocalProtocolError as error:
            raise ApostilError(f"The request cannot be sent: {error}.") from error
        self._has_answered = True
        try:
            if response.status_code >= httpx.codes.MULTIPLE_CHOICES:
                raise self._refusal(response)
            yield response
        except httpx.DecodingError as error:
            raise UnexpectedAnswer(f"An answer of {self.url} cannot be unpacked.") from error
        finally:
            response.close()

    def _refusal(self, response: httpx.Response) -> ApostilError:
        if response.is_redirect:
            where = response.headers.get("Location", "nowhere")[:200]
            return UnexpectedAnswer(f"{self.url} sends on to {where}; use the final address.")
        body = self._bounded(response, MOST_PROBLEM_BYTES)
        return problem_of(response.status_code, body, retry_after=retry_after(response.headers))

    def _bounded(self, response: httpx.Response, most: int) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > most:
                raise UnexpectedAnswer(f"An answer of {self.url} is larger than {most} bytes.")
        return bytes(body)


def segment(part: str) -> str:
    """An id as one step of a path. ValueError for what would be another path."""
    if part in {"", ".", ".."}:
        raise ValueError("An id is needed.")
    return quote(part, safe="")


def header_value(value: str, what: str) -> str:
    """The value, if a header can carry it. ValueError."""
    if _HEADER_VALUE.fullmatch(value) is None:
        raise ValueError(f"{what} consists of up to 255 printable ASCII characters.")
    return value


def delay(attempt: int) -> float:
    """Seconds before the next try: twice as long each time, and not the same for all clients."""
    longest = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2.0 ** min(attempt, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


def retry_after(headers: httpx.Headers) -> float | None:
    """The header Retry-After in seconds; a date counts from the server's own clock."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(headers.get("Date", ""))).total_seconds())
    except (ValueError, TypeError):
        return None


def _wait(problem: Problem, attempt: int) -> float | None:
    """How long to wait before sending the same again; None when that would not help."""
    if problem.status not in _PASSING:
        return None
    if problem.retry_after is None:
        return delay(attempt)
    return max(problem.retry_after, delay(0)) if is_waited_for(problem) else None


def is_waited_for(problem: Problem) -> bool:
    """Whether the server asks for a pause that is short enough."""
    return (problem.retry_after or 0.0) <= LONGEST_WAIT_SECONDS


def _root(error: BaseException) -> BaseException:
    """What an error began with: the HTTP library wraps those of sockets more than once."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


def _address(url: str) -> tuple[str, str | None]:
    """The server's address without a slash at the end, and the token, if it is the full address
    that the server printed."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is no address of a server, such as http://127.0.0.1:8000.")
    token = parse_qs(parts.query).get("token", [None])[0]
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", "")), token


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
