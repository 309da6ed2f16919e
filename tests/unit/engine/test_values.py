"""Small promises of the engine's values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apostil.engine import (
    Event,
    JobFailed,
    JobSubmitted,
    JobSucceeded,
    Pipeline,
    Recorded,
    Retries,
    Segment,
    SegmentProgressed,
    Submission,
    decode_event,
    encode_event,
)

PIPELINE = Pipeline((Segment(name="s", title="S", work="json:dumps"),))


@pytest.mark.parametrize(
    "event",
    [
        JobSubmitted(application="a", segments=("s",)),
        SegmentProgressed(segment="s", done=1, total=2, message="Größe"),
        JobSucceeded(),
        JobFailed(segment="s", problem="/problems/x", detail="d", dead_letter=True),
    ],
)
def test_an_event_comes_back_as_it_was_stored(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


def test_clients_see_an_event_as_one_flat_object() -> None:
    event = SegmentProgressed(segment="s", done=1, total=2, message="half")
    shown = Recorded(seq=7, job="j", at=1.5, event=event).to_dict()
    assert shown == {
        "seq": 7,
        "type": "segment_progressed",
        "job": "j",
        "at": 1.5,
        "segment": "s",
        "done": 1,
        "total": 2,
        "message": "half",
    }


@given(failures=st.integers(1, 50), jitter=st.floats(0, 1, exclude_max=True))
def test_waits_grow_up_to_a_cap_and_never_vanish(failures: int, jitter: float) -> None:
    delay = Retries().delay_seconds(failures, jitter)
    assert 22.5 <= delay <= 120.0
    assert delay <= Retries().delay_seconds(failures + 1, jitter)


@pytest.mark.parametrize("priority", [-1, 10])
def test_a_priority_is_one_digit(priority: int) -> None:
    with pytest.raises(ValueError, match="0 to 9"):
        Submission(application="a", version="1", pipeline=PIPELINE, documents=(), priority=priority)


def test_a_password_is_never_shown() -> None:
    submission = Submission(
        application="a",
        version="1",
        pipeline=PIPELINE,
        documents=(),
        password="open",  # noqa: S106 - opens nothing
    )
    assert "open" not in repr(submission)
    assert (
        submission.digest()
        == Submission(application="a", version="1", pipeline=PIPELINE, documents=()).digest()
    )
