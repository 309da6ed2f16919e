"""``make setup``: what it needs, that it repeats nothing, and where it works."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Only what ``setup.sh`` reads, with an environment that counts as installed."""
    place = tmp_path / "Prüf stand"
    (place / "scripts").mkdir(parents=True)
    for name in (
        "Makefile",
        "pyproject.toml",
        "scripts/setup.sh",
        *[p.name for p in ROOT.glob("*.lock")],
    ):
        shutil.copy(ROOT / name, place / name)
    (place / ".venv/bin").mkdir(parents=True)
    program = place / ".venv/bin/apostil"
    program.write_text('#!/bin/sh\necho started "$@"\n')
    program.chmod(0o755)
    return place


def installed(checkout: Path, kind: str) -> None:
    """Leave the mark of a finished installation, as ``setup.sh`` writes it."""
    lock = {"run": "requirements.lock", "dev": "requirements-dev.lock"}[kind]
    parts = (lock, "requirements-build.lock", "pyproject.toml", "scripts/setup.sh")
    mark = f"{checkout}\n" + "".join((checkout / part).read_text("utf-8") for part in parts)
    (checkout / f".venv/.installed-{kind}").write_text(mark, "utf-8")


def make(checkout: Path, *words: str, path: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *words],
        cwd=checkout,
        env={"PATH": path or os.environ["PATH"], "HOME": str(checkout), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_second_setup_installs_nothing(checkout: Path) -> None:
    installed(checkout, "dev")
    ended = make(checkout, "setup")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_the_developer_set_is_enough_to_run_and_the_port_is_handed_on(checkout: Path) -> None:
    installed(checkout, "dev")
    ended = make(checkout, "run", "PORT=9123")
    assert ended.stdout == "started serve --demo --port 9123\n"


@pytest.mark.parametrize("changed", ["requirements-dev.lock", "pyproject.toml"])
def test_a_changed_lock_is_installed_and_without_python_the_reason_is_said(
    checkout: Path, changed: str
) -> None:
    installed(checkout, "dev")
    with (checkout / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    programs = checkout / "bin"
    programs.mkdir()
    for name in ("make", "sh", "cat", "cmp", "dirname"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    ended = make(checkout, "setup", path=str(programs))
    assert ended.returncode != 0
    assert "Apostil needs Python 3.11 or newer" in ended.stderr
