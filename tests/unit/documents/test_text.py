from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from apostil.documents import NoReadableText, SecondReader, UnsupportedFormat, cite_span, parse
from apostil.evidence import verify

PROSE = "Scope \u2013 f\u00fcr alle Ger\u00e4te\n\n1. Wash hands\n   for 30 seconds.\f2. Dry them."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "procedure.txt"
    path.write_bytes(PROSE.encode(encoding))
    document = parse(path)
    assert document.media_type == "text/plain"
    assert [block.text for block in document.blocks] == [
        "Scope \u2013 f\u00fcr alle Ger\u00e4te",
        "1. Wash hands    for 30 seconds.",
        "2. Dry them.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_citation_of_text_holds_and_a_changed_one_does_not(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "procedure.txt"
    path.write_bytes(PROSE.replace("\n", "\r\n").encode(encoding))
    document = parse(path)
    block = document.blocks[1]
    start = block.text.index("30")
    citation = cite_span(document, block, start, start + len("30 seconds"))
    assert citation.quote == "30 seconds"
    result = {
        "documents": [{"sha256": document.sha256}],
        "citations": json.loads(msgspec.json.encode({"c1": citation})),
        "body": {"steps": [{"value": "30", "raw": "30 seconds", "citations": ["c1"]}]},
    }
    assert verify(result, SecondReader([path])).holds
    result["citations"]["c1"]["quote"] = "20 seconds"
    assert not verify(result, SecondReader([path])).holds


def test_a_file_of_blanks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "blank.txt"
    path.write_text(" \n\n \f\n")
    with pytest.raises(NoReadableText):
        parse(path)


def test_binary_data_is_no_text_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(UnsupportedFormat):
        parse(path, media_type="text/plain")


def test_a_line_without_end_is_cut_at_spaces(tmp_path: Path) -> None:
    path = tmp_path / "one_line.txt"
    path.write_text("word " * 40_000)
    blocks = parse(path).blocks
    assert max(len(block.text) for block in blocks) <= 8_000
    assert sum(block.text.count("word") for block in blocks) == 40_000
