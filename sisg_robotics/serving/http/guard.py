"""What stands before every request: whose it is, how often, how many at a time and how large.

An ASGI middleware. A refusal is JSON with one sentence, and nothing of a refused request reaches the map.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse

from ...errors import BadValue
from ..hosts import host_name, own_names

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = ("/", "/openapi.json", "/health")
"""Paths that need no token: they tell nothing of the map."""

MOST_ADDRESSES = 10_000
"""Clients whose rate is remembered, the latest ones."""

_CLOSE = {"Connection": "close"}  # nothing more is read then

DRAINED = 16
"""So many times `body_bytes` of a body that is too large are read and dropped, for the refusal to arrive."""


@dataclass(frozen=True)
class Limits:
    """What one server takes on."""

    body_bytes: int = 65_536
    requests_per_s: float = 100.0
    """Of one client, in the long run."""
    burst: int = 1000
    """Of one client, at once."""
    waiting: int = 100
    """Requests that wait for an answer, of all clients together."""
    upload_s: float = 10.0
    """Seconds that a body may take to arrive."""

    def __post_init__(self) -> None:
        for name in ("body_bytes", "requests_per_s", "burst", "waiting", "upload_s"):
            if not getattr(self, name) > 0:
                raise BadValue(name, getattr(self, name), "more than 0")


STANDARD = Limits()
"""What `applications/map_server.py` takes on unless it is told otherwise."""


class Refused(Exception):
    """A status and its sentence."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Guard:
    """Lets requests through to `app`, or refuses them with 400, 401, 408, 413, 429 or 503."""

    def __init__(self, app: App, *, limits: Limits, token: str | None = None, host: str = "") -> None:
        self._app, self._limits, self._token = app, limits, None if token is None else token.strip()
        self._names = own_names(host)
        self._rates = Rates(limits.requests_per_s, limits.burst)
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or another event of the server's."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            self._check_rate(scope)
            self._check_who(scope)
            with self._counted(scope):
                body = await read_body(scope, receive, self._limits)
                await self._app(scope, _replayed(body, receive), send)
        except Refused as no:
            await JSONResponse({"detail": no.detail}, no.status, no.headers)(scope, receive, send)

    def _check_rate(self, scope: Scope) -> None:
        address = (scope.get("client") or ("",))[0]
        wait_s = self._rates.take(address, time.monotonic())
        if wait_s > 0:
            per_s = f"{self._limits.requests_per_s:g} requests a second"
            sentence = f"{address or 'This client'} sends more than {per_s}. Wait {wait_s:.2f} seconds."
            raise Refused(429, sentence, Retry_After=str(int(wait_s) + 1))

    def _check_who(self, scope: Scope) -> None:
        """A token where one is set; else a name of this computer, since any page in a browser may ask it."""
        if self._token is None:
            name = host_name(_header(scope, b"host"))
            if name not in self._names:
                raise Refused(400, f"The host {name!r} is not this server. Use 127.0.0.1, or set a token.")
        elif scope["path"] not in OPEN:
            scheme, _, given = _header(scope, b"authorization").partition(" ")
            same = hmac.compare_digest(given.strip().encode(), self._token.encode())
            if scheme.lower() != "bearer" or not same:
                what = "This is not the server's token." if given else "A token is needed."
                sentence = f"{what} Send the header Authorization: Bearer <token>."
                raise Refused(401, sentence, WWW_Authenticate="Bearer")

    @contextmanager
    def _counted(self, scope: Scope) -> Iterator[None]:
        """Not those that need no token, with which strangers could take all places."""
        if scope["path"] in OPEN:
            yield
            return
        if self._inside >= self._limits.waiting:
            sentence = f"{self._inside} requests wait already. Try again in a moment."
            raise Refused(503, sentence, Retry_After="1")
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


@dataclass
class Rates:
    """A bucket of `burst` requests for each address, refilled with `per_s` a second."""

    per_s: float
    burst: int
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, address: str, now_s: float) -> float:
        """Take one request; gives 0, or the seconds to wait until there is one."""
        left, since_s = self._left.pop(address, (float(self.burst), now_s))
        left = min(left + (now_s - since_s) * self.per_s, float(self.burst))
        allowed = left >= 1
        self._left[address] = (left - 1 if allowed else left, now_s)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self.per_s


async def read_body(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    """The whole body of a request; raises Refused where it is too large, too slow or cut off."""
    large = Refused(
        413, f"The body has more than {limits.body_bytes} bytes. Ask in several requests.", **_CLOSE
    )
    declared = _header(scope, b"content-length")
    too_large = declared.isdigit() and int(declared[:20]) > limits.body_bytes

    async def read() -> bytes:
        body, read_bytes, more = bytearray(), 0, True
        while more and read_bytes <= DRAINED * limits.body_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refused(400, "The body ended early.")
            chunk = message.get("body", b"")
            read_bytes += len(chunk)
            if not too_large and read_bytes <= limits.body_bytes:
                body += chunk
            more = message.get("more_body", False)
        if too_large or read_bytes > limits.body_bytes:
            raise large
        return bytes(body)

    try:
        return await asyncio.wait_for(read(), limits.upload_s)
    except asyncio.TimeoutError:
        raise Refused(408, f"The body took more than {limits.upload_s:g} seconds.", **_CLOSE) from None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read, and then what still comes."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def _header(scope: Scope, name: bytes) -> str:
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if values else ""
