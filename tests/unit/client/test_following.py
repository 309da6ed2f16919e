from __future__ import annotations

import pytest

from apostil.client import ApostilError, Client, NotFound, Unreachable
from apostil.client.events import Event, Reset, SegmentProgressed
from apostil.client.following import MOST_FAILURES

from .conftest import HANG_UP, Reply, Scripted, Slept, said, told

SUBMITTED = {"type": "job_submitted", "seq": 1, "job": "j", "at": "2026-11-22T10:00:00.123Z"}
PROGRESSED = {"type": "segment_progressed", "seq": 2, "segment": "s", "done": 3, "total": 9}
FAILED = {"type": "job_failed", "seq": 3, "segment": "s", "detail": "d", "dead_letter": True}
RETRIED = {"type": "job_retried", "seq": 4, "segment": "s"}
SUCCEEDED = {"type": "job_succeeded", "seq": 5}
NO_MORE = Reply(204, b"")


def numbers(events: list[Event]) -> list[int]:
    return [event.seq for event in events]


def test_events_are_told_once_over_lost_connections(
    scripted: Scripted, apostil: Client, slept: Slept
) -> None:
    cut = told(SUBMITTED, PROGRESSED)
    cut.length = len(cut.body) + 500
    scripted.replies = [
        cut,
        HANG_UP,
        said({}, 503, Retry_After="2"),
        told(PROGRESSED, FAILED, before=": beat\n\n"),
        told(RETRIED, SUCCEEDED),
        NO_MORE,
    ]
    losses: list[ApostilError] = []
    events = list(apostil.follow("j", on_loss=losses.append))
    assert numbers(events) == [1, 2, 3, 4, 5]
    assert [type(loss).__name__ for loss in losses] == ["Unreachable", "Unreachable", "Problem"]
    assert isinstance(events[1], SegmentProgressed)
    assert (events[1].done, events[1].total) == (3, 9)
    assert events[0].at is not None
    assert events[0].at.isoformat() == "2026-11-22T10:00:00.123000+00:00"
    again = scripted.asked[-1]
    assert again.path == "/api/v1/jobs/j/events?after=5&epoch=e1"
    assert again.headers["last-event-id"] == "5"
    assert 2.0 in slept.seconds


def test_a_failure_that_was_retried_is_not_the_end(scripted: Scripted, apostil: Client) -> None:
    scripted.replies = [told(SUBMITTED, PROGRESSED, FAILED, RETRIED, SUCCEEDED), NO_MORE]
    assert numbers(list(apostil.follow("j"))) == [1, 2, 3, 4, 5]


def test_after_a_reset_everything_is_told_anew(scripted: Scripted, apostil: Client) -> None:
    reset = {"type": "reset", "job": "j", "epoch": "e2"}
    cut_before_the_reset = told(epoch="e2", before=": hello\n\n")
    scripted.replies = [
        told(SUBMITTED, PROGRESSED),
        cut_before_the_reset,
        told(reset, SUBMITTED, epoch="e2"),
        told(PROGRESSED | {"type": "job_succeeded"}, epoch="e2"),
        NO_MORE,
    ]
    events = list(apostil.follow("j"))
    assert isinstance(events[2], Reset)
    assert numbers(events) == [1, 2, 0, 1, 2]
    assert [one.path.partition("?")[2] for one in scripted.asked] == [
        "after=0",
        "after=2&epoch=e1",
        "after=2&epoch=e1",
        "after=1&epoch=e2",
        "after=2&epoch=e2",
    ]


def test_a_stream_without_more_after_the_end_is_the_end(
    scripted: Scripted, apostil: Client, slept: Slept
) -> None:
    scripted.replies = [told(SUBMITTED, SUCCEEDED), told()]
    assert numbers(list(apostil.follow("j"))) == [1, 5]
    assert slept.seconds == [], "nobody waits to hear that nothing more comes"


def test_an_event_of_an_unknown_kind_keeps_its_members(scripted: Scripted, apostil: Client) -> None:
    scripted.replies = [told({"type": "page_read", "seq": 1, "page": 4}), told(SUCCEEDED), NO_MORE]
    first = next(apostil.follow("j"))
    assert (first.type, first.members["page"]) == ("page_read", 4)


def test_following_gives_up_on_a_server_that_does_not_come_back(
    scripted: Scripted, apostil: Client, slept: Slept
) -> None:
    scripted.replies = [told(SUBMITTED, before="retry: 1000\n\n"), HANG_UP]
    events = apostil.follow("j")
    assert next(events).seq == 1
    with pytest.raises(Unreachable):
        next(events)
    assert len(slept.seconds) == MOST_FAILURES
    assert 30 < sum(slept.seconds) < 90


def test_a_job_that_is_deleted_meanwhile_ends_the_following(
    scripted: Scripted, apostil: Client
) -> None:
    scripted.replies = [told(SUBMITTED), said({"detail": "gone"}, 404)]
    with pytest.raises(NotFound, match="gone"):
        list(apostil.follow("j"))


def test_the_server_says_how_long_to_wait_before_the_next_connection(
    scripted: Scripted, apostil: Client, slept: Slept
) -> None:
    scripted.replies = [told(SUBMITTED, before="retry: 1234\n\n"), told(SUCCEEDED), NO_MORE]
    assert numbers(list(apostil.follow("j"))) == [1, 5]
    assert slept.seconds == [1.234]


def test_a_job_that_is_deleted_under_its_follower_ends_with_that(
    scripted: Scripted, apostil: Client
) -> None:
    scripted.replies = [told(SUBMITTED, {"type": "job_deleted", "job": "j"}), said({}, 404)]
    events = list(apostil.follow("j"))
    assert [event.type for event in events] == ["job_submitted", "job_deleted"]
    assert len(scripted.asked) == 1
