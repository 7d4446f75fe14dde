"""What becomes of a real Kinect recording: cells, metres, seconds, memory, and whether its walls are single.

    python benchmarks/real_recording.py path/to/7-scenes-sequence

Imports the recording, maps it at 2 cm without an encoder, and writes the map, its picture from above, a view
of it and its point cloud to `--folder`. A wall seen twice at different places (poses or depth that disagree)
shows as two sheets: for each of the largest upright planes the share of depth pixels in each layer of cells
across it is printed. One peak is one wall; a tail on the side of the room is what hangs on it.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np

import sisg_robotics as sisg
from sisg_robotics._open3d import import_open3d
from sisg_robotics.maps.perspective import perspective_picture
from sisg_robotics.maps.picture import top_down_picture
from sisg_robotics.maps.ply import write_map_ply

WALLS = 3
BAND_M = 0.15
"""So far on either side of a plane layers are looked at."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("data/benchmarks/real_recording"))
    parser.add_argument("--cell", type=float, default=0.02, help="cell size, metres")
    options = parser.parse_args()

    start = time.perf_counter()
    sequence = sisg.import_seven_scenes(options.source, options.folder, progress=True)
    imported = time.perf_counter()
    encoder = sisg.make_encoder("none")
    sisg.build_map(sequence, encoder, cell_size_m=options.cell, frames=[0])  # compiles
    compiled = time.perf_counter()
    vmap = sisg.build_map(sequence, encoder, cell_size_m=options.cell, max_depth_m=5.0)
    mapped = time.perf_counter()

    stem = options.folder / "map" / "none"
    vmap.save(stem.with_suffix(".h5"))
    top_down_picture(vmap).save(stem.with_suffix(".png"))
    perspective_picture(vmap).save(stem.with_name("none_view.png"))
    write_map_ply(vmap, stem.with_suffix(".ply"))

    size = np.ptp(vmap.centers_xyz_m, axis=0) + vmap.cell_size_m
    print(f"frames               {len(sequence)}")
    print(f"cells of {100 * vmap.cell_size_m:g} cm        {len(vmap)}")
    print(f"extent               {size[0]:.2f} x {size[1]:.2f} x {size[2]:.2f} m")
    print(f"import               {imported - start:.1f} s (0 to 1 s when it is there already)")
    milliseconds = 1000 * (mapped - compiled) / len(sequence)
    print(f"read and fuse        {mapped - compiled:.1f} s, {milliseconds:.0f} ms a frame")
    print(f"peak memory          {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    print(f"map file, cloud      {_mib(stem.with_suffix('.h5'))}, {_mib(stem.with_suffix('.ply'))}")
    for area_m2, layers in wall_layers(vmap):
        print(f"wall of {area_m2:.1f} m2, % of pixels by layer: {' '.join(f'{v:.0f}' for v in layers)}")


def wall_layers(vmap: sisg.VoxelMap) -> list[tuple[float, np.ndarray]]:
    """For the largest upright planes: area seen, and the percentage of depth pixels in each layer across."""
    o3d = import_open3d()
    o3d.utility.random.seed(0)
    points, pixels = vmap.centers_xyz_m, vmap.pixels
    walls: list[tuple[float, np.ndarray]] = []
    while len(walls) < WALLS and len(points) > 1000:
        cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
        plane, members = cloud.segment_plane(distance_threshold=0.02, ransac_n=3, num_iterations=2000)
        across = points @ plane[:3] + plane[3]
        taken = np.isin(np.arange(len(points)), members)
        if abs(plane[2]) < 0.2:  # upright
            places = _places_on_plane(points, plane[:3], vmap.cell_size_m)
            taken = (np.abs(across) < BAND_M) & np.isin(places, places[members])
            edges = np.arange(-BAND_M, BAND_M + vmap.cell_size_m, vmap.cell_size_m)
            layers = np.histogram(across[taken], bins=edges, weights=pixels[taken])[0]
            area_m2 = len(np.unique(places[members])) * vmap.cell_size_m**2
            walls.append((area_m2, 100 * layers / layers.sum()))
        points, pixels = points[~taken], pixels[~taken]
    return walls


def _places_on_plane(points: np.ndarray, normal: np.ndarray, cell_size_m: float) -> np.ndarray:
    """A number for the square of the plane that each point lies over."""
    along = np.cross(normal, [0.0, 0.0, 1.0])
    along /= np.linalg.norm(along)
    place = np.floor(np.stack([points @ along, points[:, 2]], axis=1) / cell_size_m).astype(np.int64)
    return place[:, 0] * 1_000_003 + place[:, 1]


def _mib(path: Path) -> str:
    return f"{path.stat().st_size / 2**20:.1f} MiB"


if __name__ == "__main__":
    main()
