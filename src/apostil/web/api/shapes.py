"""What the answers about jobs look like, and how a job becomes one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from apostil.web.times import utc_text

PREFIX = "/api/v1"


def iso(seconds: float | None) -> str | None:
    """A time since 1970 as ISO 8601 in UTC with milliseconds: 2026-01-31T10:00:00.123Z."""
    return None if seconds is None else utc_text(seconds)


def api_address(request: Request) -> str:
    """Where this API is, as the client has addressed it: ``http://host:port/api/v1``."""
    return str(request.base_url).rstrip("/") + PREFIX


ApiAddress = Annotated[str, Depends(api_address)]
