"""What every ``DocumentStore`` promises."""

from __future__ import annotations

import pytest
from ports import Ports

from apostil.engine import (
    Document,
    DocumentInUse,
    DocumentNotFound,
    DocumentQuery,
    Finished,
    NewDocument,
    checkpoint,
    delete_job,
)


def receive(ports: Ports, data: bytes, owner: str = "local") -> Document:
    new = NewDocument(
        sha256=ports.desk.store.files.put(data),
        name="p.txt",
        media_type="text/plain",
        size=len(data),
    )
    return ports.documents.register(owner, [new], now=ports.desk.now)[0]


@pytest.mark.parametrize("by", ["id", "sha256"])
def test_a_document_that_no_job_uses_can_be_forgotten(ports: Ports, by: str) -> None:
    document = receive(ports, b"unread")
    name = document.id if by == "id" else document.sha256
    assert ports.documents.remove_document("local", name, now=ports.desk.now) == document
    with pytest.raises(DocumentNotFound):
        ports.documents.remove_document("local", name, now=ports.desk.now)


def test_a_document_in_use_stays_until_its_last_job_goes(ports: Ports) -> None:
    desk = ports.desk
    job = desk.submit(paper=b"read")
    sha256 = job.documents[0].sha256
    with pytest.raises(DocumentInUse):
        ports.documents.remove_document("local", sha256, now=desk.now)
    assert ports.documents.get_document("local", sha256).size == 4
    delete_job(job.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    with pytest.raises(DocumentNotFound):
        ports.documents.remove_document("local", sha256, now=desk.now)


def test_a_strangers_document_is_neither_seen_nor_forgotten(ports: Ports) -> None:
    document = receive(ports, b"mine")
    theirs = receive(ports, b"mine", "other")
    with pytest.raises(DocumentNotFound):
        ports.documents.remove_document("other", document.id, now=ports.desk.now)
    assert ports.documents.remove_document("other", theirs.sha256, now=ports.desk.now) == theirs
    assert ports.documents.get_document("local", document.sha256) == document


def test_what_an_owner_keeps_is_documents_and_artifacts(ports: Ports) -> None:
    desk = ports.desk
    assert ports.documents.used_bytes("local") == 0
    job = desk.submit(paper=b"12345")
    receive(ports, b"123")
    receive(ports, b"1234567", "other")
    checkpoint(desk.worker(), desk.take(job=job), Finished("d" * 64, b"12"), go_on=False)
    assert ports.documents.used_bytes("local") == 5 + 3 + 2
    assert ports.documents.used_bytes("other") == 7
    delete_job(job.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    assert ports.documents.used_bytes("local") == 3


def test_the_same_bytes_sent_again_are_the_same_document(ports: Ports) -> None:
    first = receive(ports, b"same")
    ports.desk.now += 1
    assert receive(ports, b"same") == first
    assert ports.documents.list_documents("local", DocumentQuery()).documents == (first,)
