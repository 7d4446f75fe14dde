"""Write a map or a scene as the occupancy map that Nav2 loads: map.yaml and map.pgm.

python exporters/nav2_map.py data/demo/map/tiny.h5                      beside it, as tiny_nav2.yaml and .pgm
python exporters/nav2_map.py data/demo/scene.json --out nav2/map.yaml   the truth of a generated scene
python exporters/nav2_map.py data/demo/map/tiny.h5 --ignore curtain --obstacle rug

ros2 run nav2_map_server map_server --ros-args -p yaml_filename:=nav2/map.yaml
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sisg_robotics.errors import BadValue, SisgError


def nav2_map(arguments: argparse.Namespace) -> str:
    """Write the two files; gives the line that says so."""
    from sisg_robotics.navigation.nav2 import write_nav2_map

    source = Path(arguments.source)
    costmap = _costmap_of(source, arguments)
    yaml, pgm = write_nav2_map(costmap, arguments.out or source.with_name(f"{source.stem}_nav2.yaml"))
    nx, ny = costmap.state.shape
    return f"Wrote {yaml} and {pgm} ({nx} x {ny} cells of {100 * costmap.cell_size_m:g} cm)."


def _costmap_of(source: Path, arguments: argparse.Namespace):
    import sisg_robotics as sisg
    from sisg_robotics.navigation import Costmap

    if source.suffix == ".json":
        given = [name for name in ("robot_height", "ignore", "obstacle") if getattr(arguments, name)]
        if given:
            raise BadValue(f"--{given[0].replace('_', '-')}", "given", "left out: a scene is the truth")
        return Costmap.from_scene(sisg.load_scene(source), **_said(cell_size_m=arguments.cell_size))
    if arguments.cell_size:
        raise BadValue("--cell-size", arguments.cell_size, "left out: a map has its own")
    options = _said(robot_height_m=arguments.robot_height, floor=arguments.floor)
    words = {"ignore": arguments.ignore, "obstacles": arguments.obstacle}
    return Costmap.from_map(sisg.VoxelMap.load(source), **words, **options)


def _said(**options: object) -> dict:
    return {name: value for name, value in options.items() if value is not None}


def main(given: Sequence[str] | None = None) -> int:
    """Run as a program: 0 done, 1 the data is bad, 2 the request was wrong."""
    about, _, examples = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("source", help="a map (.h5), or the scene.json of a generated scene")
    add("--out", help="the YAML file to write; by default beside the source")
    add("--robot-height", type=float, metavar="M", help="what hangs higher is no obstacle; 1.5 m")
    add("--floor", type=int, help="which floor of the map, 0 being the lowest")
    add("--ignore", action="append", default=[], metavar="WORD", help="what is no obstacle, such as curtain")
    add("--obstacle", action="append", default=[], metavar="WORD", help="what is one all the same")
    add("--cell-size", type=float, metavar="M", help="of a scene's grid; 0.05 m")
    arguments = parser.parse_args(given)
    try:
        print(nav2_map(arguments))
    except SisgError as error:
        print(f"nav2_map: {error}", file=sys.stderr)
        return error.exit_status
    except OSError as error:
        print(f"nav2_map: The system refused {error.filename}: {error.strerror}.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
