"""Segments that misbehave in known ways; run by real executors in the crash tests."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from apostil.adapters.sql import tables
from apostil.engine import (
    Effect,
    EffectHandler,
    Inputs,
    Job,
    Limits,
    Output,
    Pipeline,
    Retries,
    Segment,
    SegmentDisturbed,
    SegmentFailed,
)

MIB = 1024 * 1024


def count(inputs: Inputs) -> Output:
    """One more than the earlier steps say, tallied on the document once for each checkpoint."""
    time.sleep(float(inputs.parameters.get("seconds", 0.0)))
    earlier = [inputs.artifact(name, dict)["n"] for name in inputs.artifacts]
    padding = "x" * int(inputs.parameters.get("padding", 0))
    tally = Effect("tally", {"sha256": inputs.documents[0].sha256})
    return Output({"n": 1 + sum(earlier), "padding": padding}, (tally,))


def misbehave(inputs: Inputs) -> dict[str, Any]:
    """Do what the parameter ``how`` says, until the file ``unless`` exists."""
    unless = inputs.parameters.get("unless")
    if not (unless and Path(unless).exists()):
        _HOWS[inputs.parameters["how"]](inputs)
    return {"n": 0}


def _die(_: Inputs) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang(_: Inputs) -> None:
    while True:
        time.sleep(60)


def _spin(inputs: Inputs) -> None:
    """Busy for ever, but it tells how far it is."""
    turns = 0
    while True:
        turns += 1
        inputs.report(turns, turns + 1, "spinning")
        time.sleep(0.01)


def _swell(_: Inputs) -> None:
    kept = []
    while True:
        kept.append(b"x" * (64 * MIB))
        time.sleep(0.01)


def _refuse(_: Inputs) -> None:
    raise SegmentFailed("/problems/no-readable-text", "This document has no text to read.")


def _disturb(_: Inputs) -> None:
    raise SegmentDisturbed("The service did not answer.")


def _break(_: Inputs) -> None:
    raise ZeroDivisionError("secret details")


_HOWS = {
    "die": _die,
    "hang": _hang,
    "spin": _spin,
    "swell": _swell,
    "refuse": _refuse,
    "disturb": _disturb,
    "break": _break,
}


def _counting(name: str, after: tuple[str, ...] = ()) -> Segment:
    return Segment(
        name=name,
        title=name.title(),
        work="workload:count",
        after=after,
        parameters=("id", "seconds", "padding", name),
    )


CHAIN = Pipeline(
    (
        _counting("one"),
        _counting("two", ("one",)),
        _counting("three", ("two",)),
        _counting("four", ("three",)),
    )
)
FORK = Pipeline(
    (
        _counting("root"),
        _counting("left", ("root",)),
        _counting("right", ("root",)),
        _counting("join", ("left", "right")),
    )
)
BAD = Pipeline(
    (
        Segment(
            name="bad",
            title="Bad",
            work="workload:misbehave",
            parameters=("how", "unless"),
            limits=Limits(soft_seconds=1.0, hard_seconds=2.0),
            retries=Retries(times=1, first_seconds=0.2),
        ),
    )
)
PATIENT = Pipeline(
    (
        Segment(
            name="patient",
            title="Patient",
            work="workload:misbehave",
            parameters=("how", "unless"),
            limits=Limits(memory_bytes=300 * MIB),
        ),
    )
)


def pipelines() -> dict[str, Pipeline]:
    return {"chain": CHAIN, "fork": FORK, "bad": BAD, "patient": PATIENT}


def tally(connection: sa.Connection, job: Job, data: Mapping[str, Any]) -> None:
    """Count checkpoints on the document, so that one applied twice is seen."""
    pages = tables.documents.c.pages
    connection.execute(
        sa.update(tables.documents)
        .where(
            tables.documents.c.owner_id == job.owner, tables.documents.c.sha256 == data["sha256"]
        )
        .values(pages=sa.func.coalesce(pages, 0) + 1)
    )


def effects() -> dict[str, EffectHandler]:
    return {"tally": tally}
