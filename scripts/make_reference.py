"""Writes docs/reference from the program itself; a test compares.

python scripts/make_reference.py
"""

from __future__ import annotations

import asyncio
import io
import os
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import httpx

from apostil.bootstrap.applications import load_applications
from apostil.bootstrap.routes import load_interfaces
from apostil.cli import main as apostil
from apostil.cli.program import COMMANDS
from apostil.config import Settings, environment_names
from apostil.web import Access, Services, make_server
from apostil.web.problem_kinds import KINDS

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
MADE = "<!-- Made by scripts/make_reference.py (make docs); edit the program instead. -->\n"
GROUPS = {
    "jobs": ("list", "show", "watch", "cancel", "retry", "delete"),
    "db": ("upgrade", "stats", "cleanup", "export", "reset"),
}
OUR_APPLICATIONS = frozenset({"financial"})
"""A machine may have others installed, which are not ours to document."""
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


def problem_page() -> str:
    """Every type of problem with its status, its meaning and what to do."""
    lines = [
        MADE,
        "# Problems\n",
        (
            "What goes wrong is told as a problem (RFC 9457, `application/problem+json`). Its `type` "
            "is an address on the server that leads to the words below; it never changes, so that "
            "programs compare it. `detail` says what happened this time, `errors` points at each "
            "fault of a request. A failed job tells its reason with the same types; its result is "
            "then refused with 409.\n"
        ),
        "| type | status | meaning | what to do |\n|---|---|---|---|",
    ]
    lines += [f"| `{k.type}` | {k.status} | {k.title} | {k.advice} |" for k in KINDS.values()]
    return "\n".join(lines) + "\n"


def http_page() -> str:
    """Every operation of the OpenAPI document, in its groups."""
    groups: dict[str, list[str]] = {}
    for path, operations in openapi_document()["paths"].items():
        for method, said in operations.items():
            row = (
                f"| `{method.upper()}` | `{path}` | `{said['operationId']}` | {summary_of(said)} |"
            )
            groups.setdefault(said.get("tags", ["other"])[0], []).append(row)
    lines = [
        MADE,
        "# HTTP interface\n",
        (
            "All operations of a server as it comes. The whole story of each, with parameters, "
            "shapes, examples and problems, is in the server's own document `/openapi.json`, which "
            "`/docs` shows as pages to read and to try. [Problems](problems.md) have a page of their "
            "own.\n"
        ),
    ]
    for group, rows in sorted(groups.items()):
        lines += [
            f"## {group}\n",
            "| method | path | operation | what it does |\n|---|---|---|---|",
            *rows,
            "",
        ]
    return "\n".join(lines)


def summary_of(operation: dict[str, Any]) -> str:
    """The words of its own, else the first paragraph of what it says: the framework makes a title
    of the function's name where there is nothing else."""
    summary: str = operation["summary"]
    if summary != summary.title() or "description" not in operation:
        return summary
    return str(operation["description"]).split("\n\n")[0].replace("\n", " ").rstrip(".")


def openapi_document() -> dict[str, Any]:
    """What a server answers at ``/openapi.json``. Nothing behind it is asked, so that it needs no
    data folder."""
    ours = [one for name, one in load_applications()[0].items() if name in OUR_APPLICATIONS]
    interfaces, broken = load_interfaces(ours)
    if broken:
        raise SystemExit("\n".join(broken))
    server = make_server(cast("Services", None), Access(), interfaces=interfaces)

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=server)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/openapi.json")

    document: dict[str, Any] = asyncio.run(asked()).raise_for_status().json()
    return document


PAGES = {
    "settings.md": settings_page,
    "cli.md": command_page,
    "http.md": http_page,
    "problems.md": problem_page,
}


def main() -> None:
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), "utf-8")


if __name__ == "__main__":
    main()
