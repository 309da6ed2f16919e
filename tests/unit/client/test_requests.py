"""Lost connections, busy servers and answers that are none."""

from __future__ import annotations

import gzip
import pickle
import socket
from pathlib import Path

import pytest

from apostil.client import (
    Client,
    Conflict,
    Denied,
    Invalid,
    JobFailed,
    NotFound,
    Problem,
    RateLimited,
    UnexpectedAnswer,
    Unreachable,
)
from apostil.client.transport import MOST_LOOKS

from .conftest import HANG_UP, Reply, Scripted, Slept, said

JOB = {"id": "j1", "status": "queued", "colour": "of a newer server"}


def test_a_submission_whose_connection_is_lost_is_sent_again_with_the_same_key_and_bytes(
    scripted: Scripted, apostil: Client, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF " + b"x" * 300_000)
    scripted.replies = [HANG_UP, said({}, 503), said(JOB, 202)]
    job = apostil.submit("financial", file, parameters={"query": "ünder"})
    assert (job.id, job.status) == ("j1", "queued")
    first, *later = scripted.asked
    assert len(later) == 2
    for again in later:
        assert again.body == first.body
        assert again.headers["idempotency-key"] == first.headers["idempotency-key"]
    assert b'name="files"; filename="report.pdf"' in first.body
    assert file.read_bytes() in first.body
    assert first.headers["content-length"] == str(len(first.body))


def test_two_submissions_have_two_keys_unless_one_is_given(
    scripted: Scripted, apostil: Client
) -> None:
    scripted.replies = [said(JOB, 202)]
    for key in (None, None, "mine", "mine"):
        apostil.submit("lines", b"text", idempotency_key=key)
    keys = [one.headers["idempotency-key"] for one in scripted.asked]
    assert len(set(keys)) == 3
    assert keys[2:] == ["mine", "mine"]


def test_a_busy_server_is_waited_for_as_long_as_it_says(
    scripted: Scripted, apostil: Client, slept: Slept
) -> None:
    date = "Sun, 22 Nov 2026 10:00:00 GMT"
    scripted.replies = [
        said({}, 429, Retry_After="3"),
        said({}, 503, Retry_After="Sun, 22 Nov 2026 10:00:07 GMT", Date=date),
        said(JOB),
    ]
    assert apostil.job("j1").id == "j1"
    assert slept.seconds[0] == 3.0
    assert 0 < slept.seconds[1] <= 7.0


def test_retrying_ends(scripted: Scripted, slept: Slept) -> None:
    scripted.replies = [said({"title": "Too many"}, 429)]
    with Client(scripted.url, retries=2) as apostil:
        apostil._transport.sleep = slept
        with pytest.raises(RateLimited, match="Too many"):
            apostil.job("j1")
    assert len(scripted.asked) == 3
    assert slept.seconds == sorted(slept.seconds)
    assert sum(slept.seconds) < 1.0


def test_a_pause_that_is_too_long_is_the_callers_to_make(
    scripted: Scripted, apostil: Client, slept: Slept
) -> None:
    scripted.replies = [said({}, 429, Retry_After="3600")]
    with pytest.raises(RateLimited) as raised:
        apostil.job("j1")
    assert raised.value.retry_after == 3600.0
    assert slept.seconds == []


def test_a_lost_request_that_still_runs_is_asked_for_until_the_server_knows_its_end(
    scripted: Scripted, apostil: Client, slept: Slept
) -> None:
    busy = said({"type": "/problems/idempotency-in-progress"}, 409)
    scripted.replies = [HANG_UP, *[busy] * MOST_LOOKS, HANG_UP, said(JOB, 202)]
    assert apostil.submit_documents("lines", ["d1"]).id == "j1"
    assert sum(slept.seconds) > 60
    scripted.replies = [busy]
    with pytest.raises(Conflict):
        apostil.submit_documents("lines", ["d1"])


def test_a_server_that_is_not_there_is_told_with_what_to_do(slept: Slept) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}/?token=secret") as apostil:
        apostil._transport.sleep = slept
        with pytest.raises(Unreachable, match="Start one with: apostil serve") as raised:
            apostil.job("j1")
    assert "secret" not in str(raised.value) + repr(apostil)
    assert len(slept.seconds) == 1, "an address where nobody ever answered is soon given up"


def test_an_address_with_the_wrong_scheme_is_told_as_that(scripted: Scripted) -> None:
    url = scripted.url.replace("http:", "https:")
    expected = pytest.raises(Unreachable, match="http or https")
    with Client(url, retries=0) as apostil, expected as raised:
        apostil.job("j1")
    assert "apostil serve" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Denied),
        (404, NotFound),
        (410, NotFound),
        (409, Conflict),
        (413, Invalid),
        (422, Invalid),
        (429, RateLimited),
        (500, Problem),
        (507, Problem),
    ],
)
def test_each_refusal_has_its_class_and_its_members(
    scripted: Scripted, status: int, kind: type[Problem]
) -> None:
    members = {
        "type": "/problems/x",
        "title": "No",
        "status": status,
        "detail": "Because.",
        "errors": [{"pointer": "/body/a", "detail": "is wrong"}],
        "more": 1,
    }
    scripted.replies = [said(members, status)]
    with Client(scripted.url, retries=0) as apostil, pytest.raises(Problem) as raised:
        apostil.job("j1")
    problem = raised.value
    assert type(problem) is kind
    assert (problem.status, problem.type, str(problem)) == (status, "/problems/x", "Because.")
    assert [(one.pointer, one.detail) for one in problem.errors] == [("/body/a", "is wrong")]
    assert problem.members["more"] == 1
    again = pickle.loads(pickle.dumps(problem))  # noqa: S301 - as pools of processes do
    assert (type(again), again.errors, str(again)) == (kind, problem.errors, "Because.")


