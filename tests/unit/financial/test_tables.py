"""A job as rows of the analyzer's tables, and its result as sentences with pages."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from apostil.applications.financial.tables import STATUSES, answer, key_findings, rows
from apostil.applications.financial.telling.prose import prose
from apostil.engine import Job, JobDocument, JobStatus

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
RESULT: dict[str, Any] = {
    "citations": {f"c{page}": {"page": page, "quote": "…"} for page in range(1, 9)},
    "body": {
        "document": {"verdict": "verified"},
        "disclaimer": "Not advice.",
        "facts": [
            {
                "id": f"f{number}",
                "concept": concept,
                "value": value,
                "scale": 1000,
                "currency": "EUR",
                "period": {"start": "2023-01-01", "end": end, "bucket": "FY"},
                "consolidated": True,
                "restated": restated,
                "basis": "IFRS",
                "citations": [f"c{page}"],
            }
            for number, concept, value, end, page, restated in (
                (1, "revenue", "5000", "2023-12-31", 7, False),
                (2, "revenue", "4500", "2022-12-31", 7, False),
                (3, "net_income_total", "600", "2023-12-31", 7, False),
                (4, "assets", "3000", "2023-12-31", 8, False),
                (5, "revenue", "9999", "2024-12-31", 5, True),
                (6, "goodwill", "12", "2023-12-31", 8, False),
            )
        ],
        "unmapped": [],
        "derived": [{"id": "d1", "derivation": {"operands": ["f1", "f2"]}}],
        "checks": [
            {"id": "k1", "status": "pass", "period": "FY:2023-12-31", "formula": "a = b", "operands": ["f1", "f4"]},
            {"id": "k2", "status": "fail", "period": "FY:2023-12-31", "formula": "c = d", "operands": ["d1"],
             "expected": "5000", "found": "4999"},
            {"id": "k3", "status": "not_applicable", "period": "", "formula": "e = f", "operands": []},
            {"id": "k4", "status": "pass", "period": "2023-12-31", "formula": "g = h", "operands": []},
        ],
        "not_found": [
            {"concept": "capex", "title": "Capital expenditures", "state": "not_reported",
             "not_found": {"searched": ["cash-flow statement on page 6"]}},
        ],
        "sections": {
            "analysis": [
                {"text": "Revenue: EUR 5,000 thousand (page 7).", "findings": ["f1"], "citations": ["c7"]},
                {"text": "All is well.", "findings": [], "citations": []},
                {"text": "A: 1 (page 7), 2 (page 8).", "findings": [], "citations": ["c8", "c7"]},
            ],
            "key_findings": [
                {"text": "Revenue rose by 11.1 %.", "findings": ["d1"], "citations": []},
            ],
        },
    },
}  # fmt: skip


def job(status: JobStatus, **more: Any) -> Job:
    return Job(
        id="j1",
        owner="local",
        application="financial",
        version="1",
        documents=(
            JobDocument(sha256=SHA, name="report.pdf", media_type="application/pdf", size=9),
        ),
        parameters={"query": "Everything"},
        segments=(),
        submitted_at=1_769_853_600.123,
        status=status,
        **more,
    )


@pytest.mark.parametrize(
    ("status", "task", "celery"),
    [
        (JobStatus.QUEUED, "pending", "PENDING"),
        (JobStatus.RUNNING, "processing", "STARTED"),
        (JobStatus.SUCCEEDED, "completed", "SUCCESS"),
        (JobStatus.FAILED, "failed", "FAILURE"),
        (JobStatus.CANCELLED, "failed", "REVOKED"),
    ],
)
def test_every_status_has_its_old_words(status: JobStatus, task: str, celery: str) -> None:
    assert (STATUSES[status].task, STATUSES[status].celery) == (task, celery)
    assert set(STATUSES) == set(JobStatus)


def test_a_completed_job_is_one_row_of_each_table() -> None:
    done = job(JobStatus.SUCCEEDED, started_at=1_769_853_601.0, finished_at=1_769_853_602.5)
    tables = rows(done, RESULT)
    ((task,), (history,), (metrics,)) = tables.values()
    assert task == {
        "id": "j1",
        "file_name": "report.pdf",
        "file_path": f"files/9f/{SHA[2:]}",
        "query": "Everything",
        "status": "completed",
        "analysis_result": answer(RESULT),
        "error_message": None,
        "created_at": "2026-01-31T10:00:00.123Z",
        "started_at": "2026-01-31T10:00:01.000Z",
        "completed_at": "2026-01-31T10:00:02.500Z",
        "duration_seconds": 1.5,
        "celery_task_id": "j1",
    }
    assert history == {
        "id": "j1",
        "user_id": "local",
        "analysis_task_id": "j1",
        "document_name": "report.pdf",
        "document_size": 9,
        "key_findings": key_findings(RESULT),
        "created_at": "2026-01-31T10:00:00.123Z",
    }
    assert metrics == {
        "id": "j1",
        "analysis_task_id": "j1",
        "processing_time_ms": 1500,
        "tokens_used": 0,
        "model_used": None,
        "estimated_cost_usd": 0.0,
    }
    assert json.loads(json.dumps(tables)) == tables


def test_what_is_not_known_yet_is_null() -> None:
    tables = rows(job(JobStatus.QUEUED), None)
    task = tables["analysis_tasks"][0]
    assert [name for name, value in task.items() if value is None] == [
        "analysis_result",
        "error_message",
        "started_at",
        "completed_at",
        "duration_seconds",
    ]
    assert tables["user_analysis_history"][0]["key_findings"] is None
    assert tables["analysis_metrics"][0]["processing_time_ms"] is None


def test_a_failure_says_why_and_a_cancelled_task_too() -> None:
    failed = rows(job(JobStatus.FAILED, detail="No text."), None)["analysis_tasks"][0]
    assert failed["error_message"] == "No text."
    cancelled = rows(job(JobStatus.CANCELLED), None)["analysis_tasks"][0]
    assert cancelled["error_message"] == "The task was cancelled."


def test_the_key_findings_are_the_newest_main_figures_with_their_pages() -> None:
    assert [(one["concept"], one["value"], one["page"]) for one in key_findings(RESULT)] == [
        ("revenue", "5000", 7),
        ("net_income_total", "600", 7),
        ("assets", "3000", 8),
    ]
    first = key_findings(RESULT)[0]
    assert first["period"] == {"start": "2023-01-01", "end": "2023-12-31"}
    assert (first["scale"], first["currency"]) == (1000, "EUR")


def test_sentences_end_in_their_pages_and_unproven_ones_are_not_written() -> None:
    assert prose(RESULT) == (
        "Overview\n"
        "Revenue: EUR 5,000 thousand. [p. 7]\n"
        "A: 1 (page 7), 2 (page 8). [p. 7, p. 8]\n"
        "\n"
        "Key findings\n"
        "Revenue rose by 11.1 %. [p. 7]\n"
        "\n"
        "Checks\n"
        "1 check of the figures holds for 2023-12-31. [p. 7, p. 8]\n"
        "The check c = d does not hold for 2023-12-31: expected 5000, found 4999. [p. 7]\n"
        "\n"
        "Not found\n"
        "Capital expenditures: not reported. [searched: cash-flow statement on page 6]"
    )


def test_a_result_without_any_finding_still_says_what_was_searched() -> None:
    bare = copy.deepcopy(RESULT)
    bare["body"] |= {"facts": [], "derived": [], "checks": [], "sections": {}}
    assert prose(bare).startswith("Not found\nCapital expenditures")
