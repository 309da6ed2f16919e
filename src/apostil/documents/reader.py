"""One door for every format: a file in, a parsed document out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pypdfium2.version

from apostil.documents.errors import UnsupportedFormat
from apostil.documents.intake import HEAD_BYTES, PDF, TEXT, sniff
from apostil.documents.layout import lay_out
from apostil.documents.limits import ParseLimits
from apostil.documents.page import ParsedDocument
from apostil.documents.pdf import Report, read_pdf
from apostil.documents.readability import require_readable, warnings
from apostil.documents.sections import sectioned
from apostil.documents.text import read_text

VERSION = 1  # raised when the same file gives another ParsedDocument


def _ignore(done: int, total: int, message: str) -> None:
    """Progress that nobody watches."""


def parse(
    path: Path,
    *,
    media_type: str | None = None,
    password: str | None = None,
    limits: ParseLimits | None = None,
    report: Report = _ignore,
) -> ParsedDocument:
    """Reads a document: a pure function of its bytes, the parser's version and the password.

    ``media_type`` is found from the content when it is not given; ``report`` is called with
    (pages done, pages in all, a plain message). Raises DocumentError with a stable ``problem`` and
    a sentence that says what to do.
    """
    bounds = limits or ParseLimits()
    kind = media_type or sniffed_type(path)
    if kind == PDF:
        return _parse_pdf(path, password, bounds, report)
    if kind == TEXT:
        return _parse_text(path, bounds, report)
    raise UnsupportedFormat(f"Files of type {kind} are not read. Submit a PDF or plain text.")


def sniffed_type(path: Path) -> str:
    """The media type by the file's first bytes. Raises UnsupportedFormat."""
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES))


def _parse_pdf(
    path: Path, password: str | None, limits: ParseLimits, report: Report
) -> ParsedDocument:
    content = read_pdf(path, password=password, limits=limits, report=report)
    require_readable(content.pages)
    blocks, sections = lay_out(content.pages)
    return ParsedDocument(
        sha256=sha256_of(path),
        media_type=PDF,
        parser=f"apostil-pdf/{VERSION} pdfium/{pypdfium2.version.PDFIUM_INFO.build}",
        pages=content.pages,
        blocks=blocks,
        sections=sections,
        fonts=content.fonts,
        metadata=content.metadata,
        warnings=warnings(content.pages),
    )


def _parse_text(path: Path, limits: ParseLimits, report: Report) -> ParsedDocument:
    blocks, sections = sectioned(read_text(path, limits))
    report(1, 1, "text read")
    return ParsedDocument(
        sha256=sha256_of(path),
        media_type=TEXT,
        parser=f"apostil-text/{VERSION}",
        pages=(),
        blocks=blocks,
        sections=sections,
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of the file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
