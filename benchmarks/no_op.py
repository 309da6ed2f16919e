"""Eleven segments that do nothing but look at the clock, for both engines alike."""

from __future__ import annotations

import time

from apostil.engine import Inputs, Pipeline, Segment

LENGTH = 11


def look(inputs: Inputs) -> list[float]:
    """The times at which this segment and those before it ran."""
    earlier = [inputs.artifact(name, list[float]) for name in inputs.artifacts]
    return [*(earlier[0] if earlier else []), time.time()]


PIPELINE = Pipeline(
    tuple(
        Segment(
            name=f"s{n}",
            title=f"Step {n}",
            work="no_op:look",
            after=(f"s{n - 1}",) if n else (),
            parameters=("number",),
        )
        for n in range(LENGTH)
    )
)


def pipelines() -> dict[str, Pipeline]:
    return {"no_op": PIPELINE}
