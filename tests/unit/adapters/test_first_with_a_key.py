"""Where a database lets several write at a time, two may find an idempotency key unused at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from desk import PIPELINES

from apostil.adapters import ContentFiles, NoQueue, SqlJobs, SqlReader, open_database, upgrade
from apostil.engine import (
    Idempotency,
    IdempotencyConflict,
    Job,
    JobDocument,
    JobQuery,
    Submission,
    submit,
)


class Overlooking(SqlJobs):
    """Does not see, the first time, what another has just stored."""

    is_first_look = True

    def _earlier(self, connection: sa.Connection, job: Job, idempotency: Idempotency) -> Job | None:
        if self.is_first_look:
            self.is_first_look = False
            return None
        return super()._earlier(connection, job, idempotency)


def test_the_second_finds_the_job_of_the_first(url: str, tmp_path: Path) -> None:
    database = open_database(url)
    upgrade(database)
    files = ContentFiles(tmp_path / "files")
    sha256 = files.put(b"paper")

    def send(jobs: SqlJobs, **parameters: str) -> Job:
        document = JobDocument(sha256=sha256, name="p.txt", media_type="text/plain", size=5)
        wish = Submission(
            application="chain",
            version="1",
            pipeline=PIPELINES["chain"],
            documents=(document,),
            parameters=parameters,
            idempotency_key="k",
        )
        return submit(wish, jobs=jobs, queue=NoQueue(), clock=time.time)

    first = send(SqlJobs(database, files))
    assert send(Overlooking(database, files)).id == first.id
    with pytest.raises(IdempotencyConflict):
        send(Overlooking(database, files), colour="red")
    listed = SqlReader(database, files).list("local", JobQuery()).jobs
    assert [job.id for job in listed] == [first.id]
    database.dispose()
