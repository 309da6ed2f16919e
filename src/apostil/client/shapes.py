"""What the server answers, typed. Members that this client does not know are passed over, and those
that an older server does not send have defaults: only what everything hangs on is required."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from apostil.evidence import Box, Citation

SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
ENDED = frozenset({SUCCEEDED, FAILED, CANCELLED})


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """An object of an answer."""


class Parameter(Shape, frozen=True, kw_only=True):
    """Something that an application may be told beside its documents."""

    name: str
    title: str = ""
    default: str = ""


class PipelineSegment(Shape, frozen=True, kw_only=True):
    """A step of an application's pipeline, and the steps that it waits for."""

    name: str
    title: str = ""
    after: tuple[str, ...] = ()


class Application(Shape, frozen=True, kw_only=True):
    """A domain that the server knows; ``name`` is what ``submit`` takes. ``documents`` are the
    least and the most of one job."""

    name: str
    title: str = ""
    version: str = ""
    documents: tuple[int, int] = (1, 1)
    media_types: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    segments: tuple[PipelineSegment, ...] = ()
    exports: tuple[str, ...] = ()


class JobDocument(Shape, frozen=True, kw_only=True):
    """A document under the name that it has in one job."""

    sha256: str
    name: str = ""
    media_type: str = ""
    size: int = 0


class Standing(Shape, frozen=True, kw_only=True):
    """The segment that a job is at: ``index`` of ``total``, counted from 1."""

    name: str = ""
    title: str = ""
    index: int = 0
    total: int = 0
    message: str = ""


class JobError(Shape, frozen=True, kw_only=True):
    """Why a job failed. ``type`` is for programs, ``detail`` for people."""

    type: str = "about:blank"
    title: str = ""
    detail: str = ""
    segment: str | None = None
    retryable: bool = False


class Job(Shape, frozen=True, kw_only=True):
    """One request to analyse documents.

    ``status`` is queued, running, succeeded, failed or cancelled; ``progress`` goes from 0 to 1.
    ``cached``: the whole result was there already. ``duplicate_of``: the job that asked the same
    before. ``last_event`` counts within ``epoch``.
    """

    id: str
    status: str
    application: str = ""
    version: str = ""
    progress: float = 0.0
    segment: Standing | None = None
    documents: tuple[JobDocument, ...] = ()
    parameters: Mapping[str, Any] = {}
    priority: int = 5
    parallel: bool = False
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    place_in_queue: int | None = None
    dead_letter: bool = False
    cached: bool = False
    duplicate_of: str | None = None
    error: JobError | None = None
    last_event: int = 0
    epoch: str = ""
    links: Mapping[str, str] = {}

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def has_succeeded(self) -> bool:
        return self.status == SUCCEEDED

    @property
    def names(self) -> str:
        """The names of the documents, for people."""
        return ", ".join(document.name for document in self.documents)


class Attempt(Shape, frozen=True, kw_only=True):
    """One try of a segment by one worker; without ``outcome`` it goes on."""

    id: str = ""
    number: int = 0
    worker: str = ""
    outcome: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    problem: str | None = None
    detail: str | None = None


class Artifact(Shape, frozen=True, kw_only=True):
    """What a finished segment has left; ``Client.artifact`` fetches it."""

    sha256: str
    url: str = ""


class Segment(Shape, frozen=True, kw_only=True):
    """One step of a job, with its attempts, oldest first."""

    name: str
    title: str = ""
    index: int = 0
    after: tuple[str, ...] = ()
    status: str = ""
    progress: float = 0.0
    message: str = ""
    reused: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    ready_at: datetime | None = None
    artifact: Artifact | None = None
    attempts: tuple[Attempt, ...] = ()


class Submitted(Shape, frozen=True, kw_only=True):
    """A file of a batch that became a job."""

    index: int
    name: str
    job: Job


