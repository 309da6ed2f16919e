"""What the engine asks of the world. Each docstring is the contract its adapters are tested by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from apostil.engine.events import JobSubmitted, Recorded
from apostil.engine.job import Attempt, Change, Job, StoredArtifact
from apostil.engine.states import JobStatus, Outcome
from apostil.engine.totals import Totals
from apostil.engine.wire import Order, Reply

Clock = Callable[[], float]
"""Seconds since 1970 UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """A client's name for one request, and the digest that tells whether it is the same one."""

    key: str
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in an owner's keeping. ``pages`` and ``title`` are None until it was read."""

    id: str
    owner: str
    sha256: str
    name: str
    media_type: str
    size: int
    created_at: float
    pages: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What went with a deleted job: counts of rows, and the digests of documents and artifacts
    that nobody else uses. Their files go after a day."""

    job: str
    deleted_at: float
    events: int
    attempts: int
    artifacts: tuple[str, ...]
    documents: tuple[str, ...]


RECEIPT_SECONDS = 30 * 24 * 3600.0
"""So long after a job was deleted its receipt can be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """A worker as it last reported itself; ``seen_at`` older than a lease means it is gone."""

    id: str
    host: str
    pid: int
    started_at: float
    seen_at: float
    job: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """An open attempt whose lease has run out."""

    job: str
    token: str


class JobStore(Protocol):
    """The truth about jobs, as the engine itself needs it: over all owners.

    Every method is one transaction. StoreBusy means that nothing was written.
    """

    def add(self, job: Job, event: JobSubmitted, *, idempotency: Idempotency | None = None) -> Job:
        """Store a new job, its documents and its first event, to survive a power cut.

        With an idempotency key that the owner has used within 24 h: the job of that time for the
        same request, IdempotencyConflict for another. DocumentGone if a file is not there.

        ``duplicate_of`` of the stored job is the owner's oldest job of the last 24 h that asks for
        the same (``content_digest``) and has neither failed nor been cancelled.
        """

    def load(self, job_id: str) -> Job | None:
        """The job as it stands, or None if there is none."""

    def save(self, change: Change) -> bool:
        """Write the whole change if its job still stands as it was read, else nothing.

        False says: somebody else changed the job, renewed the lease or deleted a reused artifact;
        load the job and decide again. Of two artifacts under one key the first is kept. The
        change's effects are applied in the same transaction; an unknown one raises EffectUnknown.
        """

    def find_ready(self, now: float, *, job_id: str | None = None) -> str | None:
        """The job to work on next: the one of lowest rank with a segment ready by ``now``."""

    def find_artifact(self, owner: str, key: str) -> StoredArtifact | None:
        """What this owner's earlier jobs have stored under the key."""

    def read_artifact(self, owner: str, key: str) -> bytes:
        """The artifact's bytes. ArtifactMissing if it is not there."""

    def extend_lease(self, job_id: str, token: str, *, until: float) -> bool:
        """Renew an open attempt's lease; False if the attempt has ended."""

    def expire_leases(self, worker: str, *, now: float) -> int:
        """End the leases of a worker that is known to be dead; return how many it held."""

    def expired(self, now: float) -> Sequence[Expired]:
        """Open attempts whose lease ran out before ``now``."""

    def stalled(self) -> Sequence[str]:
        """Jobs that have not ended and have no segment ready or running."""

    def lost_wakes(self, now: float, *, patience: float) -> Sequence[str]:
        """Jobs with work ready that nobody took up, each at most once in ``patience`` seconds."""

    def remove(self, owner: str, job_id: str, *, now: float) -> Receipt | None:
        """Delete an ended job with all that only it uses; None if there is none or it still runs.
        The receipt is stored in the same transaction and kept for 30 days."""

    def receipt(self, owner: str, job_id: str) -> Receipt | None:
        """What ``remove`` said of a job that is gone."""

    def remove_unused_files(self, now: float, *, after: float) -> int:
        """Delete files that were marked unused ``after`` seconds ago and still are."""


class Roster(Protocol):
    """Who works, and whose turn it is to do what must be done once for all."""

    def take_turn(self, duty: str, *, holder: str, now: float, every: float) -> bool:
        """Whether ``holder`` may do this duty now: one holder in each period of ``every``."""

    def report(self, worker: WorkerState) -> None:
        """Tell that the worker lives; those unseen for a day are forgotten."""

    def leave(self, worker: str) -> None:
        """Forget a worker that ended in good order."""

    def workers(self) -> Sequence[WorkerState]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which of an owner's jobs to list, newest first. ``document`` is the SHA-256 of one that they
    must be about. ``cursor`` is one that an earlier page gave; without one, ``offset`` says how
    many of the newest to pass over."""

    statuses: tuple[JobStatus, ...] = ()
    application: str | None = None
    dead_letter: bool | None = None
    document: str | None = None
    limit: int = 50
    cursor: str | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, the cursor for older ones (None after the last) and the one for newer ones (None
    before the first)."""

    jobs: tuple[Job, ...]
    next: str | None
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Counts over one owner's jobs, and the bytes of documents and artifacts kept for them."""

    jobs: Mapping[JobStatus, int]
    dead_letters: int
    attempts: Mapping[Outcome, int]
    documents: int
    document_bytes: int
    artifacts: int
    artifact_bytes: int


