"""The one door for plug-ins: an Application is a value, found by entry point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from apostil.engine import Job, Pipeline
from apostil.evidence import RESULT_SCHEMA

PDF = "application/pdf"
TEXT = "text/plain"
FORMAT_NAMES = {PDF: "PDF", TEXT: "text"}
"""Media types in the words of people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something a user may say beside the documents (``--set NAME=VALUE``, a form field)."""

    name: str
    title: str
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One domain: which documents it takes, what it does with them and who may show the answer.

    ``routes``, ``summary``, ``tables`` and the values of ``exports`` are import paths, resolved by
    those who serve or export, so that a worker never loads the web framework. ``routes`` names a
    router: the application's own interface. ``tables`` names a function of a job and its result
    (None while there is none) that gives the rows of each table of that interface, by name.
    ``task`` and ``queue`` are what users of Celery see of it; without them they are named after it.
    """

    name: str
    title: str
    version: str
    pipeline: Pipeline
    media_types: tuple[str, ...] = (PDF, TEXT)
    documents: tuple[int, int] = (1, 1)
    parameters: tuple[Parameter, ...] = ()
    routes: str | None = None
    summary: str | None = None
    tables: str | None = None
    exports: Mapping[str, str] = field(default_factory=dict)
    task: str | None = None
    queue: str | None = None

    @property
    def slug(self) -> str:
        """The name in addresses and on the command line."""
        return self.name.replace("_", "-")

    def unknown_parameters(self, given: Iterable[str]) -> list[str]:
        """Those of the given names that mean nothing to it, in order."""
        known = {parameter.name for parameter in self.parameters}
        return sorted(set(given) - known)


def result_of(job: Job, artifact: bytes) -> bytes:
    """The result JSON (``apostil.result/1``) of a job from the artifact of its last segment.

    The artifact may have been made for an earlier job on the same bytes under other names: the
    names are those of this job's documents.
    """
    answered = msgspec.json.decode(artifact)
    names = {document.sha256: document.name for document in job.documents}
    documents = [
        {**document, "name": names.get(document["sha256"], document["name"])}
        for document in answered["documents"]
    ]
    return msgspec.json.encode(
        {
            "schema": RESULT_SCHEMA,
            "application": job.application,
            "version": job.version,
            "job": job.id,
            "documents": documents,
            "citations": answered["citations"],
            "body": answered["body"],
        }
    )
