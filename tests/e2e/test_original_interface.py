"""What users of the financial document analyzer type and run, letter by letter.

The commands and the program are their contract. They name http://localhost:8000: the server listens
there, and where that port is taken the address in them is replaced, nothing else.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import PATIENCE_SECONDS, Running, environment, started

from apostil.samples import ANNUAL_REPORT

ADDRESS = "http://localhost:8000"

CURL_ANALYZE = """\
curl -X POST http://localhost:8000/analyze \\
  -F "file=@document.pdf" \\
  -F "query=Analyze this financial report"
"""
CURL_STATUS = "curl http://localhost:8000/tasks/task-id-here"
CURL_RESULT = "curl http://localhost:8000/tasks/task-id-here/result"

PROGRAM = """\
import requests
import time

# 1. Submit document
with open("report.pdf", "rb") as f:
    resp = requests.post("http://localhost:8000/analyze", 
                        files={"file": f},
                        data={"query": "Analyze this quarterly report"})
    task_id = resp.json()["task_id"]

# 2. Poll for completion
while True:
    status = requests.get(f"http://localhost:8000/tasks/{task_id}").json()
    if status["status"] == "completed":
        break
    elif status["status"] == "failed":
        print("Analysis failed!")
        break
    print(f"Status: {status['status']}")
    time.sleep(5)

# 3. Get result
result = requests.get(f"http://localhost:8000/tasks/{task_id}/result").json()
print(result["result"]["analysis"])
"""  # noqa: W291 - as it was printed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder with the files that the commands name."""
    place = tmp_path_factory.mktemp("user")
    for name in ("document.pdf", "report.pdf"):
        shutil.copy(ANNUAL_REPORT, place / name)
    return place


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with started(
        folder / "data", "--port", "8000", APOSTIL_ROOT_APPLICATION="financial"
    ) as running:
        yield running


def addressed(text: str, server: Running) -> str:
    """The text for the port that the server got."""
    return text.replace(ADDRESS, server.address.rstrip("/").replace("127.0.0.1", "localhost"))


def typed(command: str, server: Running, folder: Path) -> dict[str, object]:
    """What a command of the shell prints, which must be JSON."""
    ended = subprocess.run(
        ["sh", "-c", addressed(command, server)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    told: dict[str, object] = json.loads(ended.stdout)
    return told


def test_the_server_listens_where_the_commands_look(server: Running) -> None:
    said = " ".join(server.said)
    assert server.address == "http://127.0.0.1:8000/" or "Port 8000 is taken" in said


def test_the_program_of_its_users_prints_the_analysis(server: Running, folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", addressed(PROGRAM, server)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert "Overview" in lines
    assert all(line.startswith("Status: p") for line in lines[: lines.index("Overview")])
    assert any(
        re.fullmatch(r"Net income: USD 50,815 thousand for .*\. \[p\. 7\]", line) for line in lines
    )


def test_the_commands_of_its_users_submit_ask_and_fetch(server: Running, folder: Path) -> None:
    queued = typed(CURL_ANALYZE, server, folder)
    assert queued == {"status": "queued", "task_id": queued["task_id"]}
    task = str(queued["task_id"])
    assert typed(CURL_STATUS, server, folder)["status"] == 404
    status = CURL_STATUS.replace("task-id-here", task)
    while (told := typed(status, server, folder))["status"] in {"pending", "processing"}:
        assert told["id"] == task
    assert told["status"] == "completed"
    assert told["query"] == "Analyze this financial report"
    result = typed(CURL_RESULT.replace("task-id-here", task), server, folder)["result"]
    assert isinstance(result, dict)
    assert "Revenue: USD 509,025 thousand" in result["analysis"]


@pytest.mark.parametrize("path", ["/", "/tasks?status=completed&limit=50", "/celery/health"])
def test_the_other_addresses_of_the_interface_answer(
    server: Running, folder: Path, path: str
) -> None:
    told = typed(f"curl -sf '{ADDRESS}{path}'", server, folder)
    assert {"message", "tasks", "workers"} & set(told)


def test_an_application_without_an_interface_cannot_be_served_at_the_root(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "apostil", "serve", "--data", tmp_path / "data", "--port", "0"],
        env=environment(APOSTIL_ROOT_APPLICATION="blood-test"),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.returncode == 2
    assert "APOSTIL_ROOT_APPLICATION cannot be 'blood-test'" in ended.stderr
    assert "financial" in ended.stderr
    assert "Traceback" not in ended.stderr
