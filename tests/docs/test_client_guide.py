"""The guide to the Python client runs as printed, in its order, against a server."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from programs import PATIENCE_SECONDS, environment, started

from apostil.client import Client
from apostil.samples import ANNUAL_REPORT

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs/howto/use-the-python-client.md").read_text("utf-8")
USUAL = "http://127.0.0.1:8000"


def samples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with the report, and the address of a server."""
    place = tmp_path_factory.mktemp("guide")
    shutil.copy(ANNUAL_REPORT, place / "report.pdf")
    with started(place / "data") as running:
        parts = urlsplit(running.address)
        yield place, f"{parts.scheme}://{parts.netloc}"


def test_the_samples_print_what_the_guide_promises(
    folder: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, url = folder
    monkeypatch.chdir(place)
    read, wrong, many, documents = samples("python")
    said = printed_by(read, url)
    assert "job_succeeded" in said
    assert "509025 x 1000\npage 7 (Box(" in said
    said = printed_by(wrong, url)
    assert "/problems/empty-file" in said
    assert "/problems/damaged-document parse False" in said
    assert "Start one with: apostil serve" in said
    assert "report.pdf succeeded known already" in printed_by(many, url)
    verify = [sys.executable, "-m", "apostil", "verify", "report.pdf.json", "report.pdf"]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0
    assert "612.0 points are 800 pixels" in printed_by(documents, url)


def printed_by(code: str, url: str) -> str:
    assert USUAL in code
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code.replace(USUAL, url), "guide", "exec"), {})  # noqa: S102 - our own guide
    return printed.getvalue()


def test_the_script_of_the_guide_stores_a_result(folder: tuple[Path, str]) -> None:
    place, url = folder
    (script,) = samples("sh")
    program = f'apostil() {{ {sys.executable} -m apostil "$@"; }}\n{script}'
    ended = subprocess.run(
        ["bash", "-c", program],
        cwd=place,
        env=environment(APOSTIL_URL=url),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"Revenue .* 509,025 p\.7", ended.stdout)
    assert re.search(r"Checks: \d+ passed, 0 failed", ended.stdout)
    assert (place / "result.json").stat().st_size > 10_000


def test_every_call_is_named_and_every_name_is_a_call() -> None:
    table = GUIDE.partition("## All calls")[2].partition("## At a terminal")[0]
    named = set(re.findall(r"`([a-z_]+)`", table))
    calls = {name for name in dir(Client) if not name.startswith("_") and name != "url"}
    assert named == calls
