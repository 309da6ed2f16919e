from __future__ import annotations

import gzip
import io
import os
from pathlib import Path
from typing import Any

import pytest

from apostil.client.sending import MOST_BYTES, MOST_FILES, opened, portions


def contents(sources: Any) -> list[tuple[str, bytes]]:
    with opened(sources) as files:
        return [(name, file.read()) for name, file in files]


def test_documents_may_be_given_in_all_these_ways(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"A")
    assert contents(str(path)) == [("a.pdf", b"A")]
    assert contents(path) == [("a.pdf", b"A")]
    assert contents(b"B") == [("document", b"B")]
    assert contents(("b.txt", b"B")) == [("b.txt", b"B")]
    assert contents(("c.txt", io.BytesIO(b"C"))) == [("c.txt", b"C")]
    assert contents((str(path), str(path))) == [("a.pdf", b"A")] * 2, "a tuple of two paths"
    assert contents(one for one in [path, b"B", ("c", b"C")]) == [
        ("a.pdf", b"A"),
        ("document", b"B"),
        ("c", b"C"),
    ]


def test_a_file_object_is_sent_from_its_beginning_and_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"whole")
    with path.open("rb") as file:
        file.read(3)
        assert contents(file) == [("a.pdf", b"whole")]
        assert not file.closed


def test_a_pipe_can_be_sent_twice() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"piped")
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe, opened(pipe) as files:
        ((name, file),) = files
        assert name == "document"
        assert file.read() == b"piped"
        file.seek(0)
        assert file.read() == b"piped"


def test_a_file_that_unpacks_itself_is_sent_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"x" * 10_000))
    with gzip.open(path, "rb") as file:
        ((_, content),) = contents(file)
    assert content == b"x" * 10_000


def test_a_name_that_is_no_utf8_is_made_sendable() -> None:
    assert contents((os.fsdecode(b"n\xe4me.pdf"), b"A")) == [("n\ufffdme.pdf", b"A")]


def test_what_is_no_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="At least one"):
        contents([])
    with pytest.raises(TypeError, match="open"):
        contents(io.StringIO("text"))
    with pytest.raises(TypeError, match="open"):
        contents([3])
    with pytest.raises(FileNotFoundError):
        contents(tmp_path / "none.pdf")


def test_many_documents_are_sent_in_portions_by_number_and_by_size(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES)
    small = [b"x"] * (MOST_FILES + 1)
    assert [len(portion) for portion in portions(small)] == [MOST_FILES, 1]
    assert portions([b"x", large, b"y", b"z"]) == [[b"x"], [large], [b"y", b"z"]]
    with pytest.raises(FileNotFoundError):
        portions([b"x", tmp_path / "none.pdf"])
