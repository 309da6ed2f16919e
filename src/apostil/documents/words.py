"""From characters to words: what belongs together, what stands apart.

Widths are those of the font, so characters of one word stand edge to edge; a gap is judged by the
height of the characters beside it.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from apostil.documents.glyphs import Glyphs, Style

# Word characters: neither space nor control; U+200B..U+200D and U+FEFF have no width.
RUN = re.compile(r"[^\s\x00-\x20\x7f-\x9f\u200b-\u200d\ufeff]+")
HYPHEN_AT_LINE_END = "\ufffe"  # what PDFium reports for it
SOFT_HYPHEN = "\u00ad"

# Shares of the character's height (about 1.15 font sizes). A space is about 0.22, a kerned pair
# stays within 0.05; PDFium reports no gap below about 0.2 font sizes.
WIDE_GAP = 0.75
STEP_BACK = 1.0
RAISED = 0.12
GLUE_GAP = 0.09
OTHER_SIZE = 0.88
LEAST_HEIGHT, MOST_HEIGHT = 0.6, 1.9  # of a plausible line box, in font sizes
ASCENT, DESCENT = 0.8, 0.25  # used where the font's own figures are not plausible


@dataclass(slots=True)
class Token:
    """A word on its way to the page: box and baseline in points as displayed.

    ``glue`` is false when the file has a real space before it, so that it is never joined to the
    word on its left.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    style: Style
    glue: bool

    @property
    def size(self) -> float:
        return self.style.size


def read_tokens(glyphs: Glyphs) -> list[Token]:
    """The words of a page in content order; text that does not run upright keeps its turns."""
    spans = list(_spans(glyphs))
    baselines = glyphs.baselines(start for start, _ in spans)
    tokens = [
        _token(glyphs, start, end, point)
        for (start, end), point in zip(spans, baselines, strict=True)
    ]
    return [token for token in tokens if token is not None]


def _spans(glyphs: Glyphs) -> Iterator[tuple[int, int]]:
    """Runs of characters, cut where a gap or a step shows that another word begins."""
    cuts = _cuts(glyphs)
    next_cut = 0
    for match in RUN.finditer(glyphs.text):
        start, end = match.span()
        while next_cut < len(cuts) and cuts[next_cut] <= start:
            next_cut += 1
        inside = []
        while next_cut < len(cuts) and cuts[next_cut] < end:
            inside.append(cuts[next_cut])
            next_cut += 1
        if inside and glyphs.style(start).turns:
            inside = list(_turned_cuts(glyphs, start, end))
        edges = [start, *inside, end]
        yield from itertools.pairwise(edges)


def _cuts(glyphs: Glyphs) -> list[int]:
    """Indexes of characters that stand too far from the one before, if both are upright."""
    x0, y0, x1, y1 = glyphs.x0, glyphs.y0, glyphs.x1, glyphs.y1
    heights = [bottom - top for top, bottom in zip(y0, y1, strict=True)]
    return [
        index
        for index, (gap_left, gap_right, bottom, before, height, height_before) in enumerate(
            zip(x1, x0[1:], y1[1:], y1, heights[1:], heights, strict=False), start=1
        )
        if not -STEP_BACK * height < gap_right - gap_left < WIDE_GAP * height
        or not -RAISED * height
        < (bottom - before) - 0.2 * (height - height_before)
        < RAISED * height
    ]


def _turned_cuts(glyphs: Glyphs, start: int, end: int) -> Iterator[int]:
    """The same for text that runs down or up the page, or upside down."""
    turned = [
        turn(glyphs_box(glyphs, index), -glyphs.style(start).turns) for index in range(start, end)
    ]
    for offset, (before, here) in enumerate(itertools.pairwise(turned), start=1):
        height = here[3] - here[1]
        gap, step = here[0] - before[2], here[3] - before[3]
        if not -STEP_BACK * height < gap < WIDE_GAP * height or abs(step) > RAISED * height:
            yield start + offset


def glyphs_box(glyphs: Glyphs, index: int) -> tuple[float, float, float, float]:
    return glyphs.x0[index], glyphs.y0[index], glyphs.x1[index], glyphs.y1[index]


def turn(
    box: tuple[float, float, float, float], quarter_turns: int
) -> tuple[float, float, float, float]:
    """The box after so many clockwise quarter turns about the origin."""
    x0, y0, x1, y1 = box
    for _ in range(quarter_turns % 4):
        x0, y0, x1, y1 = -y1, x0, -y0, x1
    return x0, y0, x1, y1


