"""What a command that stays has to say: a sentence for people, or an event of the log."""

from __future__ import annotations

from typing import Any, Literal

import structlog
import typer

from apostil.adapters import is_json

_log = structlog.get_logger()


def announce(event: str, sentence: str, **facts: Any) -> None:
    """The sentence on stdout; where logs are JSON, the event with its facts instead. A sentence may
    hold what a log must not, such as the access token."""
    if is_json():
        _log.info(event, **facts)
    else:
        typer.echo(sentence)


def caution(event: str, sentence: str, **facts: Any) -> None:
    """As ``announce``, for what somebody should look at."""
    if is_json():
        _log.warning(event, **facts)
    else:
        typer.echo(sentence, err=True)


def told(event: str, stream: Literal["out", "err"]) -> Any:
    """Takes sentences without a secret, one after the other, as this event."""

    def tell(sentence: str) -> None:
        if is_json():
            _log.info(event, message=sentence)
        else:
            typer.echo(sentence, err=stream == "err")

    return tell
