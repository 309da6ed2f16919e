"""How a route gets what it works with. An application's own routes use it too::

@router.get("/tasks/{task_id}")
def task(services: Wired, owner: Owner, task_id: str) -> …

Dependencies that only look something up are coroutines: the framework sends each that is none to a
thread and back, which costs more than all that they do, and waits while the threads are busy.
"""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from apostil.web.services import Services


async def services_of(connection: HTTPConnection) -> Services:
    """The services that the server was made with."""
    return cast("Services", connection.app.state.services)


async def owner_of(connection: HTTPConnection) -> str:
    """Whom the request is from, as the guard has found out. Everything is scoped by it."""
    return cast("str", connection.scope["state"]["owner"])


Wired = Annotated[Services, Depends(services_of)]
Owner = Annotated[str, Depends(owner_of)]
