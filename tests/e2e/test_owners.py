"""Whatever ben asks with ann's ids, he is told what he would be told of ids that never were.

The walk takes the routes from the server itself, so that a new one is in it as soon as it is served.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import two_owners
from programs import PATIENCE_SECONDS, Running, started
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from apostil.samples import ANNUAL_REPORT

PROGRAM = Path(two_owners.__file__)
FILE_NAME = "anns-secret.pdf"
DAMAGED = b"%PDF-1.7\n" + b"nothing that can be read\n" * 9
NO_JOB, NO_SHA256 = "0198c0de-0000-7000-8000-000000000000", "c0de" * 16
OWN = {"job_id": "job", "task_id": "job", "document_id": "document", "sha256": "sha256"}
"""The parameters of paths and queries that name what somebody owns, and what they name."""
OWN_IN_QUERIES = {"document": "sha256", "document_id": "document", "job": "job", "job_id": "job", "sha256": "sha256"}  # fmt: skip
FREE = {"page": "1", "number": "1", "segment": "read", "name": "lines"}
"""Values for those that name nothing of anybody's."""
TABLES = ("jobs", "job_documents", "segments", "attempts", "events", "artifacts", "documents", "files", "receipts")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """Two people at one server. ``jobs`` are ann's by their status; ``ids`` all that names what is
    hers, by kind."""

    running: Running
    ann: httpx.Client
    ben: httpx.Client
    jobs: dict[str, str]
    ids: dict[str, list[str]]
    routes: list[tuple[str, str]]

    @property
    def hers(self) -> set[str]:
        """What ben must never read."""
        return {FILE_NAME, *(one for kind in self.ids.values() for one in kind)}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("served") / "data"
    with (
        started(
            data,
            program=(str(PROGRAM),),
            APOSTIL_DATA=str(data),
            APOSTIL_ROOT_APPLICATION="financial",
        ) as running,
        _client(running, "ann") as ann,
        _client(running, "ben") as ben,
    ):
        jobs = _work(ann)
        with _workers_asleep(running):
            jobs |= _unfinished_work(ann, data)
            ids = {"job": list(jobs.values()), **_documents(data)}
            routes = [
                (method, path)
                for method, path in json.loads((data / two_owners.ROUTES).read_text())
            ]
            yield Desk(running, ann, ben, jobs, ids, routes)  # fmt: skip


def _client(running: Running, name: str) -> httpx.Client:
    return httpx.Client(
        base_url=running.address,
        headers={"Authorization": f"Bearer {name}", "Accept": "application/json"},
        timeout=PATIENCE_SECONDS,
    )


def _submit(client: httpx.Client, application: str, content: bytes) -> str:
    answer = client.post(
        "/api/v1/jobs",
        data={"application": application},
        files={"files": (FILE_NAME, content)},
        headers={"Idempotency-Key": "a-key-of-anns"} if application == "financial" else {},
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def _work(ann: httpx.Client) -> dict[str, str]:
    report = ANNUAL_REPORT.read_bytes()
    jobs = {
        "financial": _submit(ann, "financial", report),
        "succeeded": _submit(ann, "lines", report),
        "deleted": _submit(ann, "lines", report),
        "failed": _submit(ann, "lines", DAMAGED),
    }
    deadline = time.monotonic() + PATIENCE_SECONDS
    for name, job in jobs.items():
        expected = "failed" if name == "failed" else "succeeded"
        while (status := ann.get(f"/api/v1/jobs/{job}").json()["status"]) != expected:
            assert status in {"queued", "running"}, (name, status)
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert ann.delete(f"/api/v1/jobs/{jobs['deleted']}").is_success
    return jobs


def _unfinished_work(ann: httpx.Client, data: Path) -> dict[str, str]:
    """With nobody at work, so that it stays as it is."""
    report = ANNUAL_REPORT.read_bytes()
    jobs = {name: _submit(ann, "lines", report) for name in ("queued", "cancelled", "running")}
    assert ann.post(f"/api/v1/jobs/{jobs['cancelled']}/cancel").is_success
    with sqlite3.connect(data / "apostil.db") as connection:
        changed = connection.execute(
            "UPDATE jobs SET status = 'running' WHERE id = ?", [jobs["running"]]
        )
        assert changed.rowcount == 1
    connection.close()
    return jobs


def _workers_asleep(running: Running) -> Any:
    return _Asleep(running)


class _Asleep:
    """The workers hold still, so that nothing changes by itself."""

    def __init__(self, running: Running) -> None:
        processes = psutil.Process(running.process.pid).children(recursive=True)
        self._workers = [one for one in processes if "local_worker" in " ".join(one.cmdline())]
        assert self._workers

    def __enter__(self) -> None:
        for one in self._workers:
            one.suspend()

    def __exit__(self, *_: object) -> None:
        for one in self._workers:
            one.resume()


def _documents(data: Path) -> dict[str, list[str]]:
    with sqlite3.connect(data / "apostil.db") as connection:
        found = connection.execute(
            "SELECT id, sha256 FROM documents WHERE owner_id = 'ann'"
        ).fetchall()
    connection.close()
    return {"document": [row[0] for row in found], "sha256": [row[1] for row in found]}


def _snapshot(data: Path) -> dict[str, list[Any]]:
    """All rows of all owners, and all files."""
    with sqlite3.connect(data / "apostil.db") as connection:
        kept: dict[str, list[Any]] = {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))  # noqa: S608 - names of ours
            for table in TABLES
        }
    connection.close()
    kept["on disk"] = sorted(str(one) for one in (data / "files").rglob("*"))
    return kept


