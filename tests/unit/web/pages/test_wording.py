"""Jobs in words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from apostil.engine import (
    Job,
    JobDocument,
    JobSegment,
    JobStatus,
    JobSubmitted,
    Recorded,
    SegmentStatus,
)
from apostil.web.pages.wording import job_detail, job_line, seconds

NOW = 1_000.0


def job(**changes: object) -> Job:
    made = Job(
        id="j1",
        owner="local",
        application="lines",
        version="1",
        documents=(JobDocument(sha256="a" * 64, name="r.pdf", media_type="application/pdf", size=1),),
        parameters={},
        segments=(
            JobSegment(
                name="read", title="Reading", after=(), status=SegmentStatus.FINISHED,
                started_at=900.0, finished_at=950.0, done=1, total=9, message="page 1", attempts=1,
            ),
            JobSegment(
                name="judge", title="Judging", after=("read",), status=SegmentStatus.RUNNING,
                started_at=950.0, done=3, total=4, message="row", attempts=2,
            ),
        ),
        submitted_at=890.0,
        status=JobStatus.RUNNING,
        started_at=900.0,
    )  # fmt: skip
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("length", "said"),
    [(0.184, "184 ms"), (1.5, "1.5 s"), (14.2, "14 s"), (59.6, "1:00"), (125, "2:05")],
)
def test_lengths_of_time_are_said_as_one_reads_them(length: float, said: str) -> None:
    assert seconds(length) == said


def test_a_running_job_shows_its_segment_how_far_it_is_and_which_try_it_is() -> None:
    detail = job_detail(job(), "Lines", [], NOW)
    assert (detail.headline, detail.percent, detail.is_open) == ("Judging", 88, True)
    reading, judging = detail.segments
    assert reading.message == "", "a last report that is not the last one made is left out"
    assert reading.bar == (0.0, 50.0)
    assert judging.message == "row 3 of 4 (try 2)"
    assert judging.bar == (50.0, 50.0)


def test_a_reused_segment_says_that_its_stored_result_was_used() -> None:
    changed = job()
    reused = replace(changed.segments[0], reused=True)
    detail = job_detail(changed.with_segment(reused), "Lines", [], NOW)
    assert detail.segments[0].message == "stored result used again"


def test_a_failed_job_says_where_and_why_and_asks_for_a_password_that_was_missing() -> None:
    failed = job(
        status=JobStatus.FAILED,
        failed_segment="judge",
        problem="/problems/password-needed",
        detail="It asks for a password.",
        finished_at=NOW,
    )
    detail = job_detail(failed, "Lines", [], NOW)
    assert (detail.failed_at, detail.wants_password) == ("Judging", True)
    line = job_line(failed, "Lines", NOW)
    assert (line.word, line.detail, line.is_open) == ("Stopped", "It asks for a password.", False)


def test_events_are_told_newest_first() -> None:
    submitted = JobSubmitted(application="lines", segments=("read",))
    events = [Recorded(seq=n, job="j1", at=900.0 + n, event=submitted) for n in (1, 2)]
    detail = job_detail(job(), "Lines", events, NOW)
    assert [event.seq for event in detail.events] == [2, 1]
    assert detail.events[0].text == "Job submitted"
