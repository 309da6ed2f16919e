"""Writes docs/reference from the program itself; a test compares.

python scripts/make_reference.py
"""

from __future__ import annotations

import io
import os
from contextlib import redirect_stdout, suppress
from pathlib import Path
from unittest.mock import patch

from apostil.cli import main as apostil
from apostil.cli.program import COMMANDS
from apostil.config import Settings, environment_names

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
MADE = "<!-- Made by scripts/make_reference.py (make docs); edit the program instead. -->\n"
GROUPS = {
    "jobs": ("list", "show", "watch", "cancel", "retry", "delete"),
    "db": ("upgrade", "stats"),
}
COLUMNS = 96


def settings_page() -> str:
    """Every setting with its variables, its default and its meaning."""
    lines = [
        MADE,
        "# Settings\n",
        (
            "Read once at start: from the command line where a command has the option, then from the "
            "environment, then from a file `.env` in the current folder, then the default. Where two "
            "names are given the first wins.\n"
        ),
        "| variable | default | meaning |\n|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        names = ", ".join(f"`{variable}`" for variable in environment_names(name))
        default = "" if field.default_factory is not None else str(field.default)
        shown = f"`{default}`" if default not in {"", "None"} else ""
        if name == "data":
            shown = "`~/.local/share/apostil`"
        lines.append(f"| {names} | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"


def command_page() -> str:
    """The help of every command, as the program prints it."""
    lines = [MADE, "# Commands\n"]
    lines.append(
        "Every command ends with 0 when it did what was asked, 1 when it could not (the reason is "
        "one sentence on stderr), 2 when it was called wrongly, and 130 after Ctrl-C.\n"
    )
    for name in COMMANDS:
        for words in ((name,), *((name, inner) for inner in GROUPS.get(name, ()))):
            name_of_all = " ".join(words)
            lines += [f"## apostil {name_of_all}\n", f"```text\n{help_of(*words)}\n```\n"]
    return "\n".join(lines)


def help_of(*words: str) -> str:
    """What ``apostil WORDS --help`` prints, at a width that does not depend on the terminal."""
    printed = io.StringIO()
    plain = {"COLUMNS": str(COLUMNS), "TERM": "dumb", "NO_COLOR": "1"}
    with patch.dict(os.environ, plain), redirect_stdout(printed), suppress(SystemExit):
        apostil([*words, "--help"])
    return "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())


PAGES = {"settings.md": settings_page, "cli.md": command_page}


def main() -> None:
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), "utf-8")


if __name__ == "__main__":
    main()
