"""What crosses the line between the engine and a segment's function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

Progress = Callable[[int, int, str], None]
"""Called with (done, total, message); the engine thins the reports out before they are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFile:
    """A document's bytes on disk, to be read and never written. ``size`` is in bytes."""

    sha256: str
    name: str
    media_type: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Effect:
    """A change outside the artifact, applied by the engine in the checkpoint's transaction."""

    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Output:
    """An artifact together with the effects that belong to it."""

    value: Any
    effects: tuple[Effect, ...] = ()


class ArtifactDecoder:
    """Decodes artifacts, each once: the segments of a job that share a process share the value."""

    def __init__(self) -> None:
        self._decoded: dict[tuple[str, type], Any] = {}

    def decode(self, digest: str, data: bytes, kind: type[T]) -> T:
        key = (digest, kind)
        if key not in self._decoded:
            self._decoded[key] = msgspec.json.decode(data, type=kind)
        value: T = self._decoded[key]
        return value

    def clear(self) -> None:
        self._decoded.clear()


def _ignore(done: int, total: int, message: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything a segment may use; there is no database, network or clock behind it.

    ``artifacts`` maps the name of each earlier segment that was asked for to (digest, bytes).
    ``password`` opens an encrypted document; it is never stored.
    """

    documents: tuple[DocumentFile, ...]
    parameters: Mapping[str, Any]
    artifacts: Mapping[str, tuple[str, bytes]]
    decoder: ArtifactDecoder = field(default_factory=ArtifactDecoder)
    report: Progress = _ignore
    as_of: str | None = None
    password: str | None = None

    def artifact(self, segment: str, kind: type[T]) -> T:
        """The value that an earlier segment returned. KeyError if it was not asked for."""
        digest, data = self.artifacts[segment]
        return self.decoder.decode(digest, data, kind)
