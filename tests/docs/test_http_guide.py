"""The guide to the HTTP API runs as printed, in its order, against a server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import PATIENCE_SECONDS, environment, started

from apostil.samples import ANNUAL_REPORT

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs/howto/use-the-http-api.md").read_text("utf-8")
USUAL = "http://127.0.0.1:8000/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the samples were run, and what they left."""
    place = tmp_path_factory.mktemp("guide")
    content = ANNUAL_REPORT.read_bytes()
    (place / "report.pdf").write_bytes(content)
    (place / "other.pdf").write_bytes(content + b"\n% another\n")
    samples = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    shell = shutil.which("bash")
    assert shell is not None
    assert shutil.which("curl"), "the samples of the guide need curl"
    with started(place / "data") as running:
        ran = subprocess.run(
            [
                shell,
                "-eu",
                "-o",
                "pipefail",
                "-c",
                "".join(samples).replace(USUAL, running.address),
            ],
            cwd=place,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * PATIENCE_SECONDS,
        )
        assert ran.returncode == 0, ran.stderr
        yield place


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


def test_the_samples_submit_a_report_and_fetch_its_result(folder: Path) -> None:
    job = read(folder, "job.json")
    assert job["status"] == "succeeded"
    assert read(folder, "result.json")["job"] == job["id"]
    again = read(folder, "again.json")
    assert (again["cached"], again["duplicate_of"]) == (True, job["id"])


def test_the_second_attempt_is_answered_as_the_first(folder: Path) -> None:
    first, second = ((folder / f"attempt{n}.txt").read_text() for n in (1, 2))
    assert "idempotency-replayed: true" in second.lower()
    assert "idempotency-replayed" not in first.lower()
    assert first.splitlines()[-1] == second.splitlines()[-1]


def test_the_batch_lists_what_it_refused(folder: Path) -> None:
    batch = read(folder, "batch.json")
    assert [one["index"] for one in batch["items"]] == [0, 1]
    assert [one["problem"]["type"] for one in batch["failed"]] == ["/problems/empty-file"]


def test_a_job_is_looked_at_followed_listed_and_deleted(folder: Path) -> None:
    job = read(folder, "job.json")
    assert read(folder, "now.json")["id"] == job["id"]
    assert read(folder, "segments.json")["items"][0]["attempts"][0]["outcome"] == "finished"
    events = (folder / "events.txt").read_text()
    assert "event: job_submitted" in events
    assert events.rstrip().splitlines()[-2] == "event: job_succeeded"
    pages = [job["id"] for name in (1, 2) for job in read(folder, f"page{name}.json")["items"]]
    assert len(pages) == len(set(pages)) >= 3
    assert read(folder, "cancelled.json")["status"] == "succeeded"
    assert read(folder, "retried.json") == {"items": [], "remaining": 0}
    assert read(folder, "receipt.json") == read(folder, "receipt-again.json")


def test_a_refusal_says_which_field_is_meant(folder: Path) -> None:
    problem = read(folder, "problem.json")
    assert problem["type"] == "/problems/request-invalid"
    assert [one["pointer"] for one in problem["errors"]] == ["/body/priority"]
