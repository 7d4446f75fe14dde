"""What a planned walk sees, measured again by other rays on other points.

    python benchmarks/coverage.py              # 10 flats, a minute each
    python benchmarks/coverage.py --flats 2    # a quick look

For each generated flat a walk is planned twice: with as many frames as it takes, and with `--frames`. The
planner's own figure stands in `planned`. `measured` is made without the planner: points drawn at random over
all surfaces, three times as many; rays from them to a camera at every free place on a grid of 15 cm, to find
what a robot could see; rays to each camera of the walk, to find what it saw. `well` is the same measurement
where only what is at most 6 m away, and at most 84 degrees from its normal, counts as seen or to be seen.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import sisg_robotics as sisg
from sisg_robotics._open3d import import_open3d
from sisg_robotics.app.configs import DEMO_PROMPT
from sisg_robotics.rendering.cameras import Site, Trajectory, walk_trajectory
from sisg_robotics.scenes import scene_instances

CAMERA = sisg.Intrinsics.from_fov(640, 480, np.pi / 2)
POINTS_M2 = 300.0
"""Points on a square metre; the planner has 100."""
GRID_M = 0.15
LIMITS = {"measured": (np.inf, 0.0), "well": (6.0, 0.1)}
"""Farthest distance, and least cosine between the line of sight and the surface's normal."""
_LIFT_M = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flats", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--prompt", default=DEMO_PROMPT)
    options = parser.parse_args()

    measured: dict[str, list[list[float]]] = {"null": [], str(options.frames): []}
    print("seed  triangles  area m2  frames  planned  measured   well  seconds  left out")
    for seed in range(options.first_seed, options.first_seed + options.flats):
        scene = sisg.generate_scene(options.prompt, seed=seed)
        site = Site.of(scene)
        surface = Points(scene, seed)
        visible = {name: surface.seen_from_anywhere(site, *limits) for name, limits in LIMITS.items()}
        for asked, rows in measured.items():
            start = time.perf_counter()
            walk = walk_trajectory(scene, count=None if asked == "null" else int(asked), site=site)
            seconds = time.perf_counter() - start
            shares = [surface.share_seen(walk, visible[name], *LIMITS[name]) for name in LIMITS]
            rows.append(shares)
            left_out = ", ".join(f"{count} {why}" for why, count in walk.rejected.items()) or "none"
            print(
                f"{seed:4d}  {surface.triangles:9d}  {surface.area_m2:7.0f}  {len(walk):6d}  "
                f"{walk.coverage:7.3f}  {shares[0]:8.3f}  {shares[1]:5.3f}  {seconds:7.1f}  {left_out}",
                flush=True,
            )
    for asked, rows in measured.items():
        for name, shares in zip(LIMITS, zip(*rows, strict=True), strict=True):
            print(f"frames={asked}: {name} at least {min(shares):.3f}, mean {np.mean(shares):.3f}")


class Points:
    """Random points over the surfaces of a scene, and rays to them; of the planner it uses nothing."""

    def __init__(self, scene: sisg.Scene, seed: int) -> None:
        corners = []
        for thing in scene_instances(scene):
            for part in thing.parts:
                vertices = part.vertices_m @ thing.T_world_object[:3, :3].T + thing.T_world_object[:3, 3]
                corners.append(vertices[part.triangles])
        a, b, c = np.moveaxis(np.concatenate(corners), 1, 0)
        normal = np.cross(b - a, c - a)
        area_m2 = np.linalg.norm(normal, axis=1) / 2
        self.triangles, self.area_m2 = len(a), float(area_m2.sum())
        rng = np.random.default_rng(seed)
        of = rng.choice(len(a), size=int(POINTS_M2 * self.area_m2), p=area_m2 / area_m2.sum())
        u, v = rng.random((2, len(of), 1))
        u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
        self.normal = normal[of] / (2 * area_m2[of, None])
        self.xyz_m = a[of] + u * (b - a)[of] + v * (c - a)[of] + _LIFT_M * self.normal

        o3d = import_open3d()
        self._tensor = o3d.core.Tensor.from_numpy
        self._rays = o3d.t.geometry.RaycastingScene()
        vertices = np.concatenate([a, b, c]).astype(np.float32)
        triangles = np.arange(3 * len(a), dtype=np.uint32).reshape(3, -1).T
        self._rays.add_triangles(self._tensor(vertices), self._tensor(np.ascontiguousarray(triangles)))

    def seen_from_anywhere(self, site: Site, range_m: float, least_cosine: float) -> np.ndarray:
        """Which points a camera, turned anywhere, sees from some free place of the robot."""
        step = round(GRID_M / site.space.cell_size_m)
        cells = np.argwhere(site.space.mask)
        places = site.space.center(cells[(cells % step == 0).all(axis=1)])
        seen = np.zeros(len(self.xyz_m), dtype=bool)
        for x, y in np.random.default_rng(0).permutation(places):  # what is soon seen is not asked again
            left = np.flatnonzero(~seen)
            eye = np.array([x, y, site.camera_height_m])
            seen[left[self._in_sight(left, eye, range_m, least_cosine)]] = True
        return seen

    def share_seen(self, walk: Trajectory, visible: np.ndarray, range_m: float, least_cosine: float) -> float:
        """Share of the visible points that is in a picture of the walk."""
        left = np.flatnonzero(visible)
        whole = len(left)
        for T in walk.T_world_cam:
            at = (self.xyz_m[left] - T[:3, 3]) @ T[:3, :3]
            u, v = (CAMERA.fx * at[:, 0] / at[:, 2] + CAMERA.cx, CAMERA.fy * at[:, 1] / at[:, 2] + CAMERA.cy)
            inside = (at[:, 2] > 0) & (u >= 0) & (u < CAMERA.width) & (v >= 0) & (v < CAMERA.height)
            near = np.flatnonzero(inside)
            found = near[self._in_sight(left[near], T[:3, 3], range_m, least_cosine)]
            left = np.delete(left, found)
        return 1 - len(left) / whole

    def _in_sight(
        self, points: np.ndarray, eye: np.ndarray, range_m: float, least_cosine: float
    ) -> np.ndarray:
        """For each of these points, whether an eye sees its front."""
        away = eye - self.xyz_m[points]
        far = np.linalg.norm(away, axis=1)
        cosine = np.einsum("ij,ij->i", away, self.normal[points]) / far
        sight = (far <= range_m) & (cosine > 0) & (cosine >= least_cosine)
        rays = np.concatenate([self.xyz_m[points[sight]], away[sight]], axis=1).astype(np.float32)
        sight[sight] = ~self._rays.test_occlusions(self._tensor(rays), 0.0, 1.0).numpy()
        return sight


if __name__ == "__main__":
    main()
