from __future__ import annotations

from pathlib import Path

import pytest
from papers import HEIGHT, WIDTH, Draw, text, together, write_pdf
from reportlab.pdfgen.canvas import Canvas

from apostil.documents import Page, parse


def page_of(
    folder: Path,
    draw: Draw,
    *,
    rotation: int = 0,
    crop: tuple[float, float, float, float] | None = None,
) -> Page:
    path = write_pdf(folder / "paper.pdf", draw, rotation=rotation, crop=crop)
    return parse(path).page(1)


def lines_of(page: Page) -> list[str]:
    return [" ".join(page.words.text[slice(*line.words)]) for line in page.lines]


def test_words_stand_where_they_are_printed(tmp_path: Path) -> None:
    page = page_of(tmp_path, text((72, 100, "Total assets"), (300, 100, "36,500")))
    assert page.words.text == ["Total", "assets", "36,500"]
    box = page.words.box(2)
    assert box.x0 == pytest.approx(300, abs=0.1)
    assert box.y0 < 100 < box.y1
    assert 9 < box.height < 13
    assert page.text == "Total assets 36,500"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_follow_the_rotation_of_the_page(tmp_path: Path, rotation: int) -> None:
    page = page_of(tmp_path, text((72, 100, "Assets")), rotation=rotation)
    box = page.words.box(0)
    left, top = {
        0: (72.0, 100.0),
        90: (HEIGHT - 100, 72.0),
        180: (WIDTH - 72, HEIGHT - 100),
        270: (100.0, WIDTH - 72),
    }[rotation]
    assert box.contains_point(left, top, slack=1.0)
    assert (page.width, page.height) == (
        (WIDTH, HEIGHT) if rotation % 180 == 0 else (HEIGHT, WIDTH)
    )


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_are_measured_from_the_visible_part(tmp_path: Path, rotation: int) -> None:
    whole = page_of(tmp_path, text((72, 100, "Assets")), rotation=rotation)
    crop = (30.0, 50.0, 600.0, 780.0)
    part = page_of(tmp_path, text((72, 100, "Assets")), rotation=rotation, crop=crop)
    dx, dy = {0: (30, 12), 90: (50, 30), 180: (12, 50), 270: (12, 12)}[rotation]
    assert part.words.x0[0] == pytest.approx(whole.words.x0[0] - dx, abs=0.02)
    assert part.words.y0[0] == pytest.approx(whole.words.y0[0] - dy, abs=0.02)
    assert max(part.width, part.height) == pytest.approx(730)


def test_a_raised_footnote_mark_is_a_word_of_its_own_on_the_line(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 600, "1,234")
        end = 72 + canvas.stringWidth("1,234", "Helvetica", 10)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(end, 604, "1")

    page = page_of(tmp_path, draw)
    assert page.words.text == ["1,234", "1"]
    assert page.words.size == [10, 6]
    assert len(page.lines) == 1


def test_a_kerned_word_is_whole(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 600, "Consolidat")
        end = 72 + canvas.stringWidth("Consolidat", "Helvetica", 10)
        canvas.drawString(end + 0.2, 600, "ed")

    assert page_of(tmp_path, draw).words.text == ["Consolidated"]


def test_a_heading_set_with_space_between_letters_is_whole(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for number, letter in enumerate("ANNUAL REPORT"):
            if letter != " ":
                canvas.drawString(72 + 12.0 * number, 600, letter)

    assert page_of(tmp_path, draw).words.text == ["ANNUAL", "REPORT"]


def test_amounts_in_neighbouring_columns_stay_apart(tmp_path: Path) -> None:
    page = page_of(tmp_path, text((300, 100, "1,076"), (327, 100, "4,911")))
    assert page.words.text == ["1,076", "4,911"]


@pytest.mark.parametrize("printed", ["$1,234", "(16,135)", "12.5%", "$(86)"])
def test_signs_that_touch_an_amount_stay_with_it(tmp_path: Path, printed: str) -> None:
    assert page_of(tmp_path, text((300, 100, printed))).words.text == [printed]


def test_a_word_printed_twice_to_look_bold_is_read_once(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        text((72, 100, "Revenue")),
    )
    twice = page_of(tmp_path, text((72, 100, "Revenue"), (72.4, 100, "Revenue")))
    assert page.words.text == twice.words.text == ["Revenue"]


def test_weight_and_slant_come_from_the_font(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        together(
            text((72, 100, "plain")),
            text((72, 120, "heavy"), font="Helvetica-Bold"),
            text((72, 140, "slanted"), font="Times-Italic"),
        ),
    )
    assert page.words.bold == [False, True, False]
    assert page.words.italic == [False, False, True]


def test_the_row_of_a_table_is_one_line_however_wide_its_gaps(tmp_path: Path) -> None:
    page = page_of(tmp_path, text((72, 100, "Total assets"), (520, 100, "36,500")))
    assert lines_of(page) == ["Total assets 36,500"]


def test_offsets_of_words_point_into_the_text_of_the_page(tmp_path: Path) -> None:
    page = page_of(tmp_path, text((72, 100, "one two"), (72, 120, "three")))
    for index, word in enumerate(page.words.text):
        start = page.words.start[index]
        assert page.text[start : start + len(word)] == word
