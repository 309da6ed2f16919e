"""The one way in which a command ends without success."""

from __future__ import annotations

from typing import NoReturn

FAILED, USAGE, INTERRUPTED = 1, 2, 130
"""The status with which a command ends; 0 when it did what was asked."""


class Failed(Exception):
    """The command could not do what was asked; the message is for the person who asked.

    ``status`` is 1 for a failure and 2 for a wrong call.
    """

    def __init__(self, message: str, *, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status


def on_one_line(message: str) -> str:
    """The message with line breaks as spaces and whatever else steers a terminal, or is no
    character at all, as a question mark: it may quote the name of any file."""
    return "".join(
        character if character.isprintable() else "?" for character in " ".join(message.split())
    )


def fail(message: str) -> NoReturn:
    """End the command with status 1 and this sentence on stderr."""
    raise Failed(message)


def misuse(message: str) -> NoReturn:
    """End the command with status 2: it was called with something that it cannot take."""
    raise Failed(message, status=USAGE)
