"""Many short steps that do nothing, for tests and measurements of live events."""

from __future__ import annotations

import time
from typing import Any

from apostil.application import PDF, TEXT, Application, Parameter
from apostil.engine import Inputs, Pipeline, Segment

LENGTH = 12


def step(inputs: Inputs) -> dict[str, Any]:
    """Take as long as the parameter ``seconds`` says, and tell of it half-way."""
    seconds = float(inputs.parameters.get("seconds", 0.0))
    time.sleep(seconds / 2)
    inputs.report(1, 2, "half-way")
    time.sleep(seconds / 2)
    return {"documents": [], "citations": {}, "body": {}}


application = Application(
    name="steps",
    title="Short steps",
    version="1.0",
    media_types=(PDF, TEXT),
    parameters=(
        Parameter(name="seconds", title="How long a step takes"),
        Parameter(name="number", title="Tells one job from another"),
    ),
    pipeline=Pipeline(
        tuple(
            Segment(
                name=f"s{n}",
                title=f"Step {n}",
                work="steps_application:step",
                after=(f"s{n - 1}",) if n else (),
                parameters=("seconds", "number"),
            )
            for n in range(LENGTH)
        )
    ),
)