class NotSubmitted(Shape, frozen=True, kw_only=True):
    """A file of a batch that was refused; ``problem`` says why."""

    index: int
    name: str
    problem: Mapping[str, Any] = {}

    @property
    def detail(self) -> str:
        return str(self.problem.get("detail") or self.problem.get("title") or "")


class Batch(Shape, frozen=True, kw_only=True):
    """What became of many files: each is in one of the two."""

    items: tuple[Submitted, ...] = ()
    failed: tuple[NotSubmitted, ...] = ()


class Retried(Shape, frozen=True, kw_only=True):
    """Jobs that are queued again, and how many dead letters are left."""

    items: tuple[Job, ...] = ()
    remaining: int = 0


class Receipt(Shape, frozen=True, kw_only=True):
    """What went when a job was deleted: ``documents`` and ``artifacts`` by SHA-256. Deleting it
    again gives the same receipt for 30 days."""

    job: str
    deleted_at: datetime | None = None
    documents: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    attempts: int = 0
    events: int = 0


class Document(Shape, frozen=True, kw_only=True):
    """A file that the server keeps. It is found by its id as by its SHA-256."""

    id: str
    sha256: str
    name: str = ""
    media_type: str = ""
    size: int = 0
    pages: int | None = None
    title: str | None = None
    created_at: datetime | None = None
    links: Mapping[str, str] = {}


class DeletedDocument(Shape, frozen=True, kw_only=True):
    """What went. The file goes a day later, if nobody else keeps the same bytes."""

    id: str
    sha256: str
    name: str = ""
    size: int = 0
    deleted_at: datetime | None = None


class PageSize(Shape, frozen=True, kw_only=True):
    """A page as displayed, in points: what the boxes of citations are measured in."""

    page: int
    width: float
    height: float


class DocumentCitation(Shape, frozen=True, kw_only=True):
    """A citation of a document by the result of a job. ``link`` shows it to a person."""

    id: str
    document: str
    quote: str
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    path: str | None = None
    span: tuple[int, int] | None = None
    method: str = "text"
    confidence: float = 1.0
    job: str = ""
    link: str = ""


class Worker(Shape, frozen=True, kw_only=True):
    """A process that works on jobs. ``job`` is None when it is idle, or on somebody else's."""

    id: str
    host: str = ""
    pid: int | None = None
    is_alive: bool = False
    started_at: datetime | None = None
    seen_at: datetime | None = None
    job: str | None = None
    segment: str | None = None


class Health(Shape, frozen=True, kw_only=True):
    """Whether the server can work: healthy, degraded (work is kept and waits) or unhealthy.
    ``detail`` says what is wrong and what to do; ``members`` is everything that was said."""

    status: str
    detail: str | None = None
    members: Mapping[str, Any] = {}

    @property
    def is_healthy(self) -> bool:
        return self.status == "healthy"


class ResultDocument(Shape, frozen=True, kw_only=True):
    """A document that a result speaks of; ``warnings`` names pages that could not be read."""

    sha256: str
    name: str = ""
    media_type: str = ""
    pages: int | None = None
    warnings: tuple[str, ...] = ()


class Result(Shape, frozen=True, kw_only=True):
    """An application's answer. ``body`` is the application's own; ``citations`` prove it."""

    schema: str
    application: str
    version: str = ""
    job: str = ""
    documents: tuple[ResultDocument, ...] = ()
    citations: Mapping[str, Citation] = {}
    body: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        names = ", ".join(document.name for document in self.documents)
        return f"<Result of {self.application} on {names}: {len(self.citations)} citations>"

    def citation(self, name: str) -> Citation:
        """The citation with this id: its page, its boxes, its quote. KeyError if there is none."""
        return self.citations[name]

    def proof(self, finding: Mapping[str, Any]) -> tuple[Citation, ...]:
        """The citations that a finding of the body names; none for a computed one."""
        return tuple(self.citations[name] for name in finding.get("citations") or ())
