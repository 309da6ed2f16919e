"""What the stores in memory share."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field

from apostil.engine import (
    Attempt,
    Document,
    Idempotency,
    Job,
    JobDocument,
    NewDocument,
    Receipt,
    Recorded,
    StoredArtifact,
)

DAY_SECONDS = 24 * 3600.0


@dataclass(slots=True)
class Kept:
    """A job with what belongs to it."""

    job: Job
    events: list[Recorded] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    idempotency: Idempotency | None = None
    woken_at: float | None = None


@dataclass(slots=True)
class Shelf:
    """One store. ``lock`` is held for the length of what would be a writing transaction."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    jobs: dict[str, Kept] = field(default_factory=dict)
    artifacts: dict[tuple[str, str], tuple[StoredArtifact, bytes]] = field(default_factory=dict)
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    receipts: dict[tuple[str, str], Receipt] = field(default_factory=dict)
    writes: int = 0
    lock: threading.Condition = field(default_factory=threading.Condition)

    def wrote(self) -> None:
        """Tell those who watch."""
        with self.lock:
            self.writes += 1
            self.lock.notify_all()

    def register(self, owner: str, new: NewDocument | JobDocument, now: float) -> Document:
        """The owner's document of these bytes, new or as it was."""
        document = Document(
            id=str(uuid.uuid4()),
            owner=owner,
            sha256=new.sha256,
            name=new.name,
            media_type=new.media_type,
            size=new.size,
            created_at=now,
        )
        return self.documents.setdefault((owner, new.sha256), document)

    def is_used(self, owner: str, sha256: str) -> bool:
        """Whether a job of the owner is about the document."""
        return any(
            kept.job.owner == owner and sha256 in {d.sha256 for d in kept.job.documents}
            for kept in list(self.jobs.values())
        )
