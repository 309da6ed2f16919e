"""What the calls of all kinds share: lists in pages, and keys against doing a thing twice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from apostil.client.transport import Transport, header_value

T = TypeVar("T")
_PAGE = "200"


class Page(msgspec.Struct):
    """One page of a list, each item still as it was sent."""

    items: list[msgspec.Raw]
    next: str | None = None


class Calls:
    """The calls to one server."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _items(
        self, path: str, shape: type[T], params: Sequence[tuple[str, str]] = ()
    ) -> Iterator[T]:
        """The items of all pages. Of the next page's address only the question is taken: behind a
        proxy the rest may not be ours."""
        asked = [*params, ("limit", _PAGE)]
        while True:
            page = self._transport.read(Page, "GET", path, params=asked)
            for item in page.items:
                yield self._transport.decode(bytes(item), shape)
            following = parse_qsl(urlsplit(page.next or "").query)
            if not following or following == asked:
                return
            asked = following


def idempotency(given: str | None) -> dict[str, str]:
    """The header that makes a request one request, however often it is sent."""
    key = uuid.uuid4().hex if given is None else header_value(given, "An idempotency key")
    return {"Idempotency-Key": key}
