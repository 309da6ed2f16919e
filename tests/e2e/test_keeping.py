"""Real processes that clean up: killed in the middle, stopped, kept to a quota, reset."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from cellar import DAY, Cellar
from house import wait_until
from programs import PATIENCE_SECONDS, environment, started

from apostil.client import Client
from apostil.engine import Job, JobStatus

SUPPORT = Path(__file__).parent.parent / "support"
CLEANER = """
import sys, time
from pathlib import Path
from cellar import Cellar
cellar = Cellar(Path(sys.argv[1]))
for step in cellar.steps():
    print("step", flush=True)
"""


def filled(folder: Path, *, today: float, jobs: int) -> tuple[Cellar, list[Job], list[Job]]:
    """A data folder with jobs that are old enough to go, and as many of which only what their steps
    left is."""
    folder.mkdir(parents=True)
    cellar = Cellar(folder)
    cellar.desk.now = today - 40 * DAY
    going = [cellar.done() for _ in range(jobs)]
    cellar.desk.now = today - 10 * DAY
    staying = [cellar.done() for _ in range(jobs)]
    cellar.desk.now = today
    return cellar, going, staying


def is_whole(cellar: Cellar, job: Job) -> bool:
    """Whether the job is there with all that belongs to it; else it is gone with a receipt."""
    found = cellar.desk.store.jobs.load(job.id)
    if found is None:
        assert cellar.reader.receipt("local", job.id) is not None
        return False
    assert found.status is JobStatus.SUCCEEDED
    assert cellar.reader.result("local", job.id)
    numbers = [one.seq for one in cellar.desk.store.events(job.id)]
    assert numbers == list(range(1, found.last_seq + 1))
    for segment in found.segments:
        if segment.artifact_key is not None:
            assert cellar.left(found, segment.name)
    return True


@pytest.mark.crash
def test_a_clean_up_that_is_killed_leaves_nothing_half(tmp_path: Path) -> None:
    cellar, going, staying = filled(tmp_path / "data", today=time.time(), jobs=25)
    left = []
    for lines in (1, 8, 12):
        cleaner = subprocess.Popen(
            [sys.executable, "-c", CLEANER, tmp_path / "data"],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(SUPPORT)},
        )
        assert cleaner.stdout is not None
        for _ in range(lines):
            assert cleaner.stdout.readline()
        cleaner.kill()
        cleaner.wait()
        cleaner.stdout.close()
        left.append(sum(is_whole(cellar, job) for job in going))
        assert all(is_whole(cellar, job) for job in staying)
        with cellar.database.reading() as connection:
            assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
    assert 25 > left[0] > left[1] > left[2] > 0, "each was killed in the middle"
    cleared = cellar.clean_up()
    assert cleared.jobs == left[2]
    assert not any(is_whole(cellar, job) for job in going)
    assert all(is_whole(cellar, job) for job in staying)
    assert cellar.keeping.extent().oldest == staying[0].submitted_at
    totals = cellar.reader.totals(time.time())
    assert totals.artifacts == 25, "the results"
    cellar.database.dispose()


def test_a_server_cleans_up_what_was_missed_while_it_was_off(tmp_path: Path) -> None:
    cellar, (old,), (young,) = filled(tmp_path / "data", today=time.time(), jobs=1)
    image = tmp_path / "data/pages/ab" / ("c" * 62 + "-1-800.png")
    image.parent.mkdir(parents=True)
    image.write_bytes(b"of a document that is gone")
    os.utime(image, (0, 0))
    with started(
        tmp_path / "data", APOSTIL_KEEP_JOBS_DAYS="30", APOSTIL_KEEP_ARTIFACTS_DAYS="7"
    ) as running:
        wait_until(lambda: not cellar.exists(old) and not image.exists())
        artifact = f"{running.address}api/v1/jobs/{young.id}/artifacts/think"
        wait_until(lambda: httpx.get(artifact).status_code == httpx.codes.CONFLICT)
        problem = httpx.get(artifact).json()
        began = time.monotonic()
        running.stop(signal.SIGTERM)
        assert time.monotonic() - began < 5
    assert problem["type"] == "/problems/artifact-missing"
    assert "cleaned up after 7 days; submit the document again" in problem["detail"]
    assert is_whole(cellar, young)
    cellar.database.dispose()


@contextmanager
def scheduler(data: Path, **variables: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "apostil", "scheduler", "--data", data],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(**variables),
    )
    assert process.stdout is not None
    try:
        while "Cleans up daily at" not in (line := process.stdout.readline()):
            assert line
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_scheduler_does_the_same_and_stops_at_once(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    cellar, (old,), (young,) = filled(tmp_path / "data", today=time.time(), jobs=1)
    with scheduler(tmp_path / "data", APOSTIL_KEEP_JOBS_DAYS="30") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Cleaned up: 1 job, ")
        if number is signal.SIGTERM:
            refused = apostil("db", "reset", "--yes", "--data", tmp_path / "data")
            assert (refused.returncode, "A scheduler works on" in refused.stderr) == (1, True)
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(PATIENCE_SECONDS) == status
        assert time.monotonic() - began < 2
        assert "Stopped." in process.stdout.read()
    assert not is_whole(cellar, old)
    assert is_whole(cellar, young)
    cellar.database.dispose()


def test_a_quota_is_kept_over_http(tmp_path: Path) -> None:
    with started(tmp_path / "data", APOSTIL_STORAGE_QUOTA_MB="1") as running:
        documents = f"{running.address}api/v1/documents"
        first = httpx.post(documents, files={"file": ("a.txt", b"first words\n" * 60_000)})
        assert first.status_code == httpx.codes.CREATED, first.text
        before = stored(running.data)
        refused = httpx.post(documents, files={"file": ("b.txt", b"other words\n" * 60_000)})
        again = httpx.post(documents, files={"file": ("a.txt", b"first words\n" * 60_000)})
        kept = httpx.get(documents).json()["items"]
        assert stored(running.data) == before
    assert refused.status_code == httpx.codes.INSUFFICIENT_STORAGE
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/storage-quota"
    assert "b.txt has 0.7 MiB" in refused.json()["detail"]
    assert again.status_code == httpx.codes.OK
    assert [one["name"] for one in kept] == ["a.txt"]


def test_a_batch_that_finds_no_room_may_be_sent_again_with_its_key(tmp_path: Path) -> None:
    with (
        started(tmp_path / "data", APOSTIL_STORAGE_QUOTA_MB="1") as running,
        httpx.Client(base_url=f"{running.address}api/v1/", timeout=PATIENCE_SECONDS) as api,
        Client(running.address) as apostil,
    ):
        large = b"first words\n" * 60_000
        kept = api.post("documents", files={"file": ("a.txt", large)}).json()
        sent: dict[str, Any] = {
            "data": {"application": "lines"},
            "files": [("files", ("b.pdf", b"%PDF-1.7\n" + large))],
            "headers": {"Idempotency-Key": "no room"},
        }
        refused = api.post("jobs/batch", **sent)
        batch = apostil.batch("lines", [("b.pdf", b"%PDF-1.7\n" + large)])
        assert api.delete(f"documents/{kept['id']}").is_success
        taken = api.post("jobs/batch", **sent)
    assert (refused.status_code, refused.json()["type"]) == (507, "/problems/storage-quota")
    assert [one["index"] for one in refused.json()["failed"]] == [0]
    assert [one.problem["type"] for one in batch.failed] == ["/problems/storage-quota"]
    assert taken.status_code == 202, taken.text
    assert len(taken.json()["items"]) == 1


def test_nothing_is_kept_of_a_file_that_the_application_does_not_read(tmp_path: Path) -> None:
    with started(tmp_path / "data") as running:
        for path, field in (
            ("api/v1/jobs", "files"),
            ("api/v1/jobs/batch", "files"),
            ("financial/analyze", "file"),
            ("ui/jobs", "files"),
        ):
            refused = httpx.post(
                running.address + path,
                data={"application": "financial"},
                files={field: ("a.txt", b"words\n" * 9)},
            )
            assert refused.status_code in {415, 422}, (path, refused.text)
            assert "unsupported-format" in refused.text, path
            assert stored(running.data) == set(), path


def stored(data: Path) -> set[str]:
    return {str(file) for file in (data / "files").rglob("*") if file.is_file()}


def apostil(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "apostil", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment(),
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def test_nothing_is_reset_under_a_server_and_all_of_it_afterwards(tmp_path: Path) -> None:
    data = tmp_path / "data"
    cellar, (job, *_), _ = filled(data, today=time.time(), jobs=1)
    cellar.database.dispose()
    (data / "access-token").write_text("secret\n")
    (data / ".env").write_text("APOSTIL_PORT=9000\n")
    before = stored(data)
    with started(data) as running:
        refused = apostil("db", "reset", "--yes", "--data", data)
        assert refused.returncode == 1
        assert running.address in refused.stderr
        assert stored(data) == before
    ended = apostil("db", "reset", "--yes", "--data", data)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert stored(data) == set()
    assert (data / "access-token").read_text() == "secret\n"
    assert (data / ".env").exists()
    assert "There is no job" in apostil("jobs", "show", job.id, "--data", data).stderr
