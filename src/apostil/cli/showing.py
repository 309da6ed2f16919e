"""A result from a server, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import msgspec
import typer

from apostil.bootstrap.applications import load_applications
from apostil.cli.failure import Failed
from apostil.cli.summary import print_summary
from apostil.cli.wording import printable

Summary = Callable[[Mapping[str, Any]], list[str]]


def show_result(data: bytes, application: str, *, is_whole: bool) -> None:
    """Print the main figures with their pages, and the checks; of an application that has no words
    for that, or with ``is_whole``, everything."""
    plain = printable(data)
    try:
        summary = None if is_whole else _summary_of(application)
        if summary is None:
            print_summary(plain, keep="The command download")
            return
        for line in summary(msgspec.json.decode(plain)):
            typer.echo(line)
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise Failed(
            "The result is not of a kind that can be shown here; download stores it."
        ) from error


def _summary_of(application: str) -> Summary | None:
    loaded, _ = load_applications()
    found = loaded.get(application)
    if found is None or found.summary is None:
        return None
    module, _, name = found.summary.partition(":")
    summary: Summary = vars(import_module(module))[name]
    return summary
