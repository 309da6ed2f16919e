"""Copies of documents that are gone and files that nobody finished; nothing else is touched."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import pytest

from apostil.bootstrap.leftovers import remove_derived, remove_everything, remove_received
from apostil.engine import Cleared

NOW = 2_000_000_000.0
HOUR = 3600.0
DAY = 24 * HOUR
KEPT, GONE = "ab" * 32, "ac" * 32


def only_kept(sha256s: Collection[str]) -> Collection[str]:
    return {KEPT} & set(sha256s)


def write(file: Path, age: float) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"1234")
    os.utime(file, (NOW - age, NOW - age))
    return file


def derived(folder: Path, sha256: str, ending: str, age: float = 2 * HOUR) -> Path:
    return write(folder / sha256[:2] / f"{sha256[2:]}-{ending}", age)


def test_images_go_with_their_documents(tmp_path: Path) -> None:
    stay = [derived(tmp_path, KEPT, "1-800.png"), derived(tmp_path, KEPT, "sizes.json")]
    stay.append(derived(tmp_path, GONE, "2-800.png", age=HOUR / 2))
    go = [derived(tmp_path, GONE, "1-800.png"), derived(tmp_path, GONE, "sizes.json")]
    go.append(derived(tmp_path, KEPT, "1-800.png.123.456"))
    assert remove_derived(tmp_path, only_kept, now=NOW) == Cleared(derived=3, bytes=12)
    assert [file.exists() for file in stay + go] == [True] * 3 + [False] * 3
    assert remove_derived(tmp_path, only_kept, now=NOW).is_nothing


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert remove_derived(tmp_path / "none", only_kept, now=NOW).is_nothing


def test_unfinished_receivings_go_after_a_day(tmp_path: Path) -> None:
    old = write(tmp_path / "incoming-k3_x9a1b", DAY + 1)
    older = write(tmp_path / "1b4e28ba-2fa1-41d2-883f-0016d3cca427", 5 * DAY)
    young = write(tmp_path / "incoming-abcdefgh", DAY - 1)
    foreign = write(tmp_path / "thesis.pdf", 500 * DAY)
    assert remove_received(tmp_path, now=NOW) == Cleared(received=2, bytes=8)
    assert [file.exists() for file in (old, older, young, foreign)] == [False, False, True, True]


@pytest.mark.parametrize("name", ["files/ab/holiday.jpg", "files/letters/a.txt", "pages/notes"])
def test_emptying_leaves_what_is_not_ours(tmp_path: Path, name: str) -> None:
    foreign = write(tmp_path / name, 0)
    write(tmp_path / "files" / KEPT[:2] / KEPT[2:], 0)
    write(tmp_path / "files" / "incoming" / "incoming-abcdefgh", 0)
    derived(tmp_path / "pages", GONE, "1-800.png", age=0)
    remove_everything(tmp_path / "files", tmp_path / "pages")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [foreign]
