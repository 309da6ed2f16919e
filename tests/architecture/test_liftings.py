"""Whichever application is served at the root: no path twice, no operation id twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from apostil.bootstrap.routes import load_interfaces
from apostil.web import Access, Interface, Services, make_server
from apostil.web.lifting import Claim

INSTALLED, BROKEN = load_interfaces(
    found.load() for found in entry_points(group="apostil.applications")
)


def greedy(name: str) -> Interface:
    """An invented application that claims what others have, and some paths of its own."""

    def answer() -> str:
        return name

    router = APIRouter(tags=[name])
    for path in (
        "/",
        "/analyze",
        "/health",
        "/tasks/{number}",
        "/api/v1/jobs",
        "/openapi.json",
        "/ui/jobs",
    ):
        router.add_api_route(path, answer, name=f"claim{len(router.routes)}")
    router.add_api_route("/analyze", answer, methods=["POST"], name="analyze")
    inner = APIRouter(prefix="/inner")
    inner.add_api_route("/{thing}", answer, operation_id="always_the_same")

    @inner.websocket("/ws/{thing}")
    async def follow(socket: WebSocket, thing: str) -> None:
        await socket.close()

    router.include_router(inner)
    return Interface(name=name, slug=name.replace("_", "-"), router=router)


ALL = [*INSTALLED, greedy("first_stranger"), greedy("second_stranger")]
LIFTINGS = [None, *(one.name for one in ALL)]
KEPT = ("/api/v1", "/ui", "/openapi.json", "/docs", "/metrics", "/problems")


@cache
def served(lifted_name: str | None, *, alone: bool = False) -> FastAPI:
    """The framework's object inside the server. No request is made: the services are not asked."""
    services = cast("Services", SimpleNamespace())
    lifted = next((one for one in ALL if one.name == lifted_name), None)
    whole: Any = make_server(services, Access(), interfaces=() if alone else ALL, lifted=lifted)
    while not isinstance(whole, FastAPI):
        whole = whole._served
    return whole


def answering(routes: Iterable[BaseRoute]) -> list[tuple[Claim, object]]:
    """What answers each method and path, in the order in which they are asked."""
    return [
        ((method, re.sub(r"{[^}]*}", "{}", context.path or "")), context.endpoint)
        for context in iter_route_contexts(list(routes))
        for method in context.methods or ("WEBSOCKET",)
    ]


PLATFORM = dict(answering(served(None, alone=True).routes))


def test_every_installed_interface_can_be_loaded() -> None:
    assert BROKEN == []
    assert "financial" in {one.name for one in INSTALLED}


@pytest.mark.parametrize("lifted", LIFTINGS)
def test_no_method_and_path_is_served_twice(lifted: str | None) -> None:
    times = Counter(claim for claim, _ in answering(served(lifted).routes))
    assert [claim for claim, many in times.items() if many > 1] == []


@pytest.mark.parametrize("lifted", LIFTINGS)
def test_no_operation_id_is_used_twice(lifted: str | None) -> None:
    paths = served(lifted).openapi()["paths"].values()
    ids = Counter(operation["operationId"] for path in paths for operation in path.values())
    assert [one for one, many in ids.items() if many > 1] == []
    assert {"submit_job", "financial_analyze", "first_stranger_analyze"} <= set(ids)


@pytest.mark.parametrize("lifted", LIFTINGS)
def test_the_platform_keeps_its_paths_whatever_is_lifted(lifted: str | None) -> None:
    found = dict(answering(served(lifted).routes))
    assert set(found) >= set(PLATFORM)
    own = [claim for claim in PLATFORM if claim[1].startswith(KEPT)]
    assert [claim for claim in own if found[claim] is not PLATFORM[claim]] == []


@pytest.mark.parametrize("lifted", ALL, ids=lambda one: one.name)
def test_a_lifted_application_answers_all_its_paths_at_the_root_and_under_its_name(
    lifted: Interface,
) -> None:
    found = dict(answering(served(lifted.name).routes))
    for (method, path), endpoint in answering(lifted.router.routes):
        assert found[(method, f"/{lifted.slug}{path}")] is endpoint
        if (method, path) not in PLATFORM or not path.startswith(KEPT):
            assert found[(method, path)] is endpoint


def test_without_a_lifted_application_the_root_is_the_platforms() -> None:
    found = dict(answering(served(None).routes))
    assert {claim: found[claim] for claim in PLATFORM} == PLATFORM
    assert ("POST", "/analyze") not in found
