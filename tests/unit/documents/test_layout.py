from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from papers import LEFT, RIGHT, ROWS, statement, text, together, two_columns, write_pdf

from apostil.documents import BlockKind, ParsedDocument, Table, parse


def table_of(document: ParsedDocument) -> Table:
    (table,) = [block.table for block in document.blocks if block.table is not None]
    return table


def grid_of(table: Table) -> list[list[str]]:
    grid = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        grid[cell.row][cell.col] = cell.text
    return grid


@pytest.mark.parametrize("shift", [0.0, 5.0])
def test_columns_of_prose_are_read_one_after_the_other(tmp_path: Path, shift: float) -> None:
    path = write_pdf(tmp_path / "paper.pdf", partial(two_columns, shift=shift))
    page = parse(path).page(1)
    assert page.text.split("\n") == [*LEFT, *RIGHT]
    assert {line.column for line in page.lines} == {0, 1}


def test_a_statement_is_not_cut_into_columns(tmp_path: Path) -> None:
    page = parse(write_pdf(tmp_path / "paper.pdf", statement)).page(1)
    assert "Marketable securities 380 1,076" in page.text.split("\n")
    assert {line.column for line in page.lines} == {0}


def test_a_table_without_rules_has_its_labels_signs_and_columns(tmp_path: Path) -> None:
    table = table_of(parse(write_pdf(tmp_path / "paper.pdf", statement)))
    grid = grid_of(table)
    assert grid[0] == ["", "2018", "2017"]
    assert [row[0] for row in grid[2:]] == [label for label, _, _ in ROWS]
    assert grid[2] == ["Cash and cash equivalents", "$ 2,853", "$ 3,053"]
    assert grid[5] == ["Other current assets", "(349)", "\u2014"]


def test_a_cell_holds_the_words_it_is_made_of(tmp_path: Path) -> None:
    document = parse(write_pdf(tmp_path / "paper.pdf", statement))
    words = document.page(1).words
    for cell in table_of(document).cells:
        assert cell.text == " ".join(words.text[index] for index in cell.words)
        assert all(
            any(box.intersection_area(words.box(index)) > 0 for box in cell.boxes)
            for index in cell.words
        )


def test_prose_in_columns_is_no_table(tmp_path: Path) -> None:
    document = parse(write_pdf(tmp_path / "paper.pdf", two_columns))
    assert all(block.table is None for block in document.blocks)


def test_every_line_belongs_to_exactly_one_block(tmp_path: Path) -> None:
    document = parse(write_pdf(tmp_path / "paper.pdf", statement, two_columns))
    for page in document.pages:
        lines = [
            index
            for block in document.blocks
            for region in block.regions
            if region.page == page.number
            for index in range(*region.lines)
        ]
        assert sorted(lines) == list(range(len(page.lines)))


def test_a_block_stands_in_the_section_of_the_heading_above_it(tmp_path: Path) -> None:
    path = write_pdf(
        tmp_path / "paper.pdf",
        together(
            text((72, 80, "Liquidity"), font="Helvetica-Bold", size=14),
            text((72, 110, "Cash was enough for the needs of the year that followed.")),
            text((72, 150, "Risks"), font="Helvetica-Bold", size=14),
            text((72, 180, "Rates may rise and the cost of debt may rise with them.")),
        ),
    )
    document = parse(path)
    titles = {section.id: section.title for section in document.sections}
    under = {block.text.split()[0]: titles[block.section] for block in document.blocks}
    assert under["Cash"] == "Liquidity"
    assert under["Rates"] == "Risks"


def test_what_is_printed_on_every_page_is_furniture(tmp_path: Path) -> None:
    pages = [
        text(
            (72, 40, "Example plc Annual Report"),
            (72, 300, f"Paragraph {word} of the text itself."),
            (300, 760, str(number)),
        )
        for number, word in enumerate(("one", "two", "three", "four"), start=1)
    ]
    document = parse(write_pdf(tmp_path / "paper.pdf", *pages))
    kinds = {block.text: block.kind for block in document.blocks}
    assert kinds["Example plc Annual Report"] is BlockKind.PAGE_HEADER
    assert kinds["3"] is BlockKind.PAGE_NUMBER
    assert kinds["Paragraph two of the text itself."] is BlockKind.PARAGRAPH


def test_a_word_broken_at_the_end_of_a_line_is_whole_only_if_known(tmp_path: Path) -> None:
    path = write_pdf(
        tmp_path / "paper.pdf",
        text(
            (72, 100, "The amortization of assets is part of the non-"),
            (72, 112, "network costs and so are the other amor-"),
            (72, 124, "tization charges of the year."),
        ),
    )
    (block,) = parse(path).blocks
    assert "non-network" in block.text
    assert "other amortization charges" in block.text


def test_the_same_bytes_give_the_same_document(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "paper.pdf", statement, two_columns)
    assert parse(path) == parse(path)
