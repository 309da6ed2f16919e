"""``Idempotency-Key``: a request that is sent again is answered again and carried out once.

After the IETF's draft "The Idempotency-Key HTTP Header Field": the same key with another request is
422, with one that still runs 409, and with one that is done the answer of then, an error too. The
draft leaves open which errors. Kept are those that the request itself has earned, since they would
come again: 413, 415, 422. What was only true at the time (a missing or used document, a limit of
rate or room, a fault of ours) is not kept, so that the same key may try again. A body that cannot be
read is refused before all this and leaves no trace.

The key is taken as it stands, quotes included, and belongs to its owner and operation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from apostil.engine import StoredAnswer
from apostil.web.deps import Owner, Wired
from apostil.web.problems import problem_of
from apostil.web.services import Services

REPLAYED = "Idempotency-Replayed"
KEPT_ERRORS = frozenset({413, 415, 422})
_OF_THE_CONNECTION = frozenset({"content-length", "date", "server"})

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]([ -~]*[!-~])?$",
        description="A new name for this request, such as a UUID. Sent again within 24 hours with the "
        "same request, it gets the stored answer (`Idempotency-Replayed: true`).",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """The key of one request; ``route`` is the name of its operation."""

    services: Services
    owner: str
    route: str
    key: str | None

    @property
    def job_key(self) -> str | None:
        """Makes the job itself be stored once, should this process die before its answer is."""
        return None if self.key is None else f"{self.route}:{self.key}"

    async def answer(
        self, digest: Callable[[], str], make: Callable[[], Awaitable[Response]]
    ) -> Response:
        """What ``make`` answers, or has answered before to the request of this digest.

        IdempotencyConflict, IdempotencyInProgress, AnswerNotKept, and what ``make`` raises.
        """
        if self.key is None:
            return await make()
        earlier = await run_in_threadpool(self._begin, self.key, digest)
        if earlier is not None:
            return Response(earlier.body, earlier.status, {**earlier.headers, REPLAYED: "true"})
        try:
            answer = await make()
        except BaseException as error:
            await run_in_threadpool(self._fail, self.key, error)
            raise
        await run_in_threadpool(self._finish, self.key, answer)
        return answer

    def _begin(self, key: str, digest: Callable[[], str]) -> StoredAnswer | None:
        now = self.services.clock()
        return self.services.answers.begin(self.owner, self.route, key, digest(), now=now)

    def _finish(self, key: str, answer: Response) -> None:
        kept = StoredAnswer(
            status=answer.status_code,
            headers={n: v for n, v in answer.headers.items() if n not in _OF_THE_CONNECTION},
            body=bytes(answer.body),
        )
        self.services.answers.finish(self.owner, self.route, key, kept, now=self.services.clock())

    def _fail(self, key: str, error: BaseException) -> None:
        refused = problem_of(error) if isinstance(error, Exception) else None
        if refused is not None and refused.kind.status in KEPT_ERRORS:
            self._finish(key, refused.answer())
        else:
            self.services.answers.abandon(self.owner, self.route, key)


async def _once(services: Wired, owner: Owner, request: Request, key: Key = None) -> Once:
    return Once(services=services, owner=owner, route=request.scope["route"].name, key=key)


Idempotent = Annotated[Once, Depends(_once)]
"""Lets a route be sent again; see ``Once.answer``."""
