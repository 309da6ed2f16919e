"""A data folder with hand-driven workers and a hand-driven clock, and what is kept in it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desk import Desk, Store

from apostil.adapters import (
    ContentFiles,
    Database,
    SqlDocuments,
    SqlJobs,
    SqlKeeping,
    SqlReader,
    SqlRoster,
    open_database,
    upgrade,
)
from apostil.engine import (
    Cleared,
    DocumentNotFound,
    Job,
    NewDocument,
    Retention,
    clean_up,
)

DAY = 24 * 3600.0
ALL = Retention(jobs_seconds=30 * DAY, artifacts_seconds=7 * DAY, documents_seconds=7 * DAY)


class Cellar:
    """A desk over a database in a folder, and what is kept there."""

    def __init__(self, folder: Path, database: Database | None = None) -> None:
        self.files = ContentFiles(folder / "files")
        if database is None:
            database = open_database(f"sqlite:///{folder / 'apostil.db'}")
            upgrade(database)
        self.database = database
        self.reader = SqlReader(self.database, self.files)
        self.documents = SqlDocuments(self.database, self.files)
        self.keeping = SqlKeeping(self.database, self.files)
        store = Store(
            SqlJobs(self.database, self.files),
            SqlRoster(self.database),
            self.files,
            lambda job_id: self.reader.events("local", job_id, limit=10_000),
            lambda job_id: self.reader.attempts("local", job_id),
        )
        self.desk = Desk(store, now=time.time())

    def steps(self, retention: Retention = ALL) -> Iterator[Cleared]:
        store = self.desk.store
        return clean_up(
            retention,
            keeping=self.keeping,
            jobs=store.jobs,
            roster=store.roster,
            tidies=(),
            now=self.desk.now,
        )

    def clean_up(self, retention: Retention = ALL) -> Cleared:
        return sum(self.steps(retention), start=Cleared())

    def done(self, **wishes: Any) -> Job:
        """A job that has succeeded."""
        job = self.desk.submit(**wishes)
        self.desk.work_off()
        return job

    def exists(self, job: Job) -> bool:
        return self.desk.store.jobs.load(job.id) is not None

    def left(self, job: Job, segment: str) -> bytes:
        return self.reader.artifact("local", job.id, segment)

    def send(self, data: bytes) -> str:
        new = NewDocument(
            sha256=self.files.put(data), name="p.txt", media_type="text/plain", size=len(data)
        )
        (document,) = self.documents.register("local", [new], now=self.desk.now)
        return document.sha256

    def written(self, sha256: str, at: float) -> None:
        os.utime(self.files.path(sha256), (at, at))

    def has_document(self, sha256: str) -> bool:
        try:
            self.documents.get_document("local", sha256)
        except DocumentNotFound:
            return False
        return True

    @contextmanager
    def cleaned_meanwhile(self, retention: Retention) -> Iterator[None]:
        """Another thread cleans up over and over; what goes wrong there is raised here."""
        stop = threading.Event()

        def clean() -> None:
            while not stop.is_set():
                self.desk.now += 0.001
                for _ in self.steps(retention):
                    stop.wait(0.001)

        with ThreadPoolExecutor(1) as pool:
            cleaning = pool.submit(clean)
            try:
                yield
            finally:
                stop.set()
            cleaning.result()