@dataclass(frozen=True, slots=True)
class Route:
    """A route that names something that is owned."""

    method: str
    path: str

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def filled(self, values: dict[str, str]) -> str:
        return re.sub(r"{(\w+)}", lambda found: values[found[1]], self.path)


def _routes(desk: Desk) -> list[Route]:
    return [Route(method, path) for method, path in desk.routes if method != two_owners.SOCKET]


def _owned(routes: Sequence[Route]) -> list[Route]:
    return [route for route in routes if set(route.parameters) & set(OWN)]


def _fillings(route: Route, desk: Desk) -> Iterator[dict[str, str]]:
    """Each of ann's ids in the first place, with any of hers in the others."""
    first, *others = [name for name in route.parameters if name in OWN]
    for value in desk.ids[OWN[first]] + (desk.ids["sha256"] if first == "document_id" else []):
        yield FREE | {first: value} | {name: desk.ids[OWN[name]][0] for name in others}


def _nowhere(route: Route) -> dict[str, str]:
    return FREE | {
        name: NO_SHA256 if OWN[name] == "sha256" else NO_JOB
        for name in route.parameters
        if name in OWN
    }


def _told(answer: httpx.Response, ids: Sequence[str]) -> tuple[int, str, bytes]:
    """What an answer says, but for the ids that were asked for."""
    said = answer.content
    for one in sorted(ids, key=len, reverse=True):
        said = said.replace(one.encode(), b"ID")
    return answer.status_code, answer.headers.get("content-type", ""), said


def test_every_parameter_of_every_path_is_known_to_this_walk(desk: Desk) -> None:
    """A new kind of id must be named in OWN, or in FREE if it is nobody's."""
    named = {name for method, path in desk.routes for name in Route(method, path).parameters}
    assert named <= set(OWN) | set(FREE)
    documented = desk.ben.get("/openapi.json").json()["paths"]
    served = {(method, re.sub(r"{\w+}", "{}", path)) for method, path in desk.routes}
    for path, operations in documented.items():
        for method in operations:
            assert (method.upper(), re.sub(r"{\w+}", "{}", path)) in served
    assert len(_owned(_routes(desk))) > 20


def test_to_ann_her_ids_are_something(desk: Desk) -> None:
    """Else the walk would prove nothing: each route answers one of them with more than a 404."""
    for route in _owned(_routes(desk)):
        if route.method == "GET":
            answers = (desk.ann.get(route.filled(values)) for values in _fillings(route, desk))
            assert any(one.status_code in {200, 204, 303, 409} for one in answers), route


def test_with_anns_ids_ben_is_told_what_is_told_of_ids_that_never_were(desk: Desk) -> None:
    before = _snapshot(desk.running.data)
    for route in _owned(_routes(desk)):
        nowhere = _nowhere(route)
        expected = desk.ben.request(route.method, route.filled(nowhere))
        assert expected.status_code == 404, (route, expected.text)
        for values in _fillings(route, desk):
            answer = desk.ben.request(route.method, route.filled(values))
            assert _told(answer, list(values.values())) == _told(
                expected, list(nowhere.values())
            ), route
    assert _snapshot(desk.running.data) == before


def test_lists_and_pages_of_ben_hold_nothing_of_anns(desk: Desk) -> None:
    documented = desk.ben.get("/openapi.json").json()["paths"]
    for route in _routes(desk):
        if route.method != "GET" or set(route.parameters) & set(OWN):
            continue
        path = route.filled(FREE)
        queries: list[dict[str, str]] = [{}]
        for parameter in documented.get(route.path, {}).get("get", {}).get("parameters", ()):
            kind = OWN_IN_QUERIES.get(parameter["name"])
            queries += [{parameter["name"]: one} for one in desk.ids.get(kind or "", ())]
        for query in queries:
            for accept in ("application/json", "text/html"):
                said = desk.ben.get(path, params=query, headers={"Accept": accept}).text
                asked_for = set(query.values())
                assert not {one for one in desk.hers - asked_for if one in said}, (path, query)


