"""The platform's own API, under ``/api/v1``."""

from fastapi import APIRouter

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX)

__all__ = ["PREFIX", "router"]
