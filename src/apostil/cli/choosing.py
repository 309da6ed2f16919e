"""``apostil db`` alone, at a terminal: a list to choose from, for those who do not know the commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from apostil.cli.failure import Failed, on_one_line
from apostil.cli.options import settings_with

Act = Callable[[], None]


def choose(offers: dict[str, Act]) -> None:
    """Show the offers with their numbers and carry out one after the other until told to leave. What
    cannot be done is told, and the list comes again."""
    acts = list(offers.values())
    leave = len(acts) + 1
    typer.echo(f"Data folder: {settings_with().data.expanduser().absolute()}")
    while True:
        typer.echo()
        for number, title in enumerate([*offers, "Leave"], start=1):
            typer.echo(f"  {number}  {title}")
        chosen = ask_number("Which", least=1, most=leave)
        if chosen == leave:
            return
        try:
            acts[chosen - 1]()
        except Failed as failure:
            typer.echo(on_one_line(str(failure)), err=True)
        except typer.Exit:  # it was left at a question
            continue


def ask_number(question: str, *, least: int, most: int, default: int | None = None) -> int:
    """A whole number within these bounds; asked again for anything else."""
    while True:
        typed = str(typer.prompt(question, default=default)).strip()
        if typed.isascii() and typed.isdigit() and least <= int(typed) <= most:
            return int(typed)
        typer.echo(f"A number from {least} to {most} is wanted.")


def ask_new_file(question: str, *, default: str) -> str:
    """The name of a file that is not there yet, or that may be replaced."""
    while True:
        name = str(typer.prompt(question, default=default)).strip()
        path = Path(name)
        if not path.exists() or typer.confirm(f"{path} is there. Replace it?", default=False):
            return name
