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
from itertools import zip_longest

from apostil.documents.glyphs import Glyphs, Style

# Word characters: neither space nor control; U+200B..U+200D and U+FEFF have no width.
RUN = re.compile(r"[^\s\x00-\x20\x7f-\x9f\u200b-\u200d\ufeff]+")
HYPHEN_AT_LINE_END = "\ufffe"  # what PDFium reports for it
SOFT_HYPHEN = "\u00ad"

# Shares of the character's height (about 1.1 font sizes). Measured on 770,000 pairs of characters
# that PDFium puts into one word: kerning stays below 0.10, spaces that it missed begin at 0.10.
WIDE_GAP = 0.105
STEP_BACK = 1.0
COARSE_GAP, COARSE_STEP_BACK = 0.3, 3.0  # points: within these even small print belongs together
USUAL_DESCENT = 0.22  # share of a character's height below its baseline
RAISED = 0.12
GLUED = 0.06
KERNED = (-GLUED, GLUED)
TOUCHING = (-0.025, 0.025)
OVERHANGING = frozenset("fj")  # their boxes reach over the neighbours'
TORN_LETTER = 0.2  # a space is about 0.23
OTHER_SIZE = 0.88
OVERPRINTED = 0.6  # share of the area that a second print covers
LEADERS = frozenset("._-*\u00b7\u2013\u2014\u2026")
LEAST_HEIGHT, MOST_HEIGHT = 0.6, 1.5  # of a plausible line box, in font sizes
ASCENT, DESCENT = 0.9, 0.25  # used where the font's own figures are not plausible


@dataclass(slots=True, eq=False)
class Token:
    """A word on its way to the page: box and baseline in points as displayed.

    ``glue`` is false when the file has a real space before it, so that it is never joined to the
    word on its left. ``copies`` counts how often it is printed at this place.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float
    style: Style
    glue: bool
    copies: int = 1


def read_tokens(glyphs: Glyphs) -> list[Token]:
    """The words of a page in content order; text that does not run upright keeps its turns."""
    spans = list(_spans(glyphs))
    points = glyphs.baselines(start for start, _ in spans)
    text, x0, y0, x1, y1 = glyphs.text, glyphs.x0, glyphs.y0, glyphs.x1, glyphs.y1
    style_of = glyphs.style
    tokens: list[Token] = []
    for (start, end), point in zip(spans, points, strict=True):
        word, last, style = text[start:end], end - 1, style_of(start)
        top, bottom, size = y0[start], y1[start], style.size
        # The file itself has no space here if the one PDFium reports has no height: it made it up.
        before = start - 1
        glue = start == 0 or text[before] > " " or y1[before] == y0[before]
        if (  # nearly all words: plain letters in one height, from left to right
            word.isascii()
            and not style.turns
            and top == y0[last]
            and bottom == y1[last]
            and LEAST_HEIGHT * size <= bottom - top <= MOST_HEIGHT * size
            and x0[start] < x1[last]
        ):
            tokens.append(
                Token(word, x0[start], top, x1[last], bottom, point[1], size, style, glue)
            )
        elif word := _readable(word):
            box = _box(glyphs, start, end, point)
            tokens.append(Token(word, *box, point[1], size, style, glue))
    return tokens


def _spans(glyphs: Glyphs) -> Iterator[tuple[int, int]]:
    """Runs of characters, cut where a gap or a step shows that another word begins."""
    cuts = [*_cuts(glyphs), len(glyphs.text) + 1]
    at = 0
    for match in RUN.finditer(glyphs.text):
        start, end = match.span()
        while cuts[at] <= start:
            at += 1
        if cuts[at] >= end:
            yield start, end
            continue
        first = at
        while cuts[at] < end:
            at += 1
        inside = cuts[first:at]
        if glyphs.style(start).turns:
            inside = list(_turned_cuts(glyphs, start, end))
        yield from itertools.pairwise([start, *inside, end])


def _cuts(glyphs: Glyphs) -> list[int]:
    """Indexes of characters that stand too far from the one before, if both are upright."""
    text, x0, x1, y1 = glyphs.text, glyphs.x0, glyphs.x1, glyphs.y1
    # The first test is coarse and quick: most characters stand edge to edge on one baseline.
    suspects = [
        at
        for at, end, start, before, here in zip(
            range(1, len(text)), x1, x0[1:], y1, y1[1:], strict=False
        )
        if (here != before or not -COARSE_STEP_BACK < start - end < COARSE_GAP)
        and text[at] > " "
        and text[at - 1] > " "
    ]
    return [at for at in suspects if _stands_apart(glyphs, at)]


def _stands_apart(glyphs: Glyphs, at: int) -> bool:
    height = glyphs.y1[at] - glyphs.y0[at]
    gap = glyphs.x0[at] - glyphs.x1[at - 1]
    if not -STEP_BACK * height < gap < WIDE_GAP * height:
        leads = glyphs.text[at] == glyphs.text[at - 1] in LEADERS
        return not (leads and 0 < gap < height)
    # Characters of another size share the baseline when their bottoms differ by the descent.
    grown = height - (glyphs.y1[at - 1] - glyphs.y0[at - 1])
    step = glyphs.y1[at] - glyphs.y1[at - 1] - USUAL_DESCENT * grown
    return abs(step) > RAISED * height


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


def _with_usual_height(
    box: tuple[float, float, float, float], origin: tuple[float, float], style: Style
) -> tuple[float, float, float, float]:
    """The box with the height of usual fonts about its baseline, whichever way the text runs."""
    x0, y0, x1, y1 = box
    up, down = ASCENT * style.size, DESCENT * style.size
    if style.turns == 0:
        return x0, origin[1] - up, x1, origin[1] + down
    if style.turns == 1:
        return origin[0] - down, y0, origin[0] + up, y1
    if style.turns == 2:
        return x0, origin[1] - down, x1, origin[1] + up
    return origin[0] - up, y0, origin[0] + down, y1


def _box(
    glyphs: Glyphs, start: int, end: int, origin: tuple[float, float]
) -> tuple[float, float, float, float]:
    """The union of the characters' boxes, with a height that a line of text can have."""
    style = glyphs.style(start)
    x0, x1 = min(glyphs.x0[start:end]), max(glyphs.x1[start:end])
    y0, y1 = min(glyphs.y0[start:end]), max(glyphs.y1[start:end])
    if x1 < x0 or y1 < y0:  # a font with its ascent below its descent
        x0, y0, x1, y1 = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    across = x1 - x0 if style.turns % 2 else y1 - y0
    if not LEAST_HEIGHT * style.size <= across <= MOST_HEIGHT * style.size:
        return _with_usual_height((x0, y0, x1, y1), origin, style)
    return x0, y0, x1, y1


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


