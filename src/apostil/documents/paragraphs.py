"""Lines that are no table and no furniture, gathered to headings, paragraphs and list items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apostil.documents.page import BlockKind, Line, Page, Words

LARGER = 1.07  # than the body, in font size
HEADING_WORDS = 22
HEADING_LINES = 3
PARAGRAPH_STEP = 1.45  # line heights from top to top within a paragraph
INDENT = 6.0  # points
BULLETS = frozenset(
    "\u2022\u25cf\u25cb\u25e6\u25aa\u25a0\u2023\u2043\u00b7\uf0b7\uf0a7\uf0d8\u2013\u2014-*"
)
LIST_LABEL = re.compile(
    r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)]|\d{1,2}(?:\.\d{1,2}){1,4}\.?"
)
HEADING_LABEL = re.compile(
    r"(?:item|part|note|section|chapter|article|annexure|appendix|schedule|exhibit)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How most of a line is set; ``size`` in points."""

    size: float
    bold: bool
    capitals: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines (indexes on the page) that belong together, with their kind."""

    kind: BlockKind
    lines: tuple[int, ...]
    style: LineStyle


def body_style(pages: Sequence[Page]) -> LineStyle:
    """The size and weight in which most of the document's words are set."""
    sizes: Counter[tuple[float, bool]] = Counter()
    for page in pages:
        sizes.update(zip(page.words.size, page.words.bold, strict=True))
    if not sizes:
        return LineStyle(10.0, False, False)
    (size, bold), _ = sizes.most_common(1)[0]
    return LineStyle(size, bold, False)


def style_of(words: Words, line: Line) -> LineStyle:
    first, last = line.words
    count = last - first
    size = max(words.size[first:last])
    text = "".join(words.text[first:last])
    return LineStyle(
        size,
        2 * sum(words.bold[first:last]) > count,
        text.isupper() and sum(map(str.isalpha, text)) > 3,
    )


def passages(page: Page, lines: Sequence[int], body: LineStyle) -> Iterator[Passage]:
    """The passages in these lines (indexes in reading order)."""
    run: list[int] = []
    styles = {index: style_of(page.words, page.lines[index]) for index in lines}
    for index in lines:
        if run and not _goes_on(page, run, index, styles):
            yield _passage(page, run, styles, body)
            run = []
        run.append(index)
    if run:
        yield _passage(page, run, styles, body)


def _goes_on(page: Page, run: list[int], index: int, styles: dict[int, LineStyle]) -> bool:
    above, line = page.lines[run[-1]], page.lines[index]
    one, other = styles[run[-1]], styles[index]
    if index != run[-1] + 1 or above.column != line.column:
        return False
    if abs(one.size - other.size) > 0.6 or one.bold != other.bold or one.capitals != other.capitals:
        return False
    step = line.box.y0 - above.box.y0
    if not 0 < step < PARAGRAPH_STEP * max(above.box.height, line.box.height):
        return False
    if _begins_item(page.words, line):
        return False
    first = page.lines[run[0]]
    hangs = _begins_item(page.words, first)
    return hangs or abs(line.box.x0 - above.box.x0) < INDENT or len(run) == 1


def _begins_item(words: Words, line: Line) -> bool:
    text = words.text[line.words.start]
    if line.words.end - line.words.start < 2:
        return text in BULLETS
    return text in BULLETS or bool(LIST_LABEL.fullmatch(text)) or text[0] in "\u2022\u25cf\uf0b7"


def _passage(page: Page, run: list[int], styles: dict[int, LineStyle], body: LineStyle) -> Passage:
    style = styles[run[0]]
    kind = BlockKind.PARAGRAPH
    if _is_heading(page, run, style, body):
        kind = BlockKind.HEADING
    elif _begins_item(page.words, page.lines[run[0]]):
        kind = BlockKind.LIST_ITEM
    return Passage(kind, tuple(run), style)


def _is_heading(page: Page, run: list[int], style: LineStyle, body: LineStyle) -> bool:
    words = page.words
    first, last = page.lines[run[0]].words.start, page.lines[run[-1]].words.end
    texts = words.text[first:last]
    if len(run) > HEADING_LINES or len(texts) > HEADING_WORDS:
        return False
    if not any(len(text) > 1 and text.isalpha() for text in texts) or texts[-1].endswith(
        (",", ";")
    ):
        return False
    if texts[0] in BULLETS or (texts[-1].endswith(".") and not style.capitals and len(texts) > 6):
        return False
    larger = style.size > LARGER * body.size
    heavier = style.bold and not body.bold
    labelled = bool(HEADING_LABEL.match(texts[0])) and len(texts) > 1 and (heavier or larger)
    return larger or heavier or labelled or (style.capitals and style.size >= 0.95 * body.size)
