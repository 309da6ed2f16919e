"""Who may talk to the server, and what every answer tells the browser.

On loopback the local user needs no token, but the request must be addressed to loopback: a foreign
page that points its own host name at 127.0.0.1 is refused. On any other address a random token is
asked for, by cookie or ``Authorization: Bearer``. Requests are bounded and, where limits are set,
counted.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apostil.engine import LOCAL_OWNER
from apostil.web.gate.bounds import Bounds, is_form_with_files
from apostil.web.gate.rate_limits import RateLimits, network_of
from apostil.web.problems import Refused

COOKIE = "apostil_token"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN_PATHS = ("/health/live", "/problems", "/problems/", "/ui/static/")
"""What tells nothing of anybody; a path that ends with a slash stands for all that begin with it."""
UNCOUNTED_PATHS = ("/health", "/ui/static/")
SUBMITTING_PATHS = frozenset({"/api/v1/jobs", "/api/v1/jobs/batch"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_HEADERS: dict[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


Identify = Callable[[str | None], str | None]
"""The owner to whom an offered credential belongs; None for a stranger."""


def anybody(_offered: str | None) -> str:
    """Nobody is asked: everyone is the local user."""
    return LOCAL_OWNER


def bearer_of(token: str) -> Identify:
    """The bearer of this token is the local user. Compared in constant time, so that the token
    cannot be guessed letter by letter."""

    def identify(offered: str | None) -> str | None:
        is_known = offered is not None and hmac.compare_digest(offered.encode(), token.encode())
        return LOCAL_OWNER if is_known else None

    return identify


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The rules of one server. With ``hosts`` empty any host name is taken, which is right only
    where a credential is asked for."""

    identify: Identify = anybody
    hosts: frozenset[str] = LOOPBACK_NAMES
    bounds: Bounds = field(default_factory=Bounds)
    rates: RateLimits | None = None
    exempt: tuple[str, ...] = OPEN_PATHS

    def is_exempt(self, path: str) -> bool:
        """Whether no credential is asked for there."""
        return any(
            path.startswith(one) if one.endswith("/") else path == one for one in self.exempt
        )

    def takes_host(self, host: str) -> bool:
        return not self.hosts or host_name(host) in self.hosts


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


Tell = Callable[[Scope, Refused], Response]


def tell_program(_scope: Scope, refused: Refused) -> Response:
    """The problem as a program reads it."""
    return refused.answer()


class Guard:
    """ASGI middleware that applies the rules before anything else sees the request."""

    def __init__(self, served: ASGIApp, access: Access, *, tell: Tell = tell_program) -> None:
        """``tell`` makes the answer of a refusal."""
        self._served = served
        self._access = access
        self._tell = tell
        self._rates = access.rates or RateLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._served(scope, receive, send)
            return
        headers = Headers(scope=scope)
        told: dict[str, str] = {}
        try:
            answer = self._judge(scope, headers, told)
        except Refused as refused:
            answer = self._tell(scope, refused)
        if scope["type"] == "http":
            receive = self._access.bounds.bounded(receive, headers)
        await (answer or self._served)(scope, receive, _hardened(send, told))

    def _judge(self, scope: Scope, headers: Headers, told: dict[str, str]) -> Response | None:
        """The answer to give instead of the server's, if any; Refused. ``told`` gets headers for
        whatever answer is given."""
        if fault := self._access.bounds.fault_of(scope, headers):
            raise fault
        if not self._access.takes_host(headers.get("host", "")):
            raise Refused("host-unknown", "This server does not answer to that host name.")
        # A browser lets any page open a socket to any host, with our cookie.
        is_harmless = scope.get("method") in SAFE_METHODS
        if not is_harmless and not is_same_origin(headers):
            raise Refused("other-site", "This request comes from another site.")
        address = network_of(scope["client"][0]) if scope.get("client") else "unknown"
        owner = self._identified(offered_token(headers), address)
        self._count(scope, headers, address if owner in {None, LOCAL_OWNER} else owner, told)
        if owner is not None:
            scope.setdefault("state", {})["owner"] = owner
            structlog.contextvars.bind_contextvars(owner=owner)
            return None
        if self._access.is_exempt(scope["path"]):
            return None
        return self._welcome(scope, address, offered_token(headers))

    def _identified(self, offered: str | None, address: str) -> str | None:
        """The owner whose credential this is; Refused when too many were wrong lately."""
        if offered is None:
            return self._access.identify(None)
        owner = None
        if self._rates.is_login_open(address, offered):
            owner = self._access.identify(offered)
        if owner is not None:
            self._rates.login_succeeded(address, offered)
            return owner
        standing = self._rates.login_failed(address)
        if not standing.is_within:
            raise standing.refusal()
        return None

    def _count(self, scope: Scope, headers: Headers, who: str | None, told: dict[str, str]) -> None:
        """Refused when these are too many; else ``told`` says how many are left."""
        if who is None or scope["path"].startswith(UNCOUNTED_PATHS):
            return
        is_submission = scope.get("method") == "POST" and (
            is_form_with_files(headers) or scope["path"] in SUBMITTING_PATHS
        )
        standing = self._rates.count(who, is_submission=is_submission)
        if standing is None:
            return
        if not standing.is_within:
            raise standing.refusal()
        told.update(standing.headers)

    def _welcome(self, scope: Scope, address: str, wrong: str | None) -> Response:
        """The token in the printed address becomes a cookie and leaves the address bar. ``wrong`` is
        one that was sent otherwise."""
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        token = asked.pop("token", [None])[0]
        if token is None or self._identified(token, address) is None:
            raise _token_needed(is_wrong=bool(token or wrong))
        rest = urlencode(asked, doseq=True)
        answer = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), status_code=303)
        secure = scope.get("scheme") in {"https", "wss"}
        answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure)
        return answer


def _token_needed(*, is_wrong: bool) -> Refused:
    if is_wrong:
        said = (
            "The access token that came is not this server's: the right one is in the address that "
            "the server printed when it started, and in access-token in its data folder."
        )
        return Refused(
            "token-needed", said, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}
        )
    said = (
        "An access token is needed: open the full address that the server printed when it started, "
        "or send Authorization: Bearer TOKEN."
    )
    return Refused("token-needed", said, headers={"WWW-Authenticate": "Bearer"})


def _hardened(send: Send, told: Mapping[str, str]) -> Send:
    """``send`` that adds to every answer what the browser, and who counts, must know."""

    async def hardened(message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            headers = MutableHeaders(scope=message)
            for name, value in (SECURITY_HEADERS | dict(told)).items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return hardened


def is_same_origin(headers: Headers) -> bool:
    """Whether a browser would say that one of our own pages sent this; programs say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def offered_token(headers: Headers) -> str | None:
    """The token of the request, from ``Authorization`` or the cookie."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials:
        return credentials.strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie else None
