"""How a route gets the services: ``services: Wired``. An application's own routes use it too."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from apostil.web.services import Services


def services_of(request: Request) -> Services:
    """The services that the server was made with."""
    return cast("Services", request.app.state.services)


Wired = Annotated[Services, Depends(services_of)]
