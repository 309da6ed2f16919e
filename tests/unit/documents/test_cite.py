from __future__ import annotations

import pytest

from apostil.documents import Line, Page, PageQuality, ParsedDocument, Range, Words, cite
from apostil.evidence import Box


def document(*tops: float, height: float = 13.0) -> ParsedDocument:
    """A word on each line; ``tops`` are the upper edges of their boxes."""
    count = len(tops)
    words = Words(
        text=[f"word{index}" for index in range(count)],
        x0=[50.0] * count,
        y0=list(tops),
        x1=[90.0] * count,
        y1=[top + height for top in tops],
        size=[8.0] * count,
        bold=[False] * count,
        italic=[False] * count,
        font=[0] * count,
        start=[6 * index for index in range(count)],
    )
    lines = tuple(Line(Range(index, index + 1), words.box(index), 0) for index in range(count))
    page = Page(
        number=1,
        width=200,
        height=200,
        rotation=0,
        text=" ".join(words.text),
        words=words,
        lines=lines,
        quality=PageQuality(has_text_layer=True, words=count),
    )
    return ParsedDocument(
        sha256="a" * 64,
        media_type="application/pdf",
        parser="by hand",
        pages=(page,),
        blocks=(),
        sections=(),
    )


def test_the_box_of_a_close_line_starts_below_the_line_above() -> None:
    citation = cite(document(10.0, 19.6), 1, [0, 1])
    assert citation.quote == "word0 word1"
    assert citation.boxes == (Box(50, 10, 90, 23), Box(50, 23, 90, 32.6))


def test_lines_apart_keep_the_height_of_their_font() -> None:
    assert cite(document(10.0, 30.0), 1, [0, 1]).boxes == (Box(50, 10, 90, 23), Box(50, 30, 90, 43))


def test_a_citation_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="quotes something"):
        cite(document(10.0), 1, [])
    with pytest.raises(IndexError):
        cite(document(10.0), 1, [7])
