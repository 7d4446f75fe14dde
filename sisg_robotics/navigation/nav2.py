"""A costmap as the pair of files that Nav2's map server loads: map.yaml and a picture.

The picture (PGM or PNG, 8 bit grey) has a row for each row of cells along x. Its first row is the one with
the highest y, since pictures go down and maps go up; its lower left pixel is the first cell. The YAML:

    image            the picture, beside the YAML file
    mode             trinary: a cell is free, occupied or unknown
    resolution       metres a pixel
    origin           x, y in metres and yaw in radians of the lower left corner of the lower left pixel
    negate           0: white is free
    occupied_thresh  a pixel p with (255 - p) / 255 above this is occupied
    free_thresh      a pixel p with (255 - p) / 255 below this is free; all between is unknown

Pixels are those of Nav2's own map saver: 254 free, 0 occupied, 205 unknown. With the saver's free_thresh of
0.25 the unknown is read back as free, (255 - 205) / 255 being 0.196. Ours lies well between free and unknown,
so that neither rounding matters nor whether a reader compares with < or <=.

Only what is in the way is written: Nav2 inflates obstacles itself, for its own robot.
Source: nav2_map_server, map_io.cpp (loadMapYaml, loadMapFromFile, tryWriteMapToFile).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ..errors import BadValue
from .costmap import FREE, OCCUPIED, UNKNOWN, Costmap

FREE_PIXEL, OCCUPIED_PIXEL, UNKNOWN_PIXEL = 254, 0, 205
OCCUPIED_THRESHOLD, FREE_THRESHOLD = 0.65, 0.1


def write_nav2_map(costmap: Costmap, path: Path | str) -> tuple[Path, Path]:
    """Write `path`, a file that ends in .yaml, and its picture beside it (.pgm); gives both."""
    yaml = Path(path)
    if yaml.suffix not in (".yaml", ".yml"):
        raise BadValue("the map's file", str(path), "one that ends in .yaml, such as map.yaml")
    yaml.parent.mkdir(parents=True, exist_ok=True)
    pgm = yaml.with_suffix(".pgm")
    Image.fromarray(nav2_pixels(costmap)).save(pgm, format="PPM")  # of grey pixels Pillow makes a PGM
    yaml.write_text(nav2_yaml(costmap, pgm.name), encoding="utf-8")
    return yaml, pgm


def nav2_pixels(costmap: Costmap) -> UInt8[np.ndarray, "ny nx"]:
    """The picture: rows from high y to low y, columns along x."""
    pixel_of = np.zeros(3, dtype=np.uint8)
    pixel_of[[FREE, OCCUPIED, UNKNOWN]] = FREE_PIXEL, OCCUPIED_PIXEL, UNKNOWN_PIXEL
    return np.ascontiguousarray(pixel_of[costmap.state].T[::-1])


def nav2_yaml(costmap: Costmap, image: str) -> str:
    """The text of map.yaml for a picture of that name beside it."""
    if not image or set(image) & set('/\\"') or not image.isprintable():
        raise BadValue("image", image, "the name of a file beside map.yaml")
    x_m, y_m = (float(value) for value in costmap.origin_xy_m)
    return (
        f'image: "{image}"\n'
        "mode: trinary\n"
        f"resolution: {float(costmap.cell_size_m)!r}\n"
        f"origin: [{x_m!r}, {y_m!r}, 0.0]\n"
        "negate: 0\n"
        f"occupied_thresh: {OCCUPIED_THRESHOLD}\n"
        f"free_thresh: {FREE_THRESHOLD}\n"
    )