def test_ben_cannot_go_on_in_a_list_of_anns(desk: Desk) -> None:
    for path in ("/api/v1/jobs", "/api/v1/documents"):
        following = desk.ann.get(path, params={"limit": 1}).json()["next"]
        assert following
        answer = desk.ben.get(following)
        assert not {one for one in desk.hers if one in answer.text.replace(following, "")}


def test_ben_cannot_submit_anns_documents(desk: Desk) -> None:
    before = _snapshot(desk.running.data)
    for path in ("/api/v1/jobs", "/api/v1/jobs/batch"):
        for mine, nobodys in (("document", NO_JOB), ("sha256", NO_SHA256)):
            told = []
            for one in (desk.ids[mine][0], nobodys):
                body = {"application": "lines", "documents": [one]}
                answer = desk.ben.post(path, json=body)
                assert answer.status_code in {404, 422}
                told.append(_told(answer, [one]))
            assert told[0] == told[1]
    assert _snapshot(desk.running.data) == before


def test_anns_idempotency_key_means_nothing_to_ben(desk: Desk) -> None:
    answer = desk.ben.post(
        "/api/v1/jobs",
        json={"application": "lines", "documents": [NO_JOB]},
        headers={"Idempotency-Key": "a-key-of-anns"},
    )
    assert answer.status_code == 404
    assert "idempotency-replayed" not in answer.headers


def test_ben_retries_none_of_anns_jobs(desk: Desk) -> None:
    before = _snapshot(desk.running.data)
    answer = desk.ben.post("/api/v1/jobs/retry", params={"dead_letter": True})
    assert answer.json()["items"] == []
    assert _snapshot(desk.running.data) == before


def test_the_same_file_of_ben_is_bens_own(desk: Desk) -> None:
    """The bytes are kept once, but nothing tells him that they were there."""
    files = {"file": ("mine.pdf", ANNUAL_REPORT.read_bytes())}
    answer = desk.ben.post("/api/v1/documents", files=files)
    assert answer.status_code == 201
    body = answer.json()
    assert FILE_NAME not in answer.text
    assert body["id"] not in desk.ids["document"]
    assert desk.ben.get(f"/api/v1/documents/{body['id']}/citations").json()
    assert FILE_NAME not in desk.ben.get(f"/api/v1/documents/{body['id']}/citations").text
    hers = [f"/api/v1/documents/{body['sha256']}/{what}" for what in ("pages/1.png", "parsed")]
    assert all(desk.ann.get(one).is_success for one in hers)
    made = _made_of(desk.running.data, body["sha256"])
    assert len(made) >= 2
    assert desk.ben.delete(f"/api/v1/documents/{body['id']}").is_success
    assert desk.ann.get(f"/api/v1/documents/{body['sha256']}/original").is_success
    assert _made_of(desk.running.data, body["sha256"]) == made, "ann looks at them"


def _made_of(data: Path, sha256: str) -> list[Path]:
    return sorted((data / "pages" / sha256[:2]).glob(f"{sha256[2:]}-*"))


@pytest.mark.parametrize("query", ["", "?after=1", "?after=9999", "?epoch=another"])
def test_a_socket_tells_ben_of_anns_job_what_it_tells_of_none(desk: Desk, query: str) -> None:
    sockets = [Route(method, path) for method, path in desk.routes if method == two_owners.SOCKET]
    assert sockets
    for route in sockets:
        nothing = _heard(desk, "ben", route.filled(_nowhere(route)) + query)
        for values in _fillings(route, desk):
            assert _heard(desk, "ben", route.filled(values) + query) == nothing
        first = next(iter(_fillings(route, desk)))
        assert _heard(desk, "ann", route.filled(first) + query) != nothing


def _heard(desk: Desk, name: str, path: str) -> tuple[list[str | bytes], int, str]:
    """The messages of a socket until it is closed, and the code and reason of that."""
    address = "ws" + desk.running.address.removeprefix("http").rstrip("/") + path
    messages: list[str | bytes] = []
    with connect(address, additional_headers={"Authorization": f"Bearer {name}"}) as socket:
        try:
            while True:
                messages.append(socket.recv(PATIENCE_SECONDS))
        except ConnectionClosed as closed:
            frame = closed.rcvd
            assert frame is not None
            return messages, frame.code, frame.reason
