"""The image: what it is made of, and its steps on this machine where that is asked for."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from programs import PATIENCE_SECONDS, environment, started

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
INSTRUCTIONS = re.findall(r"^([A-Z]+) (.*)$", DOCKERFILE, re.MULTILINE)
STEPS = [what for how, what in INSTRUCTIONS if how == "RUN"]


def test_everything_installed_is_held_to_its_hash_or_made_here() -> None:
    installs = [part for step in STEPS for part in step.split("&&") if "pip install" in part]
    assert len(installs) == 3
    for one in installs:
        assert "--require-hashes" in one or ("--no-index" in one and "--no-deps" in one)


def test_the_process_is_not_root_and_nothing_secret_is_asked_for() -> None:
    users = [what for how, what in INSTRUCTIONS if how == "USER"]
    assert users == ["apostil"]
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "USER apostil" in last
    assert [what for how, what in INSTRUCTIONS if how == "ARG"] == ["PYTHON=3.11"]
    assert "--mount" not in DOCKERFILE


def test_what_is_copied_is_committed_and_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for how, what in INSTRUCTIONS:
        if how == "COPY" and not what.startswith("--from"):
            for source in what.split()[:-1]:
                assert f"!{source}" in ignored
                listed = ["git", "ls-files", "--error-unmatch", source]
                subprocess.run(listed, cwd=ROOT, check=True, capture_output=True)


def healthcheck(port: int) -> list[str]:
    [words] = [what for how, what in INSTRUCTIONS if how == "HEALTHCHECK"]
    program = re.search(r'CMD \["python", "-c", "(.*)"\]', words)
    assert program is not None
    return [shutil.which("python3") or "python3", "-c", program[1].replace("8000", str(port))]


def test_the_health_check_tells_a_server_from_none(tmp_path: Path) -> None:
    with started(tmp_path / "data", command="web") as running:
        port = int(running.address.rpartition(":")[2].strip("/"))
        assert subprocess.run(healthcheck(port), check=False).returncode == 0
    gone = subprocess.run(healthcheck(port), check=False, capture_output=True)
    assert gone.returncode != 0


@pytest.mark.skipif(
    "APOSTIL_IMAGE_STEPS" not in os.environ,
    reason="takes minutes and a network; APOSTIL_IMAGE_STEPS=1 asks for it",
)
def test_the_steps_of_the_image_make_a_program_that_serves(tmp_path: Path) -> None:
    build, target = tmp_path / "build", tmp_path / "target"
    build.mkdir()
    for how, what in INSTRUCTIONS:
        if how == "COPY" and not what.startswith("--from"):
            *sources, _ = what.split()
            for source in sources:
                copied = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copied(ROOT / source, build / source)
        elif how == "RUN" and "useradd" not in what:
            step = what.replace("/opt/apostil", shlex.quote(str(target)))
            step = step.replace("/build/", f"{build}/")
            subprocess.run(["sh", "-eu", "-c", step], cwd=build, check=True)
    served = tmp_path / "data"
    python = str(target / "bin" / "python")
    told = subprocess.run(
        [python, "-m", "apostil", "doctor", "--data", served],
        env=environment(PYTHONPATH=""),
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    listed = subprocess.run(
        [target / "bin" / "celery", "--help"], check=True, capture_output=True, text=True
    )
    assert "flower" in listed.stdout
