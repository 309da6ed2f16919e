"""What is taken in fits: into the owner's quota and onto the disk. Nothing else leaves a trace."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from apostil.bootstrap.home import Home, open_home
from apostil.bootstrap.intake import LEAST_FREE_BYTES, server_intake, size_ahead
from apostil.config import MIB, Settings
from apostil.engine import QuotaExceeded, StoreFull

PAPER = b"some text\n" * 50_000  # half a MB


class Usage(NamedTuple):
    """As ``shutil`` tells it."""

    total: int
    used: int
    free: int


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.chdir(tmp_path)
    home = open_home(Settings.read(data=tmp_path / "data"))
    yield home
    home.close()


def take(home: Home, data: bytes, *, owner: str = "local", quota_mb: int | None = 1) -> str:
    settings = Settings.read(data=home.data, storage_quota_mb=quota_mb)
    new = server_intake(settings, home)(io.BytesIO(data), "paper.txt", owner=owner)
    if owner == "local":
        home.documents.register(owner, [new], now=0.0)
    return new.sha256


def left(home: Home) -> set[str]:
    return {file.name for file in (home.data / "files").rglob("*") if file.is_file()}


def test_files_are_taken_up_to_the_quota_and_not_beyond(home: Home) -> None:
    take(home, PAPER + b"1")
    take(home, PAPER + b"2")
    before = left(home)
    with pytest.raises(QuotaExceeded, match=r"has 0\.5 MiB, .* take 1\.0 MiB of the 1\.0 MiB"):
        take(home, PAPER + b"3")
    assert left(home) == before
    take(home, b"a few words")


def test_a_file_that_the_owner_has_takes_no_more_room(home: Home) -> None:
    for number in (b"1", b"2"):
        take(home, PAPER + number)
    assert take(home, PAPER + b"1")


def test_each_owner_has_a_quota_of_their_own(home: Home) -> None:
    for number in (b"1", b"2"):
        take(home, PAPER + number)
    assert take(home, PAPER + b"3", owner="somebody else")


def test_without_a_quota_the_disk_is_the_limit(home: Home) -> None:
    for number in (b"1", b"2", b"3"):
        take(home, PAPER + number, quota_mb=None)


@pytest.mark.parametrize(("spare", "is_taken"), [(0, True), (-1, False)])
def test_some_room_on_the_disk_is_left_for_the_jobs(
    home: Home, monkeypatch: pytest.MonkeyPatch, spare: int, *, is_taken: bool
) -> None:
    free = LEAST_FREE_BYTES + len(PAPER) + spare
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10 * free, 9 * free, free))
    if is_taken:
        take(home, PAPER)
        return
    with pytest.raises(StoreFull, match="There is no room left on the disk"):
        take(home, PAPER)
    assert left(home) == set()


class FullDisk(io.BytesIO):
    """A source whose second piece does not fit on the disk any more."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().read(size)


def test_a_disk_that_fills_up_meanwhile_is_told_and_nothing_is_left(home: Home) -> None:
    settings = Settings.read(data=home.data)
    with pytest.raises(StoreFull, match="free some and send it again"):
        server_intake(settings, home)(FullDisk(b"x" * 3 * MIB), "p.txt", owner="local")
    assert left(home) == set()


def test_other_faults_of_a_disk_are_not_taken_for_a_full_one(home: Home) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, f"no {size}")

    with pytest.raises(OSError, match="no "):
        server_intake(Settings.read(data=home.data), home)(Broken(), "p.txt", owner="local")


def test_the_size_of_what_comes_is_known_beforehand_if_it_can_be() -> None:
    source = io.BytesIO(b"0123456789")
    source.seek(4)
    assert size_ahead(source) == 6
    assert source.read() == b"456789"
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert size_ahead(pipe) == 0
