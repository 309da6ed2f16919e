"""Who may talk to the server, and what each answer tells the browser."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from apostil.web import Access, bearer_of
from apostil.web.guard import Guard

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
    body: bytes = b"",
) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=Guard(_served, access))
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


def test_liveness_can_be_asked_without_a_token() -> None:
    assert (
        ask(Access(identify=bearer_of(TOKEN), hosts=frozenset()), "/health/live").status_code == 200
    )


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


def test_every_answer_forbids_foreign_and_inline_scripts() -> None:
    policy = ask(Access()).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ask(Access()).headers["x-content-type-options"] == "nosniff"
