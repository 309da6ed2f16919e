"""What PostgreSQL does otherwise than SQLite: it is told of, restarted, crashes, refuses."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from postgres import Cluster, packaged

from apostil.adapters import (
    ContentFiles,
    Database,
    DatabaseOptions,
    SqlReader,
    database_file,
    open_database,
    upgrade,
)
from apostil.adapters.sql import metadata
from apostil.adapters.sql.notifications import Polling
from apostil.adapters.sql.refusals import explained_refusal
from apostil.adapters.sql.statements import ARTIFACT
from apostil.engine import StoreBusy, StoreFull, StoreUnusable, Watch

pytestmark = pytest.mark.postgres

RELAXED = DatabaseOptions(is_relaxed=True)


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = open_database(postgres_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server that may be stopped and killed."""
    if packaged() is None:
        pytest.skip("the test group has no PostgreSQL for this kind of machine")
    own = Cluster()
    own.start()
    yield own
    own.remove()


def write(database: Database) -> None:
    with database.writing(durable=False):
        """Whoever writes is told of, whatever it is."""


def setting(database: Database, name: str, *, durable: bool | None) -> str:
    session = database.reading() if durable is None else database.writing(durable=durable)
    with session as connection:
        return str(connection.scalar(sa.text(f"SHOW {name}")))


def heard(watch: Watch, *, within: float = 10.0) -> bool:
    return watch.wait(within)


@pytest.mark.parametrize(
    ("options", "durable", "synchronous"),
    [
        (DatabaseOptions(), True, "on"),
        (DatabaseOptions(), False, "on"),
        (RELAXED, True, "on"),
        (RELAXED, False, "off"),
    ],
)
def test_a_commit_waits_for_the_disk_unless_it_need_not(
    postgres_url: str, options: DatabaseOptions, *, durable: bool, synchronous: str
) -> None:
    database = open_database(postgres_url, options)
    for _ in range(2):  # on the same connection
        assert setting(database, "synchronous_commit", durable=durable) == synchronous
        assert setting(database, "transaction_isolation", durable=durable) == "read committed"
    database.dispose()


def test_a_server_that_is_careless_by_default_is_told_to_wait(postgres_url: str) -> None:
    name = sa.make_url(postgres_url).database
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    database = open_database(postgres_url)
    assert setting(database, "synchronous_commit", durable=False) == "on"
    database.dispose()


def test_nothing_is_waited_for_longer_than_ten_seconds(database: Database) -> None:
    for name in ("statement_timeout", "lock_timeout"):
        assert setting(database, name, durable=True) == "10s"


def test_readers_see_one_state_and_cannot_write(database: Database) -> None:
    upgrade(database)
    with database.reading() as connection:
        before = connection.scalar(sa.text("SELECT count(*) FROM turns"))
        with database.writing(durable=False) as writer:
            writer.execute(sa.text("INSERT INTO turns VALUES ('sweep', 'w', 0)"))
        assert connection.scalar(sa.text("SELECT count(*) FROM turns")) == before
    with pytest.raises(StoreUnusable, match="takes no changes"), database.reading() as connection:
        connection.execute(sa.text("DELETE FROM turns"))


def test_a_connection_that_was_cut_is_made_anew_and_says_so(
    database: Database, postgres_url: str
) -> None:
    with closing(database.watch()) as watch:
        write(database)
        assert heard(watch)
        assert not heard(watch, within=0.0)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert heard(watch), "something may have been written meanwhile"
        while heard(watch, within=0.0):
            """Until it is quiet."""
        write(database)
        assert heard(watch)


def test_where_nobody_tells_one_asks(postgres_url: str) -> None:
    with deaf_pooler(postgres_url) as through:
        database = open_database(through)
        with closing(database.watch()) as watch:
            assert isinstance(watch, Polling)
            write(database)
            assert heard(watch)
            threading.Timer(0.2, write, (database,)).start()
            assert heard(watch)
        assert "LISTEN" in " ".join(database.cautions())
        database.dispose()


