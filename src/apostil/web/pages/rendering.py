"""Renders templates; every page goes through here, so that escaping is always on."""

from __future__ import annotations

from collections.abc import Sequence
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
    return page("message.html", code=status, title=title, detail=detail, token_form=None)


def ask_for_token(detail: str, *, asked: Sequence[tuple[str, str]], status: int) -> HTMLResponse:
    """A page that takes the access token and comes back to where it stands; ``asked`` is the query."""
    kept = [(name, value) for name, value in asked if name != "token"]
    title = "An access token is needed"
    return page("message.html", code=status, title=title, detail=detail, token_form=kept)
