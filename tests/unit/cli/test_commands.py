"""The command line as people script against it: what it prints, where, and with which status."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from programs import PATIENCE_SECONDS, environment

from apostil.samples import ANNUAL_REPORT


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


def test_help_loads_none_of_the_large_libraries() -> None:
    program = (
        "import sys, contextlib\n"
        "from apostil.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['--help'])\n"
        "large = {'sqlalchemy', 'fastapi', 'pydantic', 'alembic', 'pypdfium2'} & set(sys.modules)\n"
        "print(sorted(large))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout.endswith("[]\n")


def test_analyze_prints_nothing_but_json_on_stdout(tmp_path: Path) -> None:
    ended = apostil("analyze", "lines", ANNUAL_REPORT, "--json", "-", XDG_DATA_HOME=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    result = json.loads(ended.stdout)
    assert result["schema"] == "apostil.result/1"
    assert result["documents"][0]["name"] == "annual-report.pdf"
    assert "Read the pages: done" in ended.stderr
    assert list(tmp_path.iterdir()) == [], "nothing is kept without --data"


def test_analyze_without_json_shows_values_with_their_pages() -> None:
    ended = apostil("analyze", "lines", ANNUAL_REPORT, COLUMNS="120")
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"Total net sales +509,025 .* p\. 7", ended.stdout)
    assert "1 failed" in ended.stdout


def test_json_is_written_whole_to_a_file_and_in_place_to_a_pipe(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert apostil("analyze", "lines", ANNUAL_REPORT, "--json", target).returncode == 0
    assert json.loads(target.read_text())["application"] == "lines"
    assert list(tmp_path.iterdir()) == [target]
    piped = apostil("analyze", "lines", ANNUAL_REPORT, "--json", "/dev/stdout")
    assert json.loads(piped.stdout)["application"] == "lines"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["analyze", "nonsense", ANNUAL_REPORT], "no application nonsense"),
        (["analyze", "lines", ANNUAL_REPORT, ANNUAL_REPORT], "takes 1 file"),
        (["analyze", "lines", ANNUAL_REPORT, "--set", "width=3"], "no parameter width"),
        (["analyze", "lines", ANNUAL_REPORT, "--set", "depth"], "NAME=VALUE"),
        (["jobs", "list", "--status", "gone"], "is no status"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what_is_known(
    tmp_path: Path, arguments: list[str | Path], said: str
) -> None:
    ended = apostil(*arguments, APOSTIL_DATA=str(tmp_path))
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", "binary data"),
        (ANNUAL_REPORT.read_bytes()[:4000], ""),
        (b"only words", "is text, and lines reads PDF"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_1_and_a_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "odd näme .pdf"
    file.write_bytes(content)
    ended = apostil("analyze", "lines", file, "--json", "-")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.splitlines()[-1].startswith("apostil: ")
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_nothing_is_kept_of_a_file_that_the_application_does_not_read(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "a.txt"
    file.write_bytes(b"only words")
    assert apostil("analyze", "lines", file, "--data", data).returncode == 1
    assert (data / "apostil.db").exists()
    kept = [path for path in (data / "files").rglob("*") if path.is_file()]
    assert kept == []


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    missing = apostil("analyze", "lines", tmp_path / "none.pdf")
    assert (missing.returncode, "There is no file" in missing.stderr) == (1, True)
    folder = apostil("parse", tmp_path)
    assert (folder.returncode, "is a folder" in folder.stderr) == (1, True)


def test_a_pipe_and_a_name_beyond_what_a_disk_takes_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.pdf"
    os.mkfifo(pipe)
    waited = apostil("parse", pipe)
    assert (waited.returncode, "is a pipe or a device" in waited.stderr) == (1, True)
    long = apostil("verify", tmp_path / ("x" * 300), ANNUAL_REPORT)
    assert (long.returncode, "cannot be read: File name too long" in long.stderr) == (1, True)


def test_json_goes_on_in_the_file_behind_stdout_and_behind_a_link(tmp_path: Path) -> None:
    kept, real, link = tmp_path / "kept", tmp_path / "real.json", tmp_path / "link.json"
    kept.write_text("before\n")
    with kept.open("ab") as stdout:
        program = [sys.executable, "-m", "apostil", "parse", str(ANNUAL_REPORT)]
        program += ["--json", "/dev/stdout"]
        subprocess.run(program, stdout=stdout, env=environment(), check=True)
    before, written = kept.read_text().splitlines()
    assert (before, json.loads(written)["schema"]) == ("before", "apostil.parsed/1")
    assert Path("/dev/stdout").is_symlink()
    link.symlink_to(real)
    assert apostil("parse", ANNUAL_REPORT, "--json", link).returncode == 0
    assert link.is_symlink()
    assert json.loads(real.read_bytes())["schema"] == "apostil.parsed/1"


@pytest.mark.parametrize("options", [(), ("--json", "-")])
def test_a_stdout_that_takes_nothing_is_told_in_one_sentence(options: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "apostil", "parse", ANNUAL_REPORT, *options],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (1, "apostil: No space left on device.\n")


def test_a_name_in_an_error_cannot_steer_the_terminal(tmp_path: Path) -> None:
    ended = apostil("parse", tmp_path / "red\x1b[31m\nname.pdf")
    assert ended.returncode == 1
    assert ended.stderr.endswith("/red?[31m name.pdf.\n")
    assert len(ended.stderr.splitlines()) == 1


def test_parse_gives_the_parsed_document() -> None:
    ended = apostil("parse", ANNUAL_REPORT, "--json", "-")
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert document["schema"] == "apostil.parsed/1"
    assert len(document["pages"]) == 11
    words = document["pages"][6]["words"]
    assert "509,025" in words["text"]
    assert len(words["text"]) == len(words["x0"])


def test_jobs_of_a_data_folder_can_be_listed_shown_retried_and_deleted(tmp_path: Path) -> None:
    data = ("--data", tmp_path / "data")
    assert apostil("analyze", "lines", ANNUAL_REPORT, *data).returncode == 0
    listed = apostil("jobs", "list", *data).stdout
    job = listed.split()[0]
    assert "succeeded" in listed
    assert "Read the pages" in apostil("jobs", "show", job, *data).stdout
    shown = apostil("jobs", "show", job, "--json", "-", *data)
    assert json.loads(shown.stdout)["job"] == job
    assert apostil("jobs", "watch", job, *data).returncode == 0
    refused = apostil("jobs", "retry", job, *data)
    assert (refused.returncode, "only a failed job" in refused.stderr) == (1, True)
    assert "Deleted job" in apostil("jobs", "delete", job, *data).stdout
    assert apostil("jobs", "list", *data).stdout == ""
    gone = apostil("jobs", "show", job, *data)
    assert (gone.returncode, "There is no job" in gone.stderr) == (1, True)


def test_the_database_can_be_upgraded_and_counted(tmp_path: Path) -> None:
    assert "up to date" in apostil("db", "upgrade", "--data", tmp_path / "data").stdout
    counted = apostil("db", "stats", "--data", tmp_path / "data").stdout
    assert "jobs queued      0" in counted


def test_doctor_names_the_applications_and_reports_a_broken_one(tmp_path: Path) -> None:
    data = ("--data", tmp_path / "data")
    assert "application lines 1.0" in apostil("doctor", *data).stdout
    broken = tmp_path / "broken-1.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (broken / "entry_points.txt").write_text("[apostil.applications]\nbroken = no_such:thing\n")
    ended = apostil("doctor", *data, PYTHONPATH=str(tmp_path))
    assert ended.returncode == 1
    assert "broken (no_such:thing) cannot be loaded" in ended.stdout


def test_a_data_folder_that_cannot_be_made_is_told_plainly(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    ended = apostil("db", "stats", "--data", blocked / "data")
    assert ended.returncode == 1
    assert "Choose another with --data" in ended.stderr


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    ended = apostil("db", "stats", APOSTIL_DATA=str(tmp_path), APOSTIL_WORKERS="many")
    assert ended.returncode == 2
    assert "APOSTIL_WORKERS" in ended.stderr


def test_an_interrupt_ends_with_130_and_leaves_no_process(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "apostil", "analyze", "lines", ANNUAL_REPORT, "--data", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (family := psutil.Process(process.pid).children(recursive=True)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE_SECONDS)
    _, alive = psutil.wait_procs(family, timeout=3)
    assert process.returncode == 130
    assert alive == []
    assert "Traceback" not in said
