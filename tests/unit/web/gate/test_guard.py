"""Who may talk to the server, and what each answer tells the browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from apostil.web import Access, Bounds, RateLimits, bearer_of
from apostil.web.gate.guard import Guard
from apostil.web.problems import BodyTooLarge, BodyTooSlow

TOKEN = "a-token-of-no-value"  # noqa: S105 - a token that opens nothing


async def _served(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"read {len(body)}")(scope, receive, send)


def ask(
    access: Access,
    path: str = "/ui/",
    *,
    method: str = "GET",
    host: str = "127.0.0.1:8000",
    headers: dict[str, str] | None = None,
    body: bytes | AsyncIterator[bytes] = b"",
    address: str = "127.0.0.1",
) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=Guard(_served, access), client=(address, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, headers=headers, content=body)

    return asyncio.run(asked())


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "127.0.0.1"])
def test_loopback_answers_to_its_own_names(host: str) -> None:
    assert ask(Access(), host=host).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "localhost.evil"])
def test_a_foreign_host_name_on_loopback_is_refused(host: str) -> None:
    assert ask(Access(), host=host).status_code == 421


def test_without_the_token_nothing_is_shown() -> None:
    answer = ask(Access(identify=bearer_of(TOKEN), hosts=frozenset()), host="192.0.2.7:8000")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_printed_address_sets_the_cookie_and_drops_the_token_from_the_address() -> None:
    access = Access(identify=bearer_of(TOKEN), hosts=frozenset())
    answer = ask(access, f"/ui/?cite=c1&token={TOKEN}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/ui/?cite=c1"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert ask(access, headers={"Cookie": f"apostil_token={TOKEN}"}).status_code == 200


def test_a_program_sends_the_token_as_bearer() -> None:
    access = Access(identify=bearer_of(TOKEN), hosts=frozenset())
    assert ask(access, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert ask(access, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert ask(access, "/ui/?token=wrong").status_code == 401


def test_who_sends_a_wrong_token_is_told_so() -> None:
    access = Access(identify=bearer_of(TOKEN), hosts=frozenset())
    for path, headers in (
        ("/ui/", {"Authorization": "Bearer wrong"}),
        ("/ui/", {"Cookie": "apostil_token=wrong"}),
        ("/ui/?token=wrong", {}),
    ):
        answer = ask(access, path, headers=headers)
        assert "is not this server's" in answer.json()["detail"]
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert "is not this server's" not in ask(access).json()["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/health/live", 200),
        ("/problems", 200),
        ("/problems/token-needed", 200),
        ("/ui/static/style.css", 200),
        ("/health", 401),
        ("/health/live/", 401),
        ("/problemsome", 401),
        ("/ui/static", 401),
        ("/metrics", 401),
    ],
)
def test_only_what_tells_nothing_of_anybody_is_shown_without_a_token(
    path: str, status: int
) -> None:
    access = Access(identify=bearer_of(TOKEN), hosts=frozenset())
    assert ask(access, path).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_post(headers: dict[str, str]) -> None:
    assert ask(Access(), "/ui/jobs", method="POST", headers=headers).status_code == 403


def test_our_own_pages_and_programs_can_post() -> None:
    own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    assert ask(Access(), "/ui/jobs", method="POST", headers=own).status_code == 200
    assert ask(Access(), "/ui/jobs", method="POST").status_code == 200


FORM = {"Content-Type": "multipart/form-data; boundary=b"}
SMALL = Access(bounds=Bounds(upload_bytes=20, body_bytes=10, stall_seconds=0.02))


class NeverSent(AsyncIterator[bytes]):
    async def __anext__(self) -> bytes:
        raise AssertionError("the body was read")


async def in_pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def stalling() -> AsyncIterator[bytes]:
    yield b"x"
    await asyncio.Event().wait()


@pytest.mark.parametrize(("headers", "length"), [({}, 11), (FORM, 21)])
def test_a_body_that_says_it_is_too_large_is_refused_unread(
    headers: dict[str, str], length: int
) -> None:
    told = {**headers, "Content-Length": str(length)}
    answer = ask(SMALL, method="POST", headers=told, body=NeverSent())
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/body-too-large"


def test_a_body_without_a_length_stops_being_read_when_it_is_too_large() -> None:
    assert ask(SMALL, method="POST", body=in_pieces(b"x" * 8, b"x" * 2)).is_success
    assert ask(SMALL, method="POST", headers=FORM, body=in_pieces(b"x" * 20)).is_success
    with pytest.raises(BodyTooLarge):
        ask(SMALL, method="POST", body=in_pieces(b"x" * 8, b"x" * 3))


def test_a_body_that_stalls_is_not_waited_for() -> None:
    with pytest.raises(BodyTooSlow):
        ask(SMALL, method="POST", body=stalling())


def test_a_body_that_drips_for_ever_is_not_waited_for() -> None:
    async def dripping() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.005)
            yield b""

    with pytest.raises(BodyTooSlow):
        ask(
            Access(bounds=Bounds(stall_seconds=1, whole_seconds=0.03)),
            method="POST",
            body=dripping(),
        )


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/ui/" + "a" * 9000, {}, 414),
        ("/ui/?q=" + "a" * 9000, {}, 414),
        ("/ui/", {f"x-{number}": "1" for number in range(101)}, 431),
        ("/ui/", {"x-long": "1" * 40_000}, 431),
        ("/ui/", {"Content-Length": "0", "Transfer-Encoding": "chunked"}, 400),
    ],
)
def test_a_head_beyond_the_bounds_is_refused(
    path: str, headers: dict[str, str], status: int
) -> None:
    answer = ask(Access(), path, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_answers_tell_how_many_requests_are_left_until_there_is_none() -> None:
    access = Access(rates=RateLimits("2/minute"))
    assert ask(access).headers["ratelimit-remaining"] == "1"
    assert ask(access).headers["ratelimit-remaining"] == "0"
    refused = ask(access)
    assert refused.status_code == 429
    assert refused.json()["type"] == "/problems/rate-limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]


def test_health_and_static_files_are_not_counted() -> None:
    access = Access(rates=RateLimits("1/minute"))
    for path in ("/health", "/health/live", "/health/ready", "/ui/static/apostil.css") * 2:
        assert "ratelimit-limit" not in ask(access, path).headers
    assert ask(access).is_success


def test_without_limits_nothing_is_counted() -> None:
    assert "ratelimit-limit" not in ask(Access()).headers


def test_submissions_have_a_window_of_their_own() -> None:
    access = Access(rates=RateLimits("10/minute", "1/minute"))
    assert ask(access, method="POST", headers=FORM, body=b"x").headers["ratelimit-limit"] == "1"
    for path, headers in (("/financial/analyze", FORM), ("/api/v1/jobs", {})):
        assert ask(access, path, method="POST", headers=headers).status_code == 429
    assert ask(access, method="POST").is_success
    assert ask(access, "/api/v1/jobs").headers["ratelimit-limit"] == "10"


def test_each_address_has_its_own_window_where_all_are_one_owner() -> None:
    access = Access(rates=RateLimits("1/minute"))
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"):
        assert ask(access, address=address).is_success
        assert ask(access, address=address).status_code == 429
    assert ask(access, address="2001:db8::2").status_code == 429


def test_each_owner_has_a_window_wherever_they_ask_from() -> None:
    access = Access(identify=lambda offered: offered, rates=RateLimits("1/minute"))
    ann, ben = ({"Authorization": f"Bearer {name}"} for name in ("ann", "ben"))
    assert ask(access, headers=ann, address="192.0.2.1").is_success
    assert ask(access, headers=ben, address="192.0.2.1").is_success
    assert ask(access, headers=ann, address="192.0.2.2").status_code == 429


def test_guessing_tokens_is_stopped_and_those_who_had_the_right_one_go_on() -> None:
    access = Access(identify=bearer_of(TOKEN), rates=RateLimits(failed_logins="3/minute"))
    right, wrong = {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": "Bearer guess"}
    at = "192.0.2.9"
    assert ask(access, headers=right).is_success
    assert ask(access, headers=wrong).status_code == 401
    assert ask(access, "/ui/?token=guess").status_code == 401
    assert ask(access, headers={"Cookie": "apostil_token=guess"}).status_code == 401
    assert ask(access, headers=wrong).status_code == 429
    assert ask(access, "/ui/?token=guess").status_code == 429
    assert ask(access, headers=right).is_success
    assert ask(access, headers=wrong, address=at).status_code == 401
    for _ in range(3):
        ask(access, headers=wrong, address=at)
    assert ask(access, headers=right, address=at).status_code == 429


def test_every_answer_forbids_foreign_and_inline_scripts() -> None:
    policy = ask(Access()).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ask(Access()).headers["x-content-type-options"] == "nosniff"
