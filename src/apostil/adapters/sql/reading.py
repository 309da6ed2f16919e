"""The ``JobReader`` port: what users see, each their own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, islice

import sqlalchemy as sa

from apostil.adapters.sql import statements as q
from apostil.adapters.sql import tables as t
from apostil.adapters.sql.jobs import load_job, read_artifact
from apostil.adapters.sql.paging import Order, read_page
from apostil.adapters.sql.receipts import load_receipt
from apostil.adapters.sql.rows import (
    JOB_COLUMNS,
    SEGMENT_COLUMNS,
    Row,
    attempt_from,
    job_from,
)
from apostil.adapters.sql.session import Database
from apostil.adapters.sql.totals import read_totals, sizes
from apostil.engine import (
    ArtifactMissing,
    Attempt,
    FileStore,
    Job,
    JobNotFound,
    JobPage,
    JobQuery,
    JobStatus,
    Outcome,
    Receipt,
    Recorded,
    Stats,
    Totals,
    Watch,
    decode_event,
)

_ORDER = Order(t.jobs.c.submitted_at, t.jobs.c.id)
_NAMED_AT_ONCE = 500
_EPOCH_LENGTH = 16


class SqlReader:
    """See ``JobReader``."""

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self._files = files
        self._epoch: tuple[str, str] | None = None

    def get(self, owner: str, job_id: str) -> Job:
        with self._database.reading() as connection:
            return _job_of(connection, owner, job_id)

    def list(self, owner: str, query: JobQuery) -> JobPage:
        wanted = sa.select(*JOB_COLUMNS).where(*_matching(owner, query))
        with self._database.reading() as connection:
            page = read_page(
                connection,
                wanted.offset(query.offset) if query.cursor is None else wanted,
                _ORDER,
                limit=query.limit,
                cursor=query.cursor,
            )
            jobs = _with_segments(connection, page.rows)
        return JobPage(jobs, page.next, page.previous)

    def place(self, owner: str, job_id: str) -> int:
        with self._database.reading() as connection:
            row = connection.execute(q.PLACE, {"owner": owner, "job": job_id}).first()
        if row is None:
            raise JobNotFound(job_id)
        return int(row.before) if row.status == JobStatus.QUEUED.value else 0

    def places(self, owner: str, job_ids: Collection[str]) -> dict[str, int]:
        places: dict[str, int] = {}
        with self._database.reading() as connection:
            for some in _some_at_a_time(job_ids):
                found = connection.execute(q.PLACES, {"owner": owner, "jobs": some})
                places.update((row.id, row.before) for row in found)
        return places

    def attempts(self, owner: str, job_id: str) -> Sequence[Attempt]:
        statement = (
            sa.select(t.attempts)
            .where(t.attempts.c.job_id == job_id)
            .order_by(t.attempts.c.started_at, t.attempts.c.number)
        )
        with self._database.reading() as connection:
            _job_of(connection, owner, job_id)
            return [attempt_from(row) for row in connection.execute(statement)]

    def events(
        self, owner: str, job_id: str, *, after: int = 0, limit: int = 1000
    ) -> Sequence[Recorded]:
        statement = (
            sa.select(t.events)
            .join(t.jobs, t.jobs.c.id == t.events.c.job_id)
            .where(t.jobs.c.id == job_id, t.jobs.c.owner_id == owner, t.events.c.seq > after)
            .order_by(t.events.c.seq)
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
            if not rows:
                _job_of(connection, owner, job_id)
        return [
            Recorded(seq=row.seq, job=job_id, at=row.at, event=decode_event(row.data))
            for row in rows
        ]

    def artifact(self, owner: str, job_id: str, segment: str) -> bytes:
        with self._database.reading() as connection:
            job = _job_of(connection, owner, job_id)
            named = next((s for s in job.segments if s.name == segment), None)
            if named is None or named.artifact_digest is None:
                raise ArtifactMissing(f"The step {segment!r} of this job has left no artifact.")
            if named.artifact_key is None:  # cleaned up, and the segment says when
                raise ArtifactMissing(named.message)
            return read_artifact(connection, self._files, owner, named.artifact_key)

    def result(self, owner: str, job_id: str) -> bytes:
        job = self.get(owner, job_id)
        if job.status is not JobStatus.SUCCEEDED:
            raise ArtifactMissing(f"The job is {job.status}; it has no result.")
        return self.artifact(owner, job_id, job.segments[-1].name)

    def stats(self, owner: str) -> Stats:
        with self._database.reading() as connection:
            return _stats(connection, owner)

    def heads(self, job_ids: Collection[str]) -> dict[str, int]:
        heads: dict[str, int] = {}
        with self._database.reading() as connection:
            for some in _some_at_a_time(job_ids):
                found = sa.select(t.jobs.c.id, t.jobs.c.last_seq).where(t.jobs.c.id.in_(some))
                heads.update((row.id, row.last_seq) for row in connection.execute(found))
        return heads

    def epoch(self) -> str:
        loss = self._database.last_loss()
        known = self._epoch
        if known is None or known[0] != loss:
            with self._database.reading() as connection:
                installation = connection.scalars(sa.select(t.installation.c.id)).one()
            digest = hashlib.sha256(f"{installation} {loss}".encode()).hexdigest()
            known = self._epoch = (loss, digest[:_EPOCH_LENGTH])
        return known[1]

    def receipt(self, owner: str, job_id: str) -> Receipt | None:
        with self._database.reading() as connection:
            return load_receipt(connection, owner, job_id)

    def totals(self, now: float) -> Totals:
        with self._database.reading() as connection:
            return read_totals(connection, now)

    def watch(self) -> Watch:
        return self._database.watch()


def _some_at_a_time(job_ids: Collection[str]) -> Iterator[list[str]]:
    """A statement takes only so many values."""
    left = iter(job_ids)
    while some := list(islice(left, _NAMED_AT_ONCE)):
        yield some


def _job_of(connection: sa.Connection, owner: str, job_id: str) -> Job:
    job = load_job(connection, job_id)
    if job is None or job.owner != owner:
        raise JobNotFound(job_id)
    return job


def _matching(owner: str, query: JobQuery) -> list[sa.ColumnElement[bool]]:
    wanted = [t.jobs.c.owner_id == owner]
    if query.statuses:
        wanted.append(t.jobs.c.status.in_([status.value for status in query.statuses]))
    if query.application is not None:
        wanted.append(t.jobs.c.application == query.application)
    if query.dead_letter is not None:
        wanted.append(t.jobs.c.dead_letter == query.dead_letter)
    if query.document is not None:
        on_document = (
            sa.select(t.job_documents.c.job_id)
            .join(t.documents, t.documents.c.id == t.job_documents.c.document_id)
            .where(t.documents.c.owner_id == owner, t.documents.c.sha256 == query.document)
        )
        wanted.append(t.jobs.c.id.in_(on_document))
    return wanted


def _with_segments(connection: sa.Connection, rows: Sequence[Row]) -> tuple[Job, ...]:
    segments = connection.execute(
        sa.select(t.segments.c.job_id, *SEGMENT_COLUMNS)
        .where(t.segments.c.job_id.in_([row.id for row in rows]))
        .order_by(t.segments.c.job_id, t.segments.c.position)
    ).all()
    by_job = {job: list(found) for job, found in groupby(segments, key=lambda s: s.job_id)}
    return tuple(job_from(row, by_job[row.id]) for row in rows)


def _stats(connection: sa.Connection, owner: str) -> Stats:
    is_mine = t.jobs.c.owner_id == owner
    jobs = connection.execute(
        sa.select(t.jobs.c.status, sa.func.count()).where(is_mine).group_by(t.jobs.c.status)
    )
    dead = sa.select(sa.func.count()).where(is_mine, t.jobs.c.dead_letter.is_(True))
    attempts = connection.execute(
        sa.select(t.attempts.c.outcome, sa.func.count())
        .join(t.jobs, t.jobs.c.id == t.attempts.c.job_id)
        .where(is_mine, t.attempts.c.outcome.is_not(None))
        .group_by(t.attempts.c.outcome)
    )
    documents = sizes(connection, t.documents, owner)
    artifacts = sizes(connection, t.artifacts, owner)
    return Stats(
        jobs={JobStatus(status): count for status, count in jobs},
        dead_letters=connection.scalar(dead) or 0,
        attempts={Outcome(outcome): count for outcome, count in attempts},
        documents=documents[0],
        document_bytes=documents[1],
        artifacts=artifacts[0],
        artifact_bytes=artifacts[1],
    )
