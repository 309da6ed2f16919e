"""The one door for plug-ins: an Application is a value, found by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apostil.engine import Pipeline

PDF = "application/pdf"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something a user may say beside the documents (``--set NAME=VALUE``, a form field)."""

    name: str
    title: str
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One domain: which documents it takes, what it does with them and who may show the answer.

    ``routes``, ``summary`` and the values of ``exports`` are import paths, resolved by those who
    serve or export, so that a worker never loads the web framework.
    """

    name: str
    title: str
    version: str
    pipeline: Pipeline
    media_types: tuple[str, ...] = (PDF, TEXT)
    documents: tuple[int, int] = (1, 1)
    parameters: tuple[Parameter, ...] = ()
    routes: str | None = None
    summary: str | None = None
    exports: Mapping[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The name in addresses and on the command line."""
        return self.name.replace("_", "-")
