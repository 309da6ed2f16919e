"""The proof of a finding: document, page, boxes and the exact quote."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apostil.evidence.geometry import Box

SHA256_HEX_LENGTH = 64


class Method(StrEnum):
    """How the quoted text was read from the document."""

    TEXT = "text"
    OCR = "ocr"
    DOCX = "docx"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where the words stand that prove a finding.

    ``document`` is the SHA-256 of the file's bytes in hexadecimal. A paged document is cited by
    ``page`` (1-based) and ``boxes``, one for each line touched and as high as the line; a document
    without pages (DOCX, TXT) by the ``path`` of the block and the ``span`` of code points in it,
    half-open. ``quote`` is the canonical text inside the boxes or the span. ``confidence`` is that
    of the reading, 1.0 for a text layer.

    Raises ValueError when a part is missing or contradicts another: a citation that cannot be
    checked must not exist.
    """

    document: str
    quote: str
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    path: str | None = None
    span: tuple[int, int] | None = None
    method: Method = Method.TEXT
    confidence: float = 1.0

    def __post_init__(self) -> None:
        if len(self.document) != SHA256_HEX_LENGTH:
            raise ValueError("a citation names its document by SHA-256")
        if not self.quote.strip():
            raise ValueError("a citation quotes something")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError("confidence lies between 0 and 1")
        if self.page is not None:
            self._check_place_on_page(self.page)
        elif self.path is None or self.span is None:
            raise ValueError("a citation has a page with boxes, or a path with a span")
        elif not 0 <= self.span[0] < self.span[1]:
            raise ValueError("a span is half-open and not empty")

    def _check_place_on_page(self, page: int) -> None:
        if page < 1 or not self.boxes:
            raise ValueError("a citation on a page has a page number from 1 and a box")
        if not all(box.is_upright() for box in self.boxes):
            raise ValueError("the corners of a box are in order")


class CitationIndex:
    """Gives equal citations one id (c1, c2, ...) in the order in which they are first named."""

    def __init__(self) -> None:
        self._ids: dict[Citation, str] = {}

    def add(self, citation: Citation) -> str:
        """The id of this citation, a new one if it was not named before."""
        return self._ids.setdefault(citation, f"c{len(self._ids) + 1}")

    def by_id(self) -> dict[str, Citation]:
        return {identifier: citation for citation, identifier in self._ids.items()}
