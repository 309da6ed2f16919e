"""A data folder with everything in it: database, files, and the ports onto them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apostil.adapters import (
    ContentFiles,
    Database,
    DatabaseOptions,
    Listener,
    LocalQueue,
    NoQueue,
    ReportingJobs,
    ReportOptions,
    SqlAnswers,
    SqlDocuments,
    SqlKeeping,
    SqlReader,
    SqlRoster,
    WorkerSetup,
    open_database,
    upgrade,
)
from apostil.bootstrap.place import network_file_system
from apostil.bootstrap.reports import report_options
from apostil.config import Settings

PIPELINES = "apostil.bootstrap.applications:pipelines"
PRIVATE = 0o700
_LEAST_ROOM_BYTES = 512 * 1024


class DataFolderUnusable(Exception):
    """The data folder cannot be made or written; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One data folder as one process sees it. ``close`` it before the process ends."""

    data: Path
    database_url: str
    options: DatabaseOptions
    database: Database
    files: ContentFiles
    reports: ReportOptions
    jobs: ReportingJobs
    reader: SqlReader
    documents: SqlDocuments
    roster: SqlRoster
    keeping: SqlKeeping
    answers: SqlAnswers

    def queue(self, *, workers: int) -> LocalQueue:
        """A queue with workers of its own, not yet started."""
        setup = WorkerSetup(
            database_url=self.database_url,
            options=self.options,
            files=str(self.data / "files"),
            pipelines=PIPELINES,
            reports=self.reports,
        )
        return LocalQueue(setup, workers=workers, jobs=self.jobs)

    def no_queue(self) -> NoQueue:
        """For a process that only looks and controls."""
        return NoQueue()

    def close(self) -> None:
        self.database.dispose()


def has_room(data: Path) -> bool:
    """Whether the disk has room for anything at all: without it, a job waits in silence."""
    return shutil.disk_usage(data).free >= _LEAST_ROOM_BYTES


def database_url(settings: Settings) -> str:
    """Where the database is: as set, or ``apostil.db`` in the data folder."""
    return (
        settings.database_url or f"sqlite:///{settings.data.expanduser().absolute() / 'apostil.db'}"
    )


def database_options(settings: Settings) -> DatabaseOptions:
    return DatabaseOptions(
        is_relaxed=settings.database_durability == "relaxed",
        pool_size=settings.database_pool_size,
        pool_overflow=settings.database_pool_overflow,
        echo=settings.sql_echo,
    )


def open_home(settings: Settings, *, listeners: Sequence[Listener] = ()) -> Home:
    """Open the data folder, made and brought up to date if need be. ``listeners`` are told of what
    this process does to jobs. DataFolderUnusable."""
    data = settings.data.expanduser().absolute()
    try:
        data.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        files = ContentFiles(data / "files")
    except OSError as error:
        raise DataFolderUnusable(
            f"The data folder {data} cannot be used: {error.strerror}. Choose another with --data "
            "or APOSTIL_DATA."
        ) from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise DataFolderUnusable(f"The data folder {data} cannot be written by this user.")
    if settings.database_url is None and (kind := network_file_system(data)):
        raise DataFolderUnusable(
            f"The data folder {data} is on a network file system ({kind}), where a database can be "
            "damaged. Choose a folder on a disk of this machine with --data or APOSTIL_DATA."
        )
    url, options = database_url(settings), database_options(settings)
    try:
        database = open_database(url, options)
        upgrade(database)
    except ValueError as error:
        raise DataFolderUnusable(f"DATABASE_URL cannot be used: {error}.") from error
    return Home(
        data=data,
        database_url=url,
        options=options,
        database=database,
        files=files,
        reports=report_options(settings),
        jobs=ReportingJobs(database, files, listeners=listeners),
        reader=SqlReader(database, files),
        documents=SqlDocuments(database, files),
        roster=SqlRoster(database),
        keeping=SqlKeeping(database, files),
        answers=SqlAnswers(database),
    )
