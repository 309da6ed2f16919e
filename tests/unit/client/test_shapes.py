from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from apostil.client import Box, Client, Job, Result, StillRunning

from .conftest import Scripted, Slept, said

RESULT = {
    "schema": "apostil.result/1",
    "application": "financial",
    "job": "j1",
    "new": True,
    "documents": [{"sha256": "a" * 64, "name": "r.pdf", "pages": 3, "warnings": []}],
    "citations": {
        "c1": {
            "document": "a" * 64,
            "page": 2,
            "boxes": [[1, 2.5, 3, 4]],
            "quote": "509,025",
            "method": "text",
            "confidence": 1.0,
        }
    },
    "body": {"facts": [{"id": "f1", "value": "509025", "citations": ["c1"]}]},
}


def test_a_result_is_read_with_the_values_of_the_evidence(scripted: Scripted, slept: Slept) -> None:
    scripted.replies = [said(RESULT)]
    with Client(scripted.url) as apostil:
        result = apostil.result("j1")
    fact = result.body["facts"][0]
    assert result.citation("c1").page == 2
    (citation,) = result.proof(fact)
    assert citation.boxes == (Box(1, 2.5, 3, 4),)
    assert citation.boxes[0].height == 1.5
    assert result.documents[0].pages == 3
    assert repr(result) == "<Result of financial on r.pdf: 1 citations>"
    with pytest.raises(KeyError):
        result.citation("c2")


def test_a_result_that_is_not_there_yet_is_waited_for(
    scripted: Scripted, apostil: Client, slept: Slept
) -> None:
    early = said({"type": "/problems/result-not-ready", "jobStatus": "running"}, 409)
    running, done = ({"id": "j1", "status": status} for status in ("running", "succeeded"))
    scripted.replies = [early, said(running), said(running), said(done), said(RESULT)]
    assert apostil.result("j1").job == "j1"
    assert len(slept.seconds) == 2


def test_waiting_ends_when_its_time_is_over(scripted: Scripted, apostil: Client) -> None:
    scripted.replies = [said({"id": "j1", "status": "running"})]
    with pytest.raises(TimeoutError, match="goes on") as raised:
        apostil.wait("j1", timeout_seconds=0.05)
    assert isinstance(raised.value, StillRunning)


def test_only_the_id_and_the_status_of_a_job_are_required() -> None:
    job = msgspec.json.decode(b'{"id": "j", "status": "paused", "segment": null}', type=Job)
    assert (job.has_ended, job.error, job.documents) == (False, None, ())


def test_a_job_of_a_program_can_be_compared_and_shown() -> None:
    assert Job(id="j", status="failed").has_ended
    assert Result(schema="s", application="a") == Result(schema="s", application="a")


def test_importing_the_client_loads_nothing_of_the_server() -> None:
    program = (
        "import sys, apostil.client\n"
        "ours = {name.split('.')[1] for name in sys.modules if name.startswith('apostil.')}\n"
        "print(sorted(ours), {'fastapi', 'pydantic', 'sqlalchemy', 'typer'} & set(sys.modules))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "['client', 'evidence'] set()\n"
