"""Connections: the only two ways to talk to the database, and all that is special to SQLite."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from apostil.engine import StoreBusy, StoreFull, StoreUnusable

_BUSY_SECONDS = 10.0
_SHORTEST_PAUSE_SECONDS = 0.0002
_LONGEST_PAUSE_SECONDS = 0.005
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Database:
    """One database as one process sees it; make it after the process has started.

    ``writing`` and ``reading`` are its only kinds of session. Writing begins by taking the write
    lock, so that what was read cannot be overtaken before it is written: with the defaults of
    SQLite's driver, readers that turn into writers lose updates or fail.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        # Kept open: opening one costs as much as a checkpoint. The one used last comes first, since
        # its cache still holds the pages that it wrote.
        self._idle: deque[sa.Connection] = deque()
        self._turn = threading.Lock()

    @contextmanager
    def writing(self, *, durable: bool) -> Iterator[sa.Connection]:
        """One transaction that writes. ``durable``: once ended, it survives a power cut; else it
        may be lost in one, but only together with all that came after it.

        Raises StoreBusy if the lock was not had within 10 s, StoreFull if the disk is full; then
        nothing was written.
        """
        with (
            self._alone_in_process(),
            _explained(),
            self._session("FULL" if durable else "NORMAL") as connection,
        ):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One transaction that sees a single state of the database and writes nothing."""
        with _explained(), self._session(None) as connection:
            yield connection

    def watch(self) -> DataVersion:
        """Tells when anybody has written anything, from now on."""
        return DataVersion(self._engine.raw_connection())

    def last_loss(self) -> str:
        """Changes when commits that were not durable may have been lost: with SQLite, only when
        the machine goes down."""
        return boot_id()

    def dispose(self) -> None:
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()

    @contextmanager
    def _alone_in_process(self) -> Iterator[None]:
        """Threads of one process queue here. Were each to try for SQLite's lock by itself, waking
        to try again would take a third of the CPU of twenty submissions at once (measured)."""
        if not self._turn.acquire(timeout=_BUSY_SECONDS):
            raise StoreBusy("The database is busy; try again shortly.")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _session(self, synchronous: str | None) -> Iterator[sa.Connection]:
        """One transaction on a connection that is nobody else's meanwhile."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        connection.info["synchronous"] = synchronous
        try:
            with connection.begin():
                yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)


class DataVersion:
    """A look at SQLite's counter of foreign commits costs some microseconds, so that polling it
    is as good as being told."""

    _POLL_SECONDS = 0.02

    def __init__(self, connection: sa.PoolProxiedConnection) -> None:
        self._connection = connection
        self._seen = self._version()

    def wait(self, timeout_seconds: float) -> bool:
        """Whether there was a commit since the last call that said so, waiting for one if not."""
        deadline = time.monotonic() + timeout_seconds
        while (version := self._version()) == self._seen:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, self._POLL_SECONDS))
        self._seen = version
        return True

    def close(self) -> None:
        self._connection.close()

    def _version(self) -> int:
        cursor = self._connection.cursor()
        cursor.execute("PRAGMA data_version")
        row = cursor.fetchone()
        cursor.close()
        return int(row[0]) if row else 0


def boot_id() -> str:
    """What this start of the machine is called; where it has no name, the second it happened."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return str(round(psutil.boot_time()))


def open_database(url: str) -> Database:
    """Open the database that a URL such as ``sqlite:////data/apostil.db`` names. ValueError if it
    names none that can be used here."""
    try:
        backend = sa.make_url(url).get_backend_name()
    except sa.exc.ArgumentError as error:
        raise ValueError("it is no address such as sqlite:////data/apostil.db") from error
    if backend != "sqlite":
        raise ValueError(f"this installation keeps its data in SQLite, not in {backend}")
    # With isolation_level None the driver does not begin transactions by itself, late and in the
    # wrong mode.
    options = {"isolation_level": None, "check_same_thread": False, "timeout": _BUSY_SECONDS}
    engine = sa.create_engine(url, connect_args=options, poolclass=sa.NullPool)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return Database(engine)


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # 16 MB: pages that many checkpoints write are then copied into the database once for all.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")


def _begin(connection: sa.Connection) -> None:
    """Wait for the write lock if this is to be a writing session. SQLite's own waiting sleeps for
    1 to 100 ms at a time, which is many times what a checkpoint takes; after the lock is had,
    nothing more is waited for."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - tells the type checker
    synchronous = connection.info["synchronous"]
    if synchronous is None:
        driver.execute("BEGIN")
        return
    driver.execute(f"PRAGMA synchronous = {synchronous}")
    driver.execute("PRAGMA busy_timeout = 0")
    deadline = time.monotonic() + _BUSY_SECONDS
    pause = _SHORTEST_PAUSE_SECONDS
    while not _has_begun(driver, is_last=time.monotonic() > deadline):
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads those who wait
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _has_begun(driver: sqlite3.Connection, *, is_last: bool) -> bool:
    """Try to take the write lock; on the last try a refusal is an error."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@contextmanager
def _explained() -> Iterator[None]:
    """Say what a failure of the database means. Other errors are faults of ours."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        cause = error.orig if isinstance(error, OperationalError) else error
        code = cause.sqlite_errorcode & 0xFF if isinstance(cause, sqlite3.Error) else 0
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise StoreBusy("The database is busy; try again shortly.") from error
        if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            raise StoreFull("There is no room left for the database.") from error
        if code == sqlite3.SQLITE_CANTOPEN:
            raise StoreUnusable("The database cannot be opened; does its folder exist?") from error
        raise
    except (DatabaseError, sqlite3.DatabaseError) as error:
        broken = error.orig if isinstance(error, DatabaseError) else error
        code = broken.sqlite_errorcode & 0xFF if isinstance(broken, sqlite3.Error) else 0
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise StoreUnusable(
                "The database is damaged, or is no SQLite database. Put a copy of it back, or "
                "choose another data folder."
            ) from error
        raise
