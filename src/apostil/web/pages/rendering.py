"""Renders templates; every page goes through here, so that escaping is always on."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from apostil import __version__

FOLDER = Path(__file__).parent
ROOT = "/ui"
"""Where the pages live."""

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(root=ROOT, version=__version__, here="")


def page(template: str, *, code: int = 200, **words: object) -> HTMLResponse:
    """The rendered page. Text of documents is always escaped."""
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(**words), status_code=code)


def message(title: str, detail: str, *, status: int) -> HTMLResponse:
    """A page that only says what happened."""
    return page("message.html", code=status, title=title, detail=detail, asks_token=False)