def _token(glyphs: Glyphs, start: int, end: int, point: tuple[float, float]) -> Token | None:
    text = _readable(glyphs.text[start:end])
    if not text:
        return None
    style = glyphs.style(start)
    if end - start == 1:
        x0, y0, x1, y1 = glyphs_box(glyphs, start)
    else:
        x0, y0 = min(glyphs.x0[start:end]), min(glyphs.y0[start:end])
        x1, y1 = max(glyphs.x1[start:end]), max(glyphs.y1[start:end])
    if not style.turns and not (LEAST_HEIGHT * style.size <= y1 - y0 <= MOST_HEIGHT * style.size):
        y0, y1 = point[1] - ASCENT * style.size, point[1] + DESCENT * style.size
    return Token(text, x0, y0, x1, y1, point[1], style, _has_no_space_before(glyphs, start))


def _has_no_space_before(glyphs: Glyphs, start: int) -> bool:
    """Whether the file itself has no space here; PDFium's own spaces have no height."""
    if start == 0 or not glyphs.text[start - 1].isspace():
        return True
    return glyphs.y1[start - 1] == glyphs.y0[start - 1]


def _readable(text: str) -> str:
    """The characters as they are to be quoted: hyphens that PDFium marked are hyphens again, soft
    hyphens inside a word are gone, combining marks are composed (NFC)."""
    if text.isascii():
        return text
    text = text.replace(HYPHEN_AT_LINE_END, "-")
    if text.endswith(SOFT_HYPHEN):
        text = text[:-1] + "-"
    text = text.replace(SOFT_HYPHEN, "").replace("\ufffd", "").replace("\uffff", "")
    return unicodedata.normalize("NFC", expand_ligatures(text))


def expand_ligatures(text: str) -> str:
    """Latin ligature characters (U+FB00 to U+FB06) as the letters they stand for."""
    return re.sub("[\ufb00-\ufb06]", lambda match: unicodedata.normalize("NFKC", match[0]), text)


def without_doubles(tokens: list[Token]) -> tuple[list[Token], int]:
    """The tokens without those printed again at the same place to look bold, and their number."""
    seen: dict[tuple[str, int], list[Token]] = {}
    kept = []
    for token in tokens:
        twins = [
            twin
            for row in (-1, 0, 1)
            for twin in seen.get((token.text, round(token.baseline / 4) + row), ())
        ]
        if any(_covers(twin, token) for twin in twins):
            continue
        seen.setdefault((token.text, round(token.baseline / 4)), []).append(token)
        kept.append(token)
    return kept, len(tokens) - len(kept)


def _covers(one: Token, other: Token) -> bool:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    area = max(1e-6, (other.x1 - other.x0) * (other.y1 - other.y0))
    return width > 0 and height > 0 and width * height > 0.6 * area


def joined(row: list[Token]) -> list[Token]:
    """A row from left to right with its torn words whole: kerned gaps and spaced-out headings."""
    return _without_letter_spacing(_without_kerned_gaps(row))


def _without_kerned_gaps(row: list[Token]) -> list[Token]:
    whole: list[Token] = []
    for token in row:
        if whole and _continues(whole[-1], token):
            whole[-1] = _join(whole[-1], token)
        else:
            whole.append(token)
    return whole


def _continues(left: Token, right: Token) -> bool:
    height = right.y1 - right.y0
    return (
        right.glue
        and -GLUE_GAP * height <= right.x0 - left.x1 < GLUE_GAP * height
        and OTHER_SIZE < right.size / max(left.size, 0.01) < 1 / OTHER_SIZE
        and abs(right.baseline - left.baseline) < RAISED * height
    )


def _join(left: Token, right: Token, text: str | None = None) -> Token:
    return replace(
        left,
        text=text or left.text + right.text,
        x1=max(left.x1, right.x1),
        y0=min(left.y0, right.y0),
        y1=max(left.y1, right.y1),
    )


LEAST_SPACED_LETTERS = 4


def _without_letter_spacing(row: list[Token]) -> list[Token]:
    """Joins "A N N U A L": single letters whose gaps are alike and narrower than the letters."""
    if sum(len(token.text) == 1 for token in row) < LEAST_SPACED_LETTERS:
        return row
    whole: list[Token] = []
    for run in _letter_runs(row):
        if len(run) < LEAST_SPACED_LETTERS:
            whole.extend(run)
            continue
        gaps = sorted(b.x0 - a.x1 for a, b in itertools.pairwise(run))
        usual = gaps[len(gaps) // 2]
        current = run[0]
        for before, token in itertools.pairwise(run):
            if token.x0 - before.x1 <= 1.5 * usual:
                current = _join(current, token)
            else:
                whole.append(current)
                current = token
        whole.append(current)
    return whole


def _letter_runs(row: list[Token]) -> Iterable[list[Token]]:
    """The row in pieces; a piece longer than one token holds single letters near each other."""
    run: list[Token] = []
    for token in row:
        follows = (
            run
            and len(token.text) == 1 == len(run[-1].text)
            and token.text.isalpha()
            and run[-1].text.isalpha()
            and token.x0 - run[-1].x1 < 0.9 * token.size
            and abs(token.size - run[-1].size) < 0.1
        )
        if run and not follows:
            yield run
            run = []
        run.append(token)
    if run:
        yield run
