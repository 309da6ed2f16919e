"""The header ``Prefer`` (RFC 7240): how long a client would wait for a job to end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from apostil.engine import Job, StoreBusy
from apostil.web.live.hub import HubClosed
from apostil.web.services import Services

LONGEST_WAIT = 30
"""Seconds; proxies between cut connections that are silent for a minute."""
_PREFERENCE = re.compile(r'\s*([!#$%&\'*+.^_`|~\w-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*))?')
_SEPARATOR = re.compile(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")


@dataclass(frozen=True, slots=True)
class Preference:
    """What was asked for and is granted: ``wait_seconds`` is None if nothing was said of it."""

    wait_seconds: int | None = None
    is_async: bool = False

    @property
    def applied(self) -> str | None:
        """The value of ``Preference-Applied``."""
        said = ["respond-async"] if self.is_async else []
        if self.wait_seconds is not None:
            said.append(f"wait={self.wait_seconds}")
        return ", ".join(said) or None


def read_preference(header: str) -> Preference:
    """As the RFC has it: of a preference that stands twice the first counts, and what is unknown or
    cannot be read is passed over."""
    found: dict[str, str] = {}
    for part in _SEPARATOR.split(header):
        if said := _PREFERENCE.match(part):
            found.setdefault(said[1].lower(), (said[2] or "").strip('"'))
    wait = found.get("wait", "")
    seconds = min(int(wait), LONGEST_WAIT) if re.fullmatch(r"[0-9]{1,9}", wait) else None
    return Preference(wait_seconds=seconds, is_async="respond-async" in found)


async def _preference(
    prefer: Annotated[
        str | None,
        Header(
            max_length=500,
            description=f"`wait=N`: answer when the job has ended, after N seconds at the latest "
            f"(at most {LONGEST_WAIT}). `respond-async`: answer at once, as without the header.",
            examples=["wait=10"],
        ),
    ] = None,
) -> Preference:
    return read_preference(prefer or "")


Preferred = Annotated[Preference, Depends(_preference)]


async def has_ended(services: Services, job: Job, preference: Preference) -> bool:
    """Whether the job ends in the time that is preferred; none is if nothing was said of it. No
    thread waits. JobNotFound if it is deleted meanwhile."""
    if not preference.wait_seconds:
        return False
    try:
        return await services.hub.ended(job.owner, job.id, preference.wait_seconds)
    except (HubClosed, StoreBusy):  # the job is stored: to say that it was not would double it
        return False
