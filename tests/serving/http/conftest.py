"""A furnished room as a map, and servers on loopback that answer for it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pytest

from sisg_robotics.assets import COLORS
from sisg_robotics.encoders import make_text_encoder
from sisg_robotics.maps import VoxelMap
from sisg_robotics.serving.http import MapService, make_app, running

CELL_M = 0.1
ROOM = (
    ("floor", "grey", (0, 0, 0), (40, 30, 1)),
    ("wall", "white", (0, 0, 1), (40, 1, 20)),
    ("wall", "white", (0, 29, 1), (40, 30, 20)),
    ("wall", "white", (0, 1, 1), (1, 29, 20)),
    ("wall", "white", (39, 1, 1), (40, 29, 20)),
    ("sofa", "red", (3, 20, 1), (12, 26, 8)),
    ("table", "brown", (20, 12, 1), (28, 18, 8)),
    ("lamp", "yellow", (33, 3, 1), (36, 6, 15)),
)
"""Name, colour and corners in cells of 10 cm: a room of 4 x 3 m with three things in it."""


def room_map() -> VoxelMap:
    """The room as the oracle would see it."""
    words = make_text_encoder("all-MiniLM-L6-v2")
    cells, features, rgb = [], [], []
    for name, color, lower, upper in ROOM:
        box = np.stack(np.meshgrid(*map(np.arange, lower, upper), indexing="ij"), axis=-1).reshape(-1, 3)
        feature = words.encode([name, f"a {color} {name}"]).sum(axis=0)
        cells.append(box)
        features.append(np.tile(4 * feature / np.linalg.norm(feature), (len(box), 1)))
        rgb.append(np.tile(np.round(255 * np.array(COLORS[color])), (len(box), 1)))
    all_cells = np.concatenate(cells).astype(np.int32)
    order = np.lexsort(all_cells.T[::-1])
    n = len(order)
    return VoxelMap(
        cells=all_cells[order],
        features=np.concatenate(features)[order].astype(np.float32),
        weights=np.full(n, 4, np.float32),
        rgb=np.concatenate(rgb)[order].astype(np.uint8),
        observations=np.ones(n, np.int32),
        pixels=np.full(n, 4, np.int64),
        cell_size_m=CELL_M,
        encoder="oracle",
        text_encoder="all-MiniLM-L6-v2",
        sequence="room",
    )


class Replied(NamedTuple):
    """What a server said."""

    status: int
    body: Any
    """Parsed where it is JSON."""
    headers: dict[str, str]


class Client(NamedTuple):
    """Asks one server, on a new connection each time."""

    address: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Replied:
        """`body` is sent as it is where it is bytes, else as JSON."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            connection.request(
                method, path, data, sent | {name.replace("_", "-"): value for name, value in headers.items()}
            )
            reply = connection.getresponse()
            text = reply.read()
            is_json = "json" in reply.getheader("Content-Type", "")
            return Replied(reply.status, json.loads(text) if is_json else text, dict(reply.getheaders()))
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Replied:
        """A GET."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Replied:
        """A POST."""
        return self.ask("POST", path, body, **headers)


@pytest.fixture(scope="session")
def room() -> VoxelMap:
    return room_map()


@pytest.fixture(scope="session")
def start(room: VoxelMap) -> Iterator[Callable[..., Client]]:
    """Starts servers: `start(vmap=..., token=..., limits=...)`. They stop when all tests are done."""
    with ExitStack() as stack:

        def start_one(vmap: VoxelMap = room, **options: Any) -> Client:
            return Client(stack.enter_context(running(make_app(MapService(vmap), **options))).address)

        yield start_one


@pytest.fixture(scope="session")
def client(start: Callable[..., Client]) -> Client:
    """Asks a server with its defaults."""
    return start()
