"""Documents: an owner's rows that name files, and the rows that keep those files."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from apostil.adapters.sql import statements as q
from apostil.adapters.sql import tables as t
from apostil.adapters.sql.locking import lock_files
from apostil.adapters.sql.paging import Order, read_page
from apostil.adapters.sql.rows import Row, document_from
from apostil.adapters.sql.session import Database
from apostil.adapters.sql.totals import sizes
from apostil.adapters.sql.upsert import insert_or
from apostil.engine import (
    Document,
    DocumentGone,
    DocumentInUse,
    DocumentNotFound,
    DocumentPage,
    DocumentQuery,
    FileStore,
    Job,
    NewDocument,
)

_ORDER = Order(t.documents.c.created_at, t.documents.c.id)


class SqlDocuments:
    """The ``DocumentStore`` port."""

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self._files = files

    def register(
        self, owner: str, documents: Sequence[NewDocument], *, now: float
    ) -> list[Document]:
        with self._database.writing(durable=True) as connection:
            return register_documents(connection, self._files, owner, documents, now=now)

    def get_document(self, owner: str, document_id: str) -> Document:
        with self._database.reading() as connection:
            return document_from(_row_of(connection, owner, document_id))

    def list_documents(self, owner: str, query: DocumentQuery) -> DocumentPage:
        mine = sa.select(t.documents).where(t.documents.c.owner_id == owner)
        with self._database.reading() as connection:
            page = read_page(connection, mine, _ORDER, limit=query.limit, cursor=query.cursor)
        found = tuple(document_from(row) for row in page.rows)
        return DocumentPage(found, page.next, page.previous)

    def remove_document(self, owner: str, document_id: str, *, now: float) -> Document:
        with self._database.writing(durable=True) as connection:
            return remove_document(connection, owner, document_id, now=now)

    def used_bytes(self, owner: str) -> int:
        with self._database.reading() as connection:
            return (
                sizes(connection, t.documents, owner)[1] + sizes(connection, t.artifacts, owner)[1]
            )


def register_documents(
    connection: sa.Connection,
    files: FileStore,
    owner: str,
    documents: Sequence[NewDocument],
    *,
    now: float,
) -> list[Document]:
    """The owner's documents of these bytes, new or as they were. DocumentGone without a file."""
    in_order = sorted(documents, key=lambda document: document.sha256)  # of all who lock files
    made = {
        one.sha256: _register_document(connection, files, owner, one, now=now) for one in in_order
    }
    return [made[document.sha256] for document in documents]


def _register_document(
    connection: sa.Connection, files: FileStore, owner: str, document: NewDocument, *, now: float
) -> Document:
    keep_file(connection, files, document.sha256, document.size, now=now)
    named = {"owner": owner, "sha256": document.sha256}
    row = connection.execute(q.DOCUMENT_OF_FILE, named).first()
    if row is not None:
        return document_from(row)
    values = {
        "id": str(uuid.uuid4()),
        "owner_id": owner,
        "sha256": document.sha256,
        "name": document.name,
        "media_type": document.media_type,
        "size": document.size,
        "created_at": now,
    }
    q.INSERT_DOCUMENT.run(connection, values)
    return document_from(connection.execute(q.DOCUMENT_OF_FILE, named).one())


def remove_document(
    connection: sa.Connection, owner: str, document_id: str, *, now: float
) -> Document:
    """Delete the row unless a job uses it, and begin to delete its file unless another names it."""
    document = document_from(_row_of(connection, owner, document_id))
    lock_files(connection, [document.sha256])
    gone = connection.execute(
        sa.delete(t.documents).where(t.documents.c.id == document.id, ~is_used())
    )
    if gone.rowcount == 0:
        _row_of(connection, owner, document.id)
        raise DocumentInUse(document.id)
    mark_unused_files(connection, [document.sha256], now=now)
    return document


def is_used() -> sa.ColumnElement[bool]:
    """Whether any job is about the document."""
    return (
        sa.select(t.job_documents.c.job_id)
        .where(t.job_documents.c.document_id == t.documents.c.id)
        .exists()
    )


def keep_file(
    connection: sa.Connection, files: FileStore, sha256: str, size: int, *, now: float
) -> None:
    """Hold on to a file that is about to be named. Only then is it looked for: whoever deletes
    files locks the same row first, so that from here on the file stays."""
    q.KEEP_FILE.run(connection, {"sha256": sha256, "size": size, "created_at": now})
    if not files.has(sha256):
        raise DocumentGone(f"The file {sha256} is no longer there; send it again.")


def mark_unused_files(connection: sa.Connection, digests: Sequence[str], *, now: float) -> None:
    """The first of two steps of deletion, for those files that nothing names any more."""
    connection.execute(
        sa.update(t.files)
        .where(t.files.c.sha256.in_(digests), _is_unnamed())
        .values(unused_since=now)
    )


def remove_unused_files(database: Database, files: FileStore, *, marked_before: float) -> int:
    """The second step: each file in a transaction that locks its row and looks again."""
    query = sa.select(t.files.c.sha256).where(t.files.c.unused_since <= marked_before)
    with database.reading() as connection:
        marked = connection.scalars(query).all()
    removed = 0
    for sha256 in marked:
        with database.writing(durable=True) as connection:
            gone = connection.execute(
                sa.delete(t.files).where(
                    t.files.c.sha256 == sha256,
                    t.files.c.unused_since <= marked_before,
                    _is_unnamed(),
                )
            )
            if gone.rowcount == 1:
                files.remove(sha256)
                removed += 1
    return removed


def mark_strays(database: Database, files: FileStore, *, written_before: float, now: float) -> None:
    """Give files that no row knows, left by a crash between disk and database, a row marked as
    unused, so that they go the same way."""
    for sha256 in files.names(older_than=written_before):
        with database.reading() as connection:
            known = connection.execute(
                sa.select(t.files.c.sha256).where(t.files.c.sha256 == sha256)
            ).first()
        if known is None:
            with database.writing(durable=False) as connection:
                stray = {"sha256": sha256, "size": 0, "created_at": now, "unused_since": now}
                connection.execute(
                    insert_or(connection, t.files).values(stray).on_conflict_do_nothing()
                )


def describe_document(connection: sa.Connection, job: Job, data: Mapping[str, Any]) -> None:
    """The effect by which a reader tells what it saw: {sha256, pages, title}."""
    connection.execute(
        sa.update(t.documents)
        .where(t.documents.c.owner_id == job.owner, t.documents.c.sha256 == data["sha256"])
        .values(pages=data.get("pages"), title=data.get("title"))
    )


def _is_unnamed() -> sa.ColumnElement[bool]:
    document = sa.select(t.documents.c.id).where(t.documents.c.sha256 == t.files.c.sha256)
    artifact = sa.select(t.artifacts.c.key).where(
        t.artifacts.c.digest == t.files.c.sha256, t.artifacts.c.data.is_(None)
    )
    return sa.and_(~document.exists(), ~artifact.exists())


def _row_of(connection: sa.Connection, owner: str, document_id: str) -> Row:
    is_named = sa.or_(t.documents.c.id == document_id, t.documents.c.sha256 == document_id)
    row = connection.execute(
        sa.select(t.documents).where(t.documents.c.owner_id == owner, is_named)
    ).first()
    if row is None:
        raise DocumentNotFound(document_id)
    return row
