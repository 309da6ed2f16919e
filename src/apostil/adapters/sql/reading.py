"""The ``JobReader`` port: what users see, each their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec
import sqlalchemy as sa

from apostil.adapters.sql import tables as t
from apostil.adapters.sql.jobs import load_job, read_artifact
from apostil.adapters.sql.rows import (
    JOB_COLUMNS,
    SEGMENT_COLUMNS,
    Row,
    attempt_from,
    job_from,
)
from apostil.adapters.sql.session import Database, DataVersion
from apostil.engine import (
    ArtifactMissing,
    Attempt,
    CursorInvalid,
    FileStore,
    Job,
    JobNotFound,
    JobPage,
    JobQuery,
    JobStatus,
    Outcome,
    Recorded,
    Stats,
    decode_event,
)


class SqlReader:
    """See ``JobReader``."""

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self._files = files

    def get(self, owner: str, job_id: str) -> Job:
        with self._database.reading() as connection:
            return _job_of(connection, owner, job_id)

    def list(self, owner: str, query: JobQuery) -> JobPage:
        wanted = _matching(owner, query)
        order = (t.jobs.c.submitted_at.desc(), t.jobs.c.id.desc())
        statement = sa.select(*JOB_COLUMNS).where(wanted).order_by(*order).limit(query.limit + 1)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
            jobs = _with_segments(connection, rows[: query.limit])
        more = len(rows) > query.limit
        return JobPage(jobs, _cursor(jobs[-1]) if more else None)

    def place(self, owner: str, job_id: str) -> int:
        with self._database.reading() as connection:
            job = _job_of(connection, owner, job_id)
            if job.status is not JobStatus.QUEUED:
                return 0
            before = sa.select(sa.func.count()).where(
                t.jobs.c.status == JobStatus.QUEUED.value, t.jobs.c.rank < job.rank
            )
            return connection.scalar(before) or 0

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
            key = next((s.artifact_key for s in job.segments if s.name == segment), None)
            if key is None:
                raise ArtifactMissing(f"The step {segment!r} of this job has left no artifact.")
            return read_artifact(connection, self._files, owner, key)

    def result(self, owner: str, job_id: str) -> bytes:
        job = self.get(owner, job_id)
        if job.status is not JobStatus.SUCCEEDED:
            raise ArtifactMissing(f"The job is {job.status}; it has no result.")
        return self.artifact(owner, job_id, job.segments[-1].name)

    def stats(self, owner: str) -> Stats:
        with self._database.reading() as connection:
            return _stats(connection, owner)

    def watch(self) -> DataVersion:
        return self._database.watch()


def _job_of(connection: sa.Connection, owner: str, job_id: str) -> Job:
    job = load_job(connection, job_id)
    if job is None or job.owner != owner:
        raise JobNotFound(job_id)
    return job


def _matching(owner: str, query: JobQuery) -> sa.ColumnElement[bool]:
    wanted = [t.jobs.c.owner_id == owner]
    if query.statuses:
        wanted.append(t.jobs.c.status.in_([status.value for status in query.statuses]))
    if query.application is not None:
        wanted.append(t.jobs.c.application == query.application)
    if query.dead_letter is not None:
        wanted.append(t.jobs.c.dead_letter == query.dead_letter)
    if query.cursor is not None:
        at, last = _place(query.cursor)
        earlier = sa.and_(t.jobs.c.submitted_at == at, t.jobs.c.id < last)
        wanted.append(sa.or_(t.jobs.c.submitted_at < at, earlier))
    return sa.and_(*wanted)


def _place(cursor: str) -> tuple[float, str]:
    try:
        return msgspec.json.decode(bytes.fromhex(cursor), type=tuple[float, str])
    except (ValueError, msgspec.DecodeError) as error:
        raise CursorInvalid from error


def _cursor(job: Job) -> str:
    return msgspec.json.encode((job.submitted_at, job.id)).hex()


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
    documents = _sizes(connection, t.documents, owner)
    artifacts = _sizes(connection, t.artifacts, owner)
    return Stats(
        jobs={JobStatus(status): count for status, count in jobs},
        dead_letters=connection.scalar(dead) or 0,
        attempts={Outcome(outcome): count for outcome, count in attempts},
        documents=documents[0],
        document_bytes=documents[1],
        artifacts=artifacts[0],
        artifact_bytes=artifacts[1],
    )


def _sizes(connection: sa.Connection, table: sa.Table, owner: str) -> tuple[int, int]:
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(table.c.size), 0)).where(
            table.c.owner_id == owner
        )
    ).one()
    return int(row[0]), int(row[1])
