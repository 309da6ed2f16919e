"""A page as a picture, exactly as displayed, so that boxes in points scale onto it.

To be called in a process that may die: PDFium meets hostile files here too.
"""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2

from apostil.documents.errors import DocumentDamaged, PageNotFound, PageTooLarge
from apostil.documents.pdf import open_pdf

MOST_PIXELS = 40_000_000  # 160 MB of bitmap
MOST_WIDTH = 8_000


def page_sizes(path: Path, *, password: str | None = None) -> list[tuple[float, float]]:
    """Width and height in points of every page as displayed.

    Raises a DocumentError when the file cannot be opened.
    """
    with open_pdf(path, password) as document:
        return [document.get_page_size(index) for index in range(len(document))]


def render_page(path: Path, page: int, *, width_pixels: int, password: str | None = None) -> bytes:
    """The page (1-based) as PNG, ``width_pixels`` wide, crop box and rotation as displayed.

    Raises PageNotFound, PageTooLarge when the picture would pass the limit on pixels, or another
    DocumentError when the file cannot be opened.
    """
    if not 0 < width_pixels <= MOST_WIDTH:
        raise PageTooLarge(f"A picture is 1 to {MOST_WIDTH:,} pixels wide.")
    with open_pdf(path, password) as document:
        if not 1 <= page <= len(document):
            counted = "1 page" if len(document) == 1 else f"{len(document):,} pages"
            raise PageNotFound(f"The document has {counted} and no page {page}.")
        try:
            opened = document[page - 1]
        except pypdfium2.PdfiumError as error:
            raise DocumentDamaged(f"Page {page} is damaged and cannot be drawn.") from error
        width, height = opened.get_size()
        scale = width_pixels / max(width, 1.0)
        if width_pixels * height * scale > MOST_PIXELS:
            raise PageTooLarge(
                f"Page {page} is too long to be drawn {width_pixels:,} pixels wide. "
                "Ask for a smaller picture."
            )
        bitmap = opened.render(scale=scale, may_draw_forms=True)
        buffer = io.BytesIO()
        bitmap.to_pil().save(buffer, format="PNG", compress_level=3)
        return buffer.getvalue()
