"""A name for each request, and a line of the log for each that was answered.

The name is in the answer (``X-Request-Id``) and in every line that is logged meanwhile. Neither the
address nor a header that a client made up is logged: the name of the operation is, which is ours.
"""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
QUIET = ("/health", "/metrics", "/ui/static")
"""Asked by machines time and again."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "SOCKET"})
_JOB = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STARTS = {"http.response.start", "websocket.http.response.start"}

_log = structlog.get_logger()


class RequestLog:
    """ASGI middleware around everything else."""

    def __init__(self, served: ASGIApp) -> None:
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._served(scope, receive, send)
            return
        request_id = named(Headers(scope=scope).get(HEADER))
        # Each request is a task of its own, so that this name ends with it.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.monotonic()
        status = 0

        async def named_send(message: Message) -> None:
            nonlocal status
            if message["type"] in _STARTS:
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            elif message["type"] == "websocket.accept":
                status = 101
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._served(scope, receive, named_send)
        finally:
            _tell(scope, status, time.monotonic() - began)


def named(offered: str | None) -> str:
    """The name that the client gave, if it is a plain one, else a new one."""
    return offered if offered and SANE.fullmatch(offered) else uuid.uuid4().hex


def _tell(scope: Scope, status: int, seconds: float) -> None:
    operation = getattr(scope.get("route"), "name", None)
    facts: dict[str, Any] = {
        "method": method if (method := scope.get("method", "SOCKET")) in METHODS else "OTHER",
        "operation": operation,
        "status": status,
        "seconds": round(seconds, 4),
    }
    if owner := scope.get("state", {}).get("owner"):
        facts["owner"] = owner
    job = str(scope.get("path_params", {}).get("job_id", ""))
    if _JOB.fullmatch(job):
        facts["job_id"] = job
    if scope["path"].startswith(QUIET):
        _log.debug("request_handled", **facts)
    elif status >= 500:
        _log.warning("request_handled", **facts)
    else:
        _log.info("request_handled", **facts)
