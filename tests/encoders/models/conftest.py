"""A hub on loopback that speaks the real one's endpoints, drops connections and lies when told to."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sisg_robotics.encoders.models import table
from sisg_robotics.encoders.models.model import Model, ModelFile

COMMIT = "c0ffee" * 6 + "c0de"
REPO = "acme/tiny-clip"
WEIGHTS = np.random.default_rng(0).bytes(400_000)
FILES = {"model.safetensors": WEIGHTS, "config.json": b'{"model_type": "clip"}', "merges.txt": b"a b\nc d\n"}
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


@dataclass
class Request:
    method: str
    path: str
    host: str
    range: str | None
    authorization: str | None


@dataclass
class LoopbackHub:
    """What it has, what it does next, and what it was asked."""

    port: int = 0
    repos: dict[str, dict[str, bytes]] = field(default_factory=lambda: {REPO: dict(FILES)})
    card: dict[str, Any] = field(default_factory=lambda: {"license": "mit"})
    plain: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    given: dict[str, bytes] = field(default_factory=dict)
    """Bytes that are given for a file in place of those that are described."""
    status: dict[str, int] = field(default_factory=dict)
    """An answer for paths that begin so."""
    drop_after: int | None = None
    """The next download breaks off after so many bytes."""
    stall_after: int | None = None
    """Every download stops after so many bytes and waits."""
    stalled: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    asked: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cdn(self) -> str:
        return f"http://localhost:{self.port}/cdn"

    def downloads(self) -> list[Request]:
        """Requests for files, less the redirects on the way to them."""
        return [r for r in self.asked if r.method == "GET" and re.match("/(cdn|plain|uc)", r.path)]

    def described(self, repo: str) -> bytes:
        """What /api/models answers."""
        siblings = []
        for name, data in self.repos[repo].items():
            git = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            sibling: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": git}
            if is_large(name):
                sha256 = hashlib.sha256(data).hexdigest()
                sibling["lfs"] = {"sha256": sha256, "size": len(data), "pointerSize": 134}
            siblings.append(sibling)
        return json.dumps({"id": repo, "sha": COMMIT, "cardData": self.card, "siblings": siblings}).encode()


def is_large(name: str) -> bool:
    """Whether the hub keeps such a file beside git."""
    return name.endswith((".safetensors", ".bin", ".h5"))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: LoopbackHub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub, path = self.hub, self.path
        hub.asked.append(
            Request(
                self.command, path, self.headers["Host"], self.headers["Range"], self.headers["Authorization"]
            )
        )
        status = next((code for start, code in hub.status.items() if path.startswith(start)), None)
        if status is not None:
            return self.answer(status, b"no")
        if path in hub.pages:
            return self.answer(200, hub.pages[path].encode(), {"Content-Type": "text/html; charset=utf-8"})
        if match := re.fullmatch(r"/api/models/([\w.-]+/[\w.-]+)(?:/revision/(\w+))?(?:\?.*)?", path):
            if match[1] not in hub.repos or match[2] not in (None, COMMIT):
                return self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
            return self.answer(200, hub.described(match[1]), {"Content-Type": "application/json"})
        if match := re.fullmatch(rf"/([\w.-]+/[\w.-]+)/resolve/{COMMIT}/(.+)", path):
            return self.answer(302, b"", {"Location": f"{hub.cdn}/{match[1]}/{match[2]}"})
        if match := re.fullmatch(r"/cdn/([\w.-]+/[\w.-]+)/(.+)", path):
            return self.give(hub.given.get(match[2], hub.repos[match[1]][match[2]]))
        name = path.removeprefix("/plain/").partition("?")[0]
        if name in hub.plain:
            return self.give(hub.plain[name])
        return self.answer(404, b"nothing here")

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def give(self, data: bytes) -> None:
        """A file, or what Range asks of it; perhaps not to its end."""
        hub, first = self.hub, 0
        if match := re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or ""):
            first = int(match[1])
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.send_header("Content-Disposition", 'attachment; filename="file"')
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("ETag", '"one"')
        self.end_headers()
        end = len(data)
        if hub.drop_after is not None:
            end, hub.drop_after = first + hub.drop_after, None
            self.close_connection = True
        if hub.stall_after is not None:
            self.wfile.write(data[first : first + hub.stall_after])
            self.wfile.flush()
            hub.stalled.set()
            hub.released.wait(30)
            return
        self.wfile.write(data[first:end])

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    """A running hub, which HF_ENDPOINT points to."""
    state = LoopbackHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("H", (Handler,), {"hub": state}))
    server.daemon_threads = True
    state.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", state.url)
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    for name in ("HF_TOKEN", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield state
    state.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder, empty."""
    folder = tmp_path / "models"
    monkeypatch.setenv("SISG_MODELS", str(folder))
    return folder


@pytest.fixture
def put_in_table(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Model]:
    """Gives a model a short name for one test; by default the one that the hub has."""

    def put(name: str = "tiny_clip", files: tuple[ModelFile, ...] | None = None, **changed: Any) -> Model:
        if files is None:
            large = ModelFile("model.safetensors", len(WEIGHTS), SHA256)
            files = (large, ModelFile("config.json"), ModelFile("vocab.json", required=False))
            changed = {"repo": REPO, "revision": COMMIT, **changed}
        model = Model(name, REPO, files, "MIT, Acme", "a tiny one", "clip", **changed)
        monkeypatch.setitem(table.MODELS, name, model)
        return model

    return put
