"""A durable commit is flushed before it counts, and those that wait together are flushed together."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from apostil.adapters import open_database
from apostil.adapters.sql import flush
from apostil.adapters.sql.flush import SharedFlush

Counted = list[int]
"""The sizes that the file had when it was flushed."""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    sizes: Counted = []
    real: Callable[[int], None] = flush._flush_data

    def counting(descriptor: int) -> None:
        sizes.append(os.fstat(descriptor).st_size)
        real(descriptor)

    monkeypatch.setattr(flush, "_flush_data", counting)
    return sizes


def test_those_that_come_while_one_is_flushed_share_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    path.touch()
    begun: list[int] = []
    going, go_on = threading.Event(), threading.Event()

    def slow(_descriptor: int) -> None:
        begun.append(len(begun))
        going.set()
        assert go_on.wait(30)

    monkeypatch.setattr(flush, "_flush_data", slow)
    log = SharedFlush(path)
    first = threading.Thread(target=log.flush)
    first.start()
    assert going.wait(30)
    others = [threading.Thread(target=log.flush) for _ in range(8)]
    for one in others:
        one.start()
    for one in others:
        one.join(0.05)
        assert one.is_alive(), "it was told so by a flush that began before it came"
    go_on.set()
    for one in (first, *others):
        one.join(30)
    assert len(begun) == 2


def test_a_flush_that_fails_serves_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"
    path.touch()
    log = SharedFlush(path)

    def failing(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(flush, "_flush_data", failing)
        with pytest.raises(OSError, match="Input"):
            log.flush()
    log.flush()
    path.unlink()
    log.flush()


def test_only_durable_transactions_are_flushed_and_with_all_that_they_wrote(
    tmp_path: Path, counted: Counted
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.writing(durable=False) as connection:
        connection.execute(sa.text("CREATE TABLE t (x)"))
    assert counted == []
    for number in range(3):
        with database.writing(durable=True) as connection:
            connection.execute(sa.text("INSERT INTO t VALUES (:x)"), {"x": number})
        assert len(counted) == number + 1
        assert counted[-1] == (tmp_path / "x.db-wal").stat().st_size
    with pytest.raises(ZeroDivisionError), database.writing(durable=True):
        raise ZeroDivisionError
    assert len(counted) == 3
    database.dispose()
