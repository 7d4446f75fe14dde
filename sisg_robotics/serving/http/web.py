"""The endpoints, what errors become, and a server that runs them in a thread."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import resources

import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from ... import __version__
from ...errors import MissingDependency, RequestError, SisgError
from ..hosts import address_of, is_loopback
from .connections import Connection
from .guard import STANDARD, Guard, Limits
from .schema import (
    ClassifyAnswer,
    ClassifyRequest,
    CostmapSummary,
    GoalAnswer,
    GoalRequest,
    Health,
    MapSummary,
    PathAnswer,
    PathRequest,
    QueryAnswer,
    QueryRequest,
    Refusal,
)
from .service import MapService

MOST_CONNECTIONS = 500
"""Open at a time; the next ones are told 503 by the server itself."""

GRACE_S = 5
"""Seconds that answers may still take when the server stops."""

_REFUSALS = {
    400: "the request cannot be read",
    401: "no token, or not the right one",
    408: "the body took too long",
    413: "the body is too large",
    422: "what was asked for cannot be answered",
    429: "too many requests",
    503: "too many wait already",
}


def make_app(
    service: MapService, *, limits: Limits = STANDARD, token: str | None = None, host: str = "127.0.0.1"
) -> FastAPI:
    """The application: `service` behind a guard. With a `token` every answer about the map needs it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(
        title="sisg map server",
        version=__version__,
        description="Ask a map in words. Metres and radians; the world is right-handed, z up.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses={status: {"model": Refusal, "description": what} for status, what in _REFUSALS.items()},
        dependencies=[] if token is None else [Depends(HTTPBearer(auto_error=False))],
    )
    app.add_middleware(Guard, limits=limits, token=token, host=host)
    _add_errors(app)
    _add_about(app, service)
    _add_questions(app, service)
    _add_costmap(app, service)
    return app


def _add_about(app: FastAPI, service: MapService) -> None:
    page = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")

    @app.get("/", include_in_schema=False, response_class=HTMLResponse)
    async def describe() -> HTMLResponse:
        policy = "default-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; frame-ancestors 'none'"
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    @app.get("/health", summary="Whether the server answers; needs no token")
    async def health() -> Health:
        return Health(status="ok", version=__version__)

    @app.get("/map", summary="What the map is")
    async def describe_map() -> MapSummary:
        return service.summary()


def _add_questions(app: FastAPI, service: MapService) -> None:
    @app.post("/query", summary="Where something is, and whether it is there at all")
    async def query(asked: QueryRequest) -> QueryAnswer:
        if isinstance(asked.text, dict):
            answers = [await service.query_sum(asked.text, asked.false_alarms)]
        else:
            texts = [asked.text] if isinstance(asked.text, str) else asked.text
            answers = await service.query(texts, asked.false_alarms)
        return QueryAnswer(answers=[answer.best(asked.top_k) for answer in answers])

    @app.post("/classify", summary="How many cells take each of some names")
    async def classify(asked: ClassifyRequest) -> ClassifyAnswer:
        return await service.classify(asked.names)

    @app.post("/goal", summary="Where to go, in words")
    async def goal(asked: GoalRequest) -> GoalAnswer:
        return await service.goals(asked.text, asked.pose_xyyaw)

    @app.post("/path", summary="How to get from one point to another")
    async def path(asked: PathRequest) -> PathAnswer:
        return await service.path(asked.start_xy_m, asked.goal_xy_m)


def _add_costmap(app: FastAPI, service: MapService) -> None:
    @app.get("/costmap", summary="The grid that paths are planned on")
    async def costmap() -> CostmapSummary:
        return await service.costmap()

    @app.get("/costmap.yaml", summary="Its map.yaml for Nav2", response_class=PlainTextResponse)
    async def costmap_yaml() -> PlainTextResponse:
        return PlainTextResponse(await service.nav2_yaml("costmap.png"), media_type="application/yaml")

    @app.get("/costmap.png", summary="Its picture for Nav2", response_class=Response)
    async def costmap_png() -> Response:
        return Response(await service.nav2_png(), media_type="image/png")


def _add_errors(app: FastAPI) -> None:
    """Every error as one sentence: what was asked wrongly by name, what is our fault without a traceback."""

    @app.exception_handler(RequestValidationError)
    async def unreadable(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return _refusal(400, "The body is not JSON.")
        if first["type"] == "model_attributes_type":
            return _refusal(422, "The body must be a JSON object, sent with Content-Type: application/json.")
        where = ".".join(str(part) for part in first["loc"][1:]) or "The body"
        return _refusal(422, f"{where}: {first['msg'][:1].lower()}{first['msg'][1:].rstrip('.')}.")

    @app.exception_handler(SisgError)
    async def refused(_request: Request, error: SisgError) -> JSONResponse:
        if isinstance(error, MissingDependency):
            return _refusal(503, str(error))
        return _refusal(422 if isinstance(error, RequestError) else 500, str(error))

    @app.exception_handler(HTTPException)
    async def not_here(request: Request, error: HTTPException) -> JSONResponse:
        sentence = {
            404: f"Nothing is at {request.url.path}. The list is at /.",
            405: f"{request.method} is not what {request.url.path} takes. The list is at /.",
        }.get(error.status_code, f"{str(error.detail).rstrip('.')}.")
        return _refusal(error.status_code, sentence, error.headers)

    @app.exception_handler(Exception)
    async def our_fault(_request: Request, _error: Exception) -> JSONResponse:
        return _refusal(500, "Something went wrong in the server. Its log says what.")


def _refusal(status: int, detail: str, headers: object = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, dict(headers) if isinstance(headers, dict) else None)


@dataclass(frozen=True)
class Running:
    """A server that answers at `address`, such as "http://127.0.0.1:8000"."""

    address: str
    ended: threading.Event

    def wait(self) -> None:
        """Return when the server has ended; Ctrl-C comes through."""
        self.ended.wait()


@contextmanager
def running(app: FastAPI, host: str = "127.0.0.1", port: int = 0) -> Iterator[Running]:
    """Serve `app` in a thread, until the block ends. Port 0 is any free one."""
    with _listening(host, port) as listener:
        config = uvicorn.Config(
            app,
            http=Connection,
            log_level="error",  # a refusal a line would be the flood itself
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=GRACE_S,
        )
        server = uvicorn.Server(config)
        ended = threading.Event()  # Python 3.11 takes a thread for ended whose join was interrupted

        def serve() -> None:
            try:
                server.run([listener])
            finally:
                ended.set()

        thread = threading.Thread(target=serve, name="http", daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise RequestError("The server did not start; what it printed says why.")
                time.sleep(0.01)
            yield Running(address_of(host, listener.getsockname()[1]), ended)
        finally:
            server.should_exit = True
            ended.wait()
            thread.join()


def check_exposure(host: str, token: str | None) -> None:
    """Refuse an address that others reach without a token, and a token that nobody could send."""
    if token is not None and not token.strip():
        raise RequestError("The token is empty. Set a long random text, or none on 127.0.0.1.")
    if token is not None and not (token.isascii() and token.strip().isprintable()):
        raise RequestError(
            "The token has characters that not every client can send. Set one of plain letters and digits."
        )
    if token is None and not is_loopback(host):
        raise RequestError(
            f"{host} can be reached from outside, so a token is needed. Set token=<a long random text> or "
            "the variable SISG_MAP_TOKEN, or leave host=127.0.0.1."
        )


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise RequestError(
                f"Cannot serve at {host}, port {port}: {reason}. Choose another with port=..., or 0 for any."
            ) from None
        listener.listen(128)
        yield listener
