"""Asking the person at the terminal for the password of an encrypted file."""

from __future__ import annotations

import sys
from typing import TextIO

import typer

PASSWORD_NEEDED = "/problems/password-needed"  # noqa: S105 - the type of a problem
WITHOUT_TERMINAL = "The variable APOSTIL_PASSWORD can hold it."


def ask_password(reason: str) -> str:
    """What was typed after ``reason`` was shown; nothing when nobody is there to type."""
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
        return ""
    typer.echo(reason, err=True)
    return str(typer.prompt("Password", hide_input=True, default="", show_default=False, err=True))


def _is_terminal(stream: TextIO | None) -> bool:
    """A stream is None when the process was started with that descriptor closed."""
    return stream is not None and stream.isatty()
