"""A result proves itself, and a changed one is caught; passwords are taken and never kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from programs import PATIENCE_SECONDS, environment
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from apostil.samples import ANNUAL_REPORT

PASSWORD = "open sesame"  # noqa: S105 - opens a file that the test makes
Edit = Callable[[dict[str, Any]], None]


def apostil(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "apostil", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment(**variables),
        check=False,
        timeout=PATIENCE_SECONDS,
    )


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("result") / "result.json"
    ended = apostil("analyze", "financial", ANNUAL_REPORT, "--json", path)
    assert ended.returncode == 0, ended.stderr
    return path


def test_every_citation_of_the_sample_holds(result: Path) -> None:
    ended = apostil("verify", result, ANNUAL_REPORT)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "citations hold" in ended.stdout


def digit(stored: dict[str, Any]) -> None:
    quote = stored["citations"]["c4"]["quote"]
    stored["citations"]["c4"]["quote"] = quote[:-1] + str((int(quote[-1]) + 1) % 10)


def box(stored: dict[str, Any]) -> None:
    first = stored["citations"]["c4"]["boxes"][0]
    first[1], first[3] = first[1] + 14, first[3] + 14


def page(stored: dict[str, Any]) -> None:
    stored["citations"]["c4"]["page"] += 1


def value(stored: dict[str, Any]) -> None:
    fact = next(one for one in stored["body"]["facts"] if "c4" in one["citations"])
    fact["value"] = "1234"


@pytest.mark.parametrize("edit", [digit, box, page, value])
def test_a_planted_change_is_named(result: Path, tmp_path: Path, edit: Edit) -> None:
    stored = json.loads(result.read_text("utf-8"))
    edit(stored)
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(stored), "utf-8")
    ended = apostil("verify", changed, ANNUAL_REPORT)
    assert ended.returncode == 1
    named = [line.split(":")[0] for line in ended.stdout.splitlines()]
    assert named
    assert all(name == "c4" or name.startswith("body.facts") for name in named), named


def test_other_documents_and_other_files_are_told_in_a_sentence(
    result: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("not it")
    foreign = apostil("verify", result, other)
    assert foreign.returncode == 1
    assert "made from annual-report.pdf" in foreign.stderr
    unreadable = apostil("verify", other, ANNUAL_REPORT)
    assert unreadable.returncode == 1
    assert "cannot be verified" in unreadable.stderr


@pytest.mark.parametrize("content", ["", "{", "[1]", "[" * 100_000, '{"schema": "other/1"}'])
def test_a_file_that_is_no_result_is_told_in_one_sentence(tmp_path: Path, content: str) -> None:
    stored = tmp_path / "other.json"
    stored.write_text(content)
    ended = apostil("verify", stored, ANNUAL_REPORT)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("apostil: ")


@pytest.fixture
def encrypted(tmp_path: Path) -> Path:
    path = tmp_path / "encrypted.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption(PASSWORD, ownerPassword="owner"))
    canvas.drawString(72, 700, "Total of the year 1,234,567")
    canvas.save()
    return path


def test_an_encrypted_file_asks_for_its_password_and_opens_with_it(
    encrypted: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    refused = apostil("analyze", "lines", encrypted, "--json", "-")
    assert refused.returncode == 1
    assert "APOSTIL_PASSWORD" in refused.stderr.splitlines()[-1]
    opened = apostil(
        "analyze", "lines", encrypted, "--json", "-", "--data", data, APOSTIL_PASSWORD=PASSWORD
    )
    assert opened.returncode == 0, opened.stderr
    assert json.loads(opened.stdout)["body"]["facts"][0]["raw"] == "1,234,567"
    kept = [path for path in data.rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if PASSWORD.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("command", [("parse",), ("analyze", "lines")])
def test_nobody_is_asked_for_a_password_where_there_is_no_stdin(
    encrypted: Path, command: tuple[str, ...]
) -> None:
    closing = (
        "import os, sys; os.close(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", closing, "-m", "apostil", *command, encrypted],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.returncode == 1
    assert "APOSTIL_PASSWORD" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
