"""Pages to blocks: every line belongs to exactly one block, and every block to one section."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from apostil.documents.furniture import furniture
from apostil.documents.page import Block, BlockKind, Page, Range, Region, Section, Table
from apostil.documents.paragraphs import LineStyle, Passage, body_style, passages
from apostil.documents.sections import levels, sectioned
from apostil.documents.table_regions import table_regions
from apostil.documents.tables import continued, read_table
from apostil.evidence import Method, union

FURNITURE = frozenset({BlockKind.PAGE_HEADER, BlockKind.PAGE_FOOTER, BlockKind.PAGE_NUMBER})
PLAIN = LineStyle(0.0, False, False)


@dataclass(frozen=True, slots=True)
class _Part:
    """A block in the making: consecutive lines of a page, with their kind."""

    kind: BlockKind
    lines: tuple[int, ...]
    table: Table | None = None
    style: LineStyle = PLAIN


def lay_out(pages: Sequence[Page]) -> tuple[tuple[Block, ...], tuple[Section, ...]]:
    """The blocks of all pages in reading order, and the tree of sections."""
    kinds = furniture(pages)
    body = body_style(pages)
    vocabulary = {text.lower() for page in pages for text in page.words.text}
    blocks: list[Block] = []
    styles: list[LineStyle] = []
    for page in pages:
        parts = sorted(_parts(page, kinds, body), key=lambda part: part.lines[0])
        for part in parts:
            blocks.append(_block(page, part, vocabulary))
            styles.append(part.style)
    return sectioned(_with_continued_tables(_with_levels(blocks, styles)))


def _parts(page: Page, kinds: dict[tuple[int, int], BlockKind], body: LineStyle) -> Iterator[_Part]:
    text_lines = []
    for index in range(len(page.lines)):
        kind = kinds.get((page.number, index))
        if kind is None:
            text_lines.append(index)
        else:
            yield _Part(kind, (index,))
    in_tables: set[int] = set()
    for region in table_regions(page, text_lines):
        found = read_table(page, region)
        if found is not None:
            table, lines = found
            in_tables.update(lines)
            yield _Part(BlockKind.TABLE, lines, table)
    for run in _unbroken([index for index in text_lines if index not in in_tables]):
        for passage in passages(page, run, body):
            yield _of_passage(passage)


def _of_passage(passage: Passage) -> _Part:
    return _Part(passage.kind, passage.lines, None, passage.style)


def _unbroken(lines: list[int]) -> Iterator[list[int]]:
    """The indexes in runs without a gap."""
    for _, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
        yield [index for _, index in run]


def _block(page: Page, part: _Part, vocabulary: set[str]) -> Block:
    text = _joined(page, part, vocabulary)
    first = page.lines[part.lines[0]].words.start
    key = f"{page.number}/{first}/{part.kind}/{text}"
    return Block(
        id="b" + hashlib.sha256(key.encode()).hexdigest()[:12],
        kind=part.kind,
        regions=tuple(_regions(page, part.lines, len(text))),
        text=text,
        section="",
        table=part.table,
        method=Method.OCR if page.quality.ocr_used else Method.TEXT,
    )


def _regions(page: Page, lines: tuple[int, ...], length: int) -> Iterator[Region]:
    yield Region(
        page=page.number,
        box=union(page.lines[index].box for index in lines).rounded(),
        lines=Range(lines[0], lines[-1] + 1),
        chars=Range(0, length),
    )


def _joined(page: Page, part: _Part, vocabulary: set[str]) -> str:
    """The lines with one space between them; a word broken at a line's end is whole again where
    the whole word occurs elsewhere in the document, else it keeps its hyphen."""
    text = ""
    for index in part.lines:
        line = " ".join(page.words.text[slice(*page.lines[index].words)])
        if text.endswith("-") and line[0].islower() and part.table is None:
            head = text.rpartition(" ")[2][:-1]
            whole = (head + line.split(" ", 1)[0]).lower().strip(".,;:()")
            text = (text[:-1] if whole in vocabulary else text) + line
        else:
            text = f"{text} {line}" if text else line
    return text


def _with_levels(blocks: list[Block], styles: list[LineStyle]) -> list[Block]:
    at = [index for index, block in enumerate(blocks) if block.kind is BlockKind.HEADING]
    found = levels([(blocks[index].text, styles[index]) for index in at])
    for index, level in zip(at, found, strict=True):
        blocks[index] = replace(blocks[index], level=level)
    return blocks


def _with_continued_tables(blocks: list[Block]) -> list[Block]:
    """Marks a table that opens a page as going on from one that ended the page before."""
    last: Block | None = None
    for index, block in enumerate(blocks):
        if block.kind in FURNITURE:
            continue
        if block.table is not None and last is not None and last.table is not None:
            follows = (block.regions[0].page or 0) == (last.regions[0].page or 0) + 1
            if follows and last.table.n_cols == block.table.n_cols:
                blocks[index] = replace(block, table=continued(block.table, last.id))
        last = blocks[index]
    return blocks
