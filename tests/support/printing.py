"""Makes parsed documents out of lines of text, so that rules can be tested without a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from apostil.documents import Line, Page, PageQuality, ParsedDocument, Range, Words
from apostil.evidence import Box

LETTER = 5.0
SIZE = 10.0
PITCH = 14.0
SHA256 = "0" * 64


class Text(NamedTuple):
    """Words that begin at ``x`` on a line."""

    x: float
    text: str
    bold: bool = False
    size: float = SIZE
    rise: float = 0.0


def right(x: float, text: str) -> Text:
    """Words that end at ``x``: an amount in a column."""
    return Text(x - LETTER * len(text), text)


def row(label: str, *amounts: str, indent: float = 60.0, first: float = 400.0) -> list[Text]:
    """A label and its amounts in columns that end at 400, 480, 560."""
    cells = [right(first + 80.0 * n, amount) for n, amount in enumerate(amounts) if amount]
    return [*([Text(indent, label)] if label else []), *cells]


Printed = Sequence[Text] | str


def page(number: int, lines: Sequence[Printed], *, width: float = 612.0) -> Page:
    """A page with its lines 14 points apart; a text alone begins at 60, an empty one is a gap."""
    words: dict[str, list[object]] = {name: [] for name in Words.__dataclass_fields__}
    made: list[Line] = []
    texts: list[str] = []
    offset = 0
    for height, printed in enumerate(lines):
        runs = [Text(60.0, printed)] if isinstance(printed, str) else list(printed)
        start = len(words["text"])
        line_words: list[str] = []
        for run in sorted(runs, key=lambda run: run.x):
            x = run.x
            for word in run.text.split():
                top = 40.0 + PITCH * height - run.rise
                letter = LETTER * run.size / SIZE
                _add(
                    words,
                    word,
                    x,
                    top,
                    letter,
                    run,
                    offset + len(" ".join(line_words)) + bool(line_words),
                )
                x += letter * (len(word) + 1)
                line_words.append(word)
        if line_words:
            made.append(_line(words, start))
            texts.append(" ".join(line_words))
            offset += len(texts[-1]) + 1
    return Page(
        number=number,
        width=width,
        height=792.0,
        rotation=0,
        text="\n".join(texts),
        words=Words(**words),  # type: ignore[arg-type]  # columns of several types in one dict
        lines=tuple(made),
        quality=PageQuality(has_text_layer=True, words=len(words["text"])),
    )


def _add(
    words: dict[str, list[object]],
    word: str,
    x: float,
    top: float,
    letter: float,
    run: Text,
    at: int,
) -> None:
    values = {
        "text": word,
        "x0": x,
        "y0": top,
        "x1": x + letter * len(word),
        "y1": top + run.size * 1.2,
        "size": run.size,
        "bold": run.bold,
        "italic": False,
        "font": 0,
        "start": at,
    }
    for name, value in values.items():
        words[name].append(value)


def _line(words: dict[str, list[object]], start: int) -> Line:
    end = len(words["text"])
    edges = [
        [float(str(words[name][n])) for n in range(start, end)] for name in ("x0", "y0", "x1", "y1")
    ]
    box = Box(min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3]))
    return Line(Range(start, end), box, 0)


def document(*pages: Sequence[Printed]) -> ParsedDocument:
    """A document of pages of lines."""
    return ParsedDocument(
        sha256=SHA256,
        media_type="application/pdf",
        parser="test",
        pages=tuple(page(number, lines) for number, lines in enumerate(pages, start=1)),
        blocks=(),
        sections=(),
    )
