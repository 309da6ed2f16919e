"""Plain text to blocks. There are no pages: a block is named by its place in the decoded text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from apostil.documents.encodings import decode, looks_like_text
from apostil.documents.errors import (
    DocumentTooLarge,
    EmptyFile,
    NoReadableText,
    UnsupportedFormat,
)
from apostil.documents.limits import MIB, ParseLimits
from apostil.documents.page import Block, BlockKind, Range, Region

LONGEST_BLOCK = 8_000  # characters; a file without line ends is cut at spaces
BREAK = re.compile(r"(?:[ \t]*\n){2,}|\f")
PLACE = re.compile(r"char=(\d+),(\d+)")


def read_text(path: Path, limits: ParseLimits) -> tuple[Block, ...]:
    """The paragraphs of a text file. Raises DocumentError when it is empty, too large or binary."""
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile("The file is empty (0 bytes). Check that it was saved completely.")
    if size > limits.text_bytes:
        raise DocumentTooLarge(
            f"The text has {size / MIB:,.1f} MiB; at most {limits.text_bytes / MIB:,.0f} are read. "
            "Split it."
        )
    data = path.read_bytes()
    if not looks_like_text(data):
        raise UnsupportedFormat(
            "The file is neither a PDF nor plain text: it holds binary data. Submit a PDF or text."
        )
    text = decode(data)
    blocks = tuple(_blocks(text))
    if not blocks:
        raise NoReadableText("The file holds only blanks. Check that it was saved completely.")
    return blocks


def place(start: int, end: int) -> str:
    """The name of a stretch of text, in code points, as in RFC 5147 (text/plain fragments)."""
    return f"char={start},{end}"


def text_at(text: str, path: str, span: tuple[int, int]) -> str | None:
    """The characters at a span within a named stretch of decoded text; None for another name."""
    match = PLACE.fullmatch(path)
    if match is None:
        return None
    start, end = int(match[1]), int(match[2])
    return text[start:end][span[0] : span[1]]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between blank lines or form feeds, without blanks around them."""
    start = 0
    for match in [*BREAK.finditer(text), None]:
        end = len(text) if match is None else match.start()
        yield from _stripped(text, start, end)
        start = end if match is None else match.end()


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = end
        if end - start > LONGEST_BLOCK:
            space = text.rfind(" ", start, start + LONGEST_BLOCK)
            stop = space if space > start else start + LONGEST_BLOCK
        piece = text[start:stop]
        left = len(piece) - len(piece.lstrip())
        if piece.strip():
            yield start + left, start + len(piece.rstrip())
        start = stop


def _blocks(text: str) -> Iterator[Block]:
    line, counted = 0, 0
    for start, end in _paragraphs(text):
        line += text.count("\n", counted, start)
        counted = start
        yield _block(text, start, end, line)


def _block(text: str, start: int, end: int, line: int) -> Block:
    # One character for one: an offset in the block is an offset in the file.
    canonical = text[start:end].replace("\n", " ").replace("\t", " ")
    digest = hashlib.sha256(f"{start}/{canonical}".encode("utf-8", "replace")).hexdigest()
    return Block(
        id=f"b{digest[:12]}",
        kind=BlockKind.PARAGRAPH,
        regions=(
            Region(
                page=None,
                box=None,
                lines=Range(line, line + text.count("\n", start, end) + 1),
                chars=Range(0, len(canonical)),
                path=place(start, end),
            ),
        ),
        text=canonical,
        section="",
    )
