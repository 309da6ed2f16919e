"""What a command leaves in the temporary folder: nothing, even when it was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from apostil.cli.scratch import scratch_folder

HOLD = """
from apostil.cli.scratch import scratch_folder
with scratch_folder() as folder:
    print(folder, flush=True)
    input()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def held(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(temporary)},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_gone_after_use(temporary: Path) -> None:
    with scratch_folder() as folder:
        (folder / "document").write_text("private")
    assert list(temporary.iterdir()) == []


def test_the_folder_of_a_killed_command_is_removed_by_the_next(temporary: Path) -> None:
    process, abandoned = held(temporary)
    with process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert abandoned.is_dir()
        with scratch_folder():
            assert not abandoned.exists()


def test_the_folder_of_a_running_command_is_left_alone(temporary: Path) -> None:
    process, used = held(temporary)
    with process:
        with scratch_folder():
            assert used.is_dir()
        process.communicate("\n")
    assert not used.exists()
