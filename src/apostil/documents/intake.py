"""Bytes in, a file that is what it says: sniffed by content, bounded, hashed and on disk.

PDFium has no part in this: hostile files meet it only in the process that may die of them.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from apostil.documents.encodings import looks_like_text
from apostil.documents.errors import DocumentTooLarge, EmptyFile, UnsupportedFormat
from apostil.documents.limits import MIB, IntakeLimits

PDF, TEXT = "application/pdf", "text/plain"
CHUNK = MIB
HEAD_BYTES = 64 * 1024
PDF_HEADER_WITHIN = 1024  # bytes; readers accept junk before the header, as ISO 32000 annex H says

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%!PS", "a PostScript file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
MARKUP = re.compile(rb"\s*(?:<!doctype html|<html|<\?xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that was taken in. ``size`` is in bytes; ``name`` is safe to show and to write."""

    sha256: str
    name: str
    media_type: str
    size: int
    path: Path


def receive(stream: BinaryIO, *, name: str, folder: Path, limits: IntakeLimits) -> Received:
    """Writes the stream to a new file in ``folder``, hashed on the way.

    The caller moves or deletes the file; one that keeps it flushes it to the disk first. Raises DocumentTooLarge, EmptyFile or UnsupportedFormat;
    then no file is left.
    """
    descriptor, temporary = tempfile.mkstemp(prefix="incoming-", dir=folder)
    path = Path(temporary)
    try:
        with os.fdopen(descriptor, "wb") as file:
            digest, size, head = _copy(stream, file, limits)
        media_type = _checked_type(head, path, size)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(
        sha256=digest,
        name=safe_name(name, limits.name_length),
        media_type=media_type,
        size=size,
        path=path,
    )


def _copy(stream: BinaryIO, file: BinaryIO, limits: IntakeLimits) -> tuple[str, int, bytes]:
    """(SHA-256, size, first bytes). Stops as soon as there is more than allowed."""
    digest = hashlib.sha256()
    size, head = 0, b""
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limits.size:
            raise DocumentTooLarge(
                f"The file is larger than {limits.size / MIB:,.0f} MiB, the most that is accepted. "
                "Split it, or raise the limit."
            )
        digest.update(chunk)
        if len(head) < HEAD_BYTES:
            head += chunk[: HEAD_BYTES - len(head)]
        file.write(chunk)
    return digest.hexdigest(), size, head


def _checked_type(head: bytes, path: Path, size: int) -> str:
    if size == 0:
        raise EmptyFile(
            "The file is empty (0 bytes). Check that it was saved or copied completely."
        )
    found = sniff(head)
    if found == TEXT and not looks_like_text(path.read_bytes()):
        raise UnsupportedFormat(
            "The file is neither a PDF nor plain text: it holds binary data. Submit a PDF or text."
        )
    return found


def sniff(head: bytes) -> str:
    """The media type of a file by its first bytes, whatever its name says.

    Raises UnsupportedFormat with the name of what it looks like.
    """
    if b"%PDF-" in head[:PDF_HEADER_WITHIN] or (b"endobj" in head and b" obj" in head):
        return PDF  # the second without its header: the reader will say that it is damaged
    if head.startswith(b"PK\x03\x04"):
        raise UnsupportedFormat(_zip_sentence(head))
    for signature, what in SIGNATURES:
        if head.startswith(signature):
            raise UnsupportedFormat(f"The file is {what}. Submit a PDF or plain text.")
    if MARKUP.match(head):
        raise UnsupportedFormat(
            "The file is an HTML or XML page, not a PDF. Print the page to a PDF and submit that."
        )
    if head and not looks_like_text(head):
        raise UnsupportedFormat(
            "The file is neither a PDF nor plain text: it holds binary data. Submit a PDF or text."
        )
    return TEXT


def _zip_sentence(head: bytes) -> str:
    if b"word/" in head or b"[Content_Types].xml" in head:
        return "The file looks like DOCX, and DOCX is not read yet. Save it as PDF and submit that."
    return "The file is a ZIP archive. Unpack it and submit the PDFs in it."


def safe_name(name: str, length: int) -> str:
    """The last part of a path without control characters, at most ``length`` characters long; the
    ending is kept."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    if len(printable) > length:
        stem, dot, ending = printable.rpartition(".")
        if dot and len(ending) < 10:
            printable = stem[: length - len(ending) - 1] + dot + ending
        printable = printable[:length]
    return printable or "document"
