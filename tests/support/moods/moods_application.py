"""An application whose one step does what a parameter says, for tests of how jobs end."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import Any

from apostil.application import PDF, TEXT, Application, Parameter
from apostil.engine import Inputs, Pipeline, Retries, Segment, SegmentDisturbed, SegmentFailed


def act(inputs: Inputs) -> dict[str, Any]:
    """Be ``disturbed`` or ``refuse`` until the file ``unless`` exists, ``sleep`` for a minute, or
    ``spill`` the document wherever one can."""
    how = inputs.parameters.get("how")
    unless = inputs.parameters.get("unless")
    if how == "sleep":
        time.sleep(60)
    elif how == "spill":
        text = inputs.documents[0].path.read_text("utf-8")
        print(text, flush=True)  # noqa: T201 - as libraries do
        print(text, file=sys.stderr, flush=True)  # noqa: T201
        logging.getLogger("moods").warning("read %s", text)
        raise ValueError(text)
    elif not (unless and Path(unless).exists()):
        if how == "disturbed":
            raise SegmentDisturbed("The scales did not answer.")
        if how == "refuse":
            raise SegmentFailed("/problems/no-readable-text", "There is nothing to read in it.")
    return {"documents": [], "citations": {}, "body": {"how": how}}


application = Application(
    name="moods",
    title="Moods",
    version="1.0",
    media_types=(PDF, TEXT),
    parameters=(
        Parameter(name="how", title="What to do"),
        Parameter(name="unless", title="The file that ends it"),
        Parameter(name="number", title="Tells one job from another"),
    ),
    pipeline=Pipeline(
        (
            Segment(
                name="act",
                title="Acting",
                work="moods_application:act",
                parameters=("how", "unless", "number"),
                retries=Retries(times=1, first_seconds=0.1),
            ),
        )
    ),
)
