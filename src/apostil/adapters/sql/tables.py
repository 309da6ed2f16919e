"""The tables. Plain types only: times are seconds since 1970 UTC, structures are JSON text."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Id = sa.String(36)
_Digest = sa.String(64)
_Time = sa.Double


# Without a row id of its own, SQLite keeps a row in the tree of its key: the rows of a job lie
# together, and a checkpoint touches half as many pages.
_APART = False


def _of_job() -> sa.Column[str]:
    return sa.Column("job_id", _Id, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)


users = sa.Table(
    "users",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("sha256", _Digest, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("unused_since", _Time),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("owner_id", _Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("sha256", _Digest, sa.ForeignKey("files.sha256"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("pages", sa.Integer),
    sa.Column("title", sa.Text),
    sa.UniqueConstraint("owner_id", "sha256"),
    sa.Index(None, "sha256"),
    sa.Index(None, "owner_id", "created_at", "id"),
)

_is_unended = sa.text("status IN ('queued', 'running')")
jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("owner_id", _Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("application", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("documents", sa.Text, nullable=False),
    sa.Column("parameters", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("rank", _Time, nullable=False),
    sa.Column("parallel", sa.Boolean, nullable=False),
    sa.Column("submitted_at", _Time, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("started_at", _Time),
    sa.Column("finished_at", _Time),
    sa.Column("failed_segment", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("dead_letter", sa.Boolean, nullable=False),
    sa.Column("idempotency_key", sa.Text),
    sa.Column("request_digest", _Digest),
    # None in jobs older than the column.
    sa.Column("content_digest", _Digest),
    # Not a foreign key: it stays when that job goes.
    sa.Column("duplicate_of", _Id),
    sa.UniqueConstraint("owner_id", "idempotency_key"),
    sa.Index(None, "owner_id", "content_digest", "submitted_at", "id"),
    sa.Index(None, "owner_id", "submitted_at", "id"),
    sa.Index("ix_jobs_open", "status", sqlite_where=_is_unended, postgresql_where=_is_unended),
)

job_documents = sa.Table(
    "job_documents",
    metadata,
    _of_job(),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("document_id", _Id, sa.ForeignKey("documents.id"), nullable=False, index=True),
)

_is_file = sa.text("data IS NULL")
artifacts = sa.Table(
    "artifacts",
    metadata,
    sa.Column("owner_id", _Id, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("key", _Digest, primary_key=True),
    sa.Column("digest", _Digest, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    # None when the bytes are in the file store, under the digest.
    sa.Column("data", sa.LargeBinary),
    sa.Column("effects", sa.Text, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    # How much an owner keeps is asked at every upload: without it, every row would be read.
    sa.Index(None, "owner_id", "size"),
    sa.Index("ix_artifacts_files", "digest", sqlite_where=_is_file, postgresql_where=_is_file),
)

_is_ready = sa.text("status = 'ready'")
_has_artifact = sa.text("artifact_key IS NOT NULL")
segments = sa.Table(
    "segments",
    metadata,
    _of_job(),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("owner_id", _Id, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("ready_at", _Time),
    sa.Column("woken_at", _Time),
    sa.Column("token", _Id),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("deaths", sa.Integer, nullable=False),
    sa.Column("losses", sa.Integer, nullable=False),
    sa.Column("artifact_key", _Digest),
    sa.Column("artifact_digest", _Digest),
    sa.Column("reused", sa.Boolean, nullable=False),
    sa.Column("started_at", _Time),
    sa.Column("finished_at", _Time),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["owner_id", "artifact_key"], ["artifacts.owner_id", "artifacts.key"]),
    sa.Index("ix_segments_ready", "ready_at", sqlite_where=_is_ready, postgresql_where=_is_ready),
    sa.Index(
        "ix_segments_artifacts",
        "owner_id",
        "artifact_key",
        sqlite_where=_has_artifact,
        postgresql_where=_has_artifact,
    ),
    sqlite_with_rowid=_APART,
)

_is_open = sa.text("outcome IS NULL")
attempts = sa.Table(
    "attempts",
    metadata,
    _of_job(),
    sa.Column("id", _Id, primary_key=True),
    sa.Column("segment", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("started_at", _Time, nullable=False),
    sa.Column("lease_until", _Time, nullable=False),
    sa.Column("ended_at", _Time),
    sa.Column("outcome", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("log", sa.Text),
    sa.Index("ix_attempts_open", "lease_until", sqlite_where=_is_open, postgresql_where=_is_open),
    sqlite_with_rowid=_APART,
)

events = sa.Table(
    "events",
    metadata,
    _of_job(),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", _Time, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sqlite_with_rowid=_APART,
)

# Requests that carried an idempotency key; ``status`` is None while the first one runs.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("owner_id", _Id, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_digest", _Digest, nullable=False),
    sa.Column("begun_at", _Time, nullable=False, index=True),
    sa.Column("finished_at", _Time),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.Text),
    # None also when it was too long to be kept.
    sa.Column("body", sa.LargeBinary),
)

receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("owner_id", _Id, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("job_id", _Id, primary_key=True),
    sa.Column("deleted_at", _Time, nullable=False, index=True),
    sa.Column("data", sa.Text, nullable=False),
)

# One row, made with the database.
installation = sa.Table("installation", metadata, sa.Column("id", _Id, primary_key=True))

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", _Time, nullable=False),
    sa.Column("seen_at", _Time, nullable=False),
    sa.Column("job_id", _Id),
    sa.Column("segment", sa.Text),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("duty", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", _Time, nullable=False),
)
