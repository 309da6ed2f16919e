"""Reads quotes again with pdfplumber, which shares no code with PDFium.

Documents are opened once and only the pages cited are read.
"""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.layout import LTChar, LTContainer
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from apostil.documents.encodings import decode
from apostil.documents.errors import DocumentError
from apostil.documents.intake import PDF
from apostil.documents.reader import sha256_of, sniffed_type
from apostil.documents.text import text_at
from apostil.evidence import Box, Character, Citation, Obstacle, Reading

NEAR = 4.0  # points around a citation's boxes
SHELF = 16.0  # points: characters are kept by height, so that a citation looks at few of them

# pdfminer meets a damaged file with whatever its code happens to raise.
UNREADABLE = (
    PdfminerException,
    MalformedPDFException,
    PSException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    OSError,
    struct.error,
    zlib.error,
)


class SecondReader:
    """Reads citations again from files; call it with citations by id (``ReadAgain``).

    ``files`` are the documents in any order and under any name: they are known by their SHA-256.
    """

    def __init__(self, files: Iterable[Path], *, password: str | None = None) -> None:
        self._files = {sha256_of(path): path for path in files}
        self._password = password

    def __call__(self, citations: Mapping[str, Citation]) -> dict[str, Reading]:
        by_document: dict[str, dict[str, Citation]] = defaultdict(dict)
        for name, citation in citations.items():
            by_document[citation.document][name] = citation
        readings: dict[str, Reading] = {}
        for sha256, cited in by_document.items():
            path = self._files.get(sha256)
            if path is None:
                readings.update(dict.fromkeys(cited, MISSING))
            else:
                readings.update(self._read(path, cited))
        return readings

    def _read(self, path: Path, cited: Mapping[str, Citation]) -> dict[str, Reading]:
        try:
            is_pdf = sniffed_type(path) == PDF
        except DocumentError as error:
            return dict.fromkeys(cited, _unreadable(error.detail))
        if is_pdf:
            return dict(_read_pdf(path, cited, self._password))
        return dict(_read_text(path, cited))


MISSING = Reading(
    obstacle=Obstacle.DOCUMENT_MISSING, detail="none of the files has the SHA-256 that it cites"
)


def _unreadable(detail: str) -> Reading:
    return Reading(obstacle=Obstacle.UNREADABLE, detail=detail)


def _read_text(path: Path, cited: Mapping[str, Citation]) -> Iterator[tuple[str, Reading]]:
    text = decode(path.read_bytes())
    for name, citation in cited.items():
        if citation.path is None or citation.span is None:
            yield name, Reading(obstacle=Obstacle.PAGE_MISSING, detail="a plain text has no pages")
        else:
            yield name, Reading(text=text_at(text, citation.path, citation.span) or "")


def _read_pdf(
    path: Path, cited: Mapping[str, Citation], password: str | None
) -> Iterator[tuple[str, Reading]]:
    by_page: dict[int, dict[str, Citation]] = defaultdict(dict)
    for name, citation in cited.items():
        by_page[citation.page or 0][name] = citation
    wanted = sorted(number for number in by_page if number > 0)
    try:
        with pdfplumber.open(path, pages=wanted, password=password or "") as pdf:
            pages = {page.page_number: page for page in pdf.pages}
            for number, on_page in by_page.items():
                yield from _read_page(pages.get(number), on_page)
                if number in pages:
                    pages.pop(number).close()
    except UNREADABLE as error:
        reading = _unreadable(f"the second reader cannot open the file ({type(error).__name__})")
        yield from dict.fromkeys(cited, reading).items()


def _read_page(page: Any | None, cited: Mapping[str, Citation]) -> Iterator[tuple[str, Reading]]:
    if page is None:
        missing = Reading(obstacle=Obstacle.PAGE_MISSING, detail="the document has no such page")
        yield from dict.fromkeys(cited, missing).items()
        return
    try:
        characters = list(characters_of(page))
    except UNREADABLE as error:
        reading = _unreadable(f"the second reader cannot read the page ({type(error).__name__})")
        yield from dict.fromkeys(cited, reading).items()
        return
    shelves = _shelved(characters)
    for name, citation in cited.items():
        if any(one.text.strip() for one in characters):
            yield name, Reading(characters=tuple(_near(shelves, citation.boxes)))
        else:
            yield name, _unreadable("the page has no text layer: it was read from a picture")


def characters_of(page: Any) -> Iterator[Character]:
    """The characters of a pdfplumber page in content order, boxes in the page as displayed."""
    layout = page.layout
    dx, dy = _crop_offset(page.page_obj)
    for one in _characters_in(layout):
        box = Box(
            one.x0 - dx, layout.height - one.y1 - dy, one.x1 - dx, layout.height - one.y0 - dy
        )
        across, slant = one.matrix[0], one.matrix[1]
        yield Character(one.get_text(), box, upright=across > abs(slant))


def _characters_in(container: Iterable[Any]) -> Iterator[LTChar]:
    for one in container:
        if isinstance(one, LTChar):
            yield one
        elif isinstance(one, LTContainer):
            yield from _characters_in(one)


def _crop_offset(page: Any) -> tuple[float, float]:
    """How far the visible part lies from the upper left corner of the sheet, both as displayed."""
    left, bottom, right, top = _upright(page.mediabox)
    crop_left, crop_bottom, crop_right, crop_top = _upright(page.cropbox)
    crop_left, crop_bottom = max(left, crop_left), max(bottom, crop_bottom)
    crop_right, crop_top = min(right, crop_right), min(top, crop_top)
    if crop_left >= crop_right or crop_bottom >= crop_top:
        return 0.0, 0.0
    return {
        0: (crop_left - left, top - crop_top),
        90: (crop_bottom - bottom, crop_left - left),
        180: (right - crop_right, crop_bottom - bottom),
        270: (top - crop_top, right - crop_right),
    }.get(page.rotate % 360, (0.0, 0.0))


def _upright(box: Sequence[float]) -> tuple[float, float, float, float]:
    return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])


def _shelved(characters: Iterable[Character]) -> dict[int, list[tuple[int, Character]]]:
    shelves: dict[int, list[tuple[int, Character]]] = defaultdict(list)
    for order, one in enumerate(characters):
        shelves[int((one.box.y0 + one.box.y1) / 2 // SHELF)].append((order, one))
    return shelves


def _near(
    shelves: Mapping[int, list[tuple[int, Character]]], boxes: Sequence[Box]
) -> Iterator[Character]:
    """The characters within a few points of the boxes, in content order."""
    found: dict[int, Character] = {}
    for box in boxes:
        first, last = int((box.y0 - NEAR) // SHELF), int((box.y1 + NEAR) // SHELF)
        for shelf in range(first, min(last, first + 2_000) + 1):
            for order, one in shelves.get(shelf, ()):
                middle = (one.box.x0 + one.box.x1) / 2, (one.box.y0 + one.box.y1) / 2
                if box.contains_point(*middle, slack=NEAR):
                    found[order] = one
    for _, one in sorted(found.items()):
        yield one
