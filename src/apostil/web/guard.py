"""Who may talk to the server, and what every answer tells the browser.

On loopback the local user needs no token, but the request must be addressed to loopback: a foreign
page that points its own host name at 127.0.0.1 is refused. On any other address a random token is
asked for, by cookie or ``Authorization: Bearer``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apostil.engine import LOCAL_OWNER
from apostil.web.problems import BodyTooLarge, Refused

COOKIE = "apostil_token"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN_PATHS = frozenset({"/health/live"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_HEADERS: Mapping[str, str] = {
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
    max_body_bytes: int = 256 * 1024 * 1024
    exempt: frozenset[str] = field(default=OPEN_PATHS)

    def takes_host(self, host: str) -> bool:
        return not self.hosts or host_name(host) in self.hosts


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


class Guard:
    """ASGI middleware that applies the rules before anything else sees the request."""

    def __init__(self, served: ASGIApp, access: Access) -> None:
        self._served = served
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._served(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if scope["type"] == "websocket" and refusal is not None:
            await send({"type": "websocket.close", "code": 1008})
            return
        target = refusal or self._served
        await target(scope, self._limited(receive), self._hardened(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._access.takes_host(headers.get("host", "")):
            return Refused(
                "host-unknown", "This server does not answer to that host name."
            ).answer()
        method = str(scope.get("method", "GET"))
        # A browser lets any page open a socket to any host, with our cookie.
        is_harmless = method in SAFE_METHODS and scope["type"] != "websocket"
        if not is_harmless and not is_same_origin(headers):
            return Refused("other-site", "This request comes from another site.").answer()
        owner = self._access.identify(offered_token(headers))
        if owner is not None:
            scope.setdefault("state", {})["owner"] = owner
            return None
        if scope["path"] in self._access.exempt:
            return None
        return self._welcome(scope, headers)

    def _welcome(self, scope: Scope, headers: Headers) -> Response | None:
        """The token in the printed address becomes a cookie and leaves the address bar."""
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        token = asked.pop("token", [""])[0]
        if self._access.identify(token) is None:
            return Refused(
                "token-needed",
                "An access token is needed: open the full address that the server printed when it "
                "started, or send Authorization: Bearer TOKEN.",
                headers={"WWW-Authenticate": "Bearer"},
            ).answer()
        rest = urlencode(asked, doseq=True)
        answer = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), status_code=303)
        secure = headers.get("x-forwarded-proto", scope.get("scheme")) == "https"
        answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure)
        return answer

    def _limited(self, receive: Receive) -> Receive:
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._access.max_body_bytes:
                raise BodyTooLarge
            return message

        return limited

    def _hardened(self, send: Send) -> Send:
        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
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
