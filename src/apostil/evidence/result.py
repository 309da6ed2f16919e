"""The envelope that every application's answer travels in (``apostil.result/1``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apostil.evidence.citation import Citation

SCHEMA = "apostil.result/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedDocument:
    """A document that a result speaks of. ``pages`` is None for formats without pages."""

    sha256: str
    name: str
    media_type: str
    pages: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the last segment of a pipeline stores: everything of a result that does not depend on
    which job asked for it, so that a second job can use it again."""

    documents: tuple[CitedDocument, ...]
    citations: dict[str, Citation]
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An application's answer. ``citations`` maps the ids used in ``body`` to their proof."""

    schema: str = SCHEMA
    application: str
    version: str
    job: str
    documents: tuple[CitedDocument, ...]
    citations: dict[str, Citation] = field(default_factory=dict)
    body: Any
