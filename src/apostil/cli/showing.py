"""A result from a server, for a person at a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from itertools import groupby
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from apostil.bootstrap.applications import load_applications
from apostil.cli.failure import Failed
from apostil.cli.summary import print_summary
from apostil.cli.wording import printable

_GAP = re.compile(r" {2,}")
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
        print_lines(summary(msgspec.json.decode(plain)), Console(highlight=False))
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise Failed(
            "The result is not of a kind that can be shown here; download stores it."
        ) from error


def print_lines(lines: Iterable[str], console: Console) -> None:
    """As they are; at a terminal those of a table, whose cells are two spaces apart, are laid out
    anew, so that they fit."""
    if not console.is_terminal:
        for line in lines:
            console.print(Text(line), soft_wrap=True)
        return
    for is_table, group in groupby((_GAP.split(line) for line in lines), lambda row: len(row) > 1):
        rows = list(group)
        if is_table:
            console.print(_table(rows))
        else:
            console.print(Text("\n".join(row[0] for row in rows)))


def _table(rows: Sequence[Sequence[str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    for _ in range(max(len(row) for row in rows) - 1):
        table.add_column(justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _summary_of(application: str) -> Summary | None:
    loaded, _ = load_applications()
    found = loaded.get(application)
    if found is None or found.summary is None:
        return None
    module, _, name = found.summary.partition(":")
    summary: Summary = vars(import_module(module))[name]
    return summary
