"""What a second reader found where a citation points, and whether it is what was quoted.

The first reader made words of characters; here only characters and their places count, so that an
error in making words cannot confirm itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from apostil.evidence.citation import Citation
from apostil.evidence.geometry import Box

SLACKS = (0.25, 0.75, 1.5)  # points around a box: readers place characters this far apart
MOST_SURPLUS = 2  # characters of a neighbour whose middle lies just inside the box
REACH = 0.8  # of a character's height: how far a box may go beyond the text in it
DASHES = re.compile(r"[\s\u00ad\u2010-\u2015\u2212-]+")
UNMAPPED = re.compile(r"\(cid:\d+\)|[\x00-\x08\x0e-\x1f\x7f\ufffd-\uffff\ue000-\uf8ff]")
STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d\u00b4", "''\"\"'")


class Character(NamedTuple):
    """A character as the second reader saw it. ``upright`` is false when its line is turned."""

    text: str
    box: Box
    upright: bool = True


class Obstacle(StrEnum):
    """Why nothing could be read again."""

    DOCUMENT_MISSING = "document_missing"
    PAGE_MISSING = "page_missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Characters near a citation's boxes in content order, or the text at its span, or why there
    is neither. ``detail`` is the second reader's own reason."""

    characters: tuple[Character, ...] = ()
    text: str | None = None
    obstacle: Obstacle | None = None
    detail: str = ""


ReadAgain = Callable[[Mapping[str, Citation]], Mapping[str, Reading]]
"""Reads every citation again, by id; opens each document once and only the pages cited."""


def squeezed(text: str) -> str:
    """What two readers must agree on: no spaces, case, dashes (a line-end hyphen may be joined),
    ligatures, quotation-mark styles or unmapped glyphs. A text of dashes only is one dash."""
    plain = UNMAPPED.sub("", unicodedata.normalize("NFKC", text).translate(STRAIGHT))
    bare = DASHES.sub("", plain).lower()
    return bare or ("-" if DASHES.sub("", plain) != plain.strip() else "")


def mismatch(citation: Citation, reading: Reading) -> str | None:
    """What differs between the quote and what stands there, as a sentence; None if it holds."""
    quote = squeezed(citation.quote)
    if reading.text is not None:
        found = squeezed(reading.text)
        return None if found == quote else _differs(citation.quote, reading.text)
    if not quote:
        return "the quote has no letter or digit to compare"
    readings = [_inside(reading.characters, citation.boxes, slack) for slack in SLACKS]
    if not any(_says(citation.quote, characters) for characters in readings):
        return _differs(citation.quote, "".join(one.text for one in readings[0]))
    if len(squeezed("".join(one.text for one in readings[0]))) > len(quote) + MOST_SURPLUS:
        return "the boxes hold more than the quote"
    return _overreach(citation.boxes, readings[-1])


def _differs(quote: str, found: str) -> str:
    shown = found.strip()[:80]
    return (
        f"{quote[:80]!r} is quoted, but {shown!r} stands there"
        if shown
        else (f"{quote[:80]!r} is quoted, but no text stands there")
    )


def _inside(characters: Iterable[Character], boxes: Sequence[Box], slack: float) -> list[Character]:
    """The characters whose middle lies in one of the boxes, each once, in the order of the boxes."""
    left = list(characters)
    inside: list[Character] = []
    for box in boxes:
        taken: list[Character] = []
        rest: list[Character] = []
        for one in left:
            middle = (one.box.x0 + one.box.x1) / 2, (one.box.y0 + one.box.y1) / 2
            (taken if box.contains_point(*middle, slack=slack) else rest).append(one)
        inside.extend(sorted(taken, key=lambda one: one.box.x0))  # a box is one line
        left = rest
    return inside


def _says(quote: str, characters: list[Character]) -> bool:
    """Whether the characters say the quote, in the order of their places. Where lines overlap or
    run otherwise than from left to right, each word and the characters on the whole must agree."""
    wanted = squeezed(quote)
    placed = squeezed("".join(one.text for one in characters))
    if wanted in placed:
        return True
    if sorted(wanted) != sorted(placed):
        return False
    free = any(not one.upright or _is_right_to_left(one.text) for one in characters)
    return free or all(
        squeezed(word) in placed for word in quote.split() if any(map(str.isdigit, word))
    )


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)


def _overreach(boxes: Sequence[Box], characters: list[Character]) -> str | None:
    """A sentence when a box goes well beyond the text in it, or holds none."""
    for box in boxes:
        held = _inside(characters, [box], SLACKS[-1])
        if not held:
            return "one of the boxes holds no text"
        height = max(one.box.height for one in held)
        beyond = max(
            min(one.box.x0 for one in held) - box.x0,
            box.x1 - max(one.box.x1 for one in held),
            min(one.box.y0 for one in held) - box.y0,
            box.y1 - max(one.box.y1 for one in held),
        )
        if beyond > REACH * max(height, 5.0):
            return "one of the boxes reaches far beyond the text in it"
    return None
