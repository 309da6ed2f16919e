"""A collector of traces, as far as a test needs one: takes OTLP over HTTP and keeps the spans."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True, slots=True)
class Span:
    """What a test looks at. Times are in nanoseconds since 1970; ids are hexadecimal."""

    service: str
    trace: str
    id: str
    parent: str
    name: str
    start: int
    end: int
    is_error: bool
    facts: dict[str, Any]


@dataclass(slots=True)
class Collector:
    """``received`` are the bodies as they came; ``authorizations`` the headers of that name."""

    address: str
    received: list[bytes] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    authorizations: set[str | None] = field(default_factory=set)

    def spans(self) -> list[Span]:
        return [span for body in list(self.received) for span in _spans(body)]

    def of(self, job: str, *, until: str, patience_seconds: float = 60.0) -> list[Span]:
        """The spans of a job's trace, once one of this name is among them."""
        deadline = time.monotonic() + patience_seconds
        while True:
            found = [span for span in self.spans() if span.trace == job.replace("-", "")]
            if any(span.name == until for span in found):
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.1)


def _spans(body: bytes) -> Iterator[Span]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        of = {one.key: one.value.string_value for one in resource.resource.attributes}
        for scope in resource.scope_spans:
            for one in scope.spans:
                yield Span(
                    service=of["service.name"],
                    trace=one.trace_id.hex(),
                    id=one.span_id.hex(),
                    parent=one.parent_span_id.hex(),
                    name=one.name,
                    start=one.start_time_unix_nano,
                    end=one.end_time_unix_nano,
                    is_error=one.status.code == one.status.STATUS_CODE_ERROR,
                    facts={
                        fact.key: getattr(fact.value, str(fact.value.WhichOneof("value")))
                        for fact in one.attributes
                    },
                )


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a port of its own."""
    collector = Collector(address="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.paths.add(self.path)
            collector.authorizations.add(self.headers["Authorization"])
            collector.received.append(self.rfile.read(int(self.headers["Content-Length"])))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    collector.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
