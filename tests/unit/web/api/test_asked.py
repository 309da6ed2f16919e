from __future__ import annotations

import asyncio
import errno
import io
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import pytest
from fastapi import Request
from fastapi.exceptions import HTTPException
from hypothesis import given
from hypothesis import strategies as st

from apostil.engine import StoreFull
from apostil.web.api.asked import Asked, FormFields, JobRequest, _asked, submission_body
from apostil.web.problems import problem_of
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


@pytest.mark.parametrize(
    ("code", "expected"),
    [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, OSError)],
)
def test_a_disk_without_room_for_what_comes_in_is_told_as_that(
    code: int, expected: type[Exception]
) -> None:
    async def no_room() -> NoReturn:
        raise OSError(code, "there")

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    scope = {"type": "http", "method": "POST", "headers": headers}

    async def read() -> None:
        async with asynccontextmanager(_asked)(Request(scope, no_room)):
            pass

    with pytest.raises(expected):
        asyncio.run(read())


def test_a_form_that_the_framework_had_no_room_for_is_no_fault_of_its_sender() -> None:
    unread = HTTPException(400, "There was an error parsing the body")
    unread.__cause__ = OSError(errno.ENOSPC, "there")
    assert problem_of(unread).kind.name == "store-full"
    unread.__cause__ = OSError(errno.EIO, "there")
    assert problem_of(unread).kind.name == "bad-request"