class JobReader(Protocol):
    """What is shown to users. Every question is scoped by the owner who asks."""

    def get(self, owner: str, job_id: str) -> Job:
        """JobNotFound if there is none, or it is another's."""

    def list(self, owner: str, query: JobQuery) -> JobPage:
        """CursorInvalid if no page gave the cursor. Jobs that come meanwhile shift nothing."""

    def place(self, owner: str, job_id: str) -> int:
        """How many jobs of anybody stand before this one in the queue."""

    def places(self, owner: str, job_ids: Collection[str]) -> Mapping[str, int]:
        """The same of many at once, which costs little more than of one. Those that are not in the
        queue, or are another's, have none."""

    def attempts(self, owner: str, job_id: str) -> Sequence[Attempt]:
        """All attempts of the job's segments, oldest first."""

    def events(
        self, owner: str, job_id: str, *, after: int = 0, limit: int = 1000
    ) -> Sequence[Recorded]:
        """The job's log after the event with that number."""

    def artifact(self, owner: str, job_id: str, segment: str) -> bytes:
        """The bytes that a finished segment left. ArtifactMissing if it has not finished."""

    def result(self, owner: str, job_id: str) -> bytes:
        """The last segment's artifact. ArtifactMissing while the job has not succeeded."""

    def stats(self, owner: str) -> Stats: ...

    def heads(self, job_ids: Collection[str]) -> Mapping[str, int]:
        """The number of the last event of each job that exists, whoever owns it: for processes
        that have made sure of the owner before."""

    def epoch(self) -> str:
        """Changes when numbers of events may have been given out anew: another database, or one
        that came back from a crash of its machine. Who holds numbers of another epoch must read
        anew."""

    def receipt(self, owner: str, job_id: str) -> Receipt | None:
        """What went with a job that this owner deleted within 30 days."""

    def totals(self, now: float) -> Totals:
        """Over all owners, for those who run the installation."""

    def watch(self) -> Watch:
        """Tells when anybody has written anything, from now on. Close it when done."""


class Watch(Protocol):
    """Read first, then wait: what was written in between counts too."""

    def wait(self, timeout_seconds: float) -> bool:
        """Whether anything was written since the last call that said so, waiting for it if not."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentQuery:
    """An owner's documents, newest first. ``cursor`` is one that an earlier page gave."""

    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some documents, and the cursors for older and for newer ones, as of ``JobPage``."""

    documents: tuple[Document, ...]
    next: str | None
    previous: str | None = None


class DocumentStore(Protocol):
    """An owner's documents: rows that name files in the file store."""

    def register(
        self, owner: str, documents: Sequence[NewDocument], *, now: float
    ) -> list[Document]:
        """Keep documents whose files have been received. The same bytes are one document.

        DocumentGone if the file is no longer there: receive it again.
        """

    def get_document(self, owner: str, document_id: str) -> Document:
        """By id or by SHA-256. DocumentNotFound if there is none, or it is another's."""

    def list_documents(self, owner: str, query: DocumentQuery) -> DocumentPage:
        """CursorInvalid if no page gave the cursor."""

    def remove_document(self, owner: str, document_id: str, *, now: float) -> Document:
        """Forget a document, by id or by SHA-256; its file goes a day later if nobody else has it.
        DocumentNotFound, or DocumentInUse while a job uses it."""

    def used_bytes(self, owner: str) -> int:
        """The sizes of all documents and artifacts kept for the owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A received file that is to become a document."""

    sha256: str
    name: str
    media_type: str
    size: int


class FileStore(Protocol):
    """Bytes by their SHA-256. What is stored is on disk, name and all, before a method returns."""

    def put(self, data: bytes) -> str:
        """Store the bytes and return their digest."""

    def adopt(self, received: Path, sha256: str) -> Path:
        """Take over a received file by renaming it; it is gone from its old place. It is on the
        disk, and found under its digest after a power cut, when this returns."""

    def path(self, sha256: str) -> Path:
        """Where the file is, or would be."""

    def has(self, sha256: str) -> bool: ...

    def remove(self, sha256: str) -> None: ...

    def names(self, *, older_than: float) -> Iterable[str]:
        """Digests of the files last written before this time."""


class Queue(Protocol):
    """Hints that there is work. One may be lost or come twice: that changes only the delay."""

    def wake(self, job_id: str) -> None: ...

    def entrust(self, job_id: str, password: str) -> None:
        """Hand a document's password to the workers, in memory only, before the job is stored."""


class Executor(Protocol):
    """A child process that runs segments, one at a time."""

    def start(self) -> None:
        """Start the process if there is none; orders do so too, but not as early."""

    def holds(self, job_id: str, digest: str) -> bool:
        """Whether the process still has this artifact in memory, so that it need not be sent."""

    def send(self, order: Order) -> None:
        """Hand over an order, once the process has loaded. ExecutorDied if it is gone."""

    def receive(self, timeout_seconds: float) -> Reply | None:
        """The next reply, or None when the time has passed. ExecutorDied if the process is gone."""

    def rss_bytes(self) -> int: ...

    def kill(self) -> None:
        """End the process and wait for it. The next order starts a new one."""


EffectHandler = Callable[[Any, Job, Mapping[str, Any]], None]
"""Applies an effect's data inside the store's transaction, which is the first argument and known
only to the adapter that the handler belongs to. It must be safe to repeat."""
