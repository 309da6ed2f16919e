"""One-off calls in a child process: under limits, with progress, and never in this process."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import workload

from apostil.adapters import Caller, ExecutorProcess
from apostil.engine import DocumentFile, Inputs, Limits, SegmentFailed
from apostil.engine.wire import Run

MIB = 1024 * 1024
TIGHT = Limits(soft_seconds=1.0, hard_seconds=1.5)
SMALL = Limits(memory_bytes=300 * MIB)


@pytest.fixture
def caller(monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    monkeypatch.setenv("PYTHONPATH", str(Path(workload.__file__).parent))
    caller = Caller(tick_seconds=0.02)
    yield caller
    caller.close()


def _inputs(tmp_path: Path, **parameters: object) -> Inputs:
    paper = tmp_path / "p.txt"
    paper.write_bytes(b"paper")
    document = DocumentFile(
        sha256="0" * 64, name="p.txt", media_type="text/plain", size=5, path=paper
    )
    return Inputs(documents=(document,), parameters=parameters, artifacts={})


def test_a_call_gives_the_bytes_of_the_artifact(caller: Caller, tmp_path: Path) -> None:
    data = caller.call("workload:count", _inputs(tmp_path, padding=200_000))
    assert json.loads(data)["n"] == 1
    assert len(data) > 200_000


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ("die", "/problems/executor-died"),
        ("hang", "/problems/time-limit"),
        ("spin", "/problems/time-limit"),
        ("swell", "/problems/memory-limit"),
        ("refuse", "/problems/no-readable-text"),
        ("break", "/problems/segment-error"),
    ],
)
def test_a_call_that_ends_badly_says_how_and_the_next_one_works(
    caller: Caller, tmp_path: Path, how: str, problem: str
) -> None:
    caller.call("workload:count", _inputs(tmp_path))  # the process has started by then
    limits = SMALL if how == "swell" else TIGHT
    with pytest.raises(SegmentFailed) as failed:
        caller.call("workload:misbehave", _inputs(tmp_path, how=how), limits)
    assert failed.value.problem == problem
    assert "secret" not in failed.value.detail
    assert json.loads(caller.call("workload:count", _inputs(tmp_path)))["n"] == 1


def test_progress_of_a_call_is_passed_on(caller: Caller, tmp_path: Path) -> None:
    told: list[str] = []

    def report(done: int, total: int, message: str) -> None:
        assert done < total
        told.append(message)

    caller.call("workload:count", _inputs(tmp_path))
    inputs = Inputs(documents=(), parameters={"how": "spin"}, artifacts={}, report=report)
    with pytest.raises(SegmentFailed):
        caller.call("workload:misbehave", inputs, TIGHT)
    assert set(told) == {"spinning"}


def test_a_segment_that_prints_and_reads_disturbs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chatty.py").write_text(
        "import os, sys\n"
        "def work(inputs):\n"
        "    print('noise', flush=True)\n"
        "    os.write(1, b'more noise')\n"
        "    return [sys.stdin.read(), os.environ['OMP_NUM_THREADS']]\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    caller = Caller()
    try:
        assert json.loads(caller.call("chatty:work", _inputs(tmp_path))) == ["", "1"]
    finally:
        caller.close()


def test_a_child_that_died_idle_is_replaced_unseen(tmp_path: Path) -> None:
    executor = ExecutorProcess()
    order = Run(job="j", work="apostil.engine.errors:StoreBusy")
    try:
        executor.send(order)
        assert executor.pid is not None
        assert executor.receive(30) is not None
        os.kill(executor.pid, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(executor.pid)], timeout=10)
        assert not executor.holds("j", "anything")
        executor.send(order)
        assert executor.receive(30) is not None
    finally:
        executor.kill()
