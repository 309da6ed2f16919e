"""The analyzer's interface as its users' programs see it, at the root and under its name."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from papers import scan, write_pdf
from programs import PATIENCE_SECONDS, Running, started
from starlette.responses import Response

from apostil.applications.financial.answers import CeleryState, TaskStatus
from apostil.applications.financial.routes import check_workers
from apostil.applications.financial.tables import STATUSES
from apostil.bootstrap.home import open_home
from apostil.config import Settings
from apostil.engine import WorkerState
from apostil.samples import ANNUAL_REPORT
from apostil.web import Services

QUERY = "Analyze this quarterly report"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("lifted")
    with started(folder / "data", APOSTIL_ROOT_APPLICATION="financial") as running:
        yield running


@pytest.fixture(scope="module")
def anywhere(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest.fixture(params=["", "financial/"], ids=["at the root", "under its name"])
def client(server: Running, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    address = f"{server.address}{request.param}"
    with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as made:
        yield made


def analyze(client: httpx.Client, content: bytes, *, query: str | None = QUERY) -> str:
    answer = client.post(
        "analyze",
        files={"file": ("report.pdf", content)},
        data={"query": query} if query is not None else {},
    )
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"status", "task_id"}
    assert answer.json()["status"] == "queued"
    return str(answer.json()["task_id"])


def ended(client: httpx.Client, task: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        told: dict[str, Any] = client.get(f"tasks/{task}").json()
        if told["status"] in {"completed", "failed"}:
            return told
        assert told["analysis_result"] is None
        assert time.monotonic() < deadline, told
        time.sleep(0.1)


@pytest.fixture(scope="module")
def completed(anywhere: httpx.Client) -> dict[str, Any]:
    return ended(anywhere, analyze(anywhere, ANNUAL_REPORT.read_bytes()))


@pytest.fixture(scope="module")
def failed(anywhere: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    paper = write_pdf(tmp_path_factory.mktemp("papers") / "scan.pdf", scan)
    return ended(anywhere, analyze(anywhere, paper.read_bytes(), query=None))


@pytest.fixture(scope="module")
def cancelled(anywhere: httpx.Client) -> dict[str, Any]:
    """A task that waited behind others: one of many at once is cancelled before it ends."""
    for attempt in range(20):
        task = analyze(anywhere, ANNUAL_REPORT.read_bytes() + b"\n" * (attempt + 1))
        job = anywhere.post(f"api/v1/jobs/{task}/cancel").json()
        if job["status"] == "cancelled":
            return ended(anywhere, task)
    raise AssertionError("every task ended before it could be cancelled")


def test_the_message_is_the_old_one(client: httpx.Client) -> None:
    assert client.get("").json() == {"message": "Financial Document Analyzer API is running"}


def test_a_browser_at_the_root_goes_to_the_pages(anywhere: httpx.Client) -> None:
    answer = anywhere.get("", headers={"Accept": "text/html,application/xhtml+xml"})
    assert (answer.status_code, answer.headers["location"]) == (307, "/ui/")
    assert answer.headers["vary"] == "Accept"
    assert "Analyse" in anywhere.get("ui/", headers={"Accept": "text/html"}).text


def test_a_completed_task_has_every_column_and_its_result(
    client: httpx.Client, completed: dict[str, Any]
) -> None:
    told = client.get(f"tasks/{completed['id']}").json()
    assert told == completed
    assert told["task_id"] == told["celery_task_id"] == told["id"]
    assert (told["status"], told["celery_state"], told["progress"]) == ("completed", "SUCCESS", 1)
    assert (told["file_name"], told["query"]) == ("report.pdf", QUERY)
    times = [told["created_at"], told["started_at"], told["completed_at"]]
    assert times == sorted(times)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one) for one in times)
    assert told["duration_seconds"] > 0
    assert told["error_message"] is None
    assert len(str(told)) < 20_000


def test_the_file_path_is_where_the_file_is_and_names_no_folder_of_the_machine(
    server: Running, completed: dict[str, Any]
) -> None:
    path = Path(completed["file_path"])
    assert not path.is_absolute()
    assert (server.data / path).read_bytes() == ANNUAL_REPORT.read_bytes()


def test_the_result_is_text_in_which_every_sentence_has_its_pages(
    client: httpx.Client, completed: dict[str, Any]
) -> None:
    answer = client.get(f"tasks/{completed['id']}/result")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["task_id"], told["status"]) == (completed["id"], "completed")
    assert (told["file_name"], told["query"]) == ("report.pdf", QUERY)
    assert told["result"] == completed["analysis_result"]
    lines = [line for line in told["result"]["analysis"].splitlines() if line]
    unproven = [line for line in lines if not re.search(r" \[p\. \d+(, p\. \d+)*\]$", line)]
    assert unproven == ["Overview", "Key findings", "Checks"]
    assert "Revenue: USD 509,025 thousand for the year to 2024-12-31" in told["result"]["analysis"]
    assert told["result"]["key_findings"][0] == {
        "concept": "revenue",
        "value": "509025",
        "scale": 1000,
        "currency": "USD",
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "page": 7,
    }
    whole = client.get(told["links"]["full_result"]).json()
    fact = whole["body"]["facts"][0]
    assert whole["citations"][fact["citations"][0]]["page"] == 7
    assert client.get(told["links"]["page"], headers={"Accept": "text/html"}).status_code == 200


def test_a_failed_task_says_why_and_its_result_is_a_problem(
    client: httpx.Client, failed: dict[str, Any]
) -> None:
    assert (failed["status"], failed["celery_state"]) == ("failed", "FAILURE")
    assert "text" in failed["error_message"]
    assert failed["query"] is None
    answer = client.get(f"tasks/{failed['id']}/result")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == "/problems/no-readable-text"
    assert (told["status"], told["task_status"]) == (409, "failed")
    assert told["detail"] == failed["error_message"]


def test_a_cancelled_task_is_failed_and_revoked(
    client: httpx.Client, cancelled: dict[str, Any]
) -> None:
    assert (cancelled["status"], cancelled["celery_state"]) == ("failed", "REVOKED")
    assert cancelled["error_message"] == "The task was cancelled."
    told = client.get(f"tasks/{cancelled['id']}/result")
    assert (told.status_code, told.json()["task_status"]) == (409, "failed")


def test_while_there_is_no_result_the_answer_is_409_with_the_old_word(client: httpx.Client) -> None:
    task = analyze(client, ANNUAL_REPORT.read_bytes() + b"\n% another")
    answer = client.get(f"tasks/{task}/result")
    if answer.status_code != 200:  # a fast machine may be done
        assert answer.status_code == 409
        assert answer.json()["task_status"] in {"pending", "processing"}
        assert answer.headers["retry-after"] == "1"
    assert ended(client, task)["status"] == "completed"


def test_lists_are_newest_first_and_filter_and_skip(
    client: httpx.Client,
    completed: dict[str, Any],
    failed: dict[str, Any],
    cancelled: dict[str, Any],
) -> None:
    told = client.get("tasks").json()
    assert told["total"] == len(told["tasks"])
    ids = [task["id"] for task in told["tasks"]]
    assert ids.index(cancelled["id"]) < ids.index(failed["id"]) < ids.index(completed["id"])
    assert all("analysis_result" not in task for task in told["tasks"])
    without_result = {name: value for name, value in completed.items() if name != "analysis_result"}
    assert told["tasks"][ids.index(completed["id"])] == without_result
    of_failed = client.get("tasks", params={"status": "failed"}).json()["tasks"]
    assert {task["celery_state"] for task in of_failed} == {"FAILURE", "REVOKED"}
    skipped = client.get("tasks", params={"limit": 2, "skip": 1}).json()["tasks"]
    assert [task["id"] for task in skipped] == ids[1:3]
    assert client.get("tasks", params={"skip": 500}).json() == {"total": 0, "tasks": []}


def test_history_and_metrics_have_their_columns(
    client: httpx.Client, completed: dict[str, Any], failed: dict[str, Any]
) -> None:
    history = {one["analysis_task_id"]: one for one in client.get("history").json()["history"]}
    entry = history[completed["id"]]
    assert entry["document_size"] == ANNUAL_REPORT.stat().st_size
    assert entry["key_findings"] == completed["analysis_result"]["key_findings"]
    assert history[failed["id"]]["key_findings"] is None
    metrics = client.get(f"tasks/{completed['id']}/metrics").json()
    assert metrics["processing_time_ms"] == round(completed["duration_seconds"] * 1000)
    assert (metrics["tokens_used"], metrics["model_used"], metrics["estimated_cost_usd"]) == (
        0,
        None,
        0,
    )


def test_the_workers_are_counted(client: httpx.Client, completed: dict[str, Any]) -> None:
    told = client.get("celery/health")
    assert (told.status_code, told.json()["status"]) == (200, "healthy")
    assert told.json()["mode"] == "local"
    assert told.json()["workers"] == 2


def test_workers_that_fell_silent_are_no_workers(tmp_path: Path) -> None:
    home = open_home(Settings.read(data=tmp_path))
    home.roster.report(
        WorkerState(id="w", host="here", pid=1, started_at=0.0, seen_at=1000.0, job="j")
    )

    def told(now: float) -> tuple[int, str, int, int]:
        services = SimpleNamespace(roster=home.roster, clock=lambda: now, queue_mode="local")
        answer = Response()
        workers = check_workers(cast("Services", services), answer)
        return answer.status_code, workers.status, workers.workers, workers.active_tasks

    assert told(1001.0) == (200, "healthy", 1, 1)
    assert told(1100.0) == (503, "unhealthy", 0, 0)
    home.close()


@pytest.mark.parametrize("path", ["tasks/nothing", "tasks/nothing/result", "tasks/nothing/metrics"])
def test_an_unknown_task_is_a_problem_with_a_sentence(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/job-not-found")
    assert answer.json()["detail"]


def test_a_job_of_another_application_is_not_seen(
    anywhere: httpx.Client, client: httpx.Client
) -> None:
    job = anywhere.post(
        "api/v1/jobs",
        data={"application": "lines"},
        files={"files": ("report.pdf", ANNUAL_REPORT.read_bytes())},
    ).json()["id"]
    assert anywhere.get(f"api/v1/jobs/{job}").status_code == 200
    for path in (f"tasks/{job}", f"tasks/{job}/result", f"tasks/{job}/metrics"):
        assert client.get(path).status_code == 404
    for name in ("tasks", "history"):
        listed = client.get(name, params={"limit": 200}).json()[name]
        assert job not in {one["id"] for one in listed}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("status=done", "/query/status"), ("limit=0", "/query/limit"), ("skip=-1", "/query/skip")],
)
def test_a_wrong_question_names_its_fault(client: httpx.Client, query: str, pointer: str) -> None:
    answer = client.get(f"tasks?{query}")
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({}, 422),
        ({"file": ("notes.txt", b"only text")}, 415),
        ({"file": ("report.pdf", b"")}, 422),
        ({"other": ("report.pdf", b"%PDF-")}, 422),
    ],
)
def test_what_is_no_report_is_refused_with_a_sentence(
    client: httpx.Client, files: dict[str, tuple[str, bytes]], status: int
) -> None:
    answer = client.post("analyze", files=files)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_the_answers_know_the_words_that_statuses_are_told_in() -> None:
    assert {words.task for words in STATUSES.values()} == set(TaskStatus)
    assert {words.celery for words in STATUSES.values()} == set(CeleryState)


def test_the_document_describes_the_interface_under_its_own_tag(anywhere: httpx.Client) -> None:
    paths = anywhere.get("openapi.json").json()["paths"]
    for path in ("/", "/analyze", "/tasks", "/tasks/{task_id}", "/tasks/{task_id}/result"):
        (lifted,) = paths[path].values()
        (named,) = paths[f"/financial{path}"].values()
        assert lifted["tags"] == named["tags"] == ["financial (original interface)"]
        assert lifted["responses"] == named["responses"] or path == "/"
