"""Range, normals, ids and masks, against closed forms and against an obvious slow reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.assets.asset import Material
from sisg_robotics.geometry import Distortion, Intrinsics, look_at, pose, rotation_z
from sisg_robotics.rendering import Raycaster

CAMERA = Intrinsics(70.0, 66.0, 31.2, 25.7, 64, 48)
LENS = Distortion(-0.12, 0.03, 2e-3, -1e-3, 0.01)
WHITE = (1.0, 1.0, 1.0)


def render(build, instances, T_world_cam, channels, camera=CAMERA, **asked):
    rays = Raycaster(instances, class_ids=build.class_ids)
    return rays.render(camera, T_world_cam, channels=channels, **asked)


def world_rays(T_world_cam, camera=CAMERA):
    """Directions of unit z through all pixel centres."""
    return camera.pixel_rays() @ T_world_cam[:3, :3].T


def test_a_spheres_depth_range_and_normals_have_their_closed_form(build):
    """t = -b - sqrt(b^2 - c) along a unit ray; the normal there is (p - centre) / radius."""
    center, radius, steps = np.array([2.0, 0.3, 1.0]), 0.7, 180
    T_world_cam = look_at(np.array([0.0, 0, 1.2]), center)
    ball = build.thing(1, "sofa", build.sphere(center, radius, steps))
    seen = render(build, [ball], T_world_cam, ("depth", "range", "normal", "mask"))

    rays = world_rays(T_world_cam)
    length = np.linalg.norm(rays, axis=-1)
    unit = rays / length[..., None]
    offset = T_world_cam[:3, 3] - center
    b, c = unit @ offset, offset @ offset - radius**2
    root = np.maximum(b * b - c, 0)
    closest = np.sqrt(np.maximum(offset @ offset - b * b, 0))
    inside = closest < 0.97 * radius  # near the silhouette the facets' flatness shows
    range_m = -b - np.sqrt(root)
    points = T_world_cam[:3, 3] + unit * range_m[..., None]
    normals = (points - center) / radius

    assert inside.sum() > 1000
    assert seen.mask[inside].all() and not seen.mask[closest > radius].any()
    np.testing.assert_array_equal(seen.range_m > 0, seen.mask)
    sag = radius * (1 - np.cos(np.pi / steps / np.sqrt(2)) ** 2)  # how deep a facet's middle lies
    off = (seen.range_m - range_m)[inside] * np.sqrt(root)[inside] / radius  # along the normal
    assert off.min() > -1e-6 and off.max() < 1.1 * sag
    np.testing.assert_allclose(seen.range_m, seen.depth_m * length, rtol=3e-7)
    angle = np.arccos(np.clip((seen.normal * normals).sum(axis=-1)[inside], -1, 1))
    assert np.degrees(angle).max() < 0.12  # a facet spans a degree: flat normals are off by half of one
    np.testing.assert_allclose(np.linalg.norm(seen.normal[seen.mask], axis=-1), 1, atol=1e-6)


def test_an_oblique_plane_has_its_closed_form_at_every_pixel(build):
    """Of the plane n . p = n . p0, depth is n . (p0 - eye) / n . d."""
    n = np.array([-0.6, 0.3, 0.2])
    n /= np.linalg.norm(n)
    right = np.cross(n, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, n)
    middle, eye = np.array([3.0, 0.2, 1.0]), np.array([0.1, -0.2, 1.3])
    wall = build.rectangle(middle - 40 * right - 40 * up, 80 * right, 80 * up)
    T_world_cam = look_at(eye, middle)
    seen = render(build, [build.thing(1, "wall", wall)], T_world_cam, ("depth", "range", "normal"))
    rays = world_rays(T_world_cam)
    depth_m = n @ (middle - eye) / (rays @ n)
    assert depth_m.min() > 0
    np.testing.assert_allclose(seen.depth_m, depth_m, rtol=2e-7)
    np.testing.assert_allclose(seen.range_m, depth_m * np.linalg.norm(rays, axis=-1), rtol=2e-7)
    np.testing.assert_allclose(seen.normal, np.broadcast_to(n, seen.normal.shape), atol=1e-6)


@pytest.mark.parametrize("lens", [Distortion(k1=-0.2), Distortion(k1=0.15, k4=0.3), LENS])
def test_through_a_lens_every_pixel_sees_what_the_pinhole_sees_along_the_undistorted_ray(build, lens):
    T_world_cam = look_at(np.array([0.0, 0.3, 1.0]), np.array([3.0, 0.0, 0.6]))
    floor = build.rectangle((-50, -50, 0), (100, 0, 0), (0, 100, 0))
    seen = render(build, [build.thing(1, "floor", floor)], T_world_cam, ("depth", "range"), distortion=lens)
    rays = lens.rays(CAMERA, CAMERA.pixel_centers())
    u, v = np.moveaxis(lens.distort(rays[..., :2]) * [CAMERA.fx, CAMERA.fy] + [CAMERA.cx, CAMERA.cy], -1, 0)
    np.testing.assert_allclose(np.stack([u, v], axis=-1), CAMERA.pixel_centers(), atol=1e-5)
    down = -(rays @ T_world_cam[:3, :3].T)[..., 2]
    there = down > 0.05
    assert there.sum() > 1000
    np.testing.assert_allclose(seen.depth_m[there], 1.0 / down[there], rtol=2e-7)
    length = np.linalg.norm(rays, axis=-1)
    np.testing.assert_allclose(seen.range_m[there], (length / np.maximum(down, 1e-9))[there], rtol=2e-7)


def first_triangles(corners, eye, rays):
    """Moeller and Trumbore, every ray with every triangle: (index, depth) of the first, -1 for none."""
    a, e, f = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    best, nearest = np.full(len(rays), -1), np.full(len(rays), np.inf)
    for k in range(len(corners)):
        h = np.cross(rays, f[k])
        det = h @ e[k]
        with np.errstate(divide="ignore", invalid="ignore"):
            u = h @ (eye - a[k]) / det
            q = np.cross(eye - a[k], e[k])
            v, t = rays @ q / det, f[k] @ q / det
            inside = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < nearest)
        best[inside], nearest[inside] = k, t[inside]
    return best, nearest


@pytest.mark.parametrize("seed", range(4))
def test_random_triangles_give_the_ids_depths_and_normals_of_the_plain_loop(build, seed):
    rng = np.random.default_rng(seed)
    corners = (rng.uniform([-2, -2, 1], [2, 2, 4], (150, 1, 3)) + rng.normal(0, 0.5, (150, 3, 3))).astype(
        np.float32
    )
    parts = [build.part(triangle, [[0, 1, 2]]) for triangle in corners]
    names = ["wall", "floor", "sofa"]
    things = [build.thing(400 * k + 7, names[k % 3], part) for k, part in enumerate(parts)]
    seen = render(build, things, np.eye(4), ("depth", "instance", "semantic", "normal", "mask"))
    rays = CAMERA.pixel_rays().reshape(-1, 3)
    best, nearest = first_triangles(corners.astype(np.float64), np.zeros(3), rays)
    hit = best >= 0
    assert 0.3 < hit.mean() < 1

    expected = np.where(hit, 400 * best + 7, 0)
    wrong = seen.instance.ravel() != expected
    assert wrong.mean() < 5e-4  # single precision decides pixels whose centre is on an edge
    good = hit & ~wrong
    np.testing.assert_array_equal(seen.semantic.ravel()[good], (best % 3 + 1)[good])
    np.testing.assert_array_equal(seen.mask.ravel()[~wrong], hit[~wrong])
    error = np.abs(seen.depth_m.ravel()[good] / nearest[good] - 1)
    assert np.quantile(error, 0.999) < 2e-7 and error.max() < 1e-4
    c = corners[best].astype(np.float64)
    n = np.cross(c[:, 1] - c[:, 0], c[:, 2] - c[:, 0])
    n *= -np.sign((n * rays).sum(axis=-1, keepdims=True)) / np.linalg.norm(n, axis=-1, keepdims=True)
    np.testing.assert_allclose(seen.normal.reshape(-1, 3)[good], n[good], atol=2e-6)


def tilted(build, normals):
    """A square at z = 2, seen from below, with the given normals at its corners."""
    part = build.rectangle((-3, -3, 2), (0, 6, 0), (6, 0, 0))  # faces -z, towards a camera at the origin
    return replace(part, normals=np.asarray(normals, np.float32).repeat(len(part.normals), axis=0))


def test_smooth_normals_follow_the_vertices_from_both_sides(build):
    n = np.array([0.3, 0.1, -1]) / np.linalg.norm([0.3, 0.1, -1])
    narrow = Intrinsics.from_fov(9, 9, 0.3)
    wall = build.thing(1, "wall", tilted(build, [n]))
    front = render(build, [wall], np.eye(4), ("normal",), narrow).normal
    np.testing.assert_allclose(front, np.broadcast_to(n, front.shape), atol=1e-7)
    behind = pose(np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0, 4]))
    back = render(build, [wall], behind, ("normal",), narrow).normal
    np.testing.assert_allclose(back, np.broadcast_to(-n, back.shape), atol=1e-7)


def test_normals_against_the_winding_are_turned_to_the_faces_side(build):
    """As in a mirrored or carelessly exported model."""
    n = np.array([0.3, 0.1, -1]) / np.linalg.norm([0.3, 0.1, -1])
    narrow = Intrinsics.from_fov(9, 9, 0.3)
    seen = render(build, [build.thing(1, "wall", tilted(build, [-n]))], np.eye(4), ("normal",), narrow).normal
    np.testing.assert_allclose(seen, np.broadcast_to(n, seen.shape), atol=1e-7)


@pytest.mark.parametrize("normal", [(0, 0, 0), (np.nan, 0, 0), (1, 0, -0.01)])
def test_where_a_smooth_normal_is_none_or_looks_away_the_faces_own_is_given(build, normal):
    """(1, 0, -0.01) is on the face's side, but looks away from rays that go to the right."""
    seen = render(build, [build.thing(1, "wall", tilted(build, [normal]))], np.eye(4), ("normal",)).normal
    right = np.arange(CAMERA.width) + 0.5 - CAMERA.cx > 0.02 * CAMERA.fx
    where = seen[:, right] if normal[0] == 1 else seen
    np.testing.assert_array_equal(where, np.broadcast_to([0, 0, -1], where.shape))
    rays = CAMERA.pixel_rays()
    assert ((seen * rays).sum(axis=-1) < 0).all()


