"""Files beside the store that nobody misses: what was made of documents that are gone, and what
killed processes left unfinished. Only files with names of our own making are touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from apostil.engine import DAY_SECONDS, Cleared

_HOUR_SECONDS = 3600.0
_FOLDER = re.compile(r"[0-9a-f]{2}")
_OF_DOCUMENT = re.compile(r"([0-9a-f]{62})(?:-.*)?")
_UNFINISHED = re.compile(r".*\.\d+\.\d+")  # see ``bootstrap.derived.store``
_RECEIVED = re.compile(r"incoming-\w+|[0-9a-f-]{36}")  # of ``documents.receive`` and of the store

Kept = Callable[[Collection[str]], Collection[str]]
"""Those of some digests that are somebody's document."""


def remove_derived(folder: Path, kept: Kept, *, now: float) -> Cleared:
    """Delete images of pages and the like of documents that nobody has, and what was left
    unfinished; but nothing of the last hour, which somebody may be looking at."""
    cleared = Cleared()
    for inner in _folders(folder):
        by_digest: dict[str, list[Path]] = {}
        for file in inner.iterdir():
            if named := _OF_DOCUMENT.fullmatch(file.name):
                by_digest.setdefault(inner.name + named[1], []).append(file)
        staying = kept(by_digest.keys())
        for digest, files in by_digest.items():
            for file in files:
                if digest not in staying or _UNFINISHED.fullmatch(file.name):
                    cleared += _remove(file, "derived", older_than=now - _HOUR_SECONDS)
    return cleared


def remove_received(folder: Path, *, now: float) -> Cleared:
    """Delete files whose receiving came to no end and was not gone on with for a day."""
    cleared = Cleared()
    for file in folder.iterdir():
        if _RECEIVED.fullmatch(file.name):
            cleared += _remove(file, "received", older_than=now - DAY_SECONDS)
    return cleared


def remove_everything(files: Path, derived: Path) -> None:
    """Delete all that we keep in these folders, and the folders with it when nothing else is there."""
    for top in (files, derived):
        for inner in _folders(top):
            for file in inner.iterdir():
                if _OF_DOCUMENT.fullmatch(file.name):
                    file.unlink(missing_ok=True)
            _remove_if_empty(inner)
    incoming = files / "incoming"
    if incoming.is_dir():
        for file in incoming.iterdir():
            if _RECEIVED.fullmatch(file.name):
                file.unlink(missing_ok=True)
    for folder in (incoming, files, derived):
        _remove_if_empty(folder)


def _folders(top: Path) -> Iterator[Path]:
    if top.is_dir():
        for inner in sorted(top.iterdir()):
            if _FOLDER.fullmatch(inner.name) and inner.is_dir():
                yield inner


def _remove(file: Path, kind: str, *, older_than: float) -> Cleared:
    try:
        found = file.stat()
        if found.st_mtime >= older_than:
            return Cleared()
        file.unlink()
    except FileNotFoundError:  # its maker, or another clean-up, was faster
        return Cleared()
    return Cleared(**{kind: 1, "bytes": found.st_size})


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
