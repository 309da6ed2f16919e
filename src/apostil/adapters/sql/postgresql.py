"""All that is special to PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.types.string import StrDumperUnknown
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from apostil.adapters.sql.notifications import CHANNEL, Notifications, Polling
from apostil.adapters.sql.refusals import explained_refusal
from apostil.adapters.sql.session import PATIENCE_SECONDS, Database, DatabaseOptions
from apostil.engine import EngineError, StoreBusy, Watch

_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_TELL = f"SET LOCAL synchronous_commit = off; NOTIFY {CHANNEL}"
# Telling is queued until the commit, so that it may come first and costs no turn of its own. But
# commits that tell go one after the other: those that wait for the disk tell afterwards, or eight
# writers would get a fifth done of what they do otherwise (measured).
_WRITE_AND_TELL = f"{_WRITE}; {_TELL}"
_TELL_AFTERWARDS = f"BEGIN; {_TELL}; COMMIT"
_PATIENCE_MILLISECONDS = str(round(PATIENCE_SECONDS * 1000))
_MIGRATION_LOCK = 0x61706F73  # "apos"

_CONNECTION = {
    "autocommit": True,  # the driver does not begin transactions by itself
    "connect_timeout": round(PATIENCE_SECONDS),
    "application_name": "apostil",
    # A server that is gone without a word is noticed within half a minute.
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class PostgresqlDatabase(Database):
    """Writing sessions see what others have committed until each statement begins, and rely on
    guarded updates; reading sessions see one state."""

    def __init__(self, url: sa.URL, options: DatabaseOptions) -> None:
        engine = sa.create_engine(
            url,
            connect_args=_CONNECTION | dict(url.query),
            pool_size=options.pool_size,
            max_overflow=options.pool_overflow,
            pool_timeout=PATIENCE_SECONDS,
            pool_pre_ping=True,
            pool_use_lifo=True,
            use_native_hstore=False,  # not looked for at every start
            hide_parameters=True,
        )
        sa.event.listen(engine, "connect", self._prepare)
        super().__init__(engine)
        self._is_relaxed = options.is_relaxed
        self._begin = {
            None: _READ,
            True: _WRITE,
            False: _WRITE_AND_TELL if options.is_relaxed else _WRITE,
        }
        self._loss: str | None = None
        self._lock = threading.Lock()

    def watch(self) -> Watch:
        """By being told; by asking where a pooler stands between, which does not pass that on."""
        with self._explained():
            told = Notifications(self._connect_apart)
            if told.hears(self._connect_apart):
                return told
            told.close()
            return Polling(self._snapshot)

    def last_loss(self) -> str:
        """Another cluster, another database in it, or another history of it after it was put back
        to an earlier time, or failed over, has lost commits. A relaxed one has in a crash too; that
        resets its statistics."""
        with self._lock:
            if self._loss is None:
                with self.reading() as connection:
                    self._loss = _identity(connection)
                    if self._is_relaxed:
                        self._loss += f" {connection.scalar(_LAST_CRASH)}"
            return self._loss

    def describe(self) -> str:
        with self.reading() as connection:
            version = connection.scalar(sa.text("SHOW server_version"))
        return f"PostgreSQL {version}, {self._place}"

    def cautions(self) -> Sequence[str]:
        found = []
        with self.reading() as connection:
            if connection.scalar(sa.text("SHOW fsync")) == "off":
                found.append("PostgreSQL runs with fsync off: a crash of its machine loses data")
        if self._is_relaxed:
            found.append("durability is relaxed: a crash of PostgreSQL may undo the newest steps")
        with closing(self.watch()) as watch:
            if isinstance(watch, Polling):
                found.append(
                    "LISTEN does not reach PostgreSQL, as through a pooler for transactions: "
                    "changes are asked for 20 times a second instead"
                )
        return found

    def size_bytes(self, connection: sa.Connection) -> int:
        return int(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)

    @property
    def _place(self) -> str:
        """Where it is, without user and password."""
        url = self._engine.url
        host = url.host or url.query.get("host") or "this machine"
        return f"{url.database or url.username} on {host}:{url.port or 5432}"

    @contextmanager
    def _session(self, *, durable: bool | None) -> Iterator[sa.Connection]:
        begin = self._begin[durable]
        with self._engine.connect() as connection:
            driver = _driver_of(connection.connection)
            with connection.begin():
                driver.execute(begin, prepare=False)
                yield connection
            if begin is _WRITE:
                # It is written, whatever happens now. Who was not told hears of the next writer,
                # and every worker reports itself each two seconds.
                with suppress(psycopg.Error):
                    driver.execute(_TELL_AFTERWARDS, prepare=False)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except NoConnectionFree as error:
            raise StoreBusy("All connections to the database are in use; try again.") from error
        except (DBAPIError, psycopg.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            refusal = explained_refusal(cause, self._place)
            if refusal is None:
                raise
            raise refusal from error

    def _be_alone(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")

    def _prepare(self, connection: Any, _record: Any) -> None:
        """A new connection may be one to a server that has crashed since the last."""
        connection.adapters.register_dumper(str, _Text)
        connection.execute(_SESSION_SETTINGS)
        self._loss = None

    def _connect_apart(self) -> psycopg.Connection[Any]:
        """A connection that is none of the pool's. psycopg.Error if there is none to be had."""
        try:
            pooled = self._engine.raw_connection()
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.Error):
                raise error.orig from error
            raise
        driver = _driver_of(pooled)
        pooled.detach()
        return driver

    def _snapshot(self) -> str | None:
        """Differs whenever a transaction has begun to write or has ended; None out of reach."""
        with suppress(EngineError), self.reading() as connection:
            return str(connection.scalar(sa.text("SELECT CAST(pg_current_snapshot() AS text)")))
        return None


class _Text(StrDumperUnknown):
    """PostgreSQL's text has every character but one, which titles in documents do have."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


_SESSION_SETTINGS = f"""
SELECT set_config('statement_timeout', '{_PATIENCE_MILLISECONDS}', false),
       set_config('lock_timeout', '{_PATIENCE_MILLISECONDS}', false),
       CASE current_setting('synchronous_commit')
           WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END
"""
_HISTORY = sa.text(
    "SELECT oid, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
    " FROM pg_database WHERE datname = current_database()"
)
_MAY_SEE_CLUSTER = sa.text("SELECT has_function_privilege('pg_control_system()', 'execute')")
_CLUSTER = sa.text("SELECT system_identifier FROM pg_control_system()")
_LAST_CRASH = sa.text(
    "SELECT concat(pg_postmaster_start_time(), ' ', stats_reset) FROM pg_stat_bgwriter"
)


def _identity(connection: sa.Connection) -> str:
    """The cluster, where we may ask for it, the database in it, and which of its histories."""
    number, history = connection.execute(_HISTORY).one()
    cluster = connection.scalar(_CLUSTER) if connection.scalar(_MAY_SEE_CLUSTER) else ""
    return f"{cluster} {number} {history}"


def _driver_of(connection: sa.PoolProxiedConnection) -> psycopg.Connection[Any]:
    driver = connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - tells the type checker
    return driver