def test_normals_of_a_turned_thing_turn_with_it(build):
    R = rotation_z(0.4)
    T = pose(R, np.array([2.0, 0.1, 0.0]))
    wall = build.rectangle((0, 2, -2), (0, -4, 0), (0, 0, 4))  # faces -x
    T_world_cam = look_at(np.zeros(3), np.array([2.0, 0.1, 0]))
    seen = render(build, [build.thing(1, "wall", wall, T_world_object=T)], T_world_cam, ("normal",)).normal
    np.testing.assert_allclose(seen[24, 31], R @ [-1, 0, 0], atol=1e-7)


def test_the_albedo_of_a_checkerboard_is_its_colours_at_the_pixel_centres(build):
    """40 x 40 squares on a wall of 4 m, 2 m away: each is 7 pixels wide, so none is mixed."""
    squares = np.array([[[200, 30, 40], [20, 90, 160]], [[20, 90, 160], [200, 30, 40]]], np.uint8)
    texture = np.kron(np.tile(squares, (20, 20, 1)), np.ones((8, 8, 1), np.uint8))
    material = Material("checks", WHITE, texture)
    wall = build.rectangle((2, 2, -2), (0, -4, 0), (0, 0, 4), material)
    camera = Intrinsics(140.0, 140.0, 32.3, 24.4, 64, 48)
    T_world_cam = look_at(np.zeros(3), np.array([1.0, 0, 0]))
    seen = render(build, [build.thing(1, "wall", wall)], T_world_cam, ("albedo",), camera).albedo
    points = 2 * world_rays(T_world_cam, camera)  # on the wall
    across, down = (2 - points[..., 1]) / 0.1, (points[..., 2] + 2) / 0.1  # in squares; v grows upwards here
    expected = squares[(down.astype(int) % 2), (across.astype(int) % 2)]
    inside = np.ones(across.shape, bool)
    for place in (across, down):
        inside &= np.abs(place - np.rint(place)) > 0.2
    assert inside.sum() > 800
    np.testing.assert_array_equal(seen[inside], expected[inside])
    off = look_at(np.zeros(3), np.array([-1.0, 0, 0]))
    assert not render(build, [build.thing(1, "wall", wall)], off, ("albedo",), camera).albedo.any()


def test_arguments_are_unchanged(build):
    T, T_next = look_at(np.zeros(3), np.array([1.0, 0, 0])), look_at(np.zeros(3), np.array([1.0, 0.2, 0]))
    before = T.copy(), T_next.copy()
    wall = build.thing(1, "wall", build.rectangle((2, 2, -2), (0, -4, 0), (0, 0, 4)))
    render(build, [wall], T, ("flow", "normal"), T_world_cam_next=T_next, distortion=LENS)
    np.testing.assert_array_equal([T, T_next], before)
