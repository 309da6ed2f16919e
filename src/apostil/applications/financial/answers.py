"""What the analyzer's own interface answers, by the names that its users' programs read."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ID = "0198c0de-7a10-7000-8000-5f1e1d0c0a01"
TIME = "2026-01-31T10:00:00.123Z"


class TaskStatus(StrEnum):
    """A cancelled task is ``failed``, as there was no word for it."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class CeleryState(StrEnum):
    """The state that the analyzer's task queue would have told."""

    PENDING = "PENDING"
    STARTED = "STARTED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    REVOKED = "REVOKED"


class Running(BaseModel):
    """That the interface is there."""

    message: str = Field(examples=["Financial Document Analyzer API is running"])


class Queued(BaseModel):
    """A task that was taken on. Ask for it under its id."""

    status: Literal["queued"] = "queued"
    task_id: str = Field(examples=[ID])


class Period(BaseModel):
    """A span of time with both ends included; without a start, a date."""

    start: str | None = Field(examples=["2024-01-01"])
    end: str = Field(examples=["2024-12-31"])


class KeyFinding(BaseModel):
    """A main figure; ``value`` times ``scale`` is the amount, null where the scale is not known."""

    concept: str = Field(examples=["revenue"])
    value: str | None = Field(examples=["509025"])
    scale: int | float | None = Field(examples=[1000])
    currency: str | None = Field(examples=["USD"])
    period: Period
    page: int | None = Field(description="Where it is printed, from 1.", examples=[7])


class Analysis(BaseModel):
    """The result of a task."""

    analysis: str = Field(
        description="Sentences to read; behind each, in brackets, the pages that prove it.",
        examples=["Overview\nRevenue: USD 509,025 thousand for the year to 2024-12-31. [p. 7]"],
    )
    key_findings: list[KeyFinding]
    verdict: str | None = Field(
        description="Whether the identities that tie the latest period together hold: `verified`, "
        "`partly verified`, or `not verified` when none does.",
        examples=["verified"],
    )
    not_found: list[str] = Field(description="Main figures that the document does not show.")
    disclaimer: str


class Task(BaseModel):
    """A row of ``analysis_tasks`` without its result, and how far the task is."""

    id: str = Field(examples=[ID])
    task_id: str = Field(description="The same as ``id``.", examples=[ID])
    file_name: str = Field(examples=["report.pdf"])
    file_path: str = Field(
        description="Where the file is kept, from the data folder on.",
        examples=["files/9f/86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    query: str | None = Field(examples=["Analyze this financial report"])
    status: TaskStatus
    error_message: str | None
    created_at: str = Field(examples=[TIME])
    started_at: str | None = Field(examples=[TIME])
    completed_at: str | None = Field(examples=[TIME])
    duration_seconds: float | None = Field(examples=[1.204])
    celery_task_id: str = Field(description="The same as ``id``.", examples=[ID])
    celery_state: CeleryState
    progress: float = Field(ge=0, le=1, description="The share of the work that is done.")


class TaskInFull(Task):
    """A row of ``analysis_tasks``, and how far the task is."""

    analysis_result: Analysis | None = Field(description="Null unless the task is completed.")


class Tasks(BaseModel):
    """Tasks, the newest first. ``total`` is how many this answer holds."""

    total: int
    tasks: list[Task]


class TaskResult(BaseModel):
    """The result of a completed task."""

    task_id: str = Field(examples=[ID])
    status: Literal["completed"] = "completed"
    file_name: str = Field(examples=["report.pdf"])
    query: str | None = Field(examples=["Analyze this financial report"])
    result: Analysis
    links: dict[str, str] = Field(
        description="The whole result with the place of every figure, and the page that shows it.",
        examples=[{"full_result": f"/api/v1/jobs/{ID}/result", "page": f"/ui/jobs/{ID}/result"}],
    )


class HistoryEntry(BaseModel):
    """A row of ``user_analysis_history``. ``document_size`` is in bytes."""

    id: str = Field(examples=[ID])
    user_id: str | None = Field(examples=["local"])
    analysis_task_id: str = Field(examples=[ID])
    document_name: str = Field(examples=["report.pdf"])
    document_size: int = Field(examples=[102_400])
    key_findings: list[KeyFinding] | None = Field(description="Null unless the task is completed.")
    created_at: str = Field(examples=[TIME])


class History(BaseModel):
    """Analyses, the newest first. ``total`` is how many this answer holds."""

    total: int
    history: list[HistoryEntry]


class Metrics(BaseModel):
    """A row of ``analysis_metrics``. No language model is used: no tokens, no cost."""

    model_config = ConfigDict(protected_namespaces=())

    id: str = Field(examples=[ID])
    analysis_task_id: str = Field(examples=[ID])
    processing_time_ms: int | None = Field(examples=[1204])
    tokens_used: int = Field(examples=[0])
    model_used: str | None
    estimated_cost_usd: float = Field(examples=[0.0])


class Workers(BaseModel):
    """Whether there is somebody to do the work."""

    status: Literal["healthy", "unhealthy"]
    mode: str = Field(
        description="``local``: the workers ask the database; there is no broker to be reached."
    )
    workers: int = Field(description="How many were heard of lately.", examples=[2])
    active_tasks: int = Field(description="How many of them work on a segment now.", examples=[1])
