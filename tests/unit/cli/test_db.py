"""``apostil db``: what it counts, takes away, writes and begins anew."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from cellar import DAY, Cellar
from desk import BAD, CHAIN, DISTURBED
from programs import PATIENCE_SECONDS, environment

from apostil.application import Application
from apostil.bootstrap.home import open_home
from apostil.cli.exporting import Export
from apostil.cli.program import main
from apostil.config import Settings
from apostil.engine import Job, JobQuery, WorkerState
from apostil.samples import ANNUAL_REPORT


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [one for one in os.environ if one.startswith("APOSTIL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def cellar(data: Path) -> Iterator[Cellar]:
    made = Cellar(data)
    yield made
    made.database.dispose()


@pytest.fixture
def jobs(cellar: Cellar) -> dict[str, Job]:
    """One that succeeded and one that failed 40 days ago, one that succeeded today, one that waits."""
    today = cellar.desk.now
    cellar.desk.now = today - 40 * DAY
    made = {"old": cellar.done(), "failed": cellar.desk.submit()}
    cellar.desk.fail(cellar.desk.take(), BAD)
    cellar.desk.now = today - 60
    made["young"] = cellar.done()
    cellar.desk.now += 1
    made["waiting"] = cellar.desk.submit()
    return made


class Said(NamedTuple):
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


Apostil = Callable[..., Said]


@pytest.fixture
def apostil(data: Path, capfd: pytest.CaptureFixture[str]) -> Apostil:
    def run(*words: str) -> Said:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*words, "--data", str(data)])
        return Said(int(ended.value.code or 0), *capfd.readouterr())

    return run


def test_stats_count_by_application_and_status(apostil: Apostil, jobs: dict[str, Job]) -> None:
    counted = json.loads(apostil("db", "stats", "--json", "-").out)
    assert counted["schema"] == "apostil.stats/1"
    assert counted["jobs"]["total"] == 4
    assert counted["jobs"]["by_application"] == {
        "chain": {"failed": 1, "queued": 1, "succeeded": 2}
    }
    assert counted["jobs"]["by_status"]["cancelled"] == 0
    assert counted["attempts"] == {"failed": 1, "finished": 6}
    assert counted["documents"] == {"count": 1, "bytes": 5}
    assert counted["artifacts"]["count"] == 6
    assert counted["jobs"]["oldest"] < counted["jobs"]["newest"]
    assert counted["jobs"]["newest"].endswith("Z")
    told = apostil("db", "stats").out
    assert "jobs succeeded   2\n" in told
    assert "chain: 1 failed, 1 queued, 2 succeeded\n" in told
    assert f"newest job       {counted['jobs']['newest']}\n" in told


def test_cleanup_shows_first_and_deletes_only_with_a_yes(
    apostil: Apostil, cellar: Cellar, jobs: dict[str, Job]
) -> None:
    wish = ("db", "cleanup", "--older-than", "30")
    shown = apostil(*wish, "--dry-run")
    assert (shown.status, shown.out.startswith("To be deleted: 2 jobs, 3 artifacts")) == (0, True)
    refused = apostil(*wish)
    assert (refused.status, "--yes answers beforehand" in refused.err) == (2, True)
    assert cellar.exists(jobs["old"])
    done = apostil(*wish, "--yes")
    assert (done.status, "Deleted: 2 jobs, 3 artifacts" in done.out) == (0, True)
    left = [name for name, job in jobs.items() if cellar.exists(job)]
    assert left == ["young", "waiting"]
    again = apostil(*wish)
    assert (again.status, "is old enough to go" in again.out) == (0, True)


def test_cleanup_of_failed_jobs_leaves_the_others(
    apostil: Apostil, cellar: Cellar, jobs: dict[str, Job]
) -> None:
    vague = apostil("db", "cleanup", "--failed-only")
    assert (vague.status, "--older-than DAYS" in vague.err) == (2, True)
    assert apostil("db", "cleanup", "--failed-only", "--older-than", "0", "--yes").status == 0
    assert [name for name, job in jobs.items() if not cellar.exists(job)] == ["failed"]


def test_cleanup_alone_goes_by_the_settings(
    apostil: Apostil, cellar: Cellar, jobs: dict[str, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "To be deleted: 2 artifacts" in apostil("db", "cleanup", "--dry-run").out
    monkeypatch.setenv("APOSTIL_KEEP_ARTIFACTS_DAYS", "off")
    assert "old enough to go" in apostil("db", "cleanup", "--dry-run").out
    monkeypatch.setenv("APOSTIL_KEEP_JOBS_DAYS", "39")
    assert "2 jobs" in apostil("db", "cleanup", "--yes").out
    assert not cellar.exists(jobs["old"])


def test_an_export_holds_all_that_is_known_of_a_job(
    apostil: Apostil, cellar: Cellar, jobs: dict[str, Job], tmp_path: Path
) -> None:
    target = tmp_path / "jobs.json"
    said = apostil("db", "export", str(target))
    assert (said.status, said.out, said.err) == (0, "", "4 jobs written.\n")
    exported = json.loads(target.read_bytes())
    assert exported["schema"] == "apostil.export/1"
    assert exported["exported_at"].endswith("Z")
    newest_first = sorted(jobs.values(), key=lambda job: (job.submitted_at, job.id), reverse=True)
    assert [job["id"] for job in exported["jobs"]] == [job.id for job in newest_first]
    failed = next(job for job in exported["jobs"] if job["id"] == jobs["failed"].id)
    assert failed["status"] == "failed"
    assert failed["detail"] == "Unreadable."
    assert [segment["status"] for segment in failed["segments"]] == ["failed", "waiting", "waiting"]
    assert failed["attempts"][0]["outcome"] == "failed"
    assert [event["seq"] for event in failed["events"]] == list(range(1, failed["last_seq"] + 1))
    assert failed["events"][0]["at"] == failed["submitted_at"]
    assert "result" not in failed
    assert "token" not in json.dumps(exported)


def test_every_time_of_an_export_is_in_words(
    apostil: Apostil, jobs: dict[str, Job], cellar: Cellar
) -> None:
    cellar.desk.fail(cellar.desk.take(job=jobs["waiting"]), DISTURBED)
    (waiting, *_) = json.loads(apostil("db", "export", "-").out)["jobs"]
    (failed,) = [one for one in waiting["events"] if one["type"] == "attempt_failed"]
    assert failed["retry_at"].endswith("Z")
    assert failed["retry_at"] > failed["at"]


def test_an_export_can_be_narrowed(apostil: Apostil, jobs: dict[str, Job]) -> None:
    assert len(json.loads(apostil("db", "export", "-", "--status", "failed").out)["jobs"]) == 1
    assert len(json.loads(apostil("db", "export", "-", "--application", "chain").out)["jobs"]) == 4
    assert json.loads(apostil("db", "export", "-", "--application", "other").out)["jobs"] == []
    assert apostil("db", "export", "-", "--status", "gone").status == 2


def test_an_export_of_a_financial_job_has_its_result_and_the_rows_of_its_tables(
    apostil: Apostil, data: Path
) -> None:
    words = ["analyze", "financial", str(ANNUAL_REPORT), "--json", os.devnull]
    assert apostil(*words).status == 0
    (job,) = json.loads(apostil("db", "export", "-", "--results").out)["jobs"]
    assert job["result"]["schema"] == "apostil.result/1"
    assert job["result"]["job"] == job["id"]
    assert job["tables"]["analysis_tasks"][0]["id"] == job["id"]
    assert job["tables"]["analysis_tasks"][0]["status"] == "completed"


def test_an_export_goes_on_when_an_application_gives_no_rows(
    data: Path, jobs: dict[str, Job]
) -> None:
    home = open_home(Settings.read(data=data))
    broken = Application(
        name="chain", title="C", version="1", pipeline=CHAIN, tables="cellar:no_such_function"
    )
    target = io.BytesIO()
    export = Export(home=home, applications={"chain": broken}, query=JobQuery(), results=False)
    export.write(target, now=0.0)
    home.close()
    written = json.loads(target.getvalue())["jobs"]
    assert len(written) == 4
    assert all("tables" not in job for job in written)
    assert sum("no_such_function" in trouble for trouble in export.troubles) == 4
    assert sum("is no result" in trouble for trouble in export.troubles) == 2


def test_many_jobs_are_exported_page_by_page(data: Path, cellar: Cellar) -> None:
    made = {cellar.desk.submit().id for _ in range(12)}
    home = open_home(Settings.read(data=data))
    for limit in (1, 5, 12):
        target = io.BytesIO()
        export = Export(home=home, applications={}, query=JobQuery(limit=limit), results=True)
        export.write(target, now=0.0)
        written = json.loads(target.getvalue())["jobs"]
        assert len(written) == export.count == 12
        assert {job["id"] for job in written} == made
    home.close()


def test_a_damaged_database_can_be_reset(apostil: Apostil, data: Path) -> None:
    (data / "apostil.db").write_bytes(b"no database at all, but long enough to be one" * 100)
    assert "is no SQLite database" in apostil("db", "stats").err
    reset = apostil("db", "reset", "--yes")
    assert (reset.status, "the damaged database" in reset.out) == (0, True)
    assert "jobs queued      0" in apostil("db", "stats").out


def test_a_worker_that_was_heard_of_prevents_a_reset(
    apostil: Apostil, cellar: Cellar, jobs: dict[str, Job]
) -> None:
    now = time.time()
    worker = WorkerState(id="w", host="far", pid=42, started_at=now, seen_at=now)
    cellar.desk.store.roster.report(worker)
    refused = apostil("db", "reset", "--yes")
    assert (refused.status, "Process 42 on far works on" in refused.err) == (1, True)
    assert cellar.exists(jobs["old"])


def typed(data: Path, words: list[str], answers: str) -> str:
    """What is to be seen at a terminal where somebody types the answers."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "apostil", "db", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(APOSTIL_DATA=str(data), TERM="dumb"),
    )
    os.close(theirs)
    os.write(ours, answers.encode())
    seen = b""
    with suppress(OSError):  # the end of a terminal
        while piece := os.read(ours, 4096):
            seen += piece
    os.close(ours)
    process.wait(PATIENCE_SECONDS)
    return seen.decode()


