"""``apostil client`` as a person and as a script use it."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from papers import plain_pages, text, write_pdf
from programs import PATIENCE_SECONDS, Running, environment

from apostil.samples import ANNUAL_REPORT

COMMAND = [sys.executable, "-m", "apostil", "client"]
INTERRUPT, END = "\x03", "\x04"
TAKE_THE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # Ctrl-C reaches only those whose terminal it is
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ANNUAL_REPORT, tmp_path / "report.pdf")
    return tmp_path


def script(
    folder: Path, *lines: str, data: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--data", data],
        input="\n".join(lines) + "\n",
        cwd=folder,
        env=environment(COLUMNS="120", **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def test_a_script_finds_the_server_on_its_data_folder_and_stores_a_result(
    server: Running, folder: Path
) -> None:
    ended = script(
        folder,
        "submit lines report.pdf depth=two",
        "watch",
        "result",
        "download out.json",
        data=server.data,
    )
    assert ended.returncode == 0, ended.stderr
    first, *_ = ended.stdout.splitlines()
    job = first.split()[0]
    assert f"{job}  succeeded" in ended.stdout
    assert "Read the pages: " in ended.stdout
    assert "509,025" in ended.stdout
    assert json.loads((folder / "out.json").read_bytes())["job"] == job
    ended = script(folder, f"status {job}", "list succeeded", f"delete {job}", data=server.data)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count(job) >= 3


def test_a_script_goes_on_after_what_fails_and_says_so_at_its_end(
    server: Running, folder: Path
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / "empty.pdf").write_bytes(b"")
    ended = script(
        folder,
        "batch lines *.pdf",
        "submit lines none.pdf",
        "submit lines broken.pdf",
        "watch",
        "result",
        "server",
        data=server.data,
    )
    assert ended.returncode == 1
    assert "report.pdf" in ended.stdout
    assert "healthy" in ended.stdout
    for sentence in ("empty.pdf: The file is empty", "1 of 3 were refused", "none.pdf", "damaged"):
        assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_password_of_a_script_comes_from_its_environment(server: Running, folder: Path) -> None:
    write_pdf(folder / "locked.pdf", text((72, 72, "Total 1,234")), password=("p", "owner"))
    lines = ("submit lines locked.pdf", "watch")
    assert script(folder, *lines, data=server.data).returncode == 1
    ended = script(folder, *lines, data=server.data, APOSTIL_PASSWORD="p")  # noqa: S106 - made here
    assert ended.returncode == 0, ended.stderr


def test_without_a_server_it_says_how_to_start_one(tmp_path: Path) -> None:
    nobody = {"APOSTIL_URL": "http://127.0.0.1:9"}
    ended = script(tmp_path, "list", data=tmp_path, **nobody)
    assert ended.returncode == 1
    assert "Start one with: apostil serve" in ended.stderr
    wrong = script(tmp_path, "list", data=tmp_path, APOSTIL_URL="desk:8000")
    assert (wrong.returncode, "no address of a server" in wrong.stderr) == (2, True)


class Terminal:
    """The command at a terminal."""

    def __init__(self, folder: Path, server: Running) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE_THE_TERMINAL, *COMMAND, "--data", server.data],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=environment(TERM="xterm", COLUMNS="120", LINES="40"),
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def shows(self, *words: str) -> str:
        """What is shown from now on, until all these words stood there in their order."""
        seen = ""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            place = 0
            for word in words:
                place = seen.find(word, place) + len(word) if word in seen[place:] else -1
                if place < 0:
                    break
            else:
                return seen
            assert time.monotonic() < deadline, seen
            if select.select([self._ours], [], [], 0.1)[0]:
                seen += os.read(self._ours, 65536).decode("utf-8", "replace")


@pytest.fixture
def terminal(server: Running, folder: Path) -> Iterator[Terminal]:
    with Terminal(folder, server) as made:
        made.shows("Connected to", "apostil> ")
        yield made


def test_a_person_submits_watches_and_ends(terminal: Terminal) -> None:
    terminal.type("submit lines report.pdf\n")
    terminal.shows("report.pdf", "result shows it", "apostil> ")
    terminal.type("list\n")
    terminal.shows("  1  ", "succeeded", "apostil> ")
    terminal.type("delete 1\n")
    terminal.shows("[y/N]")
    terminal.type("y\n")
    terminal.shows("Deleted", "apostil> ")
    terminal.type("stat\t 1\n")
    terminal.shows("status", "no such job", "apostil> ")
    terminal.type(END)
    assert terminal.process.wait(PATIENCE_SECONDS) == 0


def test_ctrl_c_leaves_the_watching_and_then_the_program(terminal: Terminal, folder: Path) -> None:
    write_pdf(folder / "long.pdf", *plain_pages(1500))
    terminal.type("submit lines long.pdf\n")
    terminal.shows("Read the pages")
    terminal.type(INTERRUPT)
    terminal.shows("The job goes on", "apostil> ")
    terminal.type("cancel\n")
    terminal.shows("cancelled", "apostil> ")
    terminal.type(INTERRUPT)
    assert terminal.process.wait(PATIENCE_SECONDS) == 130


def test_a_person_is_asked_for_what_was_left_out_and_for_a_password(
    terminal: Terminal, folder: Path
) -> None:
    write_pdf(folder / "locked.pdf", text((72, 72, "Total 4,321")), password=("p4ss", "owner"))
    terminal.type("submit\n")
    terminal.shows("Application")
    terminal.type("lines\n")
    terminal.shows("File: ")
    terminal.type("locked.pdf\n")
    terminal.shows("How deep to look")
    terminal.type("\n")
    terminal.shows("encrypted", "Password: ")
    terminal.type("p4ss\n")
    shown = terminal.shows("result shows it", "apostil> ")
    assert "p4ss" not in shown
