"""Deleting a job with all that only it uses."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from apostil.adapters.sql import tables as t
from apostil.adapters.sql.documents import is_used, mark_unused_files
from apostil.adapters.sql.locking import lock_artifacts
from apostil.adapters.sql.receipts import store_receipt
from apostil.engine import JobStatus, Receipt


def delete_job(connection: sa.Connection, owner: str, job_id: str, *, now: float) -> Receipt | None:
    """None if the owner has no such job, or it has not ended."""
    job = connection.execute(
        sa.select(t.jobs.c.status)
        .where(t.jobs.c.id == job_id, t.jobs.c.owner_id == owner)
        .with_for_update()
    ).first()
    if job is None or not JobStatus(job.status).is_terminal:
        return None
    events = _count(connection, t.events, job_id)
    attempts = _count(connection, t.attempts, job_id)
    keys = connection.scalars(
        sa.select(t.segments.c.artifact_key).where(
            t.segments.c.job_id == job_id, t.segments.c.artifact_key.is_not(None)
        )
    ).all()
    read = connection.execute(
        sa.select(t.documents.c.id, t.documents.c.sha256)
        .join(t.job_documents, t.job_documents.c.document_id == t.documents.c.id)
        .where(t.job_documents.c.job_id == job_id)
    ).all()
    is_left = sa.and_(t.artifacts.c.owner_id == owner, t.artifacts.c.key.in_(keys))
    lock_artifacts(connection, is_left, also=[document.sha256 for document in read])
    connection.execute(sa.delete(t.jobs).where(t.jobs.c.id == job_id))
    artifacts = _delete_artifacts(connection, is_left)
    documents = _delete_documents(connection, owner, [document.id for document in read])
    mark_unused_files(connection, [*artifacts, *documents], now=now)
    receipt = Receipt(
        job=job_id,
        deleted_at=now,
        events=events,
        attempts=attempts,
        artifacts=tuple(artifacts),
        documents=tuple(documents),
    )
    store_receipt(connection, owner, receipt)
    return receipt


def _count(connection: sa.Connection, table: sa.Table, job_id: str) -> int:
    counted = sa.select(sa.func.count()).select_from(table).where(table.c.job_id == job_id)
    return connection.scalar(counted) or 0


def _delete_artifacts(connection: sa.Connection, is_left: sa.ColumnElement[bool]) -> Sequence[str]:
    """Those that no other job of the owner uses; their digests."""
    is_needed = (
        sa.select(t.segments.c.job_id)
        .where(
            t.segments.c.owner_id == t.artifacts.c.owner_id,
            t.segments.c.artifact_key == t.artifacts.c.key,
        )
        .exists()
    )
    return connection.scalars(
        sa.delete(t.artifacts).where(is_left, ~is_needed).returning(t.artifacts.c.digest)
    ).all()


def _delete_documents(
    connection: sa.Connection, owner: str, document_ids: Sequence[str]
) -> Sequence[str]:
    """Those that no other job uses; their digests."""
    return connection.scalars(
        sa.delete(t.documents)
        .where(t.documents.c.owner_id == owner, t.documents.c.id.in_(document_ids), ~is_used())
        .returning(t.documents.c.sha256)
    ).all()