def test_a_no_at_the_terminal_changes_nothing_and_a_yes_does(
    data: Path, cellar: Cellar, jobs: dict[str, Job]
) -> None:
    assert "Nothing was changed." in typed(data, ["cleanup", "--older-than", "30"], "n\n")
    assert cellar.exists(jobs["old"])
    assert "Nothing was changed." in typed(data, ["reset"], "yes\n")
    assert cellar.exists(jobs["old"])
    assert "is empty." in typed(data, ["reset"], "reset\n")


def test_alone_at_a_terminal_it_offers_what_it_can_do(
    data: Path, cellar: Cellar, jobs: dict[str, Job], tmp_path: Path
) -> None:
    target = tmp_path / "out.json"
    seen = typed(data, [], f"1\n2\n39\ny\n9\n4\n{target}\n5\nno\n6\n")
    assert "Count what is there" in seen
    assert "jobs succeeded   2" in seen
    assert "Deleted: 2 jobs" in seen
    assert "A number from 1 to 6 is wanted." in seen
    assert len(json.loads(target.read_bytes())["jobs"]) == 2
    assert "Nothing was changed." in seen
    assert cellar.exists(jobs["young"])


def test_alone_without_a_terminal_it_shows_its_commands() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "apostil", "db"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert ended.returncode == 2
    for name in ("upgrade", "stats", "cleanup", "export", "reset"):
        assert f"  {name} " in ended.stdout
