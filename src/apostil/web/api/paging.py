"""Lists in pages: opaque cursors, addresses of the pages beside, and the header ``Link``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from starlette.responses import Response

LARGEST_PAGE = 200
USUAL_PAGE = 50
LONGEST_CURSOR = 500


@dataclass(frozen=True, slots=True)
class PageUrls:
    """The members ``next`` and ``prev`` of a list; None where the list ends."""

    next: str | None
    prev: str | None


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a list a request asks for."""

    limit: int
    cursor: str | None
    request: Request

    def urls(self, answer: Response, *, following: str | None, previous: str | None) -> PageUrls:
        """The addresses of the pages beside this one, from their cursors. They keep every other
        question of the request, and ``answer`` gets them as its header ``Link`` (RFC 8288)."""
        urls = PageUrls(next=self._url(following), prev=self._url(previous))
        links = [
            f'<{url}>; rel="{name}"'
            for name, url in (("next", urls.next), ("prev", urls.prev))
            if url
        ]
        if links:
            answer.headers["Link"] = ", ".join(links)
        return urls

    def _url(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        asked = [(k, v) for k, v in self.request.query_params.multi_items() if k != "cursor"]
        path = str(self.request.base_url).rstrip("/") + self.request.scope["path"]
        return f"{path}?{urlencode([*asked, ('cursor', cursor)])}"


async def _paging(
    request: Request,
    limit: Annotated[
        int, Query(ge=1, le=LARGEST_PAGE, description="How many to list at most.")
    ] = USUAL_PAGE,
    cursor: Annotated[
        str | None,
        Query(
            max_length=LONGEST_CURSOR,
            description="A place in the list, as an earlier answer's `next` or `prev` named it.",
        ),
    ] = None,
) -> Paging:
    return Paging(limit=limit, cursor=cursor, request=request)


Paged = Annotated[Paging, Depends(_paging)]
"""The parameters ``limit`` and ``cursor`` of a route that lists."""
