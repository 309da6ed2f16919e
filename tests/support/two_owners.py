"""``apostil serve`` for two people, each with a token of their own, which is their name.

Beside that, the server is as it always is; it leaves word of all its routes in the data folder.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.types import ASGIApp

from apostil.adapters import open_database, upgrade
from apostil.adapters.sql import tables
from apostil.bootstrap import serving
from apostil.cli import main
from apostil.config import Settings
from apostil.web import Access, make_server

OWNERS = ("ann", "ben")
ROUTES = "routes.json"
SOCKET = "WEBSOCKET"


def access(settings: Settings, token: str | None) -> Access:
    return Access(identify=lambda offered: offered if offered in OWNERS else None)


def server_with_routes(*services: object, **interfaces: object) -> ASGIApp:
    """The server, once its routes are written down."""
    server = make_server(*services, **interfaces)  # type: ignore[arg-type]  # passed on as they are
    inside: Any = server
    while not isinstance(inside, FastAPI):
        inside = inside._served
    data = Path(os.environ["APOSTIL_DATA"])
    found = iter_route_contexts(inside.routes)
    routes = [
        (method, re.sub(r":\w+}", "}", route.path or ""))
        for route in found
        if not isinstance(route.original_route, Mount)
        for method in sorted(route.methods or {SOCKET})
    ]
    (data / ROUTES).write_text(json.dumps(routes))
    return server


def add_owners(data: Path) -> None:
    database = open_database(f"sqlite:///{data / 'apostil.db'}")
    upgrade(database)
    with database.writing(durable=True) as connection:
        rows = [{"id": name, "name": name.title(), "created_at": 0.0} for name in OWNERS]
        connection.execute(sa.insert(tables.users), rows)
    database.dispose()


if __name__ == "__main__":
    folder = Path(os.environ["APOSTIL_DATA"])
    folder.mkdir()
    add_owners(folder)
    serving.access = access
    vars(serving)["make_server"] = server_with_routes
    main()
