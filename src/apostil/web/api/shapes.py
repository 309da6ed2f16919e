"""What the answers about jobs look like; ``bodies`` makes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from apostil.engine import JobStatus, Outcome, SegmentStatus, utc_text

PREFIX = "/api/v1"
_JOB = "01a0f3c2-7d7e-7b3a-9c55-3f6f6b0c9a11"
_AT = "2026-01-31T10:00:00.123Z"
_LATER = "2026-01-31T10:00:01.480Z"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def iso(seconds: float | None) -> str | None:
    """A time since 1970 as ISO 8601 in UTC with milliseconds: 2026-01-31T10:00:00.123Z."""
    return None if seconds is None else utc_text(seconds)


async def api_address(request: Request) -> str:
    """Where this API is, as the client has addressed it: ``http://host:port/api/v1``."""
    return str(request.base_url).rstrip("/") + PREFIX


ApiAddress = Annotated[str, Depends(api_address)]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


def shown(example: dict[str, Any]) -> ConfigDict:
    """The configuration of a model with an example of it in the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [example]})


class DocumentBody(BaseModel):
    """A document as the job names it; its bytes are at ``/documents/{sha256}/original``."""

    sha256: str
    name: str
    media_type: str
    size: int = Field(description="Bytes.")


class SegmentNow(BaseModel):
    """The segment that runs, or comes next, or has failed."""

    name: str
    title: str
    index: int = Field(ge=1, description="Its place in the pipeline, from 1.")
    total: int = Field(ge=1, description="How many segments the pipeline has.")
    message: str


class JobError(BaseModel):
    """Why a job has failed."""

    type: str = Field(description="A problem type.")
    title: str
    detail: str
    segment: str | None
    retryable: bool = Field(description="Whether to retry may help.")


class JobLinks(BaseModel):
    """Absolute addresses."""

    self: str
    result: str
    events: str
    socket: str
    segments: str
    cancel: str
    retry: str


_LINKS = {
    "self": f"http://127.0.0.1:8000/api/v1/jobs/{_JOB}",
    "result": f"http://127.0.0.1:8000/api/v1/jobs/{_JOB}/result",
    "events": f"http://127.0.0.1:8000/api/v1/jobs/{_JOB}/events",
    "socket": f"ws://127.0.0.1:8000/api/v1/jobs/{_JOB}/ws",
    "segments": f"http://127.0.0.1:8000/api/v1/jobs/{_JOB}/segments",
    "cancel": f"http://127.0.0.1:8000/api/v1/jobs/{_JOB}/cancel",
    "retry": f"http://127.0.0.1:8000/api/v1/jobs/{_JOB}/retry",
}
JOB_EXAMPLE: dict[str, Any] = {
    "id": _JOB,
    "application": "financial",
    "version": "1",
    "status": "running",
    "progress": 0.3125,
    "segment": {
        "name": "grid",
        "title": "Laying out rows and columns",
        "index": 4,
        "total": 8,
        "message": "page 12 of 24",
    },
    "documents": [
        {
            "sha256": _SHA256,
            "name": "annual-report.pdf",
            "media_type": "application/pdf",
            "size": 483_210,
        }
    ],
    "parameters": {},
    "priority": 5,
    "parallel": False,
    "created_at": _AT,
    "started_at": _AT,
    "finished_at": None,
    "place_in_queue": 0,
    "dead_letter": False,
    "cached": False,
    "duplicate_of": None,
    "error": None,
    "last_event": 9,
    "epoch": "5d0c7c1e",
    "links": _LINKS,
}


class JobBody(BaseModel):
    """A job as it stands."""

    model_config = shown(JOB_EXAMPLE)

    id: str
    application: str = Field(description="The slug of the application.")
    version: str = Field(description="The application's version that the job is done with.")
    status: JobStatus
    progress: float = Field(ge=0, le=1)
    segment: SegmentNow | None
    documents: list[DocumentBody]
    parameters: dict[str, Any]
    priority: int = Field(ge=0, le=9, description="0 is first.")
    parallel: bool = Field(description="Whether independent segments may run at once.")
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    place_in_queue: int = Field(ge=0, description="How many jobs stand before it.")
    dead_letter: bool = Field(description="Failed for want of further attempts; retry may help.")
    cached: bool = Field(description="Whether the whole result was there already.")
    duplicate_of: str | None = Field(description="An earlier job that asked for the same.")
    error: JobError | None
    last_event: int = Field(ge=0, description="The number of the last event; 0 for none.")
    epoch: str = Field(description="Numbers of events of another epoch mean nothing here.")
    links: JobLinks


class JobList(BaseModel):
    """A page of jobs, newest first."""

    model_config = shown({"items": [JOB_EXAMPLE], "next": None, "prev": None})

    items: list[JobBody]
    next: str | None = Field(description="The address of the page of older jobs.")
    prev: str | None = Field(description="The address of the page of newer jobs.")


class RetriedBody(BaseModel):
    """The jobs that are queued again."""

    model_config = shown({"items": [{**JOB_EXAMPLE, "status": "queued"}], "remaining": 0})

    items: list[JobBody]
    remaining: int = Field(ge=0, description="Dead letters that are left; send it again for them.")


class AttemptBody(BaseModel):
    """One try of a segment by one worker."""

    id: str
    number: int = Field(ge=1)
    worker: str
    started_at: Time
    ended_at: Time | None
    outcome: Outcome | None = Field(description="None while it runs.")
    problem: str | None
    detail: str | None


class ArtifactLink(BaseModel):
    """What a finished segment has left."""

    sha256: str
    url: str


class SegmentBody(BaseModel):
    """A segment of a job with all its attempts, oldest first."""

    name: str
    title: str
    index: int = Field(ge=1)
    after: list[str] = Field(description="The segments whose artifacts it needs.")
    status: SegmentStatus
    progress: float = Field(ge=0, le=1)
    message: str
    reused: bool = Field(description="Whether its artifact was there already.")
    started_at: Time | None
    finished_at: Time | None
    ready_at: Time | None = Field(description="When it may be tried, if it waits to be.")
    artifact: ArtifactLink | None
    attempts: list[AttemptBody]


class SegmentList(BaseModel):
    """All segments of a job in the order of its pipeline: always one page."""

    model_config = shown(
        {
            "items": [
                {
                    "name": "parse",
                    "title": "Reading the pages",
                    "index": 1,
                    "after": [],
                    "status": "finished",
                    "progress": 1.0,
                    "message": "",
                    "reused": False,
                    "started_at": _AT,
                    "finished_at": _LATER,
                    "ready_at": None,
                    "artifact": {
                        "sha256": _SHA256,
                        "url": f"http://127.0.0.1:8000/api/v1/jobs/{_JOB}/artifacts/parse",
                    },
                    "attempts": [
                        {
                            "id": "5f0e7d3a9b",
                            "number": 1,
                            "worker": "desk:4711:1",
                            "started_at": _AT,
                            "ended_at": _LATER,
                            "outcome": "finished",
                            "problem": None,
                            "detail": None,
                        }
                    ],
                }
            ],
            "next": None,
            "prev": None,
        }
    )

    items: list[SegmentBody]
    next: None = None
    prev: None = None


class ReceiptBody(BaseModel):
    """What went with a deleted job. Files that nobody else uses go a day later."""

    model_config = shown(
        {
            "job": _JOB,
            "deleted_at": _LATER,
            "events": 23,
            "attempts": 8,
            "artifacts": [_SHA256],
            "documents": [_SHA256],
        }
    )

    job: str
    deleted_at: Time
    events: int = Field(ge=0)
    attempts: int = Field(ge=0)
    artifacts: list[str] = Field(description="SHA-256 of those that nobody else uses.")
    documents: list[str] = Field(description="SHA-256 of those that nobody else uses.")


class ResultBody(BaseModel):
    """A result (``apostil.result/1``): findings whose every citation has page, boxes and quote."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "schema": "apostil.result/1",
                    "application": "financial",
                    "version": "1",
                    "job": _JOB,
                    "documents": [
                        {
                            "sha256": _SHA256,
                            "name": "annual-report.pdf",
                            "media_type": "application/pdf",
                            "pages": 78,
                            "warnings": [],
                        }
                    ],
                    "citations": {
                        "c1": {
                            "document": _SHA256,
                            "page": 6,
                            "boxes": [[412.1, 310.0, 466.9, 321.5]],
                            "quote": "10,208,580",
                            "method": "text",
                            "confidence": 1.0,
                        }
                    },
                    "body": {
                        "facts": [
                            {
                                "id": "f1",
                                "concept": "revenue",
                                "value": "10208580",
                                "scale": 1000,
                                "citations": ["c1"],
                            }
                        ]
                    },
                }
            ]
        },
    )

    schema_: Literal["apostil.result/1"] = Field(alias="schema")
    application: str
    version: str
    job: str
    documents: list[dict[str, Any]]
    citations: dict[str, dict[str, Any]]
    body: dict[str, Any]


class BatchItem(BaseModel):
    """A document of a batch that became a job. ``index`` is its place among those sent, from 0."""

    index: int = Field(ge=0)
    name: str
    job: JobBody


class BatchFailure(BaseModel):
    """A document of a batch that was refused."""

    index: int = Field(ge=0)
    name: str
    problem: dict[str, Any] = Field(description="A problem (RFC 9457).")


class BatchBody(BaseModel):
    """What became of each document of a batch."""

    model_config = shown(
        {
            "items": [{"index": 0, "name": "annual-report.pdf", "job": JOB_EXAMPLE}],
            "failed": [
                {
                    "index": 1,
                    "name": "notes.docx",
                    "problem": {
                        "type": "/problems/unsupported-format",
                        "title": "Not a format that is read",
                        "status": 415,
                        "detail": "notes.docx is a ZIP archive; PDF and text are read.",
                    },
                }
            ],
        }
    )

    items: list[BatchItem]
    failed: list[BatchFailure]
