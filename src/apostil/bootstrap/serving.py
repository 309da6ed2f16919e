"""The web side wired to the data folder: who may come in, on which port, with which services."""

from __future__ import annotations

import errno
import fcntl
import ipaddress
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog
from starlette.types import ASGIApp

from apostil.application import Application
from apostil.bootstrap.intake import server_intake
from apostil.bootstrap.queueing import Queueing
from apostil.bootstrap.routes import load_interfaces, root_interface
from apostil.bootstrap.shown import ShownDocuments
from apostil.config import MIB, UNLIMITED, Settings
from apostil.web import (
    LOOPBACK_NAMES,
    Access,
    Bounds,
    Hub,
    RateLimits,
    Services,
    anybody,
    bearer_of,
    make_server,
)

PORTS_TRIED = 50
FORM_BYTES = MIB
"""Room for the fields of a form beside its files."""
RATE_LIMIT = "1200/minute"
SUBMIT_RATE_LIMIT = "120/minute"

_log = structlog.get_logger()


class PortUnavailable(Exception):
    """Neither the port asked for nor the ones after it can be listened on."""


class _Present(msgspec.Struct):
    """What a running server leaves in the data folder for the next one to read."""

    pid: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A bound socket and the address that a person opens."""

    socket: socket.socket
    host: str
    port: int
    token: str | None

    @property
    def address(self) -> str:
        """With the token, where there is one: it must be opened once in full."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        if self.host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
            shown = socket.gethostname()
        ending = f"?token={self.token}" if self.token else ""
        return f"http://{shown}:{self.port}/{ending}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(settings: Settings, *, token: str | None) -> Listening:
    """Bind the port asked for, or the next free one. PortUnavailable."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    last = min(settings.port + PORTS_TRIED, 65_536) if settings.port else 1
    refusal = ""
    for port in range(settings.port, last):
        # asyncio turns Nagle's delay off, 40 ms for each answer, only where the protocol is named.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((settings.host, port))
            bound.listen(128)
        except (OSError, OverflowError) as error:
            bound.close()
            if (
                isinstance(error, socket.gaierror)
                or getattr(error, "errno", None) == errno.EADDRNOTAVAIL
            ):
                raise PortUnavailable(
                    f"{settings.host} is no address of this machine. Choose another with --host."
                ) from error
            refusal = str(error)
            continue
        bound.set_inheritable(False)
        return Listening(socket=bound, host=settings.host, port=bound.getsockname()[1], token=token)
    raise PortUnavailable(
        f"No port from {settings.port} to {last - 1} of {settings.host} can be used ({refusal}). "
        "Choose another with --port."
    )


def access_token(settings: Settings, data: Path) -> str | None:
    """The token that is asked for: none on loopback or where the network is declared open, else a
    random one, kept for the next start in a file that only this user can read."""
    if settings.open or is_loopback(settings.host):
        return None
    kept = data / "access-token"
    with suppress(FileNotFoundError):
        if token := kept.read_text("ascii").strip():
            return token
    token = secrets.token_urlsafe(24)
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token


def access(settings: Settings, token: str | None) -> Access:
    """The rules of this server. Behind a token, or declared open, every host name is taken unless
    names were set; on loopback only its own and those."""
    named = frozenset(
        name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip()
    )
    on_loopback = is_loopback(settings.host) and not settings.open
    return Access(
        identify=bearer_of(token) if token else anybody,
        hosts=LOOPBACK_NAMES | named if on_loopback else named,
        bounds=Bounds(
            upload_bytes=settings.max_upload_mb * MIB + FORM_BYTES,
            stall_seconds=settings.stall_seconds,
        ),
        rates=_rates(settings),
    )


def _rates(settings: Settings) -> RateLimits:
    """None on loopback unless they are set: there it would be the user who is held up."""
    on_loopback = is_loopback(settings.host)
    every = settings.rate_limit or ("" if on_loopback else RATE_LIMIT)
    submissions = settings.submit_rate_limit or ("" if on_loopback else SUBMIT_RATE_LIMIT)
    return RateLimits(
        "" if every == UNLIMITED else every, "" if submissions == UNLIMITED else submissions
    )


def web_server(
    settings: Settings,
    queueing: Queueing,
    applications: dict[str, Application],
    *,
    token: str | None,
    shown: ShownDocuments,
    hub: Hub,
) -> ASGIApp:
    """The pages on a home and its queue. SettingsInvalid when the application for the root has no
    interface."""
    home = queueing.home
    services = Services(
        reader=home.reader,
        hub=hub,
        roster=home.roster,
        jobs=home.jobs,
        documents=home.documents,
        answers=home.answers,
        files=home.files,
        queue=queueing.queue,
        queue_mode=queueing.mode,
        clock=time.time,
        intake=server_intake(settings, home),
        pages=shown.pages,
        parsed=shown.parsed,
        kept_documents=home.keeping.kept_documents,
        free_bytes=lambda: shutil.disk_usage(home.data).free,
        applications=applications,
        max_upload_mb=settings.max_upload_mb,
    )
    interfaces, broken = load_interfaces(applications.values())
    for report in broken:
        _log.warning("interface_left_out", reason=report)
    lifted = root_interface(settings.root_application, interfaces)
    return make_server(services, access(settings, token), interfaces=interfaces, lifted=lifted)


@contextmanager
def presence(data: Path, address: str) -> Iterator[str | None]:
    """Leave word that a server works on this data folder; give the address of one that already
    does. Two are allowed: the database keeps their workers apart."""
    # The address may hold the token, and whoever made the folder may let others read in it.
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(data / "server.json", flags, 0o600), "a+b") as file:
        with suppress(PermissionError):
            os.fchmod(file.fileno(), 0o600)
        other = None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            with suppress(msgspec.DecodeError):
                other = msgspec.json.decode(file.read(), type=_Present).address
            yield other or "an address that it did not leave"
            return
        file.truncate(0)
        file.write(msgspec.json.encode(_Present(pid=os.getpid(), address=address)))
        file.flush()
        yield None
        file.truncate(0)
