"""How much of a request is taken, and how long one may take to send it.

What the head of a request says is judged before anything of its body is read; what it does not say
is found out while the body comes in.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TypedDict

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from apostil.web.problems import BodyTooLarge, BodyTooSlow, Refused

MIB = 1024 * 1024
HEADER_BYTES = 32 * 1024


class FormLimits(TypedDict, total=False):
    """As the framework takes them."""

    max_files: int
    max_fields: int
    max_part_size: int


FORM_LIMITS: FormLimits = {"max_files": 200, "max_fields": 64, "max_part_size": 256 * 1024}
"""Files, other fields, and bytes of one such field, of a form: fields are held in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one request may be. Only forms with files may be large: everything else is held in
    memory as a whole."""

    upload_bytes: int = 256 * MIB
    body_bytes: int = MIB
    stall_seconds: float = 30.0
    whole_seconds: float = 900.0
    target_bytes: int = 8 * 1024
    header_count: int = 100
    header_bytes: int = HEADER_BYTES

    def body_limit(self, headers: Headers) -> int:
        """The most bytes of this request's body."""
        return self.upload_bytes if is_form_with_files(headers) else self.body_bytes

    def fault_of(self, scope: Scope, headers: Headers) -> Refused | None:
        """What is wrong with the head of a request."""
        if len(headers.raw) > self.header_count or _size(headers) > self.header_bytes:
            return Refused(
                "header-too-large",
                f"At most {self.header_count} headers of {self.header_bytes // 1024} KiB together "
                "are taken.",
            )
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self.target_bytes:
            return Refused(
                "address-too-long",
                f"An address may be {self.target_bytes // 1024} KiB long.",
            )
        length = headers.get("content-length")
        if length is None:
            return None
        if "transfer-encoding" in headers:
            # Two servers in a row could take different bytes for the next request.
            return Refused(
                "bad-request",
                "Content-Length and Transfer-Encoding exclude each other.",
                headers={"Connection": "close"},
            )
        if int(length) > self.body_limit(headers):
            return Refused("body-too-large", _too_large(self.body_limit(headers)))
        return None

    def bounded(self, receive: Receive, headers: Headers) -> Receive:
        """``receive`` that raises BodyTooLarge and BodyTooSlow."""
        return _Body(receive, self, self.body_limit(headers)).receive


class _Body:
    """The body of one request on its way in."""

    def __init__(self, receive: Receive, bounds: Bounds, most: int) -> None:
        self._receive = receive
        self._bounds = bounds
        self._most = most
        self._taken = 0
        self._ends_at = time.monotonic() + bounds.whole_seconds
        self._is_whole = False

    async def receive(self) -> Message:
        if self._is_whole:  # what comes now is that the client has gone, at any time
            return await self._receive()
        patience = min(self._bounds.stall_seconds, self._ends_at - time.monotonic())
        try:
            async with asyncio.timeout(patience):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow from None
        self._taken += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._taken > self._most:
            raise BodyTooLarge(_too_large(self._most))
        return message


def is_form_with_files(headers: Headers) -> bool:
    """Whether the body is a form that may carry files."""
    media_type = headers.get("content-type", "").partition(";")[0]
    return media_type.strip().lower() == "multipart/form-data"


def _size(headers: Headers) -> int:
    return sum(len(name) + len(value) for name, value in headers.raw)


def _too_large(most: int) -> str:
    if most <= MIB:
        return (
            f"A body of this kind may have {most:,} bytes; files are sent as multipart/form-data."
        )
    return (
        f"A request may have {most / MIB:,.0f} MiB; send fewer files at once, or have "
        "APOSTIL_MAX_UPLOAD_MB raised."
    )
