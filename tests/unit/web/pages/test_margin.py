"""Notes stand as near to their boxes as they can without overlap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apostil.evidence import Box
from apostil.web.pages.margin import GAP, PAGE_WIDTH, Cited, fitting, notes, stack, wrapped

HEIGHT = 792.0

wanted = st.lists(
    st.tuples(
        st.floats(0, HEIGHT), st.floats(5, 60), st.sampled_from([1.0, 3.0])
    ),
    max_size=12,
).map(sorted)  # fmt: skip


def cited(number: int, y: float, *, x: float = 400.0, selected: bool = False) -> Cited:
    return Cited(
        citation=f"c{number}",
        label=f"Line {number}",
        value=f"{number},000",
        box=Box(x, y, x + 40, y + 11),
        detail="2024",
        quote=f"{number},000",
        is_selected=selected,
    )


@given(wanted)
def test_stacked_notes_keep_their_order_and_never_overlap(
    places: list[tuple[float, float, float]],
) -> None:
    tops = stack(places, low=0, high=10_000)
    for (top, (_, height, _)), later in zip(zip(tops, places, strict=True), tops[1:], strict=False):
        assert later >= top + height - 1e-6


@given(wanted)
def test_a_note_alone_stands_where_it_wants_to(places: list[tuple[float, float, float]]) -> None:
    for place in places:
        assert stack([place], low=0, high=10_000) == pytest.approx([place[0]])


def test_a_crowd_of_notes_stays_on_the_page() -> None:
    crowded = [cited(n, 700 + n * 2.0) for n in range(30)]
    placed = notes(crowded, height=HEIGHT)
    assert placed
    assert all(note.y >= 0 and note.y + note.height <= HEIGHT for note in placed)


def test_one_printed_line_has_one_note_unless_a_second_value_of_it_is_selected() -> None:
    line = [cited(1, 100, x=300), cited(2, 100, x=400)]
    assert [n.cited.citation for n in notes(line, height=HEIGHT)] == ["c1"]
    line[1] = cited(2, 100, x=400, selected=True)
    assert [n.cited.citation for n in notes(line, height=HEIGHT)] == ["c2"]


def test_only_the_selected_note_is_open_and_quotes() -> None:
    placed = notes([cited(1, 100), cited(2, 200, selected=True)], height=HEIGHT)
    assert [bool(note.quote) for note in placed] == [False, True]
    assert placed[1].height > placed[0].height + GAP


def test_a_wire_runs_under_its_value_to_the_edge_of_the_page_and_then_to_its_note() -> None:
    (note,) = notes([cited(1, 100)], height=HEIGHT)
    assert note.wire.startswith(f"M400.0 111.6H{PAGE_WIDTH}L")


def test_long_labels_are_cut_and_say_so() -> None:
    assert fitting("Net sales", 200) == "Net sales"
    assert fitting("A label that is far too long for this note", 80).endswith("…")


def test_a_quote_is_wrapped_and_its_last_line_cut() -> None:
    lines = wrapped("word " * 60, 150)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
