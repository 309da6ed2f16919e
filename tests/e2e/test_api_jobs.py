"""Jobs over HTTP, from submitting one to deleting it, with a server that a program would talk to."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from programs import PATIENCE_SECONDS, PLUGIN, Running, started

from apostil.samples import ANNUAL_REPORT

MOODS = PLUGIN.parent / "moods"
PATHS = f"{PLUGIN}{os.pathsep}{MOODS}"
TEXT = b"A text of no importance.\n"
CROWD = 48
"""More than the threads that answer."""
Job = dict[str, Any]


@pytest.fixture(scope="module")
def moody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("moody") / "data") as running:
        yield running


def serving(data: Path) -> Any:
    return started(
        data, PYTHONPATH=PATHS, APOSTIL_RATE_LIMIT="off", APOSTIL_SUBMIT_RATE_LIMIT="off"
    )


@pytest.fixture
def api(moody: Running) -> Iterator[httpx.Client]:
    with client_of(moody) as client:
        yield client


def client_of(running: Running) -> httpx.Client:
    return httpx.Client(base_url=f"{running.address}api/v1/", timeout=PATIENCE_SECONDS)


def submit(
    api: httpx.Client, how: str = "", *, headers: dict[str, str] | None = None, **more: str
) -> httpx.Response:
    parameters = {name: value for name, value in {"how": how, **more}.items() if value}
    return api.post(
        "jobs",
        data={"application": "moods", "parameters": json.dumps(parameters)},
        files={"files": ("a.txt", TEXT, "text/plain")},
        headers=headers or {},
    )


def known(api: httpx.Client, text: bytes) -> str:
    """The digest of a document that the server has."""
    sent = api.post("documents", files={"file": ("a.txt", text, "text/plain")})
    return str(sent.json()["sha256"])


def ended(api: httpx.Client, job: Job) -> Job:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (now := api.get(job["links"]["self"]).json())["finished_at"] is None:
        assert time.monotonic() < deadline, now
        time.sleep(0.05)
    found: Job = now
    return found


def test_a_submitted_document_is_a_job_that_leads_to_its_result(api: httpx.Client) -> None:
    answer = api.post(
        "jobs",
        data={"application": "lines", "priority": "2", "parallel": "true"},
        files={"files": ("report.pdf", ANNUAL_REPORT.read_bytes())},
    )
    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == job["links"]["self"]
    assert answer.headers["retry-after"] == "1"
    assert (job["priority"], job["parallel"], job["parameters"]) == (2, True, {})
    assert job["documents"][0]["name"] == "report.pdf"
    done = ended(api, job)
    assert (done["status"], done["progress"], done["error"]) == ("succeeded", 1.0, None)
    result = api.get(done["links"]["result"]).json()
    assert (result["schema"], result["job"]) == ("apostil.result/1", job["id"])
    segments = api.get(done["links"]["segments"]).json()["items"]
    assert [one["name"] for one in segments] == ["read", "collect"]
    assert [one["attempts"][0]["outcome"] for one in segments] == ["finished", "finished"]
    parsed = api.get(segments[0]["artifact"]["url"]).json()
    assert parsed["schema"] == "apostil.parsed/1"


def test_a_job_can_be_submitted_on_a_document_that_is_there_by_its_digest(
    api: httpx.Client,
) -> None:
    first = submit(api, number="by digest").json()
    asked = {"application": "moods", "documents": [first["documents"][0]["sha256"]]}
    answer = api.post("jobs", json=asked, headers={"Prefer": "wait=20"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["documents"] == first["documents"]


def test_whoever_prefers_to_wait_gets_the_ended_job_and_nobody_else_waits_with_him(
    api: httpx.Client,
) -> None:
    quick = submit(api, number="quick", headers={"Prefer": "wait=20"})
    assert (quick.status_code, quick.json()["status"]) == (200, "succeeded")
    assert quick.headers["preference-applied"] == "wait=20"
    assert "retry-after" not in quick.headers
    began = time.monotonic()
    slow = submit(api, "sleep", headers={"Prefer": "respond-async, wait=1"})
    assert 1.0 <= time.monotonic() - began < 10.0
    assert (slow.status_code, slow.headers["retry-after"]) == (202, "1")
    assert slow.headers["preference-applied"] == "respond-async, wait=1"
    api.post(slow.json()["links"]["cancel"])


def test_a_crowd_that_waits_keeps_nobody_else_from_being_answered(api: httpx.Client) -> None:
    sha256 = known(api, b"A text for a crowd.\n")
    asked = {"application": "moods", "documents": [sha256], "parameters": {"how": "sleep"}}
    with ThreadPoolExecutor(CROWD) as crowd:
        waiting = [
            crowd.submit(api.post, "jobs", json=asked, headers={"Prefer": "wait=5"})
            for _ in range(CROWD)
        ]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(api.get("jobs", params={"document": sha256}).json()["items"]) < CROWD:
            assert time.monotonic() < deadline
        asked_at = time.monotonic()
        assert api.get("jobs", params={"limit": 1}).status_code == 200
        assert time.monotonic() - asked_at < 3.0
        assert not all(one.done() for one in waiting)
        jobs = [one.result().json() for one in waiting]
    for job in jobs:
        assert api.post(job["links"]["cancel"]).json()["status"] == "cancelled"


def test_fifty_equal_requests_at_once_make_one_job(api: httpx.Client) -> None:
    headers = {"Idempotency-Key": "fifty at once"}
    with ThreadPoolExecutor(50) as crowd:
        sent = [crowd.submit(submit, api, number="fifty", headers=headers) for _ in range(50)]
        answers = [one.result() for one in sent]
    made = [one for one in answers if one.status_code == 202]
    refused = [one for one in answers if one.status_code != 202]
    assert len({one.content for one in made}) == 1
    assert {one.json()["type"] for one in refused} <= {"/problems/idempotency-in-progress"}
    assert {(one.status_code, one.headers["retry-after"]) for one in refused} <= {(409, "1")}
    assert sum("idempotency-replayed" not in one.headers for one in made) == 1
    again = submit(api, number="fifty", headers=headers)
    assert again.status_code == 202
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == made[0].headers["location"]
    assert again.content == made[0].content
    listed = api.get("jobs", params={"limit": 200}).json()["items"]
    assert sum(job["parameters"].get("number") == "fifty" for job in listed) == 1


def test_a_key_belongs_to_one_request_and_keeps_the_errors_that_the_request_has_earned(
    api: httpx.Client,
) -> None:
    headers = {"Idempotency-Key": "one request"}
    assert submit(api, number="first", headers=headers).status_code == 202
    other = submit(api, number="second", headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    headers = {"Idempotency-Key": "a mistake"}
    mistakes = [
        api.post(
            "jobs",
            data={"application": "nothing"},
            files={"files": ("a.txt", TEXT)},
            headers=headers,
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in mistakes] == [422, 422]
    assert ["idempotency-replayed" in one.headers for one in mistakes] == [False, True]
    assert mistakes[0].content == mistakes[1].content
    assert mistakes[1].headers["content-type"] == "application/problem+json"
    headers = {"Idempotency-Key": "too early"}
    asked = {"application": "moods", "documents": ["0" * 64]}
    for _ in range(2):
        missing = api.post("jobs", json=asked, headers=headers)
        assert missing.status_code == 404
        assert "idempotency-replayed" not in missing.headers
    for key in (b"", b"k" * 256, b"a\tb", "ä".encode()):
        refused = api.post("jobs", json=asked, headers=[(b"Idempotency-Key", key)])
        assert refused.status_code == 422, key
        assert refused.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


def test_a_server_that_is_killed_after_storing_the_job_makes_no_second_one(tmp_path: Path) -> None:
    headers = {"Idempotency-Key": "killed", "Prefer": "wait=30"}
    with serving(tmp_path / "data") as running, client_of(running) as api:
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(submit, api, "sleep", headers=headers)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not api.get("jobs").json()["items"]:
                assert time.monotonic() < deadline
            running.process.send_signal(signal.SIGKILL)
            assert isinstance(waiting.exception(), httpx.TransportError)
        running.process.wait()
        database = running.data / "apostil.db"
    with sqlite3.connect(database) as connection:  # as if more than a minute had passed
        changed = connection.execute("UPDATE answers SET begun_at = begun_at - 100")
        assert changed.rowcount == 1
    connection.close()
    with serving(tmp_path / "data") as running, client_of(running) as api:
        again = submit(api, "sleep", headers={**headers, "Prefer": "wait=0"})
        assert again.status_code == 202
        assert [job["id"] for job in api.get("jobs").json()["items"]] == [again.json()["id"]]
        api.post(again.json()["links"]["cancel"])


def test_a_list_of_250_jobs_is_walked_forth_and_back_by_its_links(api: httpx.Client) -> None:
    sha256 = known(api, b"A text that 250 jobs are about.\n")
    same = {"application": "moods", "documents": [sha256] * 125}
    made = [
        one["job"] for _ in range(2) for one in api.post("jobs/batch", json=same).json()["items"]
    ]
    pages = [api.get("jobs", params={"limit": 40, "document": sha256})]
    while "next" in pages[-1].links:
        assert pages[-1].links["next"]["url"] == pages[-1].json()["next"]
        pages.append(api.get(pages[-1].links["next"]["url"]))
        api.post("jobs", json={**same, "documents": [sha256]}).raise_for_status()
    forth = [job["id"] for page in pages for job in page.json()["items"]]
    assert forth == [job["id"] for job in reversed(made)]
    assert [len(page.json()["items"]) for page in pages] == [40] * 6 + [10]
    back = [pages[-1]]
    while len(back) < len(pages):
        back.append(api.get(back[-1].links["prev"]["url"]))
    assert [job["id"] for page in reversed(back) for job in page.json()["items"]] == forth
    newest = api.get(back[-1].json()["prev"])
    assert (len(newest.json()["items"]), newest.json()["prev"]) == (6, None)
    wrong = api.get("jobs", params={"cursor": "00"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/cursor-invalid")


def test_cancelling_and_deleting_again_change_nothing(api: httpx.Client) -> None:
    job = submit(api, "sleep", number="to be cancelled").json()
    answers = [api.post(job["links"]["cancel"]) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json()["status"] == "cancelled"
    assert answers[0].json()["last_event"] == answers[1].json()["last_event"]
    result = api.get(job["links"]["result"])
    assert (result.status_code, result.json()["type"]) == (409, "/problems/job-cancelled")
    receipts = [api.delete(job["links"]["self"]) for _ in range(3)]
    assert [one.status_code for one in receipts] == [200, 200, 200]
    assert len({one.content for one in receipts}) == 1
    assert receipts[0].json()["job"] == job["id"]
    assert api.get(job["links"]["self"]).status_code == 404
    assert api.delete("jobs/00000000-0000-7000-8000-000000000000").status_code == 404


def test_dead_letters_are_listed_and_go_on_when_they_are_retried(
    api: httpx.Client, tmp_path: Path
) -> None:
    mended = tmp_path / "mended"
    wait = {"Prefer": "wait=30"}
    dead = [
        submit(api, "disturbed", unless=str(mended), number=str(n), headers=wait).json()
        for n in range(3)
    ]
    refused = submit(api, "refuse", unless=str(mended), headers=wait).json()
    assert [job["status"] for job in (*dead, refused)] == ["failed"] * 4
    assert dead[0]["error"] == {
        "type": "/problems/disturbed",
        "title": "A disturbance",
        "detail": dead[0]["error"]["detail"],
        "segment": "act",
        "retryable": True,
    }
    result = api.get(dead[0]["links"]["result"])
    assert result.status_code == 409
    problem = result.json()
    assert (problem["type"], problem["jobStatus"]) == ("/problems/disturbed", "failed")
    assert (problem["processingStage"], problem["retryable"]) == ("act", True)
    listed = api.get("jobs", params={"dead_letter": "true"}).json()["items"]
    assert [job["id"] for job in listed] == [job["id"] for job in reversed(dead)]
    (segment,) = api.get(dead[0]["links"]["segments"]).json()["items"]
    assert [one["number"] for one in segment["attempts"]] == [1, 2]
    assert "Traceback" not in json.dumps(segment)
    mended.touch()
    again = api.post(dead[0]["links"]["retry"], headers=wait)
    assert (again.status_code, again.json()["status"]) == (200, "succeeded")
    nothing = api.post(dead[0]["links"]["retry"])
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/job-not-failed")
    key = {"Idempotency-Key": "all dead letters"}
    rest = [api.post("jobs/retry", params={"dead_letter": "true"}, headers=key) for _ in range(2)]
    assert rest[0].json() == rest[1].json()
    assert [job["id"] for job in rest[0].json()["items"]] == [dead[2]["id"], dead[1]["id"]]
    assert rest[0].json()["remaining"] == 0
    assert [ended(api, job)["status"] for job in dead[1:]] == ["succeeded", "succeeded"]
    by_hand = api.post(refused["links"]["retry"], json={}, headers=wait)
    assert by_hand.json()["status"] == "succeeded"


def test_a_batch_makes_a_job_of_each_file_and_lists_apart_what_it_refused(
    api: httpx.Client,
) -> None:
    sent = [
        ("files", (name, content))
        for name, content in (("a.txt", TEXT), ("b.txt", b""), ("c.png", b"\x89PNG\r\n\x1a\n..."))
    ]
    answers = [
        api.post(
            "jobs/batch",
            data={"application": "moods"},
            files=sent,
            headers={"Idempotency-Key": "a batch"},
        )
        for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    body = answers[0].json()
    assert [(one["index"], one["name"]) for one in body["items"]] == [(0, "a.txt")]
    assert ended(api, body["items"][0]["job"])["status"] == "succeeded"
    failed = [(one["index"], one["problem"]["type"]) for one in body["failed"]]
    assert failed == [(1, "/problems/empty-file"), (2, "/problems/unsupported-format")]
    none = api.post("jobs/batch", data={"application": "moods"}, files=sent[1:])
    assert (none.status_code, len(none.json()["failed"])) == (422, 2)
    assert [one["pointer"] for one in none.json()["errors"]] == ["/body/files/0", "/body/files/1"]
