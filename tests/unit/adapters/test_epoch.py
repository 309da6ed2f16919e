"""The epoch changes exactly when numbers of events may be given out anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from apostil.adapters import ContentFiles, SqlReader, open_database, upgrade
from apostil.adapters.sql import sqlite


def epoch(folder: Path) -> str:
    """As a new process finds it."""
    folder.mkdir(exist_ok=True)
    database = open_database(f"sqlite:///{folder / 'apostil.db'}")
    upgrade(database)
    try:
        return SqlReader(database, ContentFiles(folder / "files")).epoch()
    finally:
        database.dispose()


def test_every_process_on_a_database_sees_the_same_epoch(tmp_path: Path) -> None:
    assert epoch(tmp_path / "one") == epoch(tmp_path / "one")


def test_another_database_is_another_epoch(tmp_path: Path) -> None:
    assert epoch(tmp_path / "one") != epoch(tmp_path / "two")


def test_another_start_of_the_machine_is_another_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = epoch(tmp_path / "one")
    boot = tmp_path / "boot_id"
    boot.write_text("another start\n")
    monkeypatch.setattr(sqlite, "_BOOT_ID", boot)
    assert epoch(tmp_path / "one") != before


def test_a_machine_without_a_name_for_its_start_has_the_time_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_BOOT_ID", tmp_path / "none")
    assert sqlite.boot_id().isdecimal()
    assert epoch(tmp_path / "one") == epoch(tmp_path / "one")
