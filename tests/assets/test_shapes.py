"""Laws of the modelling bricks: closed, outward, unit normals, exact sizes."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.assets.outlines import (
    blade,
    ear_clip,
    ellipse,
    extrude,
    extrude_x,
    extrude_y,
    frame,
    panel,
    ribbon,
    rounded_rectangle,
    sheet,
    smoothed,
)
from sisg_robotics.assets.shape import REPEAT_M, Shape, joined
from sisg_robotics.assets.shapes import box, cushion, cylinder, ellipsoid, lathe, tube

L_SHAPE = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (1.0, 1.0), (1.0, 2.0), (0.0, 2.0)]
BENT = [(0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 1.0)]
CLOSED = {
    "box": box(1.0, 2.0, 3.0),
    "round box": box(1.0, 2.0, 3.0, bevel=0.1, segments=2),
    "box rounder than it is thick": box(0.1, 2.0, 3.0, bevel=0.4),
    "cylinder": cylinder(1.0, 2.0),
    "frustum": cylinder(1.0, 2.0, top_radius=0.4, bevel=0.05),
    "lathe with an inside": lathe([(0, 0), (0.5, 0), (0.5, 1), (0.4, 1), (0.4, 0.2), (0, 0.2)]),
    "ellipsoid": ellipsoid(1.0, 2.0, 3.0),
    "cushion": cushion(0.6, 0.5, 0.15),
    "tube": tube(BENT, 0.05),
    "ring": tube([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)], 0.1, closed=True),
    "concave plate": extrude(L_SHAPE, 0.5),
    "bevelled plate": extrude(rounded_rectangle(1.0, 2.0, 0.2), 0.1, bevel=0.02),
    "board": extrude_x(ellipse(1.0, 2.0), 0.1),
    "side view": extrude_y(ribbon([(0.0, 0.0), (0.0, 0.4), (-0.1, 0.9)], 0.03), 0.5),
    "curtain": sheet(1.0, 2.0),
    "tapered": box(1.0, 1.0, 1.0, bevel=0.05).tapered(0.5),
    "mirrored": box(1.0, 1.0, 1.0).moved(1.0).scaled(x=-2.0),
    "frame": frame(1.0, 0.8, border=0.05, depth=0.03),
}


def signed_volume(shape: Shape) -> float:
    a, b, c = (shape.vertices[shape.triangles[:, i]] for i in range(3))
    return float(np.einsum("mi,mi->", a, np.cross(b, c)) / 6)


def edge_balance(shape: Shape) -> dict[tuple[int, int], int]:
    """Directed edges between places that do not meet their opposite as often."""
    _, place = np.unique(np.round(shape.vertices, 6), axis=0, return_inverse=True)
    triangles = place.ravel()[shape.triangles]
    count: dict[tuple[int, int], int] = {}
    for i, j in ((0, 1), (1, 2), (2, 0)):
        for a, b in triangles[:, [i, j]].tolist():
            if a != b:
                count[a, b] = count.get((a, b), 0) + 1
                count[b, a] = count.get((b, a), 0) - 1
    return {edge: n for edge, n in count.items() if n}


@pytest.mark.parametrize("name", CLOSED)
def test_a_solid_is_closed_and_turned_outward(name):
    shape = CLOSED[name]
    assert edge_balance(shape) == {}
    assert signed_volume(shape) > 0


@pytest.mark.parametrize("name", [*CLOSED, "panel", "blade"])
def test_normals_are_unit_and_agree_with_the_winding(name):
    shape = {**CLOSED, "panel": panel(1.0, 0.5), "blade": blade(0.3, 0.1)}[name]
    np.testing.assert_allclose(np.linalg.norm(shape.normals, axis=1), 1.0, atol=1e-9)
    a, b, c = (shape.vertices[shape.triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    assert (np.einsum("mi,mi->m", face, shape.normals[shape.triangles].sum(axis=1)) > 0).all()


@pytest.mark.parametrize(
    ("shape", "volume", "tolerance"),
    [
        (box(1.0, 2.0, 3.0), 6.0, 1e-9),
        (cylinder(1.0, 2.0, sides=200), 2 * np.pi, 2e-3),
        (ellipsoid(1.0, 2.0, 3.0, sides=80, rings=40), np.pi, 0.02),
        (extrude(L_SHAPE, 0.5), 1.5, 1e-9),
        (tube([(0.0, 0.0, 0.0), (0.0, 0.0, 2.0)], 0.1, sides=100), 0.02 * np.pi, 1e-3),
        (frame(1.0, 0.8, border=0.1, depth=0.05, bevel=0.0), 0.05 * (0.8 - 0.48), 1e-9),
    ],
)
def test_volumes_are_those_of_the_textbook(shape, volume, tolerance):
    assert signed_volume(shape) == pytest.approx(volume, rel=tolerance)


@pytest.mark.parametrize("maker", [box, ellipsoid, cushion])
def test_solids_have_the_sizes_asked_for_and_stand_on_the_ground(maker):
    lower, upper = maker(0.4, 0.6, 0.2).bounds
    np.testing.assert_allclose(lower, [-0.2, -0.3, 0.0], atol=1e-9)
    np.testing.assert_allclose(upper, [0.2, 0.3, 0.2], atol=1e-9)


def test_a_texture_repeats_every_half_metre():
    face = box(1.0, 2.0, 3.0)
    a, b, c = (face.triangles[:, i] for i in range(3))
    area_m2 = np.linalg.norm(
        np.cross(face.vertices[b] - face.vertices[a], face.vertices[c] - face.vertices[a]), axis=1
    )
    in_uv = np.abs(np.cross(*(np.pad(face.uv[i] - face.uv[a], ((0, 0), (0, 1))) for i in (b, c)))[:, 2])
    np.testing.assert_allclose(in_uv * REPEAT_M**2, area_m2)


def test_turning_a_shape_about_each_axis_is_right_handed():
    pin = box(0.1, 0.1, 0.1)
    np.testing.assert_allclose(
        pin.moved(1.0).turned(np.pi / 2).vertices.mean(axis=0), [0, 1, 0.05], atol=1e-12
    )
    np.testing.assert_allclose(
        pin.moved(y=1.0).turned(np.pi / 2, "x").vertices.mean(axis=0), [0, -0.05, 1], atol=1e-12
    )
    np.testing.assert_allclose(
        pin.moved(z=1.0).turned(np.pi / 2, "y").vertices.mean(axis=0), [1.05, 0, 0], atol=1e-12
    )


def test_bending_a_shape_by_a_rotation_turns_its_normals_likewise():
    shape = cushion(0.5, 0.4, 0.1)
    turned = shape.turned(0.7, "y")
    warped = shape.warped(lambda p: shape._replace(vertices=p).turned(0.7, "y").vertices)
    np.testing.assert_allclose(warped.normals, turned.normals, atol=1e-6)


def test_joining_keeps_every_triangle_where_it_was():
    one, two = box(1.0, 1.0, 1.0), cylinder(0.2, 3.0).moved(5.0)
    both = joined(one, two)
    assert signed_volume(both) == pytest.approx(signed_volume(one) + signed_volume(two))
    np.testing.assert_allclose(both.bounds[1], [5.2, 0.5, 3.0])


def test_ears_cover_a_concave_polygon_exactly():
    outline = np.array(L_SHAPE)
    corners = outline[ear_clip(outline)]
    e1, e2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = (e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(3.0)


def test_a_picture_is_upright_and_not_mirrored_for_who_looks_at_it():
    picture = panel(2.0, 1.0)
    top_left = picture.vertices[np.argmin(picture.uv.sum(axis=1))]
    np.testing.assert_allclose(top_left, [0.0, -1.0, 1.0])  # seen from +x, left is -y


def test_cutting_corners_keeps_the_ends_of_a_line():
    line = smoothed([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)])
    np.testing.assert_allclose(line[[0, -1]], [[0.0, 0.0], [1.0, 1.0]])
    assert len(line) > 3
