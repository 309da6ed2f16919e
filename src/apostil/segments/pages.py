"""Page images and page sizes, made outside any job in an executor's process."""

from __future__ import annotations

from apostil.documents import DocumentError, page_sizes, render_page
from apostil.engine import Inputs, SegmentFailed


def render(inputs: Inputs) -> bytes:
    """A PNG of the 1-based ``page``, ``width`` pixels across."""
    number, width = int(inputs.parameters["page"]), int(inputs.parameters["width"])
    path = inputs.documents[0].path
    try:
        return render_page(path, number, width_pixels=width, password=inputs.password)
    except DocumentError as error:
        raise SegmentFailed(error.problem, error.detail) from error


def measure(inputs: Inputs) -> list[tuple[float, float]]:
    """Width and height in points of every page as displayed."""
    try:
        return page_sizes(inputs.documents[0].path, password=inputs.password)
    except DocumentError as error:
        raise SegmentFailed(error.problem, error.detail) from error
