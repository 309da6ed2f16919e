"""The server-rendered pages under ``/ui``."""

from pathlib import Path

from fastapi import APIRouter

from apostil.web.pages import jobs, results
from apostil.web.pages.rendering import ROOT, ask_for_token, message

STATIC = Path(__file__).parent / "static"

router = APIRouter()
router.include_router(jobs.router)
router.include_router(results.router)

__all__ = ["ROOT", "STATIC", "ask_for_token", "message", "router"]
