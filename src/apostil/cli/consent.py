"""Asking the person at the terminal before something goes for good."""

from __future__ import annotations

import sys
from typing import Annotated, TextIO

import typer

from apostil.cli.failure import misuse

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def require_consent(question: str, *, given: bool) -> None:
    """Go on only with a yes: one ``given`` on the command line, or typed. Ends the command else."""
    if given:
        return
    _require_terminal()
    if not typer.confirm(question, default=False):
        typer.echo("Nothing was changed.")
        raise typer.Exit


def require_word(question: str, word: str, *, given: bool) -> None:
    """As ``require_consent``, for what must not happen by one key too many."""
    if given:
        return
    _require_terminal()
    typed = typer.prompt(f"{question} Type “{word}” to go on", default="", show_default=False)
    if typed.strip() != word:
        typer.echo("Nothing was changed.")
        raise typer.Exit


def is_terminal() -> bool:
    """Whether somebody is there to ask."""
    return _is_tty(sys.stdin) and _is_tty(sys.stdout)


def _require_terminal() -> None:
    if not is_terminal():
        misuse("Nobody is there to ask; --yes answers beforehand.")


def _is_tty(stream: TextIO | None) -> bool:
    """A stream is None when the process was started with that descriptor closed."""
    return stream is not None and stream.isatty()
