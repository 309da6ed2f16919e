"""Where the applications' own interfaces stand: each under its name, one of them at the root too.

A program written for the system that an application takes over knows paths such as ``/analyze``: the
*lifted* application answers them. The platform keeps what is its own, ``/api/v1`` and ``/ui``; of the
rest of its paths the lifted application takes those that it has. No path is served twice.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute, APIWebSocketRoute, RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from apostil.web.about.root import send_browser_to_pages

SOCKET = "WEBSOCKET"
"""Stands for the method where a path is a socket's."""

_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_NOT_COPIED = {"self", "path", "endpoint", "methods", "operation_id", "dependencies"}
_COPIED = sorted(set(inspect.signature(APIRoute.__init__).parameters) - _NOT_COPIED)

Claim = tuple[str, str]
"""A method and a path whose placeholders have no names."""


class RouteNotLiftable(Exception):
    """An application's router holds something else than operations and sockets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """An application's own routes. ``name`` is a part of its operations' ids."""

    name: str
    slug: str
    router: APIRouter


def laid_out(
    *,
    kept: Sequence[APIRouter],
    yielding: Sequence[APIRouter],
    interfaces: Sequence[Interface],
    lifted: Interface | None = None,
    standing: Sequence[BaseRoute] = (),
) -> list[APIRouter]:
    """All routers in the order in which they are to be asked, no (method, path) in two of them.

    Of one that several have: the platform's ``kept`` routers have it first, then the lifted
    application, then the platform's ``yielding`` ones, then an application under its own name.
    ``standing`` are routes that the server has already. RouteNotLiftable.
    """
    claimed = set(claims([*kept, APIRouter(routes=list(standing))]))
    raised = _free(lifted, claimed, at_root=True) if lifted is not None else APIRouter()
    claimed |= set(claims([raised]))
    rest = [_without(router, claimed) for router in yielding]
    claimed |= set(claims(rest))
    named: list[APIRouter] = []
    for interface in interfaces:
        named.append(_free(interface, claimed, at_root=False))
        claimed |= set(claims(named[-1:]))
    # A path with a placeholder at the root may match what stands under a name; the name is meant.
    return [*kept, *named, raised, *rest]


def claims(routers: Iterable[APIRouter]) -> Iterator[Claim]:
    """Every method and path that these routers answer, as often as they do."""
    for router in routers:
        for found in iter_route_contexts(router.routes):
            yield from _claims(found.path or "", found)


def _claims(path: str, found: RouteContext) -> Iterator[Claim]:
    shape = _PLACEHOLDER.sub("{}", path)
    for method in found.methods or (SOCKET,):
        yield method, shape


def _free(interface: Interface, claimed: set[Claim], *, at_root: bool) -> APIRouter:
    """The interface's routes at the root or under its name, but those that are taken."""
    prefix = "" if at_root else f"/{interface.slug}"
    ending = "_at_root" if at_root else ""
    routes: list[BaseRoute] = []
    for found in iter_route_contexts(interface.router.routes):
        path = f"{prefix}{found.path}"
        free = [method for method, shape in _claims(path, found) if (method, shape) not in claimed]
        if free:
            operation = f"{interface.name}_{found.name}{ending}"
            routes.append(_placed(found, path=path, methods=free, operation=operation))
    return APIRouter(routes=routes)


def _without(router: APIRouter, claimed: set[Claim]) -> APIRouter:
    """The router as it is, or without the routes that are taken."""
    if not claimed & set(claims([router])):
        return router
    routes: list[BaseRoute] = []
    for found in iter_route_contexts(router.routes):
        path = found.path or ""
        free = [method for method, shape in _claims(path, found) if (method, shape) not in claimed]
        if free:
            routes.append(_placed(found, path=path, methods=free, operation=None))
    return APIRouter(routes=routes)


def _placed(
    found: RouteContext, *, path: str, methods: list[str], operation: str | None
) -> BaseRoute:
    """The same operation at another path, for some of its methods, under another id."""
    if isinstance(found.original_route, APIWebSocketRoute):
        return APIWebSocketRoute(
            path, found.original_route.endpoint, name=found.name, dependencies=found.dependencies
        )
    if not isinstance(found.original_route, APIRoute):
        raise RouteNotLiftable(f"{path} is neither an operation nor a socket")
    dependencies = list(found.dependencies)
    if path == "/":
        dependencies.insert(0, Depends(send_browser_to_pages))
    return type(found.original_route)(
        path,
        found.original_route.endpoint,
        methods=methods,
        operation_id=operation or found.operation_id,
        dependencies=dependencies,
        **{name: _setting(found, name) for name in _COPIED},
    )


def _setting(found: RouteContext, name: str) -> Any:
    """What the operation was declared with, its routers' part included where they have one."""
    return getattr(found if hasattr(found, name) else found.original_route, name)
