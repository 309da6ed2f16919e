from __future__ import annotations

import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from apostil.web.api.asked import Asked, FormFields, JobRequest, submission_body
from apostil.web.submission import Upload

FIELDS: dict[str, Any] = {"application": "lines", "parameters": {"depth": "1"}}


def form(*files: tuple[str, bytes], **more: Any) -> Asked:
    uploads = [Upload(source=io.BytesIO(data), name=name) for name, data in files]
    return Asked(wish=FormFields(**(FIELDS | more)), uploads=uploads)


def test_whatever_is_asked_for_makes_another_request_but_the_password() -> None:
    file = ("a.pdf", b"%PDF-1.7")
    same = form(file).digest()
    others = [
        form(("b.pdf", b"%PDF-1.7")),
        form(("a.pdf", b"%PDF-1.8")),
        form(file, file),
        form(file, application="others"),
        form(file, parameters={"depth": "2"}),
        form(file, priority=4),
        form(file, parallel=True),
        Asked(wish=JobRequest(**FIELDS, documents=["a"])),
        Asked(wish=JobRequest(**FIELDS, documents=["b"])),
    ]
    assert len({same, *(one.digest() for one in others)}) == 1 + len(others)
    assert form(file, password="secret").digest() == same  # noqa: S106 - what the test is about


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_bytes_cannot_pass_from_one_file_to_the_next(first: bytes, second: bytes) -> None:
    split = form(("a", first), ("b", second)).digest()
    joined = form(("a", first + second), ("b", b"")).digest()
    assert (split == joined) == (second == b"")


def test_a_file_can_be_read_after_it_was_digested() -> None:
    asked = form(("a.pdf", b"%PDF-1.7"))
    assert asked.digest() == asked.digest()
    assert asked.uploads[0].source.read() == b"%PDF-1.7"


def test_the_form_is_described_as_what_can_be_sent_in_one() -> None:
    content = submission_body()["requestBody"]["content"]
    fields = content["multipart/form-data"]["schema"]
    assert fields["properties"]["parameters"]["type"] == "string"
    assert fields["properties"]["files"]["type"] == "array"
    assert fields["additionalProperties"] is False