class deaf_pooler:  # noqa: N801 - it is used as a function
    """A proxy that passes everything on but notifications, as a pooler for transactions does."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listening]

    def __enter__(self) -> str:
        threading.Thread(target=self._accept, daemon=True).start()
        port = self._listening.getsockname()[1]
        there = self._url.set(host="127.0.0.1", port=port, query={"sslmode": "disable"})
        return there.render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection((self._url.host, self._url.port or 5432))
                self._sockets += [client, server]
                for act in (self._pass_on, self._pass_back):
                    threading.Thread(target=act, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _pass_back(self, client: socket.socket, server: socket.socket) -> None:
        """Messages are a letter and a length that counts itself; notifications have the letter A."""
        with suppress(OSError), server.makefile("rb") as messages:
            while len(head := messages.read(5)) == 5:
                body = messages.read(int.from_bytes(head[1:]) - 4)
                if head[:1] != b"A":
                    client.sendall(head + body)
            client.shutdown(socket.SHUT_WR)


def test_who_waits_for_each_other_is_busy_and_one_goes_on(database: Database) -> None:
    upgrade(database)
    with database.writing(durable=False) as connection:
        for duty in "ab":
            row = {"duty": duty, "holder": "w", "until": 0.0}
            connection.execute(sa.insert(metadata.tables["turns"]).values(row))
    both, told = threading.Barrier(2), []

    def take(*duties: str) -> None:
        try:
            with database.writing(durable=False) as connection:
                for duty in duties:
                    changed = sa.text("UPDATE turns SET until = 1 WHERE duty = :duty")
                    connection.execute(changed, {"duty": duty})
                    if duty == duties[0]:
                        both.wait(10)
            told.append("done")
        except StoreBusy:
            told.append("busy")

    threads = [threading.Thread(target=take, args=duties) for duties in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["busy", "done"]


def epoch(database: Database, folder: Path) -> str:
    return SqlReader(database, ContentFiles(folder)).epoch()


def test_only_a_crash_under_relaxed_durability_is_another_epoch(
    cluster: Cluster, tmp_path: Path
) -> None:
    url = cluster.url.render_as_string(hide_password=False)
    strict, relaxed = open_database(url), open_database(url, RELAXED)
    upgrade(strict)
    readers = [SqlReader(each, ContentFiles(tmp_path)) for each in (strict, relaxed)]
    before = [reader.epoch() for reader in readers]
    assert before == [epoch(strict, tmp_path), epoch(relaxed, tmp_path)], "whoever asks"
    cluster.stop(signal.SIGQUIT)
    with pytest.raises(StoreBusy, match="cannot be reached"), strict.reading():
        """There is nothing to be read."""
    cluster.start()
    for each in (strict, relaxed):
        with each.reading() as connection:  # the first after the crash
            connection.execute(sa.text("SELECT 1"))
    after = [reader.epoch() for reader in readers]
    assert after[0] == before[0]
    assert after[1] != before[1]
    for each in (strict, relaxed):
        each.dispose()


def test_a_watch_outlives_a_restart_of_the_database(cluster: Cluster) -> None:
    database = open_database(cluster.url.render_as_string(hide_password=False))
    with closing(database.watch()) as watch:
        cluster.stop()
        assert not heard(watch, within=1.0)
        cluster.start()
        assert heard(watch)
        write(database)
        assert heard(watch)
    database.dispose()


def test_a_copy_of_the_database_is_another_epoch(postgres_url: str, tmp_path: Path) -> None:
    original = open_database(postgres_url)
    upgrade(original)
    before = epoch(original, tmp_path)
    original.dispose()
    name = sa.make_url(postgres_url).database
    with psycopg.connect(
        sa.make_url(postgres_url).set(database="postgres").render_as_string(hide_password=False),
        autocommit=True,
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
        copy = open_database(f"{postgres_url}_copy")
        assert epoch(copy, tmp_path) != before
        copy.dispose()
        connection.execute(f"DROP DATABASE {name}_copy WITH (FORCE)")


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("40001", StoreBusy, "try again"),
        ("55P03", StoreBusy, "try again"),
        ("53300", StoreBusy, "try again"),
        ("57P01", StoreBusy, "cannot be reached"),
        ("08006", StoreBusy, "cannot be reached"),
        ("53100", StoreFull, "no room"),
        ("28P01", StoreUnusable, "look at user and password"),
        ("3D000", StoreUnusable, "create it"),
        ("42501", StoreUnusable, "the right"),
        ("25006", StoreUnusable, "takes no changes"),
        ("XX001", StoreUnusable, "damaged"),
    ],
)
def test_a_refusal_says_what_to_do(state: str, kind: type[Exception], words: str) -> None:
    told = explained_refusal(psycopg.errors.lookup(state)("secret detail"), "papers on host:5432")
    assert isinstance(told, kind)
    assert words in str(told)
    assert "secret" not in str(told)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('FATAL:  password authentication failed for user "me"', StoreUnusable),
        ("fe_sendauth: no password supplied", StoreUnusable),
        ('FATAL:  database "papers" does not exist', StoreUnusable),
        ("Connection refused", StoreBusy),
        ("server closed the connection unexpectedly", StoreBusy),
    ],
)
def test_a_connection_that_is_not_made_says_why(text: str, kind: type[Exception]) -> None:
    assert isinstance(explained_refusal(psycopg.OperationalError(text), "papers"), kind)


def test_faults_of_ours_are_not_explained_away() -> None:
    for state in ("23505", "42P01", "22003"):
        assert explained_refusal(psycopg.errors.lookup(state)("x"), "papers") is None


def test_a_database_that_does_not_exist_is_named(postgres_url: str) -> None:
    database = open_database(f"{postgres_url}_none")
    with pytest.raises(StoreUnusable, match="There is no database apostil_test_"):
        database.describe()
    database.dispose()


@pytest.mark.parametrize("driver", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_way_to_write_the_address_is_taken(postgres_url: str, driver: str) -> None:
    url = sa.make_url(postgres_url).set(drivername=driver).render_as_string(hide_password=False)
    database = open_database(url)
    assert database.describe().startswith("PostgreSQL ")
    assert database_file(url) is None
    database.dispose()


def test_statements_are_told_without_their_values(postgres_url: str) -> None:
    """In a process of its own: telling is for all databases of one."""
    program = f"""
