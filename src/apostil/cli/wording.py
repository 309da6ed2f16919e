"""What a server says, in words that a terminal can show."""

from __future__ import annotations

import glob
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from apostil.cli.failure import fail
from apostil.client import Job

_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_MINUTE = 60.0


def plain(text: str) -> str:
    """The text with what steers a terminal as a question mark, and spaces of all kinds as such."""
    return "".join(
        character if character.isprintable() else " " if character.isspace() else "?"
        for character in text
        if character not in _INVISIBLE
    )


def printable(data: bytes) -> bytes:
    """JSON whose every text is plain."""
    return msgspec.json.encode(_plain_in(msgspec.json.decode(data)))


def _plain_in(node: Any) -> Any:
    if isinstance(node, str):
        return plain(node)
    if isinstance(node, list):
        return [_plain_in(one) for one in node]
    if isinstance(node, dict):
        return {plain(name): _plain_in(one) for name, one in node.items()}
    return node


def when(job: Job) -> str:
    """When it was submitted, by this machine's clock and zone."""
    return f"{job.created_at.astimezone():%Y-%m-%d %H:%M}" if job.created_at else " " * 16


def duration(job: Job) -> str:
    """How long it took from its submission; nothing while it goes on."""
    seconds = _seconds(job.created_at, job.finished_at)
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else max(0.0, (end - start).total_seconds())


def files_named(word: str) -> list[Path]:
    """The file, or those that a pattern such as ``*.pdf`` finds."""
    path = Path(word).expanduser()
    if path.exists() or not glob.has_magic(word):
        return [path]
    found = sorted(glob.glob(str(path)))  # noqa: PTH207 - the pattern may begin anywhere
    if not found:
        fail(f"No file is named like {word}.")
    return [Path(one) for one in found]


def unused_name(job: Job) -> str:
    """A name in this folder for the job's result, after its document. That name is a stranger's:
    only its letters count."""
    first = job.documents[0].name if job.documents else ""
    stem = "".join(c if c.isalnum() or c in "-_." else "-" for c in Path(first).stem)
    stem = stem.strip(".-")[:80] or "result"
    number = 1
    while Path(name := f"{stem}{f'-{number}' if number > 1 else ''}.json").exists():
        number += 1
    return name
