"""Many short steps that do nothing, for tests and measurements of live events."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from apostil.application import PDF, TEXT, Application, Parameter
from apostil.engine import Inputs, Pipeline, Retries, Segment, SegmentDisturbed

LENGTH = 12
GATE = 5
"""The step that only goes on when there is the file that the parameter ``gate`` names."""


def step(inputs: Inputs) -> dict[str, Any]:
    """Take as long as the parameter ``seconds`` says, and tell of it half-way."""
    seconds = float(inputs.parameters.get("seconds", 0.0))
    time.sleep(seconds / 2)
    inputs.report(1, 2, "half-way")
    time.sleep(seconds / 2)
    return {"documents": [], "citations": {}, "body": {}}


def gated(inputs: Inputs) -> dict[str, Any]:
    gate = inputs.parameters.get("gate")
    if gate and not Path(gate).exists():
        raise SegmentDisturbed("The gate is closed.")
    return step(inputs)


application = Application(
    name="steps",
    title="Short steps",
    version="1.0",
    media_types=(PDF, TEXT),
    parameters=(
        Parameter(name="seconds", title="How long a step takes"),
        Parameter(name="gate", title="A file that must be there before it goes on"),
        Parameter(name="number", title="Tells one job from another"),
    ),
    pipeline=Pipeline(
        tuple(
            Segment(
                name=f"s{n}",
                title=f"Step {n}",
                work="steps_application:" + ("gated" if n == GATE else "step"),
                after=(f"s{n - 1}",) if n else (),
                parameters=("seconds", "gate", "number"),
                retries=Retries(times=8, first_seconds=2.0, cap_seconds=2.0),
            )
            for n in range(LENGTH)
        )
    ),
)
