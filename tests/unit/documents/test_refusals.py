"""Bad input is normal input: each refusal has its own type and a sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from papers import plain_pages, scan, statement, text, write_pdf

from apostil.documents import (
    DocumentDamaged,
    DocumentError,
    DocumentTooLarge,
    EmptyFile,
    NoReadableText,
    PageNotFound,
    PageTooLarge,
    ParseLimits,
    PasswordNeeded,
    TooManyPages,
    UnsupportedFormat,
    parse,
    render_page,
    unreadable_pages,
)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    path.write_bytes(b"")
    with pytest.raises(EmptyFile):
        parse(path, media_type="application/pdf")


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_truncated_file_is_called_damaged(tmp_path: Path, share: float) -> None:
    path = write_pdf(tmp_path / "paper.pdf", statement)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(DocumentDamaged, match="fresh copy"):
        parse(path)


def test_a_password_is_asked_for_and_opens_the_file(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "paper.pdf", statement, password=("secret", "owner"))
    with pytest.raises(PasswordNeeded, match="asks for a password"):
        parse(path)
    with pytest.raises(PasswordNeeded, match="does not open"):
        parse(path, password="wrong")  # noqa: S106 - it opens a file made above
    assert parse(path, password="secret").page(1).words  # noqa: S106 - the same


def test_a_file_encrypted_with_an_empty_password_opens(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "paper.pdf", statement, password=("", "owner"))
    assert "Balance" in parse(path).page(1).text


def test_a_scan_without_text_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(NoReadableText, match="as a scan does"):
        parse(write_pdf(tmp_path / "scan.pdf", scan, scan))


def test_blank_pages_are_no_success(tmp_path: Path) -> None:
    with pytest.raises(NoReadableText, match="blank"):
        parse(write_pdf(tmp_path / "blank.pdf", text()))


def test_text_on_fewer_than_a_fifth_of_the_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoReadableText, match="5 of 6 pages"):
        parse(write_pdf(tmp_path / "scan.pdf", statement, *[scan] * 5))


def test_a_page_without_text_among_others_is_a_warning(tmp_path: Path) -> None:
    document = parse(write_pdf(tmp_path / "mixed.pdf", statement, scan, statement, scan))
    assert unreadable_pages(document.pages) == (2, 4)
    assert document.warnings == (
        "Pages 2, 4: each shows something but holds no text, as a scan does.",
    )


def test_a_font_that_maps_letters_to_wrong_ones_is_noticed(tmp_path: Path) -> None:
    prose = "the committee reviewed the work of the auditor and found it sound "
    garbled = "".join(chr((ord(c) - 97 + 4) % 26 + 97) if c.isalpha() else c for c in prose)
    lines = [(50.0, 60.0 + 12 * number, garbled) for number in range(30)]
    with pytest.raises(NoReadableText, match="garbled"):
        parse(write_pdf(tmp_path / "garbled.pdf", text(*lines)))


def test_more_pages_than_allowed_are_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "long.pdf", *plain_pages(3_000))
    with pytest.raises(TooManyPages, match="3,000 pages"):
        parse(path)
    assert len(parse(path, limits=ParseLimits(pages=3_000)).pages) == 3_000


def test_a_page_larger_than_the_format_allows_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "giant.pdf", text((72, 72, "giant")), size=(20_000, 20_000))
    with pytest.raises(PageTooLarge):
        parse(path)


def test_a_page_with_too_many_characters_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "dense.pdf", statement)
    with pytest.raises(DocumentTooLarge):
        parse(path, limits=ParseLimits(characters_per_page=50))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"PK\x03\x04 [Content_Types].xml", "DOCX is not read yet"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (bytes(range(256)), "binary"),
    ],
)
def test_other_formats_are_named(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    with pytest.raises(UnsupportedFormat, match=word):
        parse(path)


def test_progress_is_reported_for_each_page(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    path = write_pdf(tmp_path / "paper.pdf", *plain_pages(3))
    parse(path, report=lambda done, total, _: heard.append((done, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_every_refusal_has_a_type_of_its_own() -> None:
    kinds = DocumentError.__subclasses__()
    assert len({kind.problem for kind in kinds}) == len(kinds)
    assert all(kind.problem.startswith("/problems/") and kind.__doc__ for kind in kinds)


def test_a_page_is_drawn_as_displayed(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "paper.pdf", statement, rotation=90)
    png = render_page(path, 1, width_pixels=396)
    assert png.startswith(b"\x89PNG")
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    assert (width, height) == (396, 306)
    with pytest.raises(PageNotFound):
        render_page(path, 2, width_pixels=396)
    with pytest.raises(PageTooLarge):
        render_page(path, 1, width_pixels=100_000)