def joined(row: list[Token]) -> list[Token]:
    """A row from left to right with its torn words whole: kerned gaps and spaced-out headings."""
    return _without_letter_spacing(_without_kerned_gaps(row))


def _without_kerned_gaps(row: list[Token]) -> list[Token]:
    last = row[0]
    whole = [last]
    for token, following in zip_longest(row[1:], row[2:]):
        gap = token.x0 - last.x1
        if gap < 0 and _is_printed_again(last, token):
            last.copies += token.copies
        elif gap < 0.3 * token.size and (
            _continues(last, token) or _is_torn_off(last, token, following)
        ):
            last = whole[-1] = _join(last, token)
        else:
            whole.append(token)
            last = token
    return whole


def _is_torn_off(left: Token, letter: Token, following: Token | None) -> bool:
    """Whether a single letter belongs to the word before it ("Shee t"): there is no word like it,
    it stands nearer than a space, and nearer than to what follows."""
    if not (letter.glue and len(letter.text) == 1 and letter.text.islower()):
        return False
    gap, height = letter.x0 - left.x1, letter.y1 - letter.y0
    return (
        letter.text != "a"
        and left.text[-1].islower()
        and gap < TORN_LETTER * height
        and (following is None or following.x0 - letter.x1 > 1.3 * max(gap, GLUED * height))
        and abs(letter.baseline - left.baseline) < RAISED * height
    )


def _is_printed_again(one: Token, other: Token) -> bool:
    """Whether the second token is the first once more, a little aside to make it look bold."""
    if one.text != other.text:
        return False
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    area = (other.x1 - other.x0) * (other.y1 - other.y0)
    return width > 0 and height > 0 and width * height > OVERPRINTED * area


def _continues(left: Token, right: Token) -> bool:
    height = right.y1 - right.y0
    least, most = KERNED
    if right.style.italic or left.text[-1] in OVERHANGING or right.text[0] in OVERHANGING:
        least, most = TOUCHING
    return (
        right.glue
        and least * height <= right.x0 - left.x1 < most * height
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
