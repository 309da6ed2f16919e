"""Where several write at a time, each sees what the others have done, and nobody fails for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pytest
from desk import Desk
from ports import Ports

from apostil.engine import (
    ClaimLost,
    Document,
    DocumentInUse,
    DocumentNotFound,
    DocumentQuery,
    Job,
    JobNotFound,
    JobQuery,
    NewDocument,
    delete_job,
    take,
)

ROUNDS = 15

_T = TypeVar("_T")


def together(*acts: Callable[[], _T]) -> list[_T]:
    """What they give when they begin at one moment; what one raises is raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], _T]) -> _T:
        start.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def received(ports: Ports, *papers: bytes) -> Sequence[NewDocument]:
    files = ports.desk.store.files
    return [
        NewDocument(sha256=files.put(p), name="p.txt", media_type="text/plain", size=len(p))
        for p in papers
    ]


def registered(ports: Ports, owner: str, documents: Sequence[NewDocument]) -> Document:
    return ports.documents.register(owner, documents, now=1.0)[0]


def test_the_same_bytes_sent_at_once_are_one_document(ports: Ports) -> None:
    for number in range(ROUNDS):
        new = received(ports, b"paper %d" % number)
        made = together(
            *[partial(registered, ports, "local", new)] * 4,
            partial(registered, ports, "other", new),
        )
        assert len({document.id for document in made[:4]}) == 1
        assert made[4].id != made[0].id


def test_the_same_documents_sent_at_once_in_any_order_do_not_wait_for_each_other(
    ports: Ports,
) -> None:
    for number in range(ROUNDS):
        new = received(ports, *(b"%d of %d" % (one, number) for one in range(5)))

        def send(documents: Sequence[NewDocument]) -> list[Document]:
            return ports.documents.register("local", documents, now=1.0)

        forth, back = together(partial(send, new), partial(send, new[::-1]))
        assert forth == back[::-1]


def test_a_document_is_removed_before_a_job_names_it_or_not_at_all(ports: Ports) -> None:
    desk, removals = ports.desk, 0
    for number in range(ROUNDS):
        paper = b"paper %d" % number
        ports.documents.register("local", received(ports, paper), now=1.0)
        job, was_removed = together(
            partial(desk.submit, paper=paper),
            partial(removed, ports, paper),
        )
        assert isinstance(job, Job)
        removals += bool(was_removed)
        assert ports.documents.get_document("local", job.documents[0].sha256).size == len(paper)
        desk.work_off()
        assert desk.job(job).status.is_terminal
    assert 0 <= removals <= ROUNDS


def removed(ports: Ports, paper: bytes) -> bool:
    sha256 = ports.desk.store.files.put(paper)
    try:
        ports.documents.remove_document("local", sha256, now=2.0)
    except DocumentInUse:
        return False
    return True


def test_of_two_who_remove_a_document_one_is_told_that_it_is_gone(ports: Ports) -> None:
    def remove(sha256: str) -> str:
        try:
            ports.documents.remove_document("local", sha256, now=2.0)
        except DocumentNotFound:
            return "gone"
        return "removed"

    for number in range(ROUNDS):
        new = received(ports, b"paper %d" % number)
        ports.documents.register("local", new, now=1.0)
        told = together(*[partial(remove, new[0].sha256)] * 2)
        assert sorted(told) == ["gone", "removed"]
    assert ports.documents.list_documents("local", DocumentQuery()).documents == ()


def test_jobs_that_share_everything_come_and_go_at_once(ports: Ports) -> None:
    """Two submit and work off the same wish, while two delete whatever has ended."""
    desk, stop = ports.desk, threading.Event()

    def work() -> int:
        done = 0
        for _ in range(ROUNDS):
            job = desk.submit(parameters={"colour": "red"})
            work_off(desk)
            done += desk.store.jobs.load(job.id) is not None
        return done

    def delete() -> int:
        gone = 0
        while not stop.is_set():
            gone += delete_ended(ports)
        return gone

    with ThreadPoolExecutor(4) as threads:
        working = [threads.submit(work) for _ in range(2)]
        deleting = [threads.submit(delete) for _ in range(2)]
        try:
            for one in working:
                one.result(60)
        finally:
            stop.set()
        for one in deleting:
            one.result(60)
    desk.work_off()
    delete_ended(ports)
    assert ports.documents.used_bytes("local") == 0


def work_off(desk: Desk) -> None:
    """As ``Desk.work_off``; what it had claimed may be deleted by now."""
    while (claim := take(desk.worker())) is not None:
        try:
            desk.finish(claim)
        except ClaimLost:
            continue


def delete_ended(ports: Ports) -> int:
    gone = 0
    for job in ports.reader.list("local", JobQuery()).jobs:
        if job.status.is_terminal:
            try:
                delete_job(
                    job.id, owner="local", jobs=ports.desk.store.jobs, clock=ports.desk.clock
                )
            except JobNotFound:
                continue
            gone += 1
    return gone


@pytest.mark.parametrize("text", ["nul \0 within", "\ud7ff", "smile \U0001f600", "line\nbreak"])
def test_any_text_in_a_name_is_kept_or_made_legible(ports: Ports, text: str) -> None:
    job = ports.desk.submit(name=text)
    document = ports.documents.get_document("local", job.documents[0].sha256)
    assert document.name in {text, text.replace("\0", "\ufffd")}
    assert ports.reader.get("local", job.id).documents[0].name == text
