"""What a server and its workers tell of themselves, and that no word of a document is in it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from collector import Collector, collecting
from papers import text, write_pdf
from programs import PATIENCE_SECONDS, PLUGIN, ended, environment
from redis_server import redis_server

MARKER = "Zwetschgenmus"
PLUGINS = os.pathsep.join(str(PLUGIN.parent / name) for name in ("plugin", "moods"))
API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Watched:
    """A server that has ended, what it and its workers have written, and the jobs it did."""

    out: str
    lines: list[str]
    jobs: dict[str, dict[str, Any]]
    request_ids: dict[str, str]
    collector: Collector

    def events(self, name: str) -> list[dict[str, Any]]:
        return [one for one in map(json.loads, self.lines) if one["event"] == name]


@dataclass(frozen=True, slots=True)
class Said:
    """What a program writes, in files of a folder."""

    folder: Path
    name: str = "server"

    @property
    def out(self) -> Path:
        return self.folder / f"{self.name}.out"

    @property
    def err(self) -> Path:
        return self.folder / f"{self.name}.err"

    def lines(self) -> list[str]:
        return self.err.read_text().splitlines()

    def address(self) -> str:
        """Where the server listens, once it says so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (
            found := re.search(r'"server_listening".*?"address":"([^"]+)"', self.err.read_text())
        ):
            assert time.monotonic() < deadline, self.err.read_text()
            time.sleep(0.1)
        return found[1]


def settings(folder: Path, **more: str) -> dict[str, str]:
    return environment(
        PYTHONPATH=PLUGINS,
        PYTHONWARNINGS="ignore",  # Celery warns of root before anything is set up
        APOSTIL_DATA=str(folder / "data"),
        APOSTIL_LOG_FORMAT="json",
        **more,
    )


@contextmanager
def running(*command: str, said: Said, variables: dict[str, str]) -> Iterator[None]:
    with said.out.open("w") as out, said.err.open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "apostil", *command], stdout=out, stderr=err, env=variables
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)


def send(client: httpx.Client, application: str, body: bytes, **parameters: str) -> dict[str, Any]:
    answer = client.post(
        f"{API}/jobs",
        data={
            "application": application,
            "parameters": json.dumps(parameters),
            "password": f"{MARKER}-password",
        },
        files={"files": (f"{MARKER}.pdf", body)},
        headers={"X-Request-Id": f"sent-by-{application}"},
    )
    assert answer.status_code == 202, answer.text
    assert answer.headers["X-Request-Id"] == f"sent-by-{application}"
    return ended(client, answer.json())


def misbehave(client: httpx.Client) -> dict[str, str]:
    """Requests whose every part is a stranger's text; the names that their answers have."""
    odd = client.get(f"/{MARKER}", params={"q": MARKER}, headers={"X-Request-Id": f"{MARKER} \t1"})
    client.post(f"{API}/jobs", content=f'{{"{MARKER}', headers={"Content-Type": "application/json"})
    client.get(f"{API}/jobs/{MARKER}", headers={"Authorization": f"Bearer {MARKER}"})
    client.request(MARKER.upper(), "/health")
    return {"odd": odd.headers["X-Request-Id"]}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    said = Said(folder)
    with collecting() as collector:
        variables = settings(
            folder,
            APOSTIL_LOG_LEVEL="debug",
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
            OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20sesame",
        )
        with (
            running("serve", "--port", "0", said=said, variables=variables),
            httpx.Client(base_url=said.address(), timeout=PATIENCE_SECONDS) as client,
        ):
            pdf = write_pdf(folder / "paper.pdf", text((72, 72, f"{MARKER} 1,234")))
            jobs = {
                "read": send(client, "lines", pdf.read_bytes(), depth=MARKER),
                "spilt": send(client, "moods", MARKER.encode(), how="spill", number=MARKER),
            }
            request_ids = misbehave(client)
        yield Watched(said.out.read_text(), said.lines(), jobs, request_ids, collector)


def test_every_line_of_every_process_is_one_event_in_json(watched: Watched) -> None:
    assert watched.out == ""
    for line in watched.lines:
        event = json.loads(line)
        assert list(event)[:3] == ["timestamp", "level", "event"], line
        assert re.fullmatch(r"[a-z_]+", event["event"]), line


def test_no_line_and_no_span_holds_a_word_of_a_document_its_name_a_query_or_a_password(
    watched: Watched,
) -> None:
    assert [line for line in watched.lines if MARKER.lower() in line.lower()] == []
    told = b"".join(watched.collector.received)
    assert MARKER.lower().encode() not in told.lower()


