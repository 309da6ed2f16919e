"""Runs of text on a page with the indexes of their words, for searching and for citing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apostil.documents import Page, ParsedDocument, cite
from apostil.evidence import Citation


@dataclass(frozen=True, slots=True)
class Spot:
    """Words of a page that stand together."""

    page: int
    text: str
    words: tuple[int, ...]

    def around(self, match: re.Match[str]) -> Spot:
        """The words that a match in ``text`` touches: a line across columns holds others too."""
        touched, start = [], 0
        for word, text in zip(self.words, self.text.split(" "), strict=True):
            if start < match.end() and start + len(text) > match.start():
                touched.append((word, text))
            start += len(text) + 1
        words, texts = zip(*touched, strict=True)
        return Spot(self.page, " ".join(texts), words)

    def cited(self, document: ParsedDocument) -> Citation:
        return cite(document, self.page, self.words)


def lines_of(pages: Iterable[Page]) -> Iterator[Spot]:
    """Each line of the pages."""
    for page in pages:
        for line in page.lines:
            words = tuple(range(line.words.start, line.words.end))
            yield Spot(page.number, " ".join(page.words.text[word] for word in words), words)


def flowing(page: Page) -> str:
    """The text of a page with line ends as spaces, every character at its place."""
    return page.text.replace("\n", " ")


def spot_at(page: Page, start: int, end: int) -> Spot | None:
    """The words that stand between two places of the page's text."""
    starts = page.words.start
    first = max(bisect_right(starts, start) - 1, 0)
    words = tuple(range(first, bisect_left(starts, end)))
    if not words:
        return None
    return Spot(page.number, " ".join(page.words.text[word] for word in words), words)


def find_spots(pages: Iterable[Page], pattern: re.Pattern[str]) -> Iterator[Spot]:
    """Every place where the pattern matches, over line ends too."""
    for page in pages:
        for match in pattern.finditer(flowing(page)):
            spot = spot_at(page, match.start(), match.end())
            if spot is not None:
                yield spot
