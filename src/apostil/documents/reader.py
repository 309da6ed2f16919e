"""One door for every format: a file in, a parsed document out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pypdfium2.version

from apostil.documents.errors import UnsupportedFormat
from apostil.documents.layout import lay_out
from apostil.documents.limits import ParseLimits
from apostil.documents.page import ParsedDocument
from apostil.documents.pdf import Report, read_pdf

VERSION = 1
PDF = "application/pdf"


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

    ``media_type`` is taken from the content when it is not given; ``report`` is called with
    (pages done, pages in all, a plain message). Raises DocumentError with a stable ``problem`` and
    a sentence that says what to do.
    """
    bounds = limits or ParseLimits()
    kind = media_type or PDF
    if kind != PDF:
        raise UnsupportedFormat(f"Files of type {kind} are not read. Submit a PDF or plain text.")
    content = read_pdf(path, password=password, limits=bounds, report=report)
    blocks, sections = lay_out(content.pages)
    return ParsedDocument(
        sha256=_sha256(path),
        media_type=PDF,
        parser=f"apostil-pdf/{VERSION} pdfium/{pypdfium2.version.PDFIUM_INFO.build}",
        pages=content.pages,
        blocks=blocks,
        sections=sections,
        fonts=content.fonts,
        metadata=content.metadata,
        warnings=tuple(warning for page in content.pages for warning in page.quality.warnings),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
