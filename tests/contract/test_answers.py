"""What every ``Answers`` promises: a request that is sent again is carried out once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from ports import Ports

from apostil.engine import (
    ABANDONED_SECONDS,
    ANSWER_BYTES,
    ANSWER_SECONDS,
    AnswerNotKept,
    Answers,
    IdempotencyConflict,
    IdempotencyInProgress,
    StoredAnswer,
)

NOW = 1_000_000.0
MADE = StoredAnswer(status=202, headers={"Location": "/jobs/1"}, body=b'{"id": 1}')


@pytest.fixture
def answers(ports: Ports) -> Answers:
    return ports.answers


def begin(
    answers: Answers,
    key: str = "k",
    request: str = "r",
    *,
    after: float = 0.0,
    owner: str = "local",
) -> StoredAnswer | None:
    return answers.begin(owner, "POST /jobs", key, request, now=NOW + after)


def finish(answers: Answers, answer: StoredAnswer = MADE) -> None:
    answers.finish("local", "POST /jobs", "k", answer, now=NOW + 1)


def test_the_same_request_is_answered_word_for_word_as_before(answers: Answers) -> None:
    assert begin(answers) is None
    finish(answers)
    for _ in range(2):
        assert begin(answers, after=2) == MADE


def test_another_request_under_the_key_is_refused_before_and_after_the_answer(
    answers: Answers,
) -> None:
    begin(answers)
    with pytest.raises(IdempotencyConflict):
        begin(answers, request="another")
    finish(answers)
    with pytest.raises(IdempotencyConflict):
        begin(answers, request="another", after=2 * ABANDONED_SECONDS)


def test_while_the_first_runs_the_second_is_told_so(answers: Answers) -> None:
    begin(answers)
    with pytest.raises(IdempotencyInProgress):
        begin(answers, after=ABANDONED_SECONDS - 1)


def test_a_key_belongs_to_an_owner_and_a_route(answers: Answers) -> None:
    begin(answers)
    finish(answers)
    assert begin(answers, owner="other") is None
    assert answers.begin("local", "POST /documents", "k", "another", now=NOW) is None


def test_an_abandoned_key_is_free_for_any_request(answers: Answers) -> None:
    begin(answers)
    answers.abandon("local", "POST /jobs", "k")
    assert begin(answers, request="another") is None


def test_an_answer_is_not_abandoned(answers: Answers) -> None:
    begin(answers)
    finish(answers)
    answers.abandon("local", "POST /jobs", "k")
    assert begin(answers) == MADE


def test_the_first_answer_is_kept(answers: Answers) -> None:
    begin(answers)
    finish(answers)
    finish(answers, StoredAnswer(status=500, headers={}, body=b""))
    assert begin(answers) == MADE


def test_a_request_whose_process_died_is_carried_out_again_by_one(answers: Answers) -> None:
    begin(answers)
    assert begin(answers, after=ABANDONED_SECONDS) is None
    with pytest.raises(IdempotencyInProgress):
        begin(answers, after=ABANDONED_SECONDS + 1)
    with pytest.raises(IdempotencyConflict):
        begin(answers, request="another", after=3 * ABANDONED_SECONDS)


def test_after_a_day_the_key_is_free(answers: Answers) -> None:
    begin(answers)
    finish(answers)
    assert begin(answers, after=ANSWER_SECONDS - 1) == MADE
    assert begin(answers, request="another", after=ANSWER_SECONDS) is None
    with pytest.raises(IdempotencyInProgress):
        begin(answers, request="another", after=ANSWER_SECONDS + 1)


@pytest.mark.parametrize("length", [0, ANSWER_BYTES])
def test_an_answer_is_kept_up_to_its_longest(answers: Answers, length: int) -> None:
    begin(answers)
    whole = StoredAnswer(status=200, headers={}, body=b"\x00" * length)
    finish(answers, whole)
    assert begin(answers) == whole


def test_a_longer_answer_is_not_kept_and_its_request_not_repeated(answers: Answers) -> None:
    begin(answers)
    finish(answers, StoredAnswer(status=200, headers={}, body=b"x" * (ANSWER_BYTES + 1)))
    with pytest.raises(AnswerNotKept):
        begin(answers, after=2 * ABANDONED_SECONDS)
    with pytest.raises(IdempotencyConflict):
        begin(answers, request="another")


@pytest.mark.parametrize("after", [0.0, ABANDONED_SECONDS, ANSWER_SECONDS])
def test_of_many_at_one_moment_one_is_first(answers: Answers, after: float) -> None:
    if after:
        begin(answers)
    assert race(lambda: begin(answers, after=after)) == {"first": 1, "told to wait": 15}


def race(begin_once: Callable[[], StoredAnswer | None]) -> Counter[str]:
    """What sixteen threads hear that begin together."""
    together = threading.Barrier(16)

    def run(_: int) -> str:
        together.wait(10)
        try:
            return "first" if begin_once() is None else "answered"
        except IdempotencyInProgress:
            return "told to wait"

    with ThreadPoolExecutor(16) as threads:
        return Counter(threads.map(run, range(16)))
