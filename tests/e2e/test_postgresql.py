"""A whole installation on PostgreSQL: its server, its workers, its commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import sqlalchemy as sa
from programs import PATIENCE_SECONDS, Running, ended, environment, started

from apostil.samples import ANNUAL_REPORT

pytestmark = pytest.mark.postgres

API = "/api/v1"
SECRET = "correct-horse"  # noqa: S105 - of no server


@pytest.fixture
def address(postgres_url: str) -> str:
    """The database's address with a password, which a server that trusts this machine ignores."""
    url = sa.make_url(postgres_url)
    if url.password is None:
        url = url.set(password=SECRET)
    return url.render_as_string(hide_password=False)


@pytest.fixture
def server(tmp_path: Path, address: str) -> Iterator[Running]:
    with started(tmp_path / "data", DATABASE_URL=address) as running:
        yield running


def command(tmp_path: Path, address: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "apostil", *words, "--data", str(tmp_path / "data")],
        env=environment(DATABASE_URL=address),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def submitted(client: httpx.Client, **fields: str) -> dict[str, Any]:
    answer = client.post(
        f"{API}/jobs",
        data={"application": "financial", **fields},
        files={"files": ("report.pdf", ANNUAL_REPORT.read_bytes())},
    )
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


def worker_on(client: httpx.Client, job: dict[str, Any]) -> int:
    """The process that works on the job, as soon as one does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        segments = client.get(job["links"]["segments"]).json()["items"]
        attempts = [attempt for segment in segments for attempt in segment["attempts"]]
        if attempts and attempts[-1]["outcome"] is None:
            workers = client.get(f"{API}/workers").json()["items"]
            return next(int(one["pid"]) for one in workers if one["id"] == attempts[-1]["worker"])
        assert time.monotonic() < deadline
        time.sleep(0.02)


def events_of(client: httpx.Client, job: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.get(job["links"]["events"], headers={"Accept": "application/json"})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_report_is_read_and_proved_though_its_worker_is_killed(
    tmp_path: Path, address: str, server: Running
) -> None:
    with httpx.Client(base_url=server.address, timeout=60) as client:
        job = submitted(client)
        os.kill(worker_on(client, job), signal.SIGKILL)
        job = ended(client, job)
        assert job["status"] == "succeeded", job
        log = events_of(client, job)
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        result = tmp_path / "result.json"
        result.write_bytes(client.get(job["links"]["result"]).content)
        again = ended(client, submitted(client))
        assert (again["status"], again["cached"]) == ("succeeded", True)
        assert client.get("/health").json()["database"] == "ok"
    proved = subprocess.run(
        [sys.executable, "-m", "apostil", "verify", str(result), str(ANNUAL_REPORT)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert proved.returncode == 0, proved.stdout
    shown = " ".join(
        word
        for process in psutil.Process(server.process.pid).children(recursive=True)
        for word in process.cmdline()
    )
    assert SECRET not in shown
    assert SECRET not in "\n".join(server.said)


def test_who_watches_sees_all_of_it(server: Running) -> None:
    with httpx.Client(base_url=server.address, timeout=60) as client:
        job = submitted(client)
        types = []
        with client.stream("GET", job["links"]["events"]) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    event = json.loads(line[5:])
                    types.append(event["type"])
        assert types[0] == "job_submitted"
        assert types[-1] == "job_succeeded"


def test_the_commands_work_on_the_same_database(tmp_path: Path, address: str) -> None:
    with (
        started(tmp_path / "data", DATABASE_URL=address) as server,
        httpx.Client(base_url=server.address, timeout=60) as client,
    ):
        job = ended(client, submitted(client))
    counted = command(tmp_path, address, "db", "stats", "--json", "-")
    stats = json.loads(counted.stdout)
    assert stats["jobs"]["by_status"]["succeeded"] == 1
    assert stats["database_bytes"] > 1_000_000
    exported = json.loads(command(tmp_path, address, "db", "export", "-").stdout)
    assert [one["id"] for one in exported["jobs"]] == [job["id"]]
    told = command(tmp_path, address, "doctor").stdout
    assert "database PostgreSQL" in told
    assert SECRET not in told
    cleaned = command(tmp_path, address, "db", "cleanup", "--older-than", "0", "--yes")
    assert "1 job" in cleaned.stdout, cleaned.stderr
    neighbour = sa.create_engine(sa.make_url(address).set(drivername="postgresql+psycopg"))
    with neighbour.begin() as connection:
        connection.execute(sa.text("CREATE TABLE not_ours (x int)"))
    emptied = command(tmp_path, address, "db", "reset", "--yes")
    assert emptied.returncode == 0, emptied.stderr
    with neighbour.begin() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM not_ours")) == 0
        assert connection.scalar(sa.text("SELECT count(*) FROM jobs")) == 0
    neighbour.dispose()


def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    told = command(tmp_path, f"postgresql://me:{SECRET}@127.0.0.1:1/papers", "doctor")
    assert told.returncode == 1
    assert "database papers on 127.0.0.1:1 cannot be reached; see that its server" in told.stdout
    assert SECRET not in told.stdout + told.stderr
    wrong = command(tmp_path, f"postgresql://me:{SECRET}@127.0.0.1:x/papers", "db", "stats")
    assert "DATABASE_URL cannot be used" in wrong.stderr
    assert SECRET not in wrong.stdout + wrong.stderr
