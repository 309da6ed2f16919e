"""The commands of a person or of a script, line by line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

PROMPT = "apostil> "
Completions = Callable[[Sequence[str]], Sequence[str]]
"""Words that may follow those that stand before the cursor; none where a file may."""


def lines_of_stdin() -> Iterator[str]:
    """Until the end of stdin; names of files that are no UTF-8 are kept as they are."""
    for line in sys.stdin.buffer if sys.stdin else ():  # none when it was closed from the start
        yield os.fsdecode(line)


def typed_lines(completions: Completions) -> Iterator[str]:
    """What is typed after the prompt, until the end of input (Ctrl-D); the tabulator completes."""
    _prepare(completions)
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            sys.stdout.write("\n")
            return
        except KeyboardInterrupt:
            sys.stdout.write("\n")
            raise


def _prepare(completions: Completions) -> None:
    """Lines can be edited where the system has a library for it."""
    with suppress(ImportError):
        import readline  # noqa: PLC0415 - not every Python has it

        readline.set_completer_delims(" \t\n")
        readline.parse_and_bind(
            "bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete"
        )

        def complete(begun: str, number: int) -> str | None:
            before = readline.get_line_buffer()[: readline.get_begidx()].split()
            known = [f"{word} " for word in completions(before) if word.startswith(begun)]
            found = known or (_paths(begun) if before else [])
            return found[number] if number < len(found) else None

        readline.set_completer(complete)


def _paths(begun: str) -> list[str]:
    """Files and folders that begin so, a folder with a slash behind."""
    folder, _, name = begun.rpartition("/")
    top = Path(f"{folder}/" if folder or begun.startswith("/") else ".").expanduser()
    with suppress(OSError):
        return sorted(
            f"{begun[: len(begun) - len(name)]}{path.name}{'/' if path.is_dir() else ' '}"
            for path in top.iterdir()
            if path.name.startswith(name) and (name or not path.name.startswith("."))
        )
    return []
