"""Times as people and other programs read them."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(seconds: float) -> str:
    """A time since 1970 as ISO 8601 in UTC with milliseconds: 2026-01-31T10:00:00.123Z."""
    told = datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="milliseconds")
    return told.replace("+00:00", "Z")
