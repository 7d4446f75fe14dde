"""Multi-view sets against hand-computed answers: where a point is seen, depth, normals, alpha, bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from sisg_robotics.assets.asset import Material
from sisg_robotics.errors import BadValue
from sisg_robotics.rendering.objects import make_settings, render_object

EXAMPLE = [
    "animation_count",
    "armature_count",
    "edge_count",
    "file_identifier",
    "file_size",
    "lamp_count",
    "linked_files",
    "material_count",
    "mesh_count",
    "missing_textures",
    "object_count",
    "poly_count",
    "random_color",
    "save_uid",
    "scene_size",
    "sha256",
    "shape_key_count",
    "vert_count",
    "normalization",
    "render_settings",
    "views",
]
EXAMPLE_SETTINGS = [
    "camera_radius_range",
    "depth_pass",
    "elevation_range_degrees",
    "engine",
    "modalities",
    "fov_degrees_range",
    "num_views",
    "resolution",
]
EXAMPLE_VIEW = ["camera_to_world", "depth", "focal_length_px", "fov_degrees", "image", "intrinsics", "pose"]
ALL = ("depth", "normal", "mask")
AT = {"cameras": "list", "elevation_range_deg": None, "samples": 1, "num_views": 1}
"""One view from a given direction: with `directions`, `radius_range` and `fov_range_deg`."""


def front(radius: float, fov_deg: float, azimuth_deg: float = 0.0, elevation_deg: float = 0.0) -> dict:
    return AT | {
        "radius_range": (radius, radius),
        "fov_range_deg": (fov_deg, fov_deg),
        "directions": [(azimuth_deg, (elevation_deg, elevation_deg))],
    }


def test_marked_corners_are_seen_where_the_metadata_says(build, make) -> None:
    red = Material("red", (1.0, 0.0, 0.0))
    marker = build.box((4.8, 1.0, 1.8), (5.0, 1.2, 2.0), red)  # a corner of the larger box
    model = make.model_of(build.box((1, 1.02, 1), (4.98, 3, 1.98)), marker)
    settings = front(3.0, 50.0, azimuth_deg=-30.0, elevation_deg=40.0)
    made = make.view_set(model, modalities=["depth"], resolution=(120, 80), **settings)
    view, normalization = made.views[0], made.metadata["normalization"]
    assert view["pose"] == pytest.approx({"azimuth_degrees": 330.0, "elevation_degrees": 40.0, "radius": 3.0})

    corners = normalization["scale"] * marker.vertices_m + normalization["translation"]
    homogeneous = np.c_[corners, np.ones(len(corners))]
    x, y, z, _ = np.linalg.inv(view["camera_to_world"]) @ homogeneous.T  # OpenGL axes: y up, z backward
    u, v, w = np.array(view["intrinsics"]) @ [x, -y, -z]
    pixels = made.image(0).astype(int)
    rows, columns = np.nonzero((pixels[..., 3] > 0) & (pixels[..., 0] > pixels[..., 1] + 50))
    assert [columns.min(), columns.max() + 1] == pytest.approx([(u / w).min(), (u / w).max()], abs=0.51)
    assert [rows.min(), rows.max() + 1] == pytest.approx([(v / w).min(), (v / w).max()], abs=0.51)
    depth = made.array(0, "depth")[rows, columns]
    assert np.all((depth > w.min() - 1e-6) & (depth < w.max() + 1e-6))


def test_the_two_poses_and_the_lens_of_a_view_agree(ball, make) -> None:
    view = make.view_set(ball, num_views=1, resolution=16, samples=1).views[0]
    opengl, opencv = np.array(view["camera_to_world"]), np.array(view["camera_to_world_opencv"])
    assert np.allclose(opengl @ np.diag([1, -1, -1, 1]), opencv)
    assert np.allclose(opengl[:3, 2], opengl[:3, 3] / view["pose"]["radius"])  # z points away from the object
    assert np.allclose(opengl[2, :2], [0, opengl[2, 1]]) and opengl[2, 1] > 0  # x is level, y is up
    assert view["focal_length_px"] == view["intrinsics"][0][0]
    assert view["focal_length_px"] == pytest.approx(8 / np.tan(np.deg2rad(view["fov_degrees"] / 2)))
    azimuth, elevation = (np.deg2rad(view["pose"][f"{name}_degrees"]) for name in ("azimuth", "elevation"))
    direction = [
        np.cos(elevation) * np.cos(azimuth),
        np.cos(elevation) * np.sin(azimuth),
        np.sin(elevation),
    ]
    assert np.allclose(opengl[:3, 3], view["pose"]["radius"] * np.array(direction))


@pytest.mark.parametrize(("unit", "factor"), [("normalized", 1.0), ("metres", 2.5)])
def test_depth_and_normals_of_a_sphere_in_closed_form(build, make, unit: str, factor: float) -> None:
    model = make.model_of(build.sphere((7, 8, 9), 2.5, 180))
    settings = front(2.0, 70.0, azimuth_deg=200.0, elevation_deg=-35.0)
    made = make.view_set(
        model, normalize="sphere", resolution=41, modalities=ALL, depth_unit=unit, **settings
    )
    depth, normal, mask = (made.array(0, name) for name in ALL)
    assert depth.dtype == np.float32 and normal.dtype == np.float16 and mask.dtype == bool
    assert depth[20, 20] == pytest.approx(1.0 * factor, abs=1e-3)  # radius - 1
    assert np.array_equal(mask, depth > 0) and np.array_equal(mask, np.any(normal != 0, axis=-1))

    f = made.views[0]["focal_length_px"]
    v, u = np.mgrid[:41, :41] + 0.5
    ray = np.stack([(u - 20.5) / f, (20.5 - v) / f, -np.ones_like(u)], axis=-1)  # right, up, backward
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    to_center = -2.0 * ray[..., 2]
    reach = 1.0 - (4.0 - to_center**2)
    distance = to_center - np.sqrt(np.maximum(reach, 0.0))
    clear = np.abs(reach) > 0.02  # not within a facet of the silhouette
    assert np.array_equal(mask[clear], (reach > 0)[clear])
    hit = clear & mask
    point = distance[..., None] * ray
    assert np.allclose(depth[hit], -point[hit][:, 2] * factor, atol=2e-3 * factor)
    assert np.allclose(normal[hit], (point - [0, 0, -2.0])[hit], atol=5e-3)
    assert np.all(depth[~mask] == 0)


def test_edges_are_partly_covered_and_the_rest_is_not(ball, make) -> None:
    made = make.view_set(ball, num_views=1, resolution=48, samples=16, modalities=["mask"], frame="fit")
    image, mask = made.image(0), made.array(0, "mask")
    assert image.shape == (48, 48, 4)
    alpha = image[..., 3]
    partly = (alpha > 0) & (alpha < 255)
    edge = np.zeros_like(mask)
    edge[1:-1, 1:-1] = np.any(
        [mask[1:-1, 1:-1] != mask[i : i + 46, j : j + 46] for i in range(3) for j in range(3)], axis=0
    )
    assert partly.sum() > 40 and np.all(edge[partly])
    assert np.all(alpha[mask & ~edge] == 255) and np.all(alpha[~mask & ~edge] == 0)
    assert np.all(image[alpha == 0][:, :3] == 255)  # white where nothing is
    assert (
        np.abs(image[partly].astype(int) - image[24, 24])[:, :3].max() < 60
    )  # not mixed with the background


def test_an_opaque_background_is_blended_at_the_edges(ball, make) -> None:
    settings = {"num_views": 1, "resolution": 32, "samples": 4, "frame": "fit"}
    straight = make.view_set(ball, **settings).image(0).astype(float)
    for background, value in [("white", 255), ("grey", 127), ("black", 0)]:
        opaque = make.view_set(ball, background=background, **settings).image(0)
        assert opaque.shape == (32, 32, 3)
        share = straight[..., 3:] / 255
        assert np.abs(opaque - (straight[..., :3] * share + value * (1 - share))).max() <= 0.51


def test_uniform_light_has_no_dark_side(build, make) -> None:
    half = Material("half", (0.7354,) * 3)  # sRGB of albedo 0.5
    model = make.model_of(build.sphere((0, 0, 0), 1.0, 60, half))
    made = make.view_set(model, num_views=6, resolution=32, samples=1, elevation_range_deg=(-90.0, 90.0))
    for index in range(6):
        image = made.image(index)
        solid = image[image[..., 3] == 255][:, :3].astype(int)
        assert np.abs(solid - round(0.7354 * 255)).max() <= 3


def test_metadata_has_the_fields_of_the_example_and_what_the_file_says(block, make) -> None:
    made = make.view_set(block, uid="an id", num_views=2, resolution=16, samples=1, modalities=ALL)
    metadata = made.metadata
    assert set(EXAMPLE) <= set(metadata)
    assert set(EXAMPLE_SETTINGS) <= set(metadata["render_settings"])
    assert all(
        set(EXAMPLE_VIEW) | {"normal", "mask", "crop_share"} <= set(view) for view in metadata["views"]
    )
    facts = {name: getattr(make.facts, name) for name in EXAMPLE if hasattr(make.facts, name)}
    facts |= {
        "save_uid": "an id",
        "file_identifier": "thing.glb",
        "linked_files": ["wood.png"],
        "missing_textures": {"count": 1, "file_path_to_color": {}, "files": ["gone.png"]},
        "random_color": None,
        "scene_size": {"bbox_max": [1.0, 2.0, 3.0], "bbox_min": [-1.0, -2.0, -3.0]},
    }
    assert {name: metadata[name] for name in facts} == facts
    assert metadata["normalization"]["scale"] == 0.5
    assert metadata["normalization"]["translation"] == [-1.5, -1.0, -0.75]
    assert metadata["seed"] == 0 and metadata["camera_axes"] == "opengl"
    assert {"sisg_robotics", "numpy", "open3d"} <= set(metadata["versions"])
    assert [view["image"] for view in metadata["views"]] == ["000.png", "001.png"]
    assert metadata["views"][1]["depth"] == "001_depth.npy"


def test_metadata_states_the_preset_s_ranges(block, make) -> None:
    facts = make.view_set(block, num_views=1, resolution=8, samples=1).metadata["render_settings"]
    assert facts["camera_radius_range"] == [1.5, 2.8] and facts["elevation_range_degrees"] == [-45.0, 45.0]
    assert facts["fov_degrees_range"] == [35.0, 70.0] and facts["depth_pass"] == "Z"
    assert facts["modalities"] == ["rgb"] and facts["preset"] == "gs_lrm"


def test_files_are_named_in_the_metadata_which_comes_last(block, make) -> None:
    made = make.view_set(block, num_views=3, resolution=8, samples=1, modalities=["depth", "mask"])
    named = [view[kind] for view in made.views for kind in ("image", "depth", "mask")]
    assert list(made.files) == [*named, "metadata.json"]


def test_crop_share_says_what_a_published_view_leaves_out(ball, make) -> None:
    near = front(1.5, 50.0)
    published = make.view_set(ball, resolution=16, **near)
    assert 0.3 < published.views[0]["crop_share"] < 1.0
    fitted = make.view_set(ball, resolution=128, frame="fit", modalities=["mask"], **near)
    assert fitted.views[0]["crop_share"] == 0.0 and fitted.views[0]["pose"]["radius"] > 2.3
    mask = fitted.array(0, "mask")
    assert not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def test_equal_arguments_give_equal_bytes_and_another_seed_or_object_others(block) -> None:
    settings = make_settings("gs_lrm", num_views=2, resolution=24, samples=4, modalities=ALL)

    def files(seed: int, uid: str) -> dict[str, bytes]:
        return render_object(block, settings=settings, seed=seed, uid=uid)

    assert files(1, "a") == files(1, "a")
    for other in (files(2, "a"), files(1, "b")):
        assert all(other[name] != data for name, data in files(1, "a").items())


def test_a_set_with_more_views_begins_with_the_same_pictures(block, make) -> None:
    few = make.view_set(block, num_views=2, resolution=24, samples=4)
    many = make.view_set(block, num_views=4, resolution=24, samples=4)
    assert all(many.files[name] == few.files[name] for name in ("000.png", "001.png"))


def test_the_model_is_not_changed(block, make) -> None:
    before = [part.vertices_m.copy() for part in block.nodes[0].parts]
    make.view_set(block, num_views=1, resolution=8, samples=1)
    assert all(np.array_equal(a, p.vertices_m) for a, p in zip(before, block.nodes[0].parts, strict=True))


def test_an_object_without_extent_is_refused(make, build) -> None:
    box = build.box((0, 0, 0), (1, 1, 1))
    point = make.model_of(replace(box, vertices_m=np.ones_like(box.vertices_m)))
    with pytest.raises(BadValue, match="larger than a point"):
        make.view_set(point)


def test_metadata_holds_no_value_that_json_lacks(block, make) -> None:
    made = make.view_set(block, num_views=1, resolution=8, samples=1)

    def refuse(name: str) -> None:
        raise AssertionError(name)

    json.loads(made.files["metadata.json"], parse_constant=refuse)


def test_blender_sees_the_same_views(ball, make) -> None:
    if find_spec("bpy") is None:  # imported in a process of its own only
        pytest.skip("bpy is not installed")
    pytest.importorskip("OpenEXR")
    settings = {"num_views": 1, "resolution": 32, "samples": 4, "modalities": ALL}
    ours = make.view_set(ball, **settings)
    theirs = make.view_set(ball, engine="blender", **settings)
    assert theirs.metadata["render_settings"]["engine"] == "BLENDER_CYCLES"
    assert theirs.views == ours.views
    both = ours.array(0, "mask") & theirs.array(0, "mask")
    assert both.sum() / (ours.array(0, "mask") | theirs.array(0, "mask")).sum() > 0.99
    assert np.abs(ours.array(0, "depth") - theirs.array(0, "depth"))[both].max() < 2e-3
    assert np.abs(ours.array(0, "normal") - theirs.array(0, "normal"))[both].max() < 0.02
    assert np.abs(ours.image(0)[both].mean(axis=0) - theirs.image(0)[both].mean(axis=0)).max() < 6
