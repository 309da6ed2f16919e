"""An operation that is moved to another path stays what it is."""

from __future__ import annotations

import asyncio
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from apostil.web.lifting import Interface, RouteNotLiftable, laid_out


def needs_badge(badge: Annotated[str, Header()] = "") -> None:
    if badge != "gold":
        raise HTTPException(403)


def interface() -> Interface:
    inner = APIRouter(prefix="/deep", tags=["deep"], dependencies=[Depends(needs_badge)])

    @inner.get("/{number}", status_code=201, response_class=PlainTextResponse)
    def dig(number: int) -> str:
        """Dig."""
        return f"depth {number}"

    router = APIRouter(tags=["mine"])

    @router.get("/")
    def greet() -> dict[str, str]:
        return {"message": "good day"}

    @router.api_route("/both", methods=["GET", "DELETE"], include_in_schema=False)
    def both() -> str:
        return "the application's"

    router.include_router(inner)
    return Interface(name="coal_mine", slug="coal-mine", router=router)


def platform() -> APIRouter:
    router = APIRouter()

    @router.api_route("/both", methods=["GET", "PUT"], include_in_schema=False)
    def both() -> str:
        return "the platform's"

    return router


def api(*, keeps: bool) -> FastAPI:
    made = FastAPI(docs_url=None, redoc_url=None)
    one, ours = interface(), platform()
    kept, yielding = ((ours,), ()) if keeps else ((), (ours,))
    for router in laid_out(kept=kept, yielding=yielding, interfaces=[one], lifted=one):
        made.include_router(router)
    return made


def ask(served: FastAPI, method: str, path: str, **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(served)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(asked())


@pytest.mark.parametrize("path", ["/deep/3", "/coal-mine/deep/3"])
def test_a_moved_operation_keeps_status_class_types_and_what_it_depends_on(path: str) -> None:
    served = api(keeps=False)
    answer = ask(served, "GET", path, badge="gold")
    assert (answer.status_code, answer.text) == (201, "depth 3")
    assert answer.headers["content-type"].startswith("text/plain")
    assert ask(served, "GET", path).status_code == 403
    assert ask(served, "GET", path.replace("3", "three"), badge="gold").status_code == 422


def test_the_document_describes_both_places_with_ids_of_their_own() -> None:
    paths = api(keeps=False).openapi()["paths"]
    under, at_root = paths["/coal-mine/deep/{number}"]["get"], paths["/deep/{number}"]["get"]
    assert (under["operationId"], at_root["operationId"]) == (
        "coal_mine_dig",
        "coal_mine_dig_at_root",
    )
    for told in (under, at_root):
        assert told["description"] == "Dig."
        assert told["tags"] == ["mine", "deep"]


def test_a_browser_at_the_root_goes_to_the_pages_and_a_program_gets_the_message() -> None:
    served = api(keeps=False)
    assert ask(served, "GET", "/", accept="*/*").json() == {"message": "good day"}
    browser = ask(served, "GET", "/", accept="text/html,*/*")
    assert (browser.status_code, browser.headers["location"]) == (307, "/ui/")
    assert ask(served, "GET", "/coal-mine/", accept="text/html,*/*").json() == {
        "message": "good day"
    }


@pytest.mark.parametrize(
    ("keeps", "whose"), [(True, "the platform's"), (False, "the application's")]
)
def test_only_the_method_that_both_have_changes_hands(keeps: bool, whose: str) -> None:  # noqa: FBT001 - a table
    served = api(keeps=keeps)
    assert ask(served, "GET", "/both").json() == whose
    assert ask(served, "DELETE", "/both").json() == "the application's"
    assert ask(served, "PUT", "/both").json() == "the platform's"


def test_a_lifted_application_that_claims_every_path_leaves_the_rest_in_their_places() -> None:
    greedy, ours, served = APIRouter(), platform(), FastAPI(docs_url=None, redoc_url=None)
    greedy.add_api_route("/{rest:path}", lambda: "all mine", name="everything")
    lifted = Interface(name="greedy", slug="greedy", router=greedy)
    for router in laid_out(
        kept=(ours,), yielding=(), interfaces=[interface(), lifted], lifted=lifted
    ):
        served.include_router(router)
    assert ask(served, "GET", "/both").json() == "the platform's"
    assert ask(served, "GET", "/coal-mine/both").json() == "the application's"
    assert ask(served, "GET", "/greedy/anything").json() == "all mine"
    assert ask(served, "GET", "/anything").json() == "all mine"


def test_what_is_no_operation_is_refused_with_its_path() -> None:
    odd = APIRouter(routes=[Mount("/files", APIRouter())])
    with pytest.raises(RouteNotLiftable, match="/files"):
        laid_out(kept=(), yielding=(), interfaces=[Interface(name="odd", slug="odd", router=odd)])