def test_a_job_without_a_result_says_why(scripted: Scripted, apostil: Client) -> None:
    members = {
        "type": "/problems/password-needed",
        "detail": "It is encrypted.",
        "jobStatus": "failed",
        "processingStage": "parse",
        "retryable": True,
    }
    scripted.replies = [said(members, 409)]
    with pytest.raises(JobFailed, match="encrypted") as raised:
        apostil.result("j1")
    assert (raised.value.job_status, raised.value.segment) == ("failed", "parse")
    assert raised.value.is_retryable


def test_a_refusal_of_a_proxy_is_told_by_its_status(scripted: Scripted, apostil: Client) -> None:
    scripted.replies = [Reply(500, b"<html>oops")]
    with pytest.raises(Problem, match="status 500"):
        apostil.job("j1")


def test_what_is_no_server_of_ours_is_told(scripted: Scripted, apostil: Client) -> None:
    scripted.replies = [Reply(200, b"<html>hello")]
    with pytest.raises(UnexpectedAnswer, match="no Apostil server"):
        apostil.job("j1")
    scripted.replies = [Reply(302, b"", {"Location": "https://elsewhere.example"})]
    with pytest.raises(UnexpectedAnswer, match="elsewhere"):
        apostil.job("j1")
    scripted.replies = [Reply(200, b"no gzip", {"Content-Encoding": "gzip"})]
    with pytest.raises(UnexpectedAnswer, match="unpacked"):
        apostil.job("j1")


def test_an_answer_that_never_ends_is_not_kept(
    scripted: Scripted, apostil: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apostil.client.transport.MOST_ANSWER_BYTES", 100_000)
    scripted.replies = [Reply(200, gzip.compress(b"0" * 9_000_000), {"Content-Encoding": "gzip"})]
    with pytest.raises(UnexpectedAnswer, match="larger"):
        apostil.artifact("j1", "parse")


def test_a_token_is_sent_and_taken_from_the_printed_address(scripted: Scripted) -> None:
    scripted.replies = [said(JOB)]
    token = "a-b"  # noqa: S105 - of no server
    for made in (Client(f"{scripted.url}/?token=a-b"), Client(f"{scripted.url}/", token=token)):
        with made as apostil:
            assert apostil.url == scripted.url
            apostil.job("j1")
    assert [one.headers["authorization"] for one in scripted.asked] == ["Bearer a-b"] * 2


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://x", "", "http://", "http:///x"])
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        Client(url)


def test_ids_are_one_step_of_the_path(scripted: Scripted, apostil: Client) -> None:
    scripted.replies = [said(JOB)]
    apostil.job("a/b?c#d%2e")
    assert scripted.asked[0].path == "/api/v1/jobs/a%2Fb%3Fc%23d%252e"
    for name in ("", ".", ".."):
        with pytest.raises(ValueError, match="id is needed"):
            apostil.job(name)


def test_a_list_is_walked_by_the_question_of_the_next_address(
    scripted: Scripted, apostil: Client
) -> None:
    scripted.replies = [
        said({"items": [JOB], "next": "https://inner.example/api/v1/jobs?limit=200&cursor=c2"}),
        said({"items": [JOB | {"id": "j2"}], "next": None}),
    ]
    assert [job.id for job in apostil.jobs(status="queued")] == ["j1", "j2"]
    assert scripted.asked[0].path == "/api/v1/jobs?status=queued&limit=200"
    assert scripted.asked[1].path == "/api/v1/jobs?limit=200&cursor=c2"


def test_an_original_is_stored_whole_or_not_at_all(
    scripted: Scripted, apostil: Client, tmp_path: Path
) -> None:
    scripted.replies = [Reply(200, b"half", length=8), Reply(200, b"complete")]
    stored = apostil.original("d1", tmp_path / "out.pdf")
    assert stored.read_bytes() == b"complete"
    scripted.replies = [said({"detail": "gone"}, 404)]
    with pytest.raises(NotFound):
        apostil.original("d2", tmp_path / "none.pdf")
    assert list(tmp_path.iterdir()) == [stored]


def test_health_is_told_even_when_it_is_bad(scripted: Scripted, apostil: Client) -> None:
    scripted.replies = [said({"status": "no workers", "workers": 0}, 503)]
    health = apostil.health()
    assert (health.is_healthy, health.members["workers"]) == (False, 0)
    assert len(scripted.asked) == 1


def test_a_batch_that_is_too_large_for_the_server_is_halved_until_it_is_not(
    scripted: Scripted, apostil: Client
) -> None:
    too_large = said({"type": "/problems/body-too-large", "detail": "Too large."}, 413)
    made = said({"items": [{"index": 0, "name": "b", "job": JOB}], "failed": []}, 202)
    none = said({"failed": [{"index": 0, "name": "c", "problem": {"detail": "Bad."}}]}, 422)
    scripted.replies = [too_large, too_large, too_large, made, none]
    batch = apostil.batch("lines", [("a", b"A"), ("b", b"B"), ("c", b"C")], idempotency_key="k")
    assert [(one.index, one.detail) for one in batch.failed] == [(0, "Too large."), (2, "Bad.")]
    assert [(one.index, one.job.id) for one in batch.items] == [(1, "j1")]
    keys = [one.headers["idempotency-key"] for one in scripted.asked]
    assert keys == ["k", "k.0", "k.1", "k.1.0", "k.1.1"]
