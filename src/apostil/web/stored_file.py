"""Files as answers: in parts, with an ETag of their content, under the name that people gave them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from apostil.web.problems import Refused

FOR_EVER = "private, max-age=31536000, immutable"
"""Of what is named by its content. ``private``: no cache between may hand it to others."""
ASK_AGAIN = "private, no-cache"

_RANGE_REFUSALS = frozenset({400, 416})
_DELETED_NOW = (
    "The file was deleted at this moment. Ask again; if the document is gone too, send it again."
)


class _RangeRefused(Exception):
    def __init__(self, message: Message) -> None:
        super().__init__()
        self.status: int = message["status"]
        self.headers: dict[bytes, bytes] = dict(message.get("headers", ()))


class StoredFile(FileResponse):
    """The framework's file answer, which knows ranges, with its refusals as problems. Refused as
    ``document-gone`` when the file was deleted since it was looked for."""

    def __init__(self, path: Path, *, headers: Mapping[str, str]) -> None:
        try:
            found = path.stat()
        except FileNotFoundError as error:
            raise Refused("document-gone", _DELETED_NOW) from error
        super().__init__(path, headers=headers, stat_result=found)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None

        async def watched(message: Message) -> None:
            """The framework begins the answer before it opens the file, which may fail."""
            nonlocal start
            if message["type"] == "http.response.start":
                if message["status"] in _RANGE_REFUSALS:
                    raise _RangeRefused(message)
                start = message
                return
            if start is not None:
                begun, start = start, None
                await send(begun)
            await send(message)

        try:
            await super().__call__(scope, receive, watched)
        except _RangeRefused as refused:
            await _problem_of_range(refused).answer()(scope, receive, send)
        except FileNotFoundError:
            await Refused("document-gone", _DELETED_NOW).answer()(scope, receive, send)


def _problem_of_range(refused: _RangeRefused) -> Refused:
    if refused.status == 400:
        return Refused("bad-request", "The header Range cannot be read.")
    size = refused.headers.get(b"content-range", b"").decode("latin-1")
    return Refused(
        "range-not-satisfiable",
        "The file has no such part; the header Content-Range says how many bytes it has.",
        headers={"Content-Range": size},
    )


def stored_file(
    request: Request,
    path: Path,
    *,
    tag: str,
    media_type: str,
    caching: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The file, or 304 when the client has this very content. ``tag`` names the content; the media
    type is said as it is, since nobody knows the encoding of a text."""
    validators = {"ETag": f'"{tag}"', "Cache-Control": caching}
    if is_known(request, tag):
        return Response(status_code=304, headers=validators)
    return StoredFile(path, headers={**validators, "Content-Type": media_type, **(headers or {})})


def is_known(request: Request, tag: str) -> bool:
    """Whether ``If-None-Match`` names this content, compared weakly as RFC 9110 says."""
    named = request.headers.get("if-none-match", "")
    known = {one.strip().removeprefix("W/") for one in named.split(",")}
    return "*" in known or f'"{tag}"' in known


def attachment(name: str) -> dict[str, str]:
    """Headers of bytes that are to be saved under this name and never run: the name as RFC 6266
    says, in ASCII for old programs and whole (RFC 5987)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return {
        "Content-Disposition": (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        ),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
