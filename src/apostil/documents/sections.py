"""Under which heading something stands: levels by how headings are set, sections as a tree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from apostil.documents.page import Block, BlockKind, Section
from apostil.documents.paragraphs import LineStyle

ROOT = "s0"
DEEPEST = 6
NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})+)\.?\s")


def levels(headings: Sequence[tuple[str, LineStyle]]) -> list[int]:
    """The depth of each heading, 1 for the topmost: larger, then bold, then capitals come first.
    A decimal number such as 4.2.1 says its own depth below its chapter."""
    used = Counter(_rank(style) for _, style in headings)
    ranks = sorted(used, reverse=True)
    depth = {rank: min(DEEPEST, 1 + index) for index, rank in enumerate(ranks)}
    result = []
    for text, style in headings:
        level = depth[_rank(style)]
        numbered = NUMBERED.match(text)
        if numbered:
            level = max(level, min(DEEPEST, 1 + numbered[1].count(".")))
        result.append(level)
    return result


def _rank(style: LineStyle) -> tuple[float, bool, bool]:
    return round(style.size * 2) / 2, style.bold, style.capitals


def sectioned(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[Section, ...]]:
    """The blocks with the section they stand in, and the tree. A heading opens its own section."""
    open_sections: list[tuple[int, str]] = [(0, ROOT)]
    titles: dict[str, tuple[str, int, str | None]] = {ROOT: ("", 0, None)}
    members: dict[str, list[Block]] = {ROOT: []}
    placed = []
    for block in blocks:
        if block.kind is BlockKind.HEADING and block.level is not None:
            while open_sections[-1][0] >= block.level:
                open_sections.pop()
            name = f"s{len(titles)}"
            titles[name] = (block.text, block.level, open_sections[-1][1])
            members[name] = []
            open_sections.append((block.level, name))
        current = open_sections[-1][1]
        within = replace(block, section=current)
        placed.append(within)
        members[current].append(within)
    sections = tuple(
        Section(
            id=name,
            title=title,
            level=level,
            parent=parent,
            blocks=tuple(block.id for block in members[name]),
            pages=_pages(members[name]),
        )
        for name, (title, level, parent) in titles.items()
    )
    return tuple(placed), sections


def _pages(blocks: Sequence[Block]) -> tuple[int, int] | None:
    numbers = [
        region.page for block in blocks for region in block.regions if region.page is not None
    ]
    return (min(numbers), max(numbers)) if numbers else None
