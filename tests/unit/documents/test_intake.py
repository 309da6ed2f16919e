from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from papers import statement, write_pdf

from apostil.documents import (
    DocumentTooLarge,
    EmptyFile,
    IntakeLimits,
    UnsupportedFormat,
    receive,
)

LIMITS = IntakeLimits(size=1_000_000)


def test_a_file_is_kept_with_its_digest(tmp_path: Path) -> None:
    data = write_pdf(tmp_path / "made.pdf", statement).read_bytes()
    folder = tmp_path / "incoming"
    folder.mkdir()
    received = receive(io.BytesIO(data), name="report.pdf", folder=folder, limits=LIMITS)
    assert received.sha256 == hashlib.sha256(data).hexdigest()
    assert received.size == len(data)
    assert received.media_type == "application/pdf"
    assert received.path.read_bytes() == data
    assert list(folder.iterdir()) == [received.path]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", EmptyFile),
        (b"%PDF-1.7 " + b"x" * 2_000_000, DocumentTooLarge),
        (b"PK\x03\x04word/document.xml", UnsupportedFormat),
        (b"\x7fELF\x02", UnsupportedFormat),
        (b"plain at first " * 10_000 + bytes(64), UnsupportedFormat),
    ],
)
def test_nothing_is_kept_of_a_file_that_is_refused(
    tmp_path: Path, data: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        receive(io.BytesIO(data), name="report.pdf", folder=tmp_path, limits=LIMITS)
    assert list(tmp_path.iterdir()) == []


class Breaking(io.BytesIO):
    """A connection that is lost after the first piece."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(10 if size is None or size < 0 else min(size, 10))


def test_nothing_is_kept_when_the_sender_goes_away(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        receive(Breaking(b"%PDF-1.7 and more"), name="a.pdf", folder=tmp_path, limits=LIMITS)
    assert list(tmp_path.iterdir()) == []


def test_a_file_beyond_the_limit_is_not_read_to_its_end(tmp_path: Path) -> None:
    endless = io.BytesIO(b"%PDF-" + b"x" * 50_000_000)
    with pytest.raises(DocumentTooLarge):
        receive(endless, name="a.pdf", folder=tmp_path, limits=LIMITS)
    assert endless.tell() < 4_000_000


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\papers\\report.pdf", "report.pdf"),
        ("re\x00po\nrt\u202e.pdf", "report.pdf"),
        ("", "document"),
        ("...", "document"),
        ("r\u00e9sum\u00e9 2022 (1).pdf", "r\u00e9sum\u00e9 2022 (1).pdf"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_to_show(tmp_path: Path, given: str, shown: str) -> None:
    received = receive(io.BytesIO(b"text"), name=given, folder=tmp_path, limits=LIMITS)
    assert received.name == shown


def test_junk_before_the_header_of_a_pdf_is_accepted(tmp_path: Path) -> None:
    stream = io.BytesIO(b"\x00\xffJUNK" * 100 + b"%PDF-1.7 ...")
    received = receive(stream, name="a", folder=tmp_path, limits=LIMITS)
    assert received.media_type == "application/pdf"
