"""Answers to repeated requests, receipts of deleted jobs, the installation's own name, and what
tells that two jobs ask for the same.

Columns are added in place: making the table of jobs anew would delete, by its foreign keys, all
that belongs to them.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INDEXES = (
    (
        "ix_jobs_owner_id_content_digest_submitted_at_id",
        "jobs",
        ["owner_id", "content_digest", "submitted_at", "id"],
    ),
    ("ix_documents_owner_id_created_at_id", "documents", ["owner_id", "created_at", "id"]),
    ("ix_artifacts_owner_id_size", "artifacts", ["owner_id", "size"]),
)


def upgrade() -> None:
    _new_tables()
    op.add_column("jobs", sa.Column("content_digest", sa.String(length=64), nullable=True))
    op.add_column("jobs", sa.Column("duplicate_of", sa.String(length=36), nullable=True))
    for name, table, columns in _INDEXES:
        op.create_index(op.f(name), table, columns)


def _new_tables() -> None:
    op.create_table(
        "answers",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_answers_owner_id")),
        sa.PrimaryKeyConstraint("owner_id", "route", "key", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_begun_at"), "answers", ["begun_at"])
    op.create_table(
        "receipts",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("deleted_at", sa.Double(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_receipts_owner_id")),
        sa.PrimaryKeyConstraint("owner_id", "job_id", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_deleted_at"), "receipts", ["deleted_at"])
    installation = op.create_table(
        "installation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.bulk_insert(installation, [{"id": str(uuid.uuid4())}])


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(op.f(name), table)
    op.drop_column("jobs", "duplicate_of")
    op.drop_column("jobs", "content_digest")
    op.drop_table("installation")
    op.drop_table("receipts")
    op.drop_table("answers")
