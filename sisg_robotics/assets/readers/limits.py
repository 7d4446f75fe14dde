"""How much a model from outside may ask for. What asks for more is refused before memory is taken."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ...errors import BadValue


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one model. Vertices, triangles and nodes are counted with every repeat."""

    max_file_bytes: int = 2 << 30
    """Of the file, and of all files that it links to, together."""
    max_json_bytes: int = 128 << 20
    max_vertices: int = 50_000_000
    max_triangles: int = 50_000_000
    max_nodes: int = 200_000
    max_texture_pixels: int = 1 << 27
    """Width times height of one texture: 16384 x 8192."""
    max_all_texture_pixels: int = 1 << 28
    max_seconds: float = 300.0
    """For readers that run in a process of their own (USD, Blender)."""
    max_memory_bytes: int = 16 << 30
    """Address space of such a process."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) <= 0:
                raise BadValue(f"Limits.{field.name}", getattr(self, field.name), "above zero")
