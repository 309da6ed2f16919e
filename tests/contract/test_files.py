"""Documents and large artifacts as files: kept while named, gone afterwards, never lost between."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import pytest
from desk import Desk, Store

from apostil.adapters import (
    ContentFiles,
    Database,
    SqlDocuments,
    SqlJobs,
    SqlReader,
    SqlRoster,
)
from apostil.engine import (
    Change,
    DocumentGone,
    DocumentNotFound,
    DocumentQuery,
    Effect,
    Finished,
    JobStatus,
    NewDocument,
    StoreFull,
    checkpoint,
    delete_job,
    sweep,
)

LARGE = b"x" * 300_000


class FullFiles(ContentFiles):
    """A disk that is full when told so."""

    is_full = False

    def adopt(self, received: Path, sha256: str) -> Path:
        if self.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().adopt(received, sha256)


class FullJobs(SqlJobs):
    """A database without room for another row when told so."""

    is_full = False

    def save(self, change: Change) -> bool:
        if self.is_full:
            raise StoreFull("There is no room left for the database.")
        return super().save(change)


@pytest.fixture
def files(tmp_path: Path) -> FullFiles:
    return FullFiles(tmp_path / "files")


@pytest.fixture
def desk(database: Database, files: FullFiles) -> Desk:
    reader = SqlReader(database, files)
    return Desk(
        Store(
            FullJobs(database, files),
            SqlRoster(database),
            files,
            lambda job_id: reader.events("local", job_id),
            lambda job_id: reader.attempts("local", job_id),
        )
    )


@pytest.fixture
def documents(database: Database, files: FullFiles) -> SqlDocuments:
    return SqlDocuments(database, files)


def test_a_received_file_is_taken_over_under_its_digest(files: FullFiles) -> None:
    received = files.incoming / "upload"
    received.write_bytes(b"paper")
    place = files.adopt(received, "ab" * 32)
    assert place == files.path("ab" * 32)
    assert place.read_bytes() == b"paper"
    assert not received.exists()


def test_a_large_artifact_is_a_file_and_reads_the_same(desk: Desk, files: FullFiles) -> None:
    desk.submit()
    claim = desk.take()
    sha256 = files.put(LARGE)
    checkpoint(desk.worker(), claim, Finished(sha256, LARGE), go_on=False)
    assert desk.store.jobs.read_artifact("local", claim.key) == LARGE
    files.remove(sha256)
    with pytest.raises(Exception, match="is gone"):
        desk.store.jobs.read_artifact("local", claim.key)


def test_a_full_disk_costs_an_attempt_and_no_job(desk: Desk, files: FullFiles) -> None:
    job = desk.submit()
    claim = desk.take()
    files.is_full = True
    checkpoint(desk.worker(), claim, Finished("1" * 64, LARGE), go_on=False)
    waiting = desk.job(job)
    assert waiting.status is JobStatus.RUNNING
    attempt = desk.store.attempts(job.id)[0]
    assert (attempt.outcome, attempt.problem) == ("failed", "/problems/storage-full")
    assert list(files.incoming.iterdir()) == []
    files.is_full = False
    desk.now += 31
    desk.work_off()
    assert desk.job(job).status is JobStatus.SUCCEEDED


def test_a_database_without_room_ends_the_wait_and_no_job(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    jobs = desk.store.jobs
    assert isinstance(jobs, FullJobs)
    jobs.is_full = True
    with pytest.raises(StoreFull):
        checkpoint(desk.worker(), claim, Finished("1" * 64, b"small"), go_on=False)
    jobs.is_full = False
    desk.now += 60
    sweep(desk.worker())
    desk.work_off()
    assert desk.job(job).status is JobStatus.SUCCEEDED


def test_a_document_without_its_file_is_refused(documents: SqlDocuments) -> None:
    gone = NewDocument(sha256="0" * 64, name="p.txt", media_type="text/plain", size=1)
    with pytest.raises(DocumentGone):
        documents.register("local", [gone], now=0.0)
    assert documents.list_documents("local", DocumentQuery()).documents == ()


def test_the_same_bytes_are_one_document_of_one_owner(
    documents: SqlDocuments, files: FullFiles
) -> None:
    new = NewDocument(sha256=files.put(b"paper"), name="p.txt", media_type="text/plain", size=5)
    (first,) = documents.register("local", [new], now=1.0)
    (again,) = documents.register("local", [new], now=2.0)
    assert first == again
    assert documents.get_document("local", first.sha256) == first
    with pytest.raises(DocumentNotFound):
        documents.get_document("stranger", first.id)


def test_a_reader_describes_the_document(
    desk: Desk, documents: SqlDocuments, files: FullFiles
) -> None:
    desk.submit()
    sha256 = files.put(b"paper")
    seen = Effect("describe_document", {"sha256": sha256, "pages": 7, "title": "Report"})
    desk.finish(desk.take(), effects=(seen,))
    document = documents.get_document("local", sha256)
    assert (document.pages, document.title) == (7, "Report")


def test_files_go_a_day_after_their_last_job(desk: Desk, files: FullFiles) -> None:
    job = desk.submit()
    sha256 = files.put(b"paper")
    desk.work_off()
    day = 24 * 3600.0
    delete_job(job.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    assert desk.store.jobs.remove_unused_files(desk.now + day - 1, after=day) == 0
    assert files.has(sha256)
    again = desk.submit()
    assert desk.store.jobs.remove_unused_files(desk.now + day + 1, after=day) == 0
    desk.work_off()
    delete_job(again.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    assert desk.store.jobs.remove_unused_files(desk.now + day + 1, after=day) == 1
    assert not files.has(sha256)


def test_a_file_that_no_row_knows_goes_the_same_way(desk: Desk, files: FullFiles) -> None:
    stray = files.put(b"left by a crash")
    os.utime(files.path(stray), (0, 0))
    day = 24 * 3600.0
    assert desk.store.jobs.remove_unused_files(desk.now, after=day) == 0
    assert desk.store.jobs.remove_unused_files(desk.now + day, after=day) == 1
    assert not files.has(stray)


def test_deletion_that_races_submission_leaves_every_accepted_job_its_file(
    desk: Desk, files: FullFiles
) -> None:
    stop = threading.Event()
    troubles: list[BaseException] = []

    def delete() -> None:
        try:
            while not stop.is_set():
                desk.store.jobs.remove_unused_files(desk.now + 10, after=5)
        except BaseException as trouble:
            troubles.append(trouble)
            raise

    deleter = threading.Thread(target=delete)
    deleter.start()
    refused = 0
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        try:
            job = desk.submit()
        except DocumentGone:  # told so at once: the client sends the file again
            refused += 1
            continue
        assert files.has(job.documents[0].sha256)
        delete_job(job.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    stop.set()
    deleter.join()
    assert troubles == []
    assert desk.submit().documents
