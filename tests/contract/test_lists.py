"""Lists of jobs and documents: pages that fit together whatever comes meanwhile."""

from __future__ import annotations

import pytest
from desk import BAD, Desk
from ports import Ports

from apostil.engine import (
    CursorInvalid,
    Document,
    DocumentPage,
    DocumentQuery,
    Job,
    JobPage,
    JobQuery,
    JobStatus,
    NewDocument,
    cancel_job,
    delete_job,
)

GARBAGE = ["", "x", "zz", "00", "🙂", "7b7d", "5b5d", "[1]", "ff" * 2000]
GARBAGE += [
    text.encode().hex()
    for text in (
        '["older",1.0]',
        '["older",1.0,"no-uuid"]',
        '["older",1e999,"01234567-89ab-7def-8123-456789abcdef"]',
        '["sideways",1.0,"01234567-89ab-7def-8123-456789abcdef"]',
        '["older","1.0","01234567-89ab-7def-8123-456789abcdef"]',
        '["older",1.0,"\\u0000"]',
    )
]


def jobs_page(ports: Ports, cursor: str | None = None, limit: int = 2) -> JobPage:
    return ports.reader.list("local", JobQuery(limit=limit, cursor=cursor))


def documents_page(ports: Ports, cursor: str | None = None, limit: int = 2) -> DocumentPage:
    return ports.documents.list_documents("local", DocumentQuery(limit=limit, cursor=cursor))


def names(found: tuple[Job, ...] | tuple[Document, ...]) -> list[str]:
    return [one.id for one in found]


def submit_some(desk: Desk, count: int, *, apart: float) -> list[str]:
    """Their ids, in the order of a list."""
    jobs = []
    for _ in range(count):
        desk.now += apart
        jobs.append(desk.submit())
    jobs.sort(key=lambda job: (job.submitted_at, job.id), reverse=True)
    return [job.id for job in jobs]


@pytest.fixture(params=[1.0, 0.0], ids=["one after the other", "at one moment"])
def apart(request: pytest.FixtureRequest) -> float:
    seconds: float = request.param
    return seconds


def test_a_list_goes_on_where_the_newest_were_passed_over(ports: Ports, apart: float) -> None:
    there = submit_some(ports.desk, 6, apart=apart)
    whole = names(ports.reader.list("local", JobQuery()).jobs)
    assert set(whole) == set(there)
    page = ports.reader.list("local", JobQuery(limit=2, offset=3))
    assert names(page.jobs) == whole[3:5]
    rest = ports.reader.list("local", JobQuery(limit=2, offset=3, cursor=page.next))
    assert (names(rest.jobs), rest.next) == (whole[5:], None)
    beyond = ports.reader.list("local", JobQuery(limit=2, offset=6))
    assert (beyond.jobs, beyond.next) == ((), None)


def test_pages_of_jobs_meet_without_gap_or_overlap_both_ways(ports: Ports, apart: float) -> None:
    submitted = set(submit_some(ports.desk, 5, apart=apart))
    there = [jobs_page(ports)]
    while (following := there[-1].next) is not None:
        there.append(jobs_page(ports, following))
    listed = [name for page in there for name in names(page.jobs)]
    assert len(listed) == 5
    assert set(listed) == submitted
    assert [len(page.jobs) for page in there] == [2, 2, 1]
    back = [there[-1]]
    while (earlier := back[-1].previous) is not None:
        back.append(jobs_page(ports, earlier))
    assert back[::-1] == there
    assert there[0].previous is None


def test_newest_come_first(ports: Ports) -> None:
    oldest_last = submit_some(ports.desk, 3, apart=1.0)
    assert names(jobs_page(ports, limit=3).jobs) == oldest_last


