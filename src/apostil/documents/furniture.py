"""What is printed on every page beside the text: running headers, footers, page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from apostil.documents.page import BlockKind, Line, Page

TOP, BOTTOM = 0.17, 0.86  # of the page's height
EDGE_LINES = 4  # looked at in these zones, from the top and from the bottom
OUTERMOST = 2  # looked at wherever they stand: the last page of a chapter ends early
LEAST_SHARE = 0.3  # of the pages; what stands on every other page has a half
LEAST_PAGES = 3
PAGE_NUMBER = re.compile(
    r"(?:page|p\.|f-|-)?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*(?:(?:of|/)\s*\d{1,4}|-)?", re.IGNORECASE
)
DIGITS = re.compile(r"\d+")


def furniture(pages: Sequence[Page]) -> dict[tuple[int, int], BlockKind]:
    """The kind of each line of furniture, by page number and index of the line."""
    seen: dict[tuple[str, bool], list[tuple[int, int]]] = defaultdict(list)
    kinds: dict[tuple[int, int], BlockKind] = {}
    for page in pages:
        for index, at_top in _edge_lines(page):
            line = page.lines[index]
            text = line_text(page, line)
            if PAGE_NUMBER.fullmatch(text):
                kinds[page.number, index] = BlockKind.PAGE_NUMBER
            else:
                seen[DIGITS.sub("#", text), at_top].append((page.number, index))
    least = max(LEAST_PAGES, LEAST_SHARE * len(pages))
    for (_, at_top), places in seen.items():
        kind = BlockKind.PAGE_HEADER if at_top else BlockKind.PAGE_FOOTER
        if len(places) >= least:
            kinds.update(dict.fromkeys(places, kind))
    return kinds


def _edge_lines(page: Page) -> list[tuple[int, bool]]:
    """(index, at the top) of the lines nearest to the upper and lower edge."""
    order = sorted(range(len(page.lines)), key=lambda index: page.lines[index].box.y0)
    top = [
        (index, True)
        for rank, index in enumerate(order[:EDGE_LINES])
        if rank < OUTERMOST or page.lines[index].box.y1 < TOP * page.height
    ]
    bottom = [
        (index, False)
        for rank, index in enumerate(reversed(order[-EDGE_LINES:]))
        if rank < OUTERMOST or page.lines[index].box.y0 > BOTTOM * page.height
    ]
    return top + [place for place in bottom if (place[0], True) not in top]


def line_text(page: Page, line: Line) -> str:
    """The words of the line joined by one space."""
    return " ".join(page.words.text[line.words.start : line.words.end])