from apostil.adapters import DatabaseOptions, SqlRoster, open_database, upgrade
database = open_database({postgres_url!r}, DatabaseOptions(echo=True))
upgrade(database)
SqlRoster(database).take_turn("sweep", holder="somebody's name", now=1.0, every=2.0)
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert "INSERT INTO turns" in said.stderr
    assert "somebody" not in said.stderr
    assert said.stdout == ""


def test_a_pool_of_one_serves_one_after_the_other(postgres_url: str) -> None:
    database = open_database(postgres_url, DatabaseOptions(pool_size=1, pool_overflow=0))
    began = time.monotonic()

    def read() -> None:
        with database.reading() as connection:
            connection.execute(sa.text("SELECT pg_sleep(0.1)"))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began >= 0.3
    database.dispose()


def test_statements_of_every_segment_are_prepared_by_the_server(database: Database) -> None:
    upgrade(database)
    values = {"owner": "local", "key": "0" * 64}
    for _ in range(8):
        with database.reading() as connection:
            ARTIFACT.run(connection, values).fetchone()
    with database.reading() as connection:
        prepared = connection.scalars(sa.text("SELECT statement FROM pg_prepared_statements"))
        assert any("FROM artifacts" in statement for statement in prepared)


def test_whoever_uses_sqlite_does_not_load_the_driver(tmp_path: Path) -> None:
    program = f"""
import sys
from apostil.adapters import open_database, upgrade
upgrade(open_database("sqlite:///{tmp_path / "apostil.db"}"))
print("psycopg" in sys.modules)
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == "False\n"
