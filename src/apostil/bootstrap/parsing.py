"""Documents as they were read, for showing: by the segment that reads them for jobs and for
``apostil parse``, in a child process under limits, then kept."""

from __future__ import annotations

from pathlib import Path

from apostil.bootstrap.derived import Derived, Making
from apostil.engine import Document, FileStore, Limits, Versions
from apostil.segments import parse_segment

LIMITS = Limits(soft_seconds=110.0, hard_seconds=120.0)
"""The longest document that is read, of 2,000 pages, takes about 40 seconds on one core."""
MOST_WAITING = 4
BEGINNING = "parsed-"


class ParsedFiles:
    """The ``ParsedDocuments`` port. A file's name holds the version of the parser's source, so that
    one that another parser made is never given out. The child process is replaced after each
    document: a long one leaves it with hundreds of megabytes."""

    def __init__(self, files: FileStore, folder: Path) -> None:
        self._derived = Derived(files, folder, waiting=MOST_WAITING, fresh_after=1)
        self._segment = parse_segment()
        self._versions = Versions()

    def path(self, document: Document) -> Path:
        making = Making(
            sha256=document.sha256,
            media_type=document.media_type,
            ending=f"{BEGINNING}{self._versions.of(self._segment)}.json",
            work=self._segment.work,
            limits=LIMITS,
        )
        made = self._derived.path(making)
        self._derived.keep_only(document.sha256, BEGINNING, but=made)
        return made

    def forget(self, sha256: str) -> None:
        self._derived.forget(sha256)

    def stop(self) -> None:
        self._derived.stop()

    def close(self) -> None:
        self._derived.close()
