"""``apostil client``: talk to a running server, at a terminal or from a script."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import typer

from apostil.cli.dialogue import Dialogue
from apostil.cli.failure import fail, misuse
from apostil.cli.lines import lines_of_stdin, typed_lines
from apostil.client import ApostilError, Client, Denied
from apostil.config import Settings, SettingsInvalid

USUAL_URL = "http://127.0.0.1:8000"


class Server(NamedTuple):
    """Which server is meant, and the token for it."""

    url: str
    token: str | None


class _Present(msgspec.Struct):
    """What a running server leaves in its data folder."""

    address: str


def run(
    *,
    url: Annotated[
        str | None, typer.Option(help="Address of the server instead of the one on this machine.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(help="Its access token. APOSTIL_TOKEN keeps it out of lists of processes."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Data folder instead of the usual one.")
    ] = None,
) -> None:
    """Submit files, watch their jobs, show and store results, on a running server.

    Commands are asked for at a terminal, and read from stdin otherwise, one a line: submit
    financial report.pdf, watch, result. The command help lists them.

    Ends with 0, or with 1 when a command from stdin failed; the reasons are on stderr.
    """
    try:
        settings = Settings.read(data=data)
    except SettingsInvalid as error:
        misuse(str(error))
    server = server_of(settings, url=url, token=token)
    password = settings.password.get_secret_value() if settings.password else None
    is_talk = all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout))
    applications = _applications(server)
    with Client(server.url, token=server.token) as client:
        dialogue = Dialogue(client, applications, is_talk=is_talk, password=password)
        if is_talk:
            dialogue.greet()
        lines = typed_lines(dialogue.completions) if is_talk else lines_of_stdin()
        if not dialogue.follow_commands(lines) and not is_talk:
            fail("Not everything could be done; the reasons stand above.")


def _applications(server: Server) -> list[str]:
    """What the server can do; asked once and without patience, to know whether it is there."""
    try:
        with Client(server.url, token=server.token, retries=0) as client:
            return [one.name for one in client.applications()]
    except ValueError as error:
        misuse(str(error))
    except Denied as error:
        fail(f"{error} Here it is given with --token or APOSTIL_TOKEN.")
    except ApostilError as error:
        fail(str(error))


def server_of(settings: Settings, *, url: str | None, token: str | None) -> Server:
    """What was said, else what the environment says, else the server on the data folder, which
    leaves its token with its address, else the usual address."""
    said = token or (settings.token.get_secret_value() if settings.token else None)
    left = _left_in(settings.data.expanduser().absolute())
    return Server(url or settings.url or left or USUAL_URL, said)


def _left_in(data: Path) -> str | None:
    """The address that a running server has left in its data folder."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((data / "server.json").read_bytes(), type=_Present).address
    return None
