"""PDF pages to words and lines, read with PDFium.

PDFium is not thread-safe: one process, one document at a time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from apostil.documents.columns import Lane, lanes_of
from apostil.documents.errors import (
    DocumentDamaged,
    DocumentTooLarge,
    EmptyFile,
    PageTooLarge,
    PasswordNeeded,
    TooManyPages,
)
from apostil.documents.glyphs import FontTable, Frame, Glyphs, read_glyphs
from apostil.documents.limits import ParseLimits
from apostil.documents.page import Line, Page, PageQuality, Range, Words
from apostil.documents.readability import DAMAGED, defect
from apostil.documents.rows import Row
from apostil.documents.words import (
    USUAL_DESCENT,
    Token,
    read_tokens,
    turn,
)
from apostil.evidence import Box

Report = Callable[[int, int, str], None]

METADATA = ("Title", "Author", "Subject", "Creator", "Producer", "CreationDate", "ModDate")
SUSPECT = ("\x00", "\ufffd")


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfContent:
    """What a PDF file holds, before anyone divides it into blocks."""

    pages: tuple[Page, ...]
    fonts: tuple[str, ...]
    metadata: dict[str, str]


@contextmanager
def open_pdf(path: Path, password: str | None) -> Iterator[Any]:
    """The PDFium document of this file, closed at the end.

    Raises PasswordNeeded, EmptyFile or DocumentDamaged.
    """
    if path.stat().st_size == 0:
        raise EmptyFile(
            "The file is empty (0 bytes). Check that it was saved or copied completely."
        )
    try:
        document = pypdfium2.PdfDocument(path, password=password)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise PasswordNeeded(_password_sentence(password)) from error
        raise DocumentDamaged(
            "The file begins like a PDF but cannot be opened: it is incomplete or damaged. "
            "Get a fresh copy from where it came."
        ) from error
    try:
        yield document
    finally:
        document.close()


def _password_sentence(password: str | None) -> str:
    if password:
        return "The password does not open this PDF. Submit it again with the right password."
    return "The PDF is encrypted and asks for a password. Submit it again with the password."


def read_pdf(
    path: Path, *, password: str | None, limits: ParseLimits, report: Report
) -> PdfContent:
    """Words and lines of every page. Raises DocumentError when the file cannot be read."""
    with open_pdf(path, password) as document:
        total = len(document)
        if total == 0:
            raise EmptyFile("The PDF has no pages. Check that it was saved completely.")
        if total > limits.pages:
            raise TooManyPages(
                f"The PDF has {total:,} pages; at most {limits.pages:,} are read. Split it."
            )
        fonts = FontTable()
        pages = []
        characters = 0
        for number in range(1, total + 1):
            page, count = _read_page(document, number, fonts, limits)
            characters += count
            if characters > limits.characters:
                raise DocumentTooLarge(
                    f"The PDF holds more than {limits.characters:,} characters. Split it."
                )
            pages.append(_checked(page))
            report(number, total, f"page {number} of {total}")
        metadata = {key: value for key in METADATA if (value := document.get_metadata_value(key))}
        return PdfContent(pages=tuple(pages), fonts=tuple(fonts.names), metadata=metadata)


def _read_page(
    document: Any, number: int, fonts: FontTable, limits: ParseLimits
) -> tuple[Page, int]:
    handle = pdfium.FPDF_LoadPage(document.raw, number - 1)
    if not handle:
        return _unread_page(number, DAMAGED), 0
    try:
        width, height = pdfium.FPDF_GetPageWidthF(handle), pdfium.FPDF_GetPageHeightF(handle)
        if max(width, height) > limits.page_points:
            raise PageTooLarge(
                f"Page {number} measures {width:,.0f} by {height:,.0f} points; at most "
                f"{limits.page_points:,.0f} are read. Print the document to a usual paper size."
            )
        text_page = pdfium.FPDFText_LoadPage(handle)
        if not text_page:
            return _unread_page(number, DAMAGED), 0
        try:
            return _page(number, handle, text_page, fonts, limits)
        finally:
            pdfium.FPDFText_ClosePage(text_page)
    finally:
        pdfium.FPDF_ClosePage(handle)


def _page(
    number: int, handle: Any, text_page: Any, fonts: FontTable, limits: ParseLimits
) -> tuple[Page, int]:
    frame = frame_of(handle)
    count = max(0, pdfium.FPDFText_CountChars(text_page))
    if count > limits.characters_per_page:
        raise DocumentTooLarge(
            f"Page {number} holds {count:,} characters; at most "
            f"{limits.characters_per_page:,} a page are read."
        )
    pointer = ctypes.cast(text_page, ctypes.c_void_p).value or 0
    glyphs = read_glyphs(pointer, frame, fonts, count=count)
    tokens, lines = arranged(read_tokens(glyphs))
    words = words_of(tokens)
    copies = sum(token.copies for token in tokens)
    page = Page(
        number=number,
        width=round(float(pdfium.FPDF_GetPageWidthF(handle)), 2),
        height=round(float(pdfium.FPDF_GetPageHeightF(handle)), 2),
        rotation=90 * frame.turns,
        text=_canonical_text(words, lines),
        words=words,
        lines=lines,
        quality=PageQuality(
            has_text_layer=count > 0,
            words=len(words),
            marks=pdfium.FPDFPage_CountObjects(handle) > 0,
            glyph_unmapped=_unmapped_share(glyphs),
            doubled_text=1 - len(tokens) / max(1, copies),
        ),
    )
    return page, count


def frame_of(handle: Any) -> Frame:
    """The visible part of the page behind this PDFium handle, and how it is turned."""
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(handle, box)
    turns = pdfium.FPDFPage_GetRotation(handle) % 4
    return Frame(box.left, box.bottom, box.right, box.top, turns)


def _checked(page: Page) -> Page:
    """The page, with what keeps it from being read among its warnings."""
    found = defect(page)
    if found is None or page.quality.warnings:
        return page
    return replace(page, quality=replace(page.quality, warnings=(found,)))


def _unread_page(number: int, reason: str) -> Page:
    return Page(
        number=number,
        width=0.0,
        height=0.0,
        rotation=0,
        text="",
        words=words_of([]),
        lines=(),
        quality=PageQuality(has_text_layer=False, words=0, warnings=(reason,)),
    )


def _unmapped_share(glyphs: Glyphs) -> float:
    """Share of characters without a Unicode value. Asked of PDFium only where the text shows
    characters that have none, since it costs a call for each."""
    if not any(mark in glyphs.text for mark in SUSPECT):
        return 0.0
    return glyphs.unmapped(range(len(glyphs.text))) / len(glyphs.text)


def arranged(tokens: list[Token]) -> tuple[list[Token], tuple[Line, ...]]:
    """The tokens in reading order, with their lines."""
    ordered: list[Token] = []
    lines: list[Line] = []
    for quarter in range(4):
        facing = [token for token in tokens if token.style.turns == quarter]
        if not facing:
            continue
        for token in facing:
            _turn(token, -quarter)
        for lane in lanes_of(facing):
            for row in lane.rows:
                for token in row.tokens:
                    _turn(token, quarter)
                lines.append(_line(row, lane, len(ordered)))
                ordered.extend(row.tokens)
    return ordered, tuple(lines)


def _turn(token: Token, quarter_turns: int) -> None:
    """Turns a token about the page's origin, so that text of any direction is laid out alike."""
    if quarter_turns % 4 == 0:
        return
    token.x0, token.y0, token.x1, token.y1 = turn(
        (token.x0, token.y0, token.x1, token.y1), quarter_turns
    )
    token.baseline = token.y1 - USUAL_DESCENT * (token.y1 - token.y0)


def _canonical_text(words: Words, lines: tuple[Line, ...]) -> str:
    return "\n".join(" ".join(words.text[slice(*line.words)]) for line in lines)


def _line(row: Row, lane: Lane, first: int) -> Line:
    box = Box(
        min(token.x0 for token in row.tokens),
        min(token.y0 for token in row.tokens),
        max(token.x1 for token in row.tokens),
        max(token.y1 for token in row.tokens),
    )
    return Line(Range(first, first + len(row.tokens)), box.rounded(), lane.column)


def words_of(tokens: list[Token]) -> Words:
    """The tokens as parallel arrays, coordinates at the stored precision of 0.01 point."""
    starts, position = [], 0
    for token in tokens:
        starts.append(position)
        position += len(token.text) + 1
    return Words(
        text=[token.text for token in tokens],
        x0=[round(token.x0, 2) for token in tokens],
        y0=[round(token.y0, 2) for token in tokens],
        x1=[round(token.x1, 2) for token in tokens],
        y1=[round(token.y1, 2) for token in tokens],
        size=[token.size for token in tokens],
        bold=[token.style.bold for token in tokens],
        italic=[token.style.italic for token in tokens],
        font=[token.style.font for token in tokens],
        start=starts,
    )
