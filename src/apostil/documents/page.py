"""The parsed document: what stands where on each page, before anyone interprets it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from apostil.evidence import Box, Method

SCHEMA = "apostil.parsed/1"


class Range(NamedTuple):
    """A half-open range of indexes."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a page in reading order, one array an attribute.

    Boxes are PDF points, as high as the font's line and not only the ink. ``size`` is the font
    size in points, ``font`` an index into ``ParsedDocument.fonts``; ``start`` is the offset of the
    word in ``Page.text`` in code points (a word ends where its text ends). ``confidence`` is empty
    for a text layer and between 0 and 1 for each word after OCR.
    """

    text: list[str]
    x0: list[float]
    y0: list[float]
    x1: list[float]
    y1: list[float]
    size: list[float]
    bold: list[bool]
    italic: list[bool]
    font: list[int]
    start: list[int]
    confidence: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.text)

    def box(self, index: int) -> Box:
        return Box(self.x0[index], self.y0[index], self.x1[index], self.y1[index])


class Line(NamedTuple):
    """Words that stand on one baseline within one column of text."""

    words: Range
    box: Box
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuality:
    """What may be wrong with the text of a page; an application must pass it on.

    ``glyph_unmapped`` is the share of characters without a Unicode mapping, ``doubled_text`` the
    share of words printed twice at one place, ``marks`` whether the page shows anything at all.
    """

    has_text_layer: bool
    words: int
    marks: bool = True
    glyph_unmapped: float = 0.0
    doubled_text: float = 0.0
    ocr_used: bool = False
    ocr_mean_confidence: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as displayed: ``width`` and ``height`` in points with ``rotation`` applied.

    ``text`` is canonical: the words of a line joined by one space, lines by a newline.
    """

    number: int
    width: float
    height: float
    rotation: int
    text: str
    words: Words
    lines: tuple[Line, ...]
    quality: PageQuality


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    FIGURE = "figure"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    PAGE_HEADER = "page_header"
    PAGE_FOOTER = "page_footer"
    PAGE_NUMBER = "page_number"
    TOC_ENTRY = "toc_entry"
    UNKNOWN = "unknown"


class CellRole(StrEnum):
    COLUMN_HEADER = "column"
    ROW_HEADER = "row"
    SECTION = "section"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell with its own page and one box for each line of its text.

    ``words`` are the indexes of its words on that page, in reading order: what a citation of the
    cell, or of a part of it, is made from.
    """

    row: int
    col: int
    row_span: int = 1
    col_span: int = 1
    text: str
    page: int
    boxes: tuple[Box, ...]
    words: tuple[int, ...]
    role: CellRole = CellRole.VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A grid of cells. ``quality`` is between 0 and 1, ``reason`` says why it was accepted."""

    n_rows: int
    n_cols: int
    cells: tuple[Cell, ...]
    detector: str
    quality: float
    reason: str = ""
    continues: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of a block on one page. ``chars`` is the part of ``Block.text`` that stands there.

    For a document without pages, ``page`` is None and ``path`` names the block in the file.
    """

    page: int | None
    box: Box | None
    lines: Range
    chars: Range
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, paragraph, table or piece of furniture; every word belongs to exactly one."""

    id: str
    kind: BlockKind
    regions: tuple[Region, ...]
    text: str
    section: str
    level: int | None = None
    table: Table | None = None
    method: Method = Method.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A node of the tree of headings; the root is ``s0`` and has no heading of its own."""

    id: str
    title: str
    level: int
    parent: str | None
    blocks: tuple[str, ...]
    pages: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """A document as read by one named parser version; the same bytes give the same value.

    ``sha256`` is that of the file, ``parser`` names reader and version, ``blocks`` stand in
    reading order, ``warnings`` are plain sentences for the person who reads the result.
    """

    schema: str = SCHEMA
    sha256: str
    media_type: str
    parser: str
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    fonts: tuple[str, ...] = ()
    language: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def page(self, number: int) -> Page:
        """The page with this 1-based number."""
        return self.pages[number - 1]
