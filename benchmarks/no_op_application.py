"""An application of one segment that does nothing, so that a submission alone is measured."""

from __future__ import annotations

from apostil.application import Application
from apostil.engine import Inputs, Pipeline, Segment


def rest(_: Inputs) -> dict[str, str]:
    """Find nothing."""
    return {}


application = Application(
    name="no_op",
    title="Nothing",
    version="1",
    media_types=("application/pdf",),
    parameters=(),
    pipeline=Pipeline((Segment(name="rest", title="Rest", work="no_op_application:rest"),)),
)
