"""Receipts of deleted jobs, so that deleting twice says the same twice."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from apostil.adapters.sql import tables as t
from apostil.adapters.sql.rows import to_json
from apostil.engine import RECEIPT_SECONDS, Receipt

_FORGOTTEN_AT_ONCE = 100
_RECEIPT = msgspec.json.Decoder(Receipt)


def store_receipt(connection: sa.Connection, owner: str, receipt: Receipt) -> None:
    """Keep a receipt; some that are older than they are kept go at the same time."""
    forget_receipts(connection, deleted_before=receipt.deleted_at - RECEIPT_SECONDS)
    connection.execute(
        sa.insert(t.receipts).values(
            owner_id=owner,
            job_id=receipt.job,
            deleted_at=receipt.deleted_at,
            data=to_json(receipt),
        )
    )


def load_receipt(connection: sa.Connection, owner: str, job_id: str) -> Receipt | None:
    data = connection.scalar(
        sa.select(t.receipts.c.data).where(
            t.receipts.c.owner_id == owner, t.receipts.c.job_id == job_id
        )
    )
    return None if data is None else _RECEIPT.decode(data)


def forget_receipts(
    connection: sa.Connection, *, deleted_before: float, at_most: int = _FORGOTTEN_AT_ONCE
) -> int:
    """Delete receipts that are older than they are kept, the oldest first; return how many."""
    row = t.receipts.c
    old = (
        sa.select(row.owner_id, row.job_id)
        .where(row.deleted_at <= deleted_before)
        .order_by(row.deleted_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    named = sa.tuple_(row.owner_id, row.job_id)
    return connection.execute(sa.delete(t.receipts).where(named.in_(old))).rowcount
