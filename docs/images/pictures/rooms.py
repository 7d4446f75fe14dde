"""Six rooms of six generated flats."""

from __future__ import annotations

from PIL import Image

from .flats import RoomView, camera
from .sheet import sheet, text_size

LIVING_ROOM = RoomView("", 8, "living room", (0.5, 0.94, 1.35), (0.35, 0.5, 0.75))
KITCHEN = RoomView(
    "a kitchen with a dining table and six chairs, a living room, a bedroom with a blue bed",
    5,
    "kitchen",
    (0.06, 0.94, 1.45),
    (0.5, 0.65, 0.75),
)
DINING_ROOM = RoomView(
    "a dining room with a dining table, six red chairs and a plant, a kitchen with a red fridge, "
    "a living room",
    21,
    "dining room",
    (0.94, 0.8, 1.2),
    (0.35, 0.5, 0.9),
)
BEDROOM = RoomView(
    "a bedroom with a blue bed, a wardrobe, a desk and a plant, a hallway, a living room",
    4,
    "bedroom",
    (0.94, 0.94, 1.2),
    (0.65, 0.5, 0.9),
)
KIDS_ROOM = RoomView(
    "a kids room with a bunk bed, a desk, a rug, a teddy bear and a ball, a hallway, a bedroom",
    14,
    "kids room",
    (0.94, 0.94, 1.35),
    (0.5, 0.65, 0.75),
)
BATHROOM = RoomView(
    "a bathroom with a bathtub and a plant, a bedroom", 9, "bathroom", (0.8, 0.8, 1.2), (0.35, 0.5, 0.9)
)
VIEWS = (LIVING_ROOM, KITCHEN, DINING_ROOM, BEDROOM, KIDS_ROOM, BATHROOM)


def rooms(scale: float = 1.0) -> Image.Image:
    """Two columns of photographs, 16 samples a pixel."""
    lens = camera(640, 480, scale)
    pictures = [
        view.flat.raycaster.render(lens, view.T_world_cam, channels=("rgb",), samples=16).rgb
        for view in VIEWS
    ]
    captions = [f"{view.room}, seed {view.seed}" for view in VIEWS]
    return sheet(pictures, captions, columns=2, text_px=text_size(scale))
