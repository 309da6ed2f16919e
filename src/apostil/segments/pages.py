"""Page images and page sizes, made outside any job in an executor's process."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium

from apostil.engine import Inputs, SegmentFailed

LARGEST_PIXELS = 4_000


def render(inputs: Inputs) -> bytes:
    """A PNG of the 1-based ``page``, ``width`` pixels across."""
    number, width = int(inputs.parameters["page"]), int(inputs.parameters["width"])
    with _opened(inputs.documents[0].path) as document:
        if not 1 <= number <= len(document):
            raise SegmentFailed("/problems/page-not-found", f"There is no page {number}.")
        page = document[number - 1]
        scale = min(width / page.get_width(), LARGEST_PIXELS / page.get_height())
        image = page.render(scale=scale).to_pil()
    png = io.BytesIO()
    image.save(png, format="PNG")
    return png.getvalue()


def measure(inputs: Inputs) -> list[tuple[float, float]]:
    """Width and height in points of every page as displayed."""
    with _opened(inputs.documents[0].path) as document:
        return [document.get_page_size(index) for index in range(len(document))]


@contextmanager
def _opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise SegmentFailed(
            "/problems/unreadable-document", "The page cannot be shown: the file cannot be opened."
        ) from error
    try:
        yield document
    finally:
        document.close()