def test_jobs_that_come_meanwhile_shift_no_page(ports: Ports, apart: float) -> None:
    submit_some(ports.desk, 4, apart=apart)
    first = jobs_page(ports)
    assert first.next is not None
    submit_some(ports.desk, 3, apart=1.0)
    second = jobs_page(ports, first.next)
    assert not set(names(second.jobs)) & set(names(first.jobs))
    assert second.next is None
    assert second.previous is not None
    again = jobs_page(ports, second.previous)
    assert again.jobs == first.jobs
    assert again.previous is not None
    newest = jobs_page(ports, again.previous)
    assert len(newest.jobs) == 2
    assert newest.next is not None
    assert jobs_page(ports, newest.next).jobs == again.jobs


def test_a_page_goes_on_where_a_deleted_job_stood(ports: Ports) -> None:
    desk = ports.desk
    listed = submit_some(desk, 4, apart=1.0)
    first = jobs_page(ports)
    delete_job(listed[1], owner="local", jobs=desk.store.jobs, clock=desk.clock)
    second = jobs_page(ports, first.next)
    assert names(second.jobs) == listed[2:]
    assert second.previous is not None
    assert names(jobs_page(ports, second.previous).jobs) == listed[:1]


def test_a_page_whose_rows_have_all_gone_is_empty(ports: Ports) -> None:
    desk = ports.desk
    listed = submit_some(desk, 3, apart=1.0)
    cursor = jobs_page(ports).next
    delete_job(listed[2], owner="local", jobs=desk.store.jobs, clock=desk.clock)
    assert jobs_page(ports, cursor) == JobPage((), None, None)


def test_a_filter_holds_on_every_page_and_at_its_ends(ports: Ports) -> None:
    desk = ports.desk
    listed = submit_some(desk, 6, apart=1.0)
    for name in (listed[0], listed[2], listed[5]):
        cancel_job(name, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    query = JobQuery(statuses=(JobStatus.QUEUED,), limit=2)
    first = ports.reader.list("local", query)
    assert names(first.jobs) == [listed[1], listed[3]]
    assert first.previous is None
    second = ports.reader.list("local", JobQuery(statuses=(JobStatus.QUEUED,), cursor=first.next))
    assert names(second.jobs) == [listed[4]]
    assert second.next is None


def test_jobs_are_found_by_document_application_and_dead_letter(ports: Ports) -> None:
    desk = ports.desk
    chain = desk.submit(paper=b"one")
    desk.fail(desk.take(), BAD)
    fork = desk.submit("fork", paper=b"two")
    desk.submit(owner="other", paper=b"one")

    def found(query: JobQuery) -> list[str]:
        return names(ports.reader.list("local", query).jobs)

    assert found(JobQuery(document=chain.documents[0].sha256)) == [chain.id]
    assert found(JobQuery(document="0" * 64)) == []
    assert found(JobQuery(application="fork")) == [fork.id]
    assert found(JobQuery(statuses=(JobStatus.FAILED, JobStatus.CANCELLED))) == [chain.id]
    assert found(JobQuery(dead_letter=True)) == []
    assert len(found(JobQuery(dead_letter=False))) == 2


@pytest.mark.parametrize("cursor", GARBAGE)
def test_a_cursor_that_no_page_gave_is_refused(ports: Ports, cursor: str) -> None:
    ports.desk.submit()
    with pytest.raises(CursorInvalid):
        jobs_page(ports, cursor)
    with pytest.raises(CursorInvalid):
        documents_page(ports, cursor)


def test_pages_of_documents_meet_both_ways(ports: Ports, apart: float) -> None:
    files = ports.desk.store.files
    for number in range(5):
        new = NewDocument(
            sha256=files.put(b"%d" % number), name="p.txt", media_type="text/plain", size=1
        )
        ports.documents.register("local", [new], now=ports.desk.now + number * apart)
    pages = [documents_page(ports)]
    while (following := pages[-1].next) is not None:
        pages.append(documents_page(ports, following))
    assert len({name for page in pages for name in names(page.documents)}) == 5
    assert pages[0].previous is None
    assert pages[-1].previous is not None
    assert documents_page(ports, pages[-1].previous) == pages[-2]
    assert ports.documents.list_documents("other", DocumentQuery()) == DocumentPage((), None, None)