def test_a_job_can_be_followed_from_its_request_to_its_end(watched: Watched) -> None:
    job = watched.jobs["read"]
    assert job["status"] == "succeeded"
    of_job = [
        one["event"] for one in map(json.loads, watched.lines) if one.get("job_id") == job["id"]
    ]
    told = [event for event in of_job if event not in {"request_handled", "segment_progressed"}]
    assert told == [
        "job_submitted",
        "job_started",
        "segment_started",
        "segment_finished",
        "segment_started",
        "segment_finished",
        "job_succeeded",
    ]
    submitted = next(e for e in watched.events("job_submitted") if e["job_id"] == job["id"])
    assert submitted["request_id"] == "sent-by-lines"
    finished = [e for e in watched.events("segment_finished") if e["job_id"] == job["id"]]
    assert [(e["segment"], e["attempt"]) for e in finished] == [("read", 1), ("collect", 1)]
    assert all(event["owner"] == "local" for event in (submitted, *finished))


def test_a_failure_is_told_by_its_kind(watched: Watched) -> None:
    job = watched.jobs["spilt"]
    assert job["status"] == "failed"
    [failed] = [e for e in watched.events("job_failed") if e["job_id"] == job["id"]]
    assert (failed["level"], failed["problem"]) == ("warning", "/problems/segment-error")
    [attempt] = watched.events("attempt_failed")
    assert (attempt["segment"], attempt["outcome"]) == ("act", "failed")


def test_requests_are_told_by_operation_and_named_by_the_client_or_the_server(
    watched: Watched,
) -> None:
    handled = watched.events("request_handled")
    first = next(e for e in handled if e["request_id"] == "sent-by-lines")
    assert (first["method"], first["operation"], first["status"]) == ("POST", "submit_job", 202)
    odd = next(e for e in handled if e["request_id"] == watched.request_ids["odd"])
    assert re.fullmatch(r"[0-9a-f]{32}", odd["request_id"]), "no plain name is replaced"
    assert (odd["operation"], odd["status"]) == (None, 404)
    assert any(e["method"] == "OTHER" for e in handled)


def test_a_job_is_one_trace_of_its_submission_its_attempts_and_its_end(watched: Watched) -> None:
    job = watched.jobs["read"]
    spans = watched.collector.of(job["id"], until="job lines")
    by_name = {span.name: span for span in spans}
    assert sorted(by_name) == ["job lines", "segment collect", "segment read", "submit lines"]
    root = by_name.pop("submit lines")
    assert (root.parent, root.service) == ("", "apostil-web")
    assert {span.parent for span in by_name.values()} == {root.id}
    assert {span.service for span in by_name.values()} == {"apostil-worker"}
    assert {span.trace for span in spans} == {job["id"].replace("-", "")}
    assert len({span.id for span in spans}) == 4
    read = by_name["segment read"]
    assert read.facts["apostil.job_id"] == job["id"]
    assert read.facts["apostil.application"] == "lines"
    assert (read.facts["apostil.segment"], read.facts["apostil.attempt"]) == ("read", 1)
    assert read.facts["apostil.outcome"] == "succeeded"
    assert read.start <= read.end <= by_name["segment collect"].end <= by_name["job lines"].end
    assert root.facts["apostil.request_id"] == "sent-by-lines"


def test_a_failed_attempt_is_a_span_with_an_error(watched: Watched) -> None:
    spans = watched.collector.of(watched.jobs["spilt"]["id"], until="job moods")
    [failed] = [span for span in spans if span.name == "segment act"]
    assert failed.is_error
    assert failed.facts["apostil.problem"] == "/problems/segment-error"
    assert [span.is_error for span in spans if span.name == "job moods"] == [True]


def test_the_collector_is_told_who_sends(watched: Watched) -> None:
    assert watched.collector.paths == {"/v1/traces"}
    assert watched.collector.authorizations == {"Bearer sesame"}


@pytest.mark.redis
def test_a_celery_worker_and_its_children_tell_in_the_same_way(tmp_path: Path) -> None:
    web, worker = Said(tmp_path, "web"), Said(tmp_path, "worker")
    with redis_server(tmp_path) as broker, collecting() as collector:
        variables = settings(
            tmp_path,
            CELERY_BROKER_URL=broker.url(),
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
        )
        with (
            running("worker", "--concurrency", "1", said=worker, variables=variables),
            running("web", "--port", "0", said=web, variables=variables),
            httpx.Client(base_url=web.address(), timeout=PATIENCE_SECONDS) as client,
        ):
            job = send(client, "moods", MARKER.encode(), how="spill", number=MARKER)
            spans = collector.of(job["id"], until="job moods")
    assert {span.name for span in spans} == {"submit moods", "segment act", "job moods"}
    events = [json.loads(line)["event"] for line in worker.lines()]
    assert {"library_said", "job_started", "attempt_failed", "job_failed"} <= set(events)
    assert "job_submitted" in [json.loads(line)["event"] for line in web.lines()]
    for said in (web, worker):
        assert said.out.read_text() == ""
        assert [line for line in said.lines() if MARKER in line] == []
    assert MARKER.encode() not in b"".join(collector.received)
