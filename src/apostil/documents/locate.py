"""From words to proof: the only place that makes a citation."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from apostil.documents.page import Block, Page, ParsedDocument, Words
from apostil.evidence import Box, Citation, Method

SYMBOLS = frozenset({"So", "Co"})  # Unicode: other symbols, private use


def cite(document: ParsedDocument, page: int, words: Iterable[int]) -> Citation:
    """Cites words of a page by their indexes, in any order.

    The quote is their canonical text in reading order, without bullets and other lone symbols.
    There is one box for each unbroken run of words on a line, as high as the font of these words.
    Raises ValueError when no word is named, IndexError when the page or a word does not exist.
    """
    source = document.page(page)
    runs = list(_runs(source, _telling(source.words, sorted(set(words)))))
    indexes = [index for run in runs for index in run]
    confidence = source.words.confidence
    return Citation(
        document=document.sha256,
        page=page,
        boxes=tuple(dict.fromkeys(_apart([_box(source.words, run) for run in runs]))),
        quote=" ".join(source.words.text[index] for index in indexes),
        method=Method.OCR if source.quality.ocr_used else Method.TEXT,
        confidence=min((confidence[index] for index in indexes), default=1.0)
        if confidence
        else 1.0,
    )


def cite_span(document: ParsedDocument, block: Block, start: int, end: int) -> Citation:
    """Cites characters of a block of a document without pages: half-open, in code points.

    Raises ValueError when the block has pages or the span holds no text.
    """
    region = block.regions[0]
    if region.path is None:
        raise ValueError("a block on a page is cited by its words")
    quote = block.text[start:end]
    start += len(quote) - len(quote.lstrip())
    quote = quote.strip()
    return Citation(
        document=document.sha256,
        quote=quote,
        path=region.path,
        span=(start, start + len(quote)),
        method=block.method,
    )


def _telling(words: Words, indexes: list[int]) -> list[int]:
    """The words without those that are only a symbol (bullet, trade mark, box to tick), if others
    remain: two readers rarely give such glyphs the same character."""
    telling = [
        index
        for index in indexes
        if words.text[index].isascii()
        or not all(unicodedata.category(letter) in SYMBOLS for letter in words.text[index])
    ]
    return telling or indexes


def _runs(page: Page, indexes: list[int]) -> Iterator[list[int]]:
    """The indexes in pieces that stand on one line without a word between them."""
    starts = [line.words.start for line in page.lines]
    run: list[int] = []
    for index in indexes:
        if not 0 <= index < len(page.words):
            raise IndexError(f"page {page.number} has no word {index}")
        if run and (
            index != run[-1] + 1 or bisect_right(starts, index) != bisect_right(starts, run[-1])
        ):
            yield run
            run = []
        run.append(index)
    if run:
        yield run


def _apart(boxes: list[Box]) -> Iterator[Box]:
    """The boxes, each starting below the line above it: fonts with tall ascenders make the boxes
    of close lines overlap, and a reader would find the end of one line in the box of the next."""
    above: Box | None = None
    for box in boxes:
        crosses = above is not None and above.y0 < box.y0 < above.y1 < box.y1
        yield box._replace(y0=above.y1) if above is not None and crosses else box
        above = box


def _box(words: Words, run: list[int]) -> Box:
    first, last = run[0], run[-1] + 1
    return Box(
        min(words.x0[first:last]),
        min(words.y0[first:last]),
        max(words.x1[first:last]),
        max(words.y1[first:last]),
    ).rounded()
