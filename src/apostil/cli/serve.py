"""``apostil serve``: the pages and the workers, in one process tree."""

from __future__ import annotations

import gc
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn
from starlette.types import ASGIApp

from apostil.application import Application
from apostil.bootstrap.applications import load_applications
from apostil.bootstrap.demo import submit_sample
from apostil.bootstrap.queueing import open_queueing
from apostil.bootstrap.scheduler import scheduling
from apostil.bootstrap.serving import (
    Listening,
    PortUnavailable,
    access_token,
    listen,
    presence,
    web_server,
)
from apostil.bootstrap.shown import ShownDocuments
from apostil.cli.announcing import announce, caution, told
from apostil.cli.failure import INTERRUPTED, fail
from apostil.cli.options import Data, home_of, settings_with
from apostil.config import Settings
from apostil.engine import Job
from apostil.web import MAX_HEAD_BYTES, HttpProtocol, Hub

GRACE_SECONDS = 1
MAX_MESSAGE_BYTES = 64 * 1024
"""Of what a client may send over a socket; ours only listen."""
PING_SECONDS = 20.0
OPEN_FILES = 1 << 16
"""More than enough for every connection that is served at once."""


def run(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; when taken, the next free one.")] = None,
    data: Data = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Analyse the bundled sample report.")
    ] = False,
) -> None:
    """Start the web pages and the workers on this machine. Ctrl-C ends both."""
    settings = settings_with(host=host, port=port, data=data)
    serve(settings, with_workers=True, with_demo=demo)


def serve(settings: Settings, *, with_workers: bool, with_demo: bool) -> None:
    """Serve until a signal comes, then end the command."""
    stop = _Stop()
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
    try:
        interrupted = _start_and_serve(
            settings, stop, with_workers=with_workers, with_demo=with_demo
        )
    except _Terminated:  # while it was being started
        interrupted = False
    announce("server_stopped", "Stopped. What was not finished goes on at the next start.")
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _start_and_serve(
    settings: Settings, stop: _Stop, *, with_workers: bool, with_demo: bool
) -> bool:
    """Whether it was Ctrl-C that ended it."""
    _allow_open_files()
    applications, broken = load_applications()
    with home_of(settings, role="web") as opened, ExitStack() as stack:
        for report in broken:
            caution("application_left_out", f"Left out: {report}", reason=report)
        token = access_token(settings, opened.data)
        listening = _listen(settings, token)
        stack.callback(listening.socket.close)
        other = stack.enter_context(presence(opened.data, listening.address))
        queueing = open_queueing(settings, opened, with_workers=with_workers)
        home, queue = queueing.home, queueing.queue
        stack.callback(queueing.stop)
        queueing.start()
        shown = stack.enter_context(closing(ShownDocuments(home.files, home.data / "pages")))
        hub = stack.enter_context(closing(Hub(home.reader)))
        served = web_server(settings, queueing, applications, token=token, shown=shown, hub=hub)
        sample = submit_sample(home, queue, applications, clock=time.time) if with_demo else None
        if queueing.caution:
            caution("queue_disturbed", f"Warning: {queueing.caution}", reason=queueing.caution)
        _announce(settings, home.data, listening, other=other, sample=sample, found=applications)
        stack.enter_context(scheduling(settings, home, tell=told("clean_up", "err")))
        with stop.held():
            _spare_collections()
        return _serve(served, listening, settings, (hub.stop, shown.stop))


def _listen(settings: Settings, token: str | None) -> Listening:
    try:
        listening = listen(settings, token=token)
    except PortUnavailable as error:
        fail(str(error))
    if settings.port not in {0, listening.port}:
        announce(
            "port_taken",
            f"Port {settings.port} is taken; using {listening.port}, the next free one.",
            port=listening.port,
        )
    return listening


def _announce(
    settings: Settings,
    data: Path,
    listening: Listening,
    *,
    other: str | None,
    sample: Job | None,
    found: dict[str, Application],
) -> None:
    if other:
        announce(
            "other_server_found",
            f"Another server works on this data folder, at {other}. Both share its jobs.",
        )
    if settings.open:
        caution(
            "server_open",
            "Warning: APOSTIL_OPEN is set. Everyone who can reach this address can read, add and "
            "delete all documents.",
        )
    if not found:
        caution("no_application", "No application is installed; see: apostil doctor")
    address, _, token = listening.address.partition("?")
    lines = [f"Data:   {data}"]
    if sample is not None:
        lines.append(f"Sample: {address}ui/jobs/{sample.id}/result{'?' + token if token else ''}")
    lines += [f"Open:   {listening.address}", "Ctrl-C stops it."]
    announce("server_listening", "\n".join(lines), address=address, applications=sorted(found))


def _allow_open_files() -> None:
    """Every client that follows a job holds a connection; many systems allow 256 or 1024 files
    unless one asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else hard
    # Where the system allows less than it says, as macOS does, the limit stays as it is.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _spare_collections() -> None:
    """What is loaded stays as long as the server. Looking through it time and again stops all
    clients: measured with 1,000 that follow a job, for up to a quarter of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class _Server(uvicorn.Server):
    """Ends what takes long when it stops: live events, and the reading of long documents. It would
    wait for their clients else."""

    def __init__(self, config: uvicorn.Config, endings: Sequence[Callable[[], None]]) -> None:
        super().__init__(config)
        self._endings = endings

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for end in self._endings:
            end()
        await super().shutdown(sockets)


def _serve(
    served: ASGIApp,
    listening: Listening,
    settings: Settings,
    endings: Sequence[Callable[[], None]],
) -> bool:
    """Serve until a signal comes; whether it was Ctrl-C. From then on signals are ignored: what
    follows is short, and must happen whole."""
    config = uvicorn.Config(
        served,
        http=HttpProtocol,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        forwarded_allow_ips=settings.trusted_proxies,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        # Messages are short, and compressing each for each client costs more than it spares.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    try:
        # The server hands a signal on, after its own end, to whoever had it before.
        _Server(config, endings).run(sockets=[listening.socket])
    except KeyboardInterrupt:
        return True
    except _Terminated:
        return False
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
    return False


class _Terminated(BaseException):
    """Somebody sent SIGTERM, as service managers do."""


class _Stop:
    """What SIGTERM and Ctrl-C do but while requests are served: end the command where it stands.

    An exception that strikes in a callback of the garbage collector is lost there. So the signal is
    remembered, and ends the command no later than before the server waits for requests.
    """

    def __init__(self) -> None:
        self._number: int | None = None
        self._is_held = False

    def __call__(self, number: int, _frame: object) -> None:
        self._number = number
        if not self._is_held:
            self._end(number)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing be ended meanwhile; what was to end by then ends afterwards."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._number is not None:
            self._end(self._number)

    def _end(self, number: int) -> NoReturn:
        signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt if number == signal.SIGINT else _Terminated
