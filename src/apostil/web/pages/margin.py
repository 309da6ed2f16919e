"""The margin of a page: each cited value as a note at the height of its box, joined by a hairline.

Every page is drawn 612 units wide, whatever its size in points: so notes have one size, and page,
boxes, wires and notes scale together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apostil.evidence import Box

PAGE_WIDTH = 612.0
MARGIN_SHARE = 0.36
"""Width of the margin as a share of the page's width; the style sheet has its counterpart."""
FULL_WIDTH = PAGE_WIDTH * (1 + MARGIN_SHARE)
NOTE_HEIGHT = 19.0
LINE_HEIGHT = 15.0
GAP = 2.5
GUTTER = 26.0
CHARACTER = 5.55
DIGIT = 6.3
NOTE_X = PAGE_WIDTH + GUTTER
NOTE_WIDTH = FULL_WIDTH - NOTE_X - 4
TEXT_WIDTH = NOTE_WIDTH - 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What one note says: the citation it belongs to and the words of the value."""

    citation: str
    label: str
    value: str
    box: Box
    detail: str = ""
    quote: str = ""
    is_failed: bool = False
    is_selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note with its place: ``y`` is its top edge, ``wire`` the path of its hairline."""

    cited: Cited
    x: float
    y: float
    width: float
    height: float
    label: str
    detail: str
    quote: tuple[str, ...]
    wire: str


def stack(wanted: Sequence[tuple[float, float, float]], *, low: float, high: float) -> list[float]:
    """The nearest tops without overlap, in the same order, for (wanted top, height, weight).

    Pool adjacent violators: neighbours that would overlap move together to their weighted mean.
    """
    offsets: list[float] = []
    used = 0.0
    for _, height, _ in wanted:
        offsets.append(used)
        used += height
    pools: list[tuple[float, float, int]] = []  # weighted sum of places, weight, members
    for (top, _, weight), offset in zip(wanted, offsets, strict=True):
        pool = ((top - offset) * weight, weight, 1)
        while pools and pools[-1][0] / pools[-1][1] > pool[0] / pool[1]:
            last = pools.pop()
            pool = (last[0] + pool[0], last[1] + pool[1], last[2] + pool[2])
        pools.append(pool)
    starts = [total / weight for total, weight, members in pools for _ in range(members)]
    return [
        min(max(start, low), max(low, high - used)) + offset
        for start, offset in zip(starts, offsets, strict=True)
    ]


def fitting(text: str, width: float) -> str:
    """The text, or as much of it as fits, with an ellipsis; the note's name holds all of it."""
    room = max(4, int(width / CHARACTER))
    return text if len(text) <= room else text[: room - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def wrapped(text: str, width: float, *, lines: int = 3) -> tuple[str, ...]:
    """Words in lines of at most this width; the last line is cut when there is more."""
    room = max(8, int(width / CHARACTER))
    found: list[str] = [""]
    for word in text.split():
        if found[-1] and len(found[-1]) + 1 + len(word) > room:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    if len(found) > lines:
        found = [*found[: lines - 1], fitting(" ".join(found[lines - 1 :]), width)]
    return tuple(fitting(line, width) for line in found)


def chosen(cited: Sequence[Cited], *, height: float) -> list[Cited]:
    """As many as the margin holds: the selected and the failed, then one a printed line."""
    room = int((height - 30) / (NOTE_HEIGHT + GAP)) - 3
    taken: list[Cited] = [one for one in cited if one.is_selected or one.is_failed][:room]
    lines = {round(one.box.y0 / 4) for one in taken}
    for one in sorted(cited, key=_reading_order):
        line = round(one.box.y0 / 4)
        if len(taken) < room and line not in lines:
            taken.append(one)
            lines.add(line)
    return sorted(taken, key=_reading_order)


def _reading_order(one: Cited) -> tuple[float, float]:
    return one.box.y0, one.box.x0


def notes(cited: Sequence[Cited], *, height: float) -> list[Note]:
    """The notes of a page of this height, placed and wired."""
    taken = chosen(cited, height=height)
    quotes = {one.citation: _quoted(one.quote) for one in taken if one.is_selected}
    heights = [_height(one, quotes.get(one.citation, ())) for one in taken]
    wanted = [
        (one.box.y1 - NOTE_HEIGHT * 0.75, tall + GAP, 3.0 if one.is_selected else 1.0)
        for one, tall in zip(taken, heights, strict=True)
    ]
    tops = stack(wanted, low=24, high=height - 6)
    return [
        Note(
            cited=one,
            x=round(NOTE_X, 1),
            y=round(top, 1),
            width=round(NOTE_WIDTH, 1),
            height=round(tall, 1),
            label=fitting(one.label, TEXT_WIDTH - DIGIT * len(one.value) - 8),
            detail=fitting(one.detail, TEXT_WIDTH),
            quote=quotes.get(one.citation, ()),
            wire=_wire(one.box, y=top + NOTE_HEIGHT / 2),
        )
        for one, top, tall in zip(taken, tops, heights, strict=True)
    ]


def _quoted(quote: str) -> tuple[str, ...]:
    return wrapped(
        f"\N{LEFT DOUBLE QUOTATION MARK}{quote}\N{RIGHT DOUBLE QUOTATION MARK}", TEXT_WIDTH
    )


def _height(one: Cited, quote: Sequence[str]) -> float:
    if not one.is_selected:
        return NOTE_HEIGHT
    return NOTE_HEIGHT + 8 + LINE_HEIGHT * (bool(one.detail) + len(quote))


def _wire(box: Box, *, y: float) -> str:
    """Under the value, through the gap below its row to the sheet's edge, then one diagonal."""
    base = box.y1 + 0.6
    return f"M{box.x0:.1f} {base:.1f}H{PAGE_WIDTH:.1f}L{NOTE_X:.1f} {y:.1f}"
