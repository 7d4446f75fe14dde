"""Makes the pictures of the documentation.

    make demo && .venv/bin/python docs/images/make.py
    .venv/bin/python docs/images/make.py --only rooms sensors

first_look.jpg   the demo scene, the map built from its frames, and where it says one can sit
kit.jpg          one of each kind of thing
walk.jpg         what a planned walk sees, for docs/cameras.md
tiny.jpg         what the encoder tiny calls things, rendered and photographed, for docs/tiny.md (--recording)
on_the_way.jpg   the demo map's rooms, and a sentence carried out in it, for README and docs/navigation.md
view_map.jpg     the page in a browser, for docs/view_map.md (playwright and Chromium)
mended.jpg       two faults in a recording, and the copies in which they are mended, for docs/validation.md
and those of docs/gallery.md: rooms, channels, samples, path_traced, sensors, objects, materials.
The same code gives the same bytes.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from pictures import GALLERY
from pictures.front_page import first_look, kit
from pictures.mended import mended
from pictures.on_the_way import on_the_way
from pictures.page import page
from pictures.sheet import save_jpeg
from pictures.tiny import tiny
from pictures.walk import walk

from sisg_robotics.errors import MissingDependency, MissingPath

NAMES = ("first_look", "kit", "walk", "mended", "tiny", "on_the_way", "view_map", *GALLERY)


def main() -> None:
    """Make them all, or those asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--scene", type=Path, default=Path("data/demo"), help="what `make demo` wrote")
    parser.add_argument("--recording", type=Path, help="a real one, in VLMaps' layout, for tiny.jpg")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    for name in options.only:
        start = time.perf_counter()
        path = options.out / f"{name}.jpg"
        said = make(name, path, options.scene, options.recording)
        print(f"{path}: {said}, {time.perf_counter() - start:.1f} s", flush=True)


def make(name: str, path: Path, scene: Path, recording: Path | None = None) -> str:
    """Write one picture, and say what became of it."""
    if name == "first_look":
        if not (scene / "map/answers/somewhere_to_sit.png").is_file():
            return f"left as it is, since {scene} holds no map (`make demo` makes one)"
        first_look(scene).save(path, quality=90)
    elif name == "on_the_way":
        if not (scene / "map/tiny_rooms.png").is_file():
            return f"left as it is, since {scene} holds no plan of rooms (`make demo` makes one)"
        save_jpeg(on_the_way(scene), path)
    elif name == "kit":
        kit().save(path, quality=90)
    elif name == "walk":
        walk().save(path, quality=78)
    elif name == "view_map":
        try:
            save_jpeg(page(scene), path)
        except (MissingDependency, MissingPath) as missing:
            return f"left as it is. {missing}"
    elif name == "mended":
        save_jpeg(mended(), path)
    elif name == "tiny":
        if recording is None:
            return "left as it is, since no --recording is given"
        save_jpeg(tiny(recording), path)
    else:
        try:
            save_jpeg(GALLERY[name](1.0), path)
        except MissingDependency as missing:
            return f"left as it is. {missing}"
    return f"{path.stat().st_size // 1000} kB"


if __name__ == "__main__":
    main()
