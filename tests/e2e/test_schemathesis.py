"""Requests made from the OpenAPI document, good and bad, to servers of ours: what comes back is what
the document says.

``APOSTIL_SCHEMATHESIS_EXAMPLES=200`` sends many more, of every kind to both servers.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from programs import PATIENCE_SECONDS, Running, environment, started

from apostil.samples import ANNUAL_REPORT

CONFIG = Path(__file__).parent / "schemathesis.toml"
EXAMPLES = os.environ.get("APOSTIL_SCHEMATHESIS_EXAMPLES", "")


@contextmanager
def unlimited(folder: Path, *, lifted: str = "") -> Iterator[Running]:
    """A server that lets one client ask as often as it likes."""
    with started(
        folder / "data",
        APOSTIL_RATE_LIMIT="off",
        APOSTIL_SUBMIT_RATE_LIMIT="off",
        APOSTIL_ROOT_APPLICATION=lifted,
    ) as running:
        yield running


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """A server with an empty data folder, and an application at its root too."""
    with unlimited(tmp_path, lifted="financial") as running:
        yield running.address


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A server with jobs that ended in every way, and the ids that lead to them."""
    with (
        unlimited(tmp_path) as running,
        httpx.Client(base_url=f"{running.address}api/v1/", timeout=PATIENCE_SECONDS) as client,
    ):
        jobs = [
            client.post(
                "jobs",
                data={"application": application},
                files={"files": ("report.pdf", content)},
                headers={"Prefer": "wait=30"},
            ).json()
            for application, content in (
                ("lines", b"%PDF-1.4 and no more"),
                ("lines", ANNUAL_REPORT.read_bytes()),
                ("financial", ANNUAL_REPORT.read_bytes()),
            )
        ]
        assert [job["status"] for job in jobs] == ["failed", "succeeded", "succeeded"]
        document = client.get("documents").json()["items"][0]
        ids = {
            "job_id": jobs[2]["id"],
            "task_id": jobs[2]["id"],
            "document_id": document["id"],
            "segment": "parse",
            "name": "financial",
        }
        yield running.address, ids


def schemathesis(address: str, config: Path, *, phases: str, examples: int) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    # One thread: in two at once, Python 3.11's own parser of sources fails now and then.
    command += [f"{address}openapi.json", "--phases", phases, "--workers", "1"]
    told = subprocess.run(
        [*command, "--max-examples", EXAMPLES or str(examples)],
        cwd=config.parent,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-20_000:] + told.stderr[-2_000:]
    counted = re.search(r"Selected: (\d+)/\1\n *Tested: \1\n", told.stdout)
    assert counted, told.stdout[-2_000:]
    sent = re.search(r"(\d+) generated", told.stdout)
    assert sent
    assert int(sent[1]) >= int(counted[1]), told.stdout[-2_000:]
    print(sent[0])  # noqa: T201 - shown with -s, and beside a failure


def with_more(phases: str, more: str) -> str:
    """Not the stateful phase where ids are pinned: it would never ask for what it has made."""
    return f"{phases},{more}" if EXAMPLES else phases


def test_a_server_with_nothing_answers_as_its_document_says(empty: str, tmp_path: Path) -> None:
    config = tmp_path / CONFIG.name
    config.write_text(CONFIG.read_text())
    schemathesis(
        empty, config, phases=with_more("examples,fuzzing,stateful", "coverage"), examples=4
    )


def test_what_belongs_to_real_jobs_and_documents_is_as_the_document_says(
    filled: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    address, ids = filled
    pinned = "".join(f"{name} = {json.dumps(one)}\n" for name, one in ids.items())
    # What deletes would take from the others what they are asked about.
    only_read = (
        f'[[operations]]\ninclude-method = ["GET", "POST"]\n[operations.parameters]\n{pinned}'
    )
    # Where an id is only a part of the path's end, the tool does not see that it has put the good
    # one back in place of its bad one.
    unseen = (
        '[[operations]]\ninclude-operation-id = "get_document_page"\n'
        "checks.negative_data_rejection.enabled = false"
    )
    config = tmp_path / CONFIG.name
    config.write_text(f"{CONFIG.read_text()}\n{only_read}\n{unseen}\n")
    schemathesis(address, config, phases=with_more("examples,coverage", "fuzzing"), examples=1)
