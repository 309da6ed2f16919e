"""What every store promises of a job that is submitted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from desk import BAD, Desk
from msgspec.structs import replace
from ports import Ports

from apostil.engine import (
    IdempotencyConflict,
    JobQuery,
    JobStatus,
    cancel_job,
    content_digest,
    delete_job,
)


@pytest.fixture
def desk(ports: Ports) -> Desk:
    return ports.desk


def test_an_idempotency_key_gives_the_same_job_for_a_day(desk: Desk) -> None:
    wish: dict[str, Any] = {"idempotency_key": "k", "parameters": {"colour": 1}}
    first = desk.submit(**wish)
    assert desk.submit(**wish).id == first.id
    with pytest.raises(IdempotencyConflict):
        desk.submit(idempotency_key="k", parameters={"colour": 2})
    desk.now += 24 * 3600 + 1
    assert desk.submit(**wish).id != first.id


def test_fifty_threads_with_one_idempotency_key_make_one_job(ports: Ports) -> None:
    desk = ports.desk

    def send(_: int) -> str:
        return desk.submit(idempotency_key="k", parameters={"colour": "red"}).id

    with ThreadPoolExecutor(50) as threads:
        ids = set(threads.map(send, range(50)))
    assert len(ids) == 1
    assert [job.id for job in ports.reader.list("local", JobQuery()).jobs] == list(ids)
    assert list(ports.reader.heads(ids).values()) == [1]


def test_asking_for_the_same_again_names_the_first_job(desk: Desk) -> None:
    first = desk.submit(parameters={"colour": "red"})
    desk.now += 60
    second = desk.submit(parameters={"colour": "red"}, name="renamed.txt", priority=0)
    third = desk.submit(parameters={"colour": "red"})
    assert first.duplicate_of is None
    assert [second.duplicate_of, third.duplicate_of] == [first.id, first.id]
    assert desk.job(third).duplicate_of == first.id


@pytest.mark.parametrize(
    "wish",
    [
        {"parameters": {"colour": "blue"}},
        {"parameters": {"colour": "red"}, "paper": b"another"},
        {"parameters": {"colour": "red"}, "application": "fork"},
        {"parameters": {"colour": "red"}, "owner": "other"},
    ],
    ids=["parameters", "document", "application", "owner"],
)
def test_what_differs_in_substance_is_no_duplicate(desk: Desk, wish: dict[str, Any]) -> None:
    desk.submit(parameters={"colour": "red"})
    assert desk.submit(**wish).duplicate_of is None


def test_a_job_that_came_to_nothing_has_no_duplicates(desk: Desk) -> None:
    failed = desk.submit(parameters={"colour": "red"})
    desk.fail(desk.take(), BAD)
    assert desk.job(failed).status is JobStatus.FAILED
    cancelled = desk.submit(parameters={"colour": "red"})
    assert cancelled.duplicate_of is None
    cancel_job(cancelled.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    assert desk.submit(parameters={"colour": "red"}).duplicate_of is None


def test_a_duplicate_is_one_for_a_day(desk: Desk) -> None:
    first = desk.submit(parameters={"colour": "red"})
    desk.now += 24 * 3600 - 1
    within = desk.submit(parameters={"colour": "red"})
    desk.now += 2
    after = desk.submit(parameters={"colour": "red"})
    assert (within.duplicate_of, after.duplicate_of) == (first.id, within.id)


def test_deleting_the_first_job_leaves_its_name_in_the_duplicate(desk: Desk) -> None:
    first = desk.submit(parameters={"colour": "red"})
    second = desk.submit(parameters={"colour": "red"})
    delete_job(first.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    assert desk.job(second).duplicate_of == first.id


def test_the_order_of_documents_is_part_of_what_is_asked(desk: Desk) -> None:
    one, two = desk.document(b"one"), desk.document(b"two")
    digests = {
        content_digest(replace(desk.submit(), documents=documents, parameters={}))
        for documents in ((one, two), (two, one), (one,))
    }
    assert len(digests) == 3
