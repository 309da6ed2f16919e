from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from apostil.web.problems import Refused
from apostil.web.stored_file import StoredFile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "page.png"
    path.write_bytes(b"0123456789")
    return path


def answer(file: Path, *, asked: dict[str, str], deleted: bool) -> httpx.Response:
    """What is answered when the file is looked for and then, perhaps, deleted."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        found = StoredFile(file, headers={"Content-Type": "image/png"})
        if deleted:
            file.unlink()  # noqa: ASYNC240 - nothing else runs here
        await found(scope, receive, send)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(served)
        async with httpx.AsyncClient(transport=transport, base_url="http://apostil") as client:
            return await client.get("/", headers=asked)

    return asyncio.run(ask())


PARTS = pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ({}, 200, b"0123456789"),
        ({"Range": "bytes=2-3"}, 206, b"23"),
    ],
)


@PARTS
def test_a_file_is_answered_whole_or_in_part(
    file: Path, asked: dict[str, str], status: int, content: bytes
) -> None:
    got = answer(file, asked=asked, deleted=False)
    assert (got.status_code, got.content) == (status, content)
    assert got.headers["content-type"] == "image/png"


@PARTS
def test_a_file_that_is_deleted_after_it_was_looked_for_is_a_problem(
    file: Path, asked: dict[str, str], status: int, content: bytes
) -> None:
    del status, content
    got = answer(file, asked=asked, deleted=True)
    assert (got.status_code, got.json()["type"]) == (410, "/problems/document-gone")
    assert got.headers["content-type"] == "application/problem+json"
    with pytest.raises(Refused) as refused:
        StoredFile(file, headers={})
    assert refused.value.kind.name == "document-gone"
