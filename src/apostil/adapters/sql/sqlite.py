"""All that is special to SQLite."""

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

from apostil.adapters.sql.flush import SharedFlush
from apostil.adapters.sql.session import PATIENCE_SECONDS, Database, DatabaseOptions
from apostil.engine import StoreBusy, StoreFull, StoreUnusable

_SHORTEST_PAUSE_SECONDS = 0.0002
_LONGEST_PAUSE_SECONDS = 0.005
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SqliteDatabase(Database):
    """Writing begins by taking the write lock, so that what was read cannot be overtaken before it
    is written: with the defaults of SQLite's driver, readers that turn into writers lose updates or
    fail."""

    def __init__(self, url: sa.URL, options: DatabaseOptions) -> None:
        # With isolation_level None the driver does not begin transactions by itself, late and in
        # the wrong mode.
        arguments = {
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": PATIENCE_SECONDS,
        }
        engine = sa.create_engine(
            url,
            connect_args=arguments,
            poolclass=sa.NullPool,
            hide_parameters=options.echo,
        )
        sa.event.listen(engine, "connect", _prepare)
        sa.event.listen(engine, "begin", _begin)
        super().__init__(engine)
        # Kept open: opening one costs as much as a checkpoint. The one used last comes first, since
        # its cache still holds the pages that it wrote.
        self._idle: deque[sa.Connection] = deque()
        self._turn = threading.Lock()
        self._boot_id = boot_id()
        self._log = SharedFlush(Path(f"{url.database}-wal"))

    def watch(self) -> DataVersion:
        return DataVersion(self._engine.raw_connection())

    def last_loss(self) -> str:
        """Commits that are not durable are lost only when the machine goes down."""
        return self._boot_id

    def describe(self) -> str:
        return f"SQLite {sqlite3.sqlite_version} in {self._engine.url.database}"

    def size_bytes(self, connection: sa.Connection) -> int:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
        size = connection.exec_driver_sql("PRAGMA page_size").scalar() or 0
        return int(pages * size)

    def dispose(self) -> None:
        while self._idle:
            self._idle.pop().close()
        super().dispose()

    @contextmanager
    def writing(self, *, durable: bool) -> Iterator[sa.Connection]:
        with self._alone_in_process(), super().writing(durable=durable) as connection:
            yield connection
        if durable:
            try:
                self._log.flush()
            except OSError as error:
                raise StoreFull(
                    f"The disk does not take what is written: {error.strerror}."
                ) from error

    @contextmanager
    def _alone_in_process(self) -> Iterator[None]:
        """Threads of one process queue here. Were each to try for SQLite's lock by itself, waking
        to try again would take a third of the CPU of twenty submissions at once (measured)."""
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise StoreBusy("The database is busy; try again shortly.")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _session(self, *, durable: bool | None) -> Iterator[sa.Connection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        connection.info["durable"] = durable
        try:
            with connection.begin():
                yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    @contextmanager
    def _explained(self) -> Iterator[None]:
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
                raise StoreUnusable(
                    "The database cannot be opened; does its folder exist?"
                ) from error
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

    def _be_alone(self, connection: sa.Connection) -> None:
        """Whoever writes is."""


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


def _prepare(connection: sqlite3.Connection, record: Any) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    record.info["has_log"] = mode == ("wal",)
    connection.execute("PRAGMA foreign_keys = ON")
    # 16 MB: pages that many checkpoints write are then copied into the database once for all.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")


def _begin(connection: sa.Connection) -> None:
    """Wait for the write lock if this is to be a writing session. SQLite's own waiting sleeps for
    1 to 100 ms at a time, which is many times what a checkpoint takes; after the lock is had,
    nothing more is waited for."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - tells the type checker
    durable, has_log = connection.info["durable"], connection.info["has_log"]
    if durable is None:
        driver.execute("BEGIN")
        return
    # The log is flushed after the commit; where a file system allows none, within it.
    driver.execute(f"PRAGMA synchronous = {'FULL' if durable and not has_log else 'NORMAL'}")
    driver.execute("PRAGMA busy_timeout = 0")
    deadline = time.monotonic() + PATIENCE_SECONDS
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
