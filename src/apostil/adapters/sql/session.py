"""Connections: the only two ways to talk to the database, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import msgspec
import sqlalchemy as sa

from apostil.engine import Watch

POOL_SIZE, POOL_OVERFLOW = 10, 20
PATIENCE_SECONDS = 10.0
"""How long a lock, a connection or an answer of the database is waited for."""


class DatabaseOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What may be decided about a database beside its address.

    ``is_relaxed``: PostgreSQL need not sync the commits that are not durable. The pool is of one
    process, and of PostgreSQL only. ``echo`` tells every statement, without its values, on stderr.
    """

    is_relaxed: bool = False
    pool_size: int = POOL_SIZE
    pool_overflow: int = POOL_OVERFLOW
    echo: bool = False


class Database(ABC):
    """One database as one process sees it; make it after the process has started.

    ``writing`` and ``reading`` are its only kinds of session.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextmanager
    def writing(self, *, durable: bool) -> Iterator[sa.Connection]:
        """One transaction that writes. ``durable``: once ended, it survives a power cut; else it
        may be lost in one, but only together with all that came after it.

        Raises StoreBusy if a lock was not had within 10 s or the database cannot be reached just
        now, StoreFull if the disk is full; then nothing was written.
        """
        with self._explained(), self._session(durable=durable) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One transaction that sees a single state of the database and writes nothing."""
        with self._explained(), self._session(durable=None) as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[sa.Connection]:
        """One writing transaction beside which there is no other that migrates; it may take its
        time."""
        with self.writing(durable=True) as connection:
            self._be_alone(connection)
            yield connection

    @abstractmethod
    def watch(self) -> Watch:
        """Tells when anybody has written anything, from now on."""

    @abstractmethod
    def last_loss(self) -> str:
        """Changes when commits may have been lost, or another database has taken this one's place."""

    @abstractmethod
    def describe(self) -> str:
        """What and where it is, for people; without any password."""

    def cautions(self) -> Sequence[str]:
        """Sentences about what whoever runs the installation should know of this database."""
        return ()

    @abstractmethod
    def size_bytes(self, connection: sa.Connection) -> int:
        """The room that the database takes."""

    def dispose(self) -> None:
        self._engine.dispose()

    @abstractmethod
    def _session(self, *, durable: bool | None) -> AbstractContextManager[sa.Connection]:
        """One transaction on a connection that is nobody else's meanwhile; None for reading."""

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]:
        """Say what a failure of the database means. Other errors are faults of ours."""

    @abstractmethod
    def _be_alone(self, connection: sa.Connection) -> None:
        """Wait until no other connection migrates; hold on to that until the transaction ends."""
