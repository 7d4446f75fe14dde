"""The page: a visit for every browser that comes, each with its own question, cut and camera."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..._theme import LIGHT, Theme
from ..hosts import address_of
from .drawing import facing, first_look
from .scene_maps import SceneMaps
from .server import open_server
from .visit import FOV_Y_RAD, Visit

BRAND = (28, 126, 214)


@contextmanager
def open_page(
    maps: SceneMaps,
    first: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    top_k: int = 6,
    theme: Theme = LIGHT,
) -> Iterator[str]:
    """Serve the maps, `first` shown first, until the block ends; gives the address. See `open_server`."""
    shown = maps.get(first)
    with open_server(host, port) as server:
        server.gui.configure_theme(
            show_logo=False, show_share_button=False, brand_color=BRAND, dark_mode=theme.is_dark
        )
        server.gui.set_panel_label(shown.vmap.sequence or first)
        server.gui.main_panel.dock_right()
        look = first_look(shown.seen_first, facing(shown.seen_first), FOV_Y_RAD)
        server.initial_camera.position = look.position_xyz_m
        server.initial_camera.look_at = look.look_at_xyz_m
        server.initial_camera.up = (0.0, 0.0, 1.0)
        server.initial_camera.fov = FOV_Y_RAD
        visits: dict[int, Visit] = {}

        @server.on_client_connect
        def _(client: Any) -> None:
            visit = visits[client.client_id] = Visit(client, maps, first, top_k, theme)
            if client.client_id not in server.get_clients():  # gone again already
                visits.pop(client.client_id, None)
                visit.close()

        @server.on_client_disconnect
        def _(client: Any) -> None:
            visit = visits.pop(client.client_id, None)
            if visit is not None:
                visit.close()

        try:
            yield address_of(host, server.get_port())
        finally:
            for visit in list(visits.values()):
                visit.close()
