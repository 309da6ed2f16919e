"""What those who run a server ask of it: health, numbers, workers, applications, problems, docs."""

from __future__ import annotations

import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
from papers import plain_pages, write_pdf
from programs import PATIENCE_SECONDS, Running, ended, started
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from apostil.samples import ANNUAL_REPORT
from apostil.web.problem_kinds import KINDS

API = "/api/v1"
GROWING = (
    "apostil_jobs", "apostil_attempts", "apostil_attempt_seconds", "apostil_documents",
    "apostil_document_bytes", "apostil_artifacts", "apostil_artifact_bytes", "apostil_events",
)  # fmt: skip


def submitted(client: httpx.Client) -> dict[str, Any]:
    answer = client.post(
        f"{API}/jobs",
        data={"application": "lines"},
        files={"files": ("report.pdf", ANNUAL_REPORT.read_bytes())},
        headers={"Prefer": "wait=30"},
    )
    return ended(client, answer.json())


def samples(client: httpx.Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels, as Prometheus' own reader understands it."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_server_is_ready_once_a_worker_is_there(client: httpx.Client) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := client.get("/health/ready")).json()["workers"] < 2:
        assert answer.status_code == (200 if answer.json()["workers"] else 503)
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
    ready = answer.json()
    assert answer.status_code == 200
    assert ready["status"] == "healthy"
    assert ready["mode"] == "local"
    assert "lines" in ready["applications"]
    assert ready["free_bytes"] > 0
    assert client.get("/health").json().keys() == ready.keys()
    assert client.get("/health/live").json() == {"status": "ok"}


def test_the_numbers_are_those_of_the_database_and_outlive_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(data) as first, httpx.Client(base_url=first.address, timeout=60) as client:
        assert submitted(client)["status"] == "succeeded"
        before = samples(client)
        first.stop(signal.SIGKILL)
    with started(data) as second, httpx.Client(base_url=second.address, timeout=60) as client:
        after = samples(client)
        grown = {key for key in before if key[0].startswith(GROWING)}
        assert len(grown) > 20
        fallen = {key: (before[key], after.get(key)) for key in grown if after[key] < before[key]}
        assert fallen == {}
        done = ("apostil_jobs", (("application", "lines"), ("status", "succeeded")))
        assert (before[done], after[done]) == (1.0, 1.0)
        read = (("application", "lines"), ("outcome", "finished"), ("segment", "read"))
        assert after["apostil_attempts", read] == 1.0
        assert after["apostil_document_bytes", ()] == ANNUAL_REPORT.stat().st_size
        job = client.get(f"{API}/jobs").json()["items"][0]
        assert after["apostil_events", ()] == job["last_event"]
        assert client.delete(job["links"]["self"]).status_code == 200
        assert samples(client)[done] == 0.0


def test_the_numbers_can_be_had_as_openmetrics(client: httpx.Client) -> None:
    accepted = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
    answer = client.get("/metrics", headers=accepted)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    found = openmetrics_families(answer.text)  # type: ignore[no-untyped-call]
    families = {family.name: family.type for family in found}
    assert families["apostil_jobs"] == "gauge"
    assert families["apostil_attempt_seconds"] == "gaugehistogram"
    assert not any(name.startswith(("python_", "process_")) for name in families)


def test_the_workers_of_a_server_are_listed(client: httpx.Client, server: Running) -> None:
    workers: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(workers) < 2:
        assert time.monotonic() < deadline
        workers = client.get(f"{API}/workers").json()["items"]
    assert [(one["is_alive"], one["job"]) for one in workers] == [(True, None)] * 2
    family = {each.pid for each in psutil.Process(server.process.pid).children(recursive=True)}
    assert {one["pid"] for one in workers} <= family


def test_an_application_says_what_it_takes_and_does(client: httpx.Client) -> None:
    listed = client.get(f"{API}/applications").json()["items"]
    assert [one["name"] for one in listed] == sorted(one["name"] for one in listed)
    lines = client.get(f"{API}/applications/lines").json()
    assert lines in listed
    assert lines["documents"] == [1, 1]
    assert lines["media_types"] == ["application/pdf"]
    assert lines["parameters"] == [{"name": "depth", "title": "How deep to look", "default": ""}]
    assert lines["segments"][1] == {
        "name": "collect",
        "title": "Collect the amounts",
        "after": ["read"],
    }
    missing = client.get(f"{API}/applications/none")
    assert missing.status_code == 404
    assert missing.json()["type"] == "/problems/application-not-found"


def test_the_type_of_every_problem_leads_to_what_it_means(client: httpx.Client) -> None:
    listed = client.get("/problems").json()["items"]
    assert [one["type"] for one in listed] == [kind.type for kind in KINDS.values()]
    refused = client.get(f"{API}/documents/none").json()
    told = client.get(refused["type"])
    assert told.headers["content-type"] == "application/json"
    assert (told.json()["title"], told.json()["status"]) == (refused["title"], 404)
    page = client.get(refused["type"], headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert f"<h1>{refused['title']}</h1>" in page.text
    for name in ("none", "<script>", "%22%3E"):
        unknown = client.get(f"/problems/{name}")
        assert unknown.status_code == 404
        assert unknown.json()["type"] == "/problems/not-found"
        shown = client.get(f"/problems/{name}", headers={"Accept": "text/html"})
        assert shown.status_code == 404
        assert "<script>" not in shown.text


def test_the_page_of_the_api_needs_no_network_and_no_inline_script(
    client: httpx.Client, server: Running
) -> None:
    answer = client.get("/docs", headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    usual = client.get("/ui/").headers["content-security-policy"]
    assert policy == usual.replace("img-src 'self'", "img-src 'self' data:")
    assert "unsafe" not in policy
    assert "<style" not in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
    addresses = re.findall(r'(?:href|src)="([^"]+)"', answer.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/"), "nothing from elsewhere"
        assert client.get(address).status_code == 200, address
    script = client.get("/docs/swagger-ui/swagger-ui-bundle.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert len(script.content) > 500_000
    for name in ("core.py", "..%2fcore.py", "none.js"):
        assert client.get(f"/docs/swagger-ui/{name}").status_code == 404
    assert (
        client.get("/", headers={"Accept": "application/json"}).json()["links"]["docs"] == "/docs"
    )


def test_every_operation_is_named_once_and_told_of(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    names = [
        operation["operationId"]
        for operations in document["paths"].values()
        for operation in operations.values()
    ]
    assert len(names) == len(set(names))
    for path in ("/health", "/metrics", "/problems/{name}", f"{API}/documents", f"{API}/workers"):
        assert path in document["paths"]


def test_a_stop_does_not_wait_for_a_document_that_is_being_read(tmp_path: Path) -> None:
    long = write_pdf(tmp_path / "long.pdf", *plain_pages(1_900)).read_bytes()
    with (
        started(tmp_path / "data") as running,
        httpx.Client(base_url=running.address, timeout=PATIENCE_SECONDS) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        links = client.post(f"{API}/documents", files={"file": ("x.pdf", long)}).json()["links"]
        server = psutil.Process(running.process.pid)
        before = set(server.children())
        parsed = pool.submit(client.get, links["parsed"])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (reading := set(server.children()) - before):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert running.stop() == 130
        assert parsed.result().json()["type"] == "/problems/reader-busy"
        assert psutil.wait_procs(list(reading), timeout=3)[1] == []
        assert running.process.stdout is not None
        assert "Traceback" not in running.process.stdout.read()
