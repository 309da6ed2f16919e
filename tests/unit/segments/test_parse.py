from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from papers import plain_pages, scan, statement, write_pdf

from apostil.documents import ParsedDocument
from apostil.engine import DocumentFile, Effect, Inputs, Output, Pipeline, SegmentFailed
from apostil.segments import parse_segment
from apostil.segments.parse import read_first, read_second


def inputs(*paths: Path, reported: list[int] | None = None) -> Inputs:
    heard: list[int] = [] if reported is None else reported
    return Inputs(
        documents=tuple(
            DocumentFile(
                sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                name=path.name,
                media_type="application/pdf",
                size=path.stat().st_size,
                path=path,
            )
            for path in paths
        ),
        parameters={},
        artifacts={},
        report=lambda done, _total, _message: heard.append(done),
    )


def test_a_document_becomes_an_artifact_and_is_described(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "paper.pdf", statement)
    output = read_first(inputs(path))
    assert isinstance(output, Output)
    assert isinstance(output.value, ParsedDocument)
    (effect,) = output.effects
    assert isinstance(effect, Effect)
    assert effect.name == "describe_document"
    assert effect.data["sha256"] == output.value.sha256
    assert effect.data["pages"] == 1
    assert effect.data["title"]


def test_the_second_document_has_a_function_of_its_own(tmp_path: Path) -> None:
    one = write_pdf(tmp_path / "one.pdf", statement)
    two = write_pdf(tmp_path / "two.pdf", *plain_pages(2))
    assert len(read_second(inputs(one, two)).value.pages) == 2


def test_a_refusal_fails_the_segment_with_its_problem(tmp_path: Path) -> None:
    with pytest.raises(SegmentFailed) as caught:
        read_first(inputs(write_pdf(tmp_path / "scan.pdf", scan)))
    assert caught.value.problem == "/problems/no-readable-text"
    assert "scan" in caught.value.detail


def test_each_page_is_reported(tmp_path: Path) -> None:
    heard: list[int] = []
    read_first(inputs(write_pdf(tmp_path / "paper.pdf", *plain_pages(3)), reported=heard))
    assert heard == [1, 2, 3]


def test_two_documents_can_be_read_in_one_pipeline() -> None:
    first = parse_segment("parse_a", document=0)
    second = parse_segment("parse_b", title="Reading the other document", document=1)
    assert first.work != second.work
    assert Pipeline((first,)).last is first
