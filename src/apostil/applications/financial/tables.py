"""Jobs as rows of the tables that the financial document analyzer kept.

The names of tables and columns are those of its papers; its users' reports read them. One job is one
row of each table and gives it its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apostil.applications.financial.telling.narrate import TABLE
from apostil.applications.financial.telling.prose import prose
from apostil.engine import Job, JobStatus, utc_text

QUERY = "query"
"""The parameter of a job that holds what the user asked for."""

Row = dict[str, Any]
Result = Mapping[str, Any]
"""Of a result in the shape ``apostil.result/1``: its members ``citations`` and ``body`` are read."""


@dataclass(frozen=True, slots=True)
class Words:
    """How the analyzer and its task queue called a status."""

    task: str
    celery: str


STATUSES: Mapping[JobStatus, Words] = {
    JobStatus.QUEUED: Words("pending", "PENDING"),
    JobStatus.RUNNING: Words("processing", "STARTED"),
    JobStatus.SUCCEEDED: Words("completed", "SUCCESS"),
    JobStatus.FAILED: Words("failed", "FAILURE"),
    JobStatus.CANCELLED: Words("failed", "REVOKED"),
}


def rows(job: Job, result: Result | None) -> dict[str, list[Row]]:
    """The rows of a job by table; ``result`` is None unless it has succeeded."""
    return {
        "analysis_tasks": [task_row(job, result)],
        "user_analysis_history": [history_row(job, result)],
        "analysis_metrics": [metrics_row(job)],
    }


def task_row(job: Job, result: Result | None) -> Row:
    """A row of ``analysis_tasks``. Times are ISO 8601 in UTC; ``file_path`` is relative to the data
    folder."""
    document = job.documents[0]
    return {
        "id": job.id,
        "file_name": document.name,
        "file_path": f"files/{document.sha256[:2]}/{document.sha256[2:]}",
        "query": job.parameters.get(QUERY),
        "status": STATUSES[job.status].task,
        "analysis_result": answer(result) if result is not None else None,
        "error_message": _error(job),
        "created_at": _iso(job.submitted_at),
        "started_at": _iso(job.started_at),
        "completed_at": _iso(job.finished_at),
        "duration_seconds": _duration(job),
        "celery_task_id": job.id,
    }


def history_row(job: Job, result: Result | None) -> Row:
    """A row of ``user_analysis_history``. ``document_size`` is in bytes."""
    document = job.documents[0]
    return {
        "id": job.id,
        "user_id": job.owner,
        "analysis_task_id": job.id,
        "document_name": document.name,
        "document_size": document.size,
        "key_findings": key_findings(result) if result is not None else None,
        "created_at": _iso(job.submitted_at),
    }


def metrics_row(job: Job) -> Row:
    """A row of ``analysis_metrics``. No language model reads a report: it costs no tokens."""
    seconds = _duration(job)
    return {
        "id": job.id,
        "analysis_task_id": job.id,
        "processing_time_ms": None if seconds is None else round(seconds * 1000),
        "tokens_used": 0,
        "model_used": None,
        "estimated_cost_usd": 0.0,
    }


def answer(result: Result) -> Row:
    """What the analyzer gave as the result of a task: text, main facts, and what qualifies them."""
    body = result["body"]
    return {
        "analysis": prose(result),
        "key_findings": key_findings(result),
        "verdict": body["document"]["verdict"],
        "not_found": [missing["concept"] for missing in body["not_found"]],
        "disclaimer": body["disclaimer"],
    }


def key_findings(result: Result) -> list[Row]:
    """The main facts of the newest period of each length, with the page that proves each.

    ``value`` times ``scale`` is the amount, as in the result.
    """
    newest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for fact in result["body"]["facts"]:
        if not fact["consolidated"] or fact["restated"] or fact["basis"] == "non-GAAP":
            continue
        key = fact["concept"], str(fact["period"].get("bucket"))
        known = newest.get(key)
        if known is None or fact["period"]["end"] > known["period"]["end"]:
            newest[key] = fact
    shown: list[Row] = []
    for names in TABLE:
        named = next((name for name in names if any(key[0] == name for key in newest)), None)
        shown += [_finding(fact, result) for key, fact in newest.items() if key[0] == named]
    return shown


def _finding(fact: Mapping[str, Any], result: Result) -> Row:
    return {
        "concept": fact["concept"],
        "value": fact["value"],
        "scale": fact["scale"],
        "currency": fact["currency"],
        "period": {"start": fact["period"]["start"], "end": fact["period"]["end"]},
        "page": result["citations"][fact["citations"][0]]["page"],
    }


def _error(job: Job) -> str | None:
    if job.status is JobStatus.CANCELLED:
        return "The task was cancelled."
    return job.detail if job.status is JobStatus.FAILED else None


def _duration(job: Job) -> float | None:
    if job.started_at is None or job.finished_at is None:
        return None
    return round(job.finished_at - job.started_at, 3)


def _iso(seconds: float | None) -> str | None:
    return None if seconds is None else utc_text(seconds)
