from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisg_robotics.datasets.frame import RgbdFrame
from sisg_robotics.encoders.protocol import Grid, Segments
from sisg_robotics.errors import BadFile, RequestError, SisgError
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.maps import VoxelFusion, build_map

KINDS = ("grid", "segments", "none")


def wall_frame(z_m: float = 2.0, *, index: int = 0, size=(40, 60), T_world_cam=None) -> RgbdFrame:
    camera = Intrinsics.from_fov(size[1], size[0], 1.2)
    return RgbdFrame(
        index=index,
        rgb=np.full((*size, 3), (10, 200, 30), np.uint8),
        depth_m=np.full(size, z_m, np.float32),
        T_world_cam=np.eye(4) if T_world_cam is None else T_world_cam,
        intrinsics=camera,
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rgb_size", [(9, 13), (18, 26), (30, 17), (4, 5)])
def test_the_fast_way_gives_what_a_loop_over_points_gives(small, benchmark_fusion, kind, rgb_size):
    frames = [small.random_frame(1, index=index, rgb_size=rgb_size) for index in range(3)]
    features = [small.random_features(kind, frame) for frame in frames]
    dims = 0 if kind == "none" else 5
    vmap = small.fuse(frames, features, dims=dims, cell_size_m=0.3, max_depth_m=2.5)
    given = [
        feature or Segments(np.zeros((0, 0), np.float32), np.full((1, 1), -1, np.int32))
        for feature in features
    ]
    expected = benchmark_fusion.fuse_reference(
        zip(frames, given, strict=True),
        feature_dim=dims,
        cell_size_m=0.3,
        max_depth_m=2.5,
        origin_xyz_m=vmap.origin_xyz_m,
    )
    assert benchmark_fusion.largest_difference(vmap, expected) < 1e-6


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(KINDS[:2]),
    size=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    rgb_size=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    cell_size_m=st.sampled_from([0.01, 0.05, 0.25, 1.0, 7.0]),
)
def test_any_size_of_image_and_cell_fuses_as_the_loop_does(
    small, benchmark_fusion, seed, kind, size, rgb_size, cell_size_m
):
    frame = small.random_frame(seed, depth_size=size, rgb_size=rgb_size)
    if not np.any((frame.depth_m >= 0.1) & (frame.depth_m <= 10)):
        with pytest.raises(RequestError, match=r"No depth of 0\.1 to 10 m in any of 1 frames"):
            small.fuse([frame], [small.random_features(kind, frame)])
        return
    features = small.random_features(kind, frame, seed=seed)
    vmap = small.fuse([frame], [features], cell_size_m=cell_size_m)
    expected = benchmark_fusion.fuse_reference(
        [(frame, features)], feature_dim=5, cell_size_m=cell_size_m, origin_xyz_m=vmap.origin_xyz_m
    )
    assert benchmark_fusion.largest_difference(vmap, expected) < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_fusing_copies_of_one_observation_returns_that_observation(small, kind):
    frame = small.random_frame(2)
    features, dims = small.random_features(kind, frame), 0 if kind == "none" else 5
    once = small.fuse([frame], [features], dims=dims)
    often = small.fuse([frame] * 9, [features] * 9, dims=dims)
    assert np.array_equal(once.cells, often.cells)
    assert np.array_equal(once.rgb, often.rgb)
    assert np.all(often.observations == 9 * once.observations)
    assert np.allclose(once.mean_features(), often.mean_features(), atol=1e-6)
    assert np.allclose(once.unit_features(), often.unit_features(), atol=1e-5)


def test_all_cells_are_equally_wide_also_around_zero(small):
    # one row of pixels that sees a wall from x = -1 to x = 1 m, evenly: 20 cells of 0.1 m, 50 pixels each
    camera = Intrinsics(500.0, 500.0, 500.0, 0.5, 1000, 1)
    frame = RgbdFrame(0, np.zeros((1, 1000, 3), np.uint8), np.ones((1, 1000), np.float32), np.eye(4), camera)
    vmap = small.fuse([frame], [None], dims=0, cell_size_m=0.1, origin_xyz_m=(0.0, 0.0, 0.0))
    assert vmap.cells[:, 0].tolist() == list(range(-10, 10))
    assert vmap.pixels.tolist() == [50] * 20


def test_a_wall_at_2_m_is_one_layer_of_its_own_colour(small):
    vmap = small.fuse([wall_frame()], [None], dims=0)
    assert set(vmap.cells[:, 2]) == {40}
    assert np.allclose(vmap.centers_xyz_m[:, 2], 2.0)
    assert np.all(vmap.rgb == (10, 200, 30))
    assert vmap.pixels.sum() == 40 * 60


def test_a_floor_at_height_zero_is_one_layer_whatever_rounding_does(small):
    T_world_cam = look_at(np.array([0.3, -0.2, 1.37]), np.array([1.1, 0.9, 0.0]))
    frame = wall_frame(T_world_cam=T_world_cam)
    down = frame.intrinsics.pixel_rays() @ T_world_cam[2, :3]
    depth_m = np.where(down < -0.1, -1.37 / np.where(down < -0.1, down, -1.0), 0).astype(np.float32)
    vmap = small.fuse([replace(frame, depth_m=depth_m)], [None], dims=0)
    assert set(vmap.cells[:, 2]) == {0}


@pytest.mark.parametrize("kind", ["grid", "segments"])
@pytest.mark.parametrize("fov_x_rad", [0.6, 1.2, 1.9])
@pytest.mark.parametrize(
    ("rgb_size", "depth_size"), [((48, 64), (48, 64)), ((96, 144), (40, 50)), ((30, 40), (90, 70))]
)
def test_colour_and_feature_come_from_the_place_that_the_depth_is_of(
    small, kind, fov_x_rad, rgb_size, depth_size
):
    # Colour and feature of every pixel say in which direction it looks, each in its own image size. Three
    # frames, each with intrinsics of its own and off-centre: a voxel must be told the direction it lies in.
    frames, features = [], []
    for index, shift in enumerate((0.5, 0.35, 0.6)):
        centred = Intrinsics.from_fov(rgb_size[1], rgb_size[0], fov_x_rad * (1 - 0.2 * index))
        camera = replace(centred, cx=shift * rgb_size[1], cy=(1 - shift) * rgb_size[0])
        rays = _unit(camera.pixel_rays())
        frame = RgbdFrame(
            index=index,
            rgb=np.round(127.5 + 127.5 * rays).astype(np.uint8),
            depth_m=np.full(depth_size, 2.0, np.float32),
            T_world_cam=np.eye(4),
            intrinsics=camera,
        )
        cells = _unit(camera.resized(44, 36).pixel_rays()).reshape(-1, 3).astype(np.float32)
        ids = np.arange(len(cells), dtype=np.int32).reshape(36, 44)
        frames.append(frame)
        features.append(Grid(cells, 36, 44) if kind == "grid" else Segments(cells, ids))
    vmap = small.fuse(frames, features, dims=3, cell_size_m=0.04)

    pitch = 2 * np.tan(fov_x_rad / 2) / np.array([44, rgb_size[1], depth_size[1]])  # widest steps, tangents
    truth = _unit(vmap.centers_xyz_m)
    inner = vmap.observations == 3
    assert inner.sum() > 50
    assert np.abs(vmap.unit_features() - truth)[inner].max() < 0.02 + pitch[0] / 2 + pitch[2] / 2
    assert np.abs((vmap.rgb - 127.5) / 127.5 - truth)[inner].max() < 0.03 + pitch[1] / 2 + pitch[2] / 2
    bias = (vmap.unit_features() - truth)[inner].mean(axis=0)
    assert np.abs(bias).max() < 0.006


def test_a_grid_that_says_which_cell_a_pixel_takes_is_taken_at_its_word(small):
    frame = small.random_frame(8)
    table = small.random_features("grid", frame).table[:6]
    rows = np.random.default_rng(8).integers(0, 6, frame.rgb.shape[:2], dtype=np.int32)
    told = small.fuse([frame], [Grid(table, 2, 3, rows)])
    assert small.same_map(told, small.fuse([frame], [Segments(table, rows)]))
    assert not small.same_map(told, small.fuse([frame], [Grid(table, 2, 3)]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_frames_does_not_change_the_map(small, kind):
    frames = [small.random_frame(3, index=index) for index in range(6)]
    features = [small.random_features(kind, frame) for frame in frames]
    dims = 0 if kind == "none" else 5
    forwards = small.fuse(frames, features, dims=dims)
    backwards = small.fuse(frames[::-1], features[::-1], dims=dims)
    assert small.same_map(forwards, backwards)


def test_nothing_has_a_capacity(small):
    # every pixel of every frame in a cell of its own, far past what was first set aside
    frames = [wall_frame(2.0 + 0.5 * index, index=index, size=(80, 120)) for index in range(5)]
    vmap = small.fuse(frames, [None] * 5, dims=0, cell_size_m=0.001)
    assert len(vmap) == 5 * 80 * 120
    assert np.all(vmap.pixels == 1)


@pytest.mark.parametrize("kind", KINDS)
def test_maps_made_at_the_same_time_have_the_bytes_of_one_made_alone(make_map, kind):
    alone = make_map(4, kind=kind, frames=4)
    with ThreadPoolExecutor(4) as pool:
        others = list(pool.map(lambda _: make_map(4, kind=kind, frames=4), range(8)))
    for name in ("cells", "features", "weights", "rgb", "observations", "pixels"):
        assert {getattr(other, name).tobytes() for other in others} == {getattr(alone, name).tobytes()}


def test_pixels_without_a_feature_give_shape_and_colour_but_no_weight(small):
    frame = wall_frame()
    table = np.array([[0, 0, 0], [0, 1, 0]], np.float32)
    for row, weight in ((-1, 0), (0, 0), (1, 1)):
        ids = np.full(frame.depth_m.shape, row, np.int32)
        vmap = small.fuse([frame], [Segments(table, ids)], dims=3)
        assert np.array_equal(vmap.weights, weight * vmap.pixels)
        assert np.allclose(vmap.unit_features(), weight * table[1])
        assert np.all(vmap.rgb == (10, 200, 30))


def test_table_rows_are_brought_to_unit_length(small):
    frame = wall_frame()
    ids = np.zeros(frame.depth_m.shape, np.int32)
    vmap = small.fuse([frame], [Segments(np.array([[0, 25, 0]], np.float32), ids)], dims=3)
    assert np.allclose(vmap.mean_features(), [0, 1, 0])


def test_arguments_are_left_as_they_were(small):
    frame = small.random_frame(5)
    for kind in KINDS[:2]:
        features = small.random_features(kind, frame)
        arrays = [frame.rgb, frame.depth_m, frame.T_world_cam, features.table]
        before = [array.copy() for array in arrays]
        for array in arrays:
            array.flags.writeable = False
        small.fuse([frame], [features])
        assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))
        for array in arrays:
            array.flags.writeable = True


def test_a_map_taken_half_way_does_not_change_what_follows(small):
    frames = [small.random_frame(6, index=index) for index in range(4)]
    features = [small.random_features("grid", frame) for frame in frames]
    fusion = VoxelFusion(small.TableEncoder(5))
    for frame, seen in zip(frames, features, strict=True):
        fusion.add(frame, seen)
        half_way = fusion.to_map()
        half_way.features[:] = 0  # a copy: nobody else sees this
    assert small.same_map(fusion.to_map(), small.fuse(frames, features))


class Recording:
    """A sequence on an imaginary disk, some of whose frames cannot be read."""

    root = "/data/flat_07"

    def __init__(self, frames, bad=()):
        self.frames, self.bad = frames, bad

    def __len__(self):
        return len(self.frames)

    def __getitem__(self, position):
        if position in self.bad:
            raise BadFile("rgb/000001.png", "the picture is cut short")
        return self.frames[position]


@pytest.fixture
def recording(small):
    frames = [small.random_frame(7, index=index) for index in range(4)]
    return frames, small.TableEncoder(5, tuple(small.random_features("segments", frame) for frame in frames))


def test_build_map_fuses_a_sequence_a_list_and_an_iterator_alike(small, recording):
    frames, encoder = recording
    maps = [build_map(source, encoder) for source in (Recording(frames), frames, iter(frames))]
    assert small.same_map(maps[0], maps[1]) and small.same_map(maps[0], maps[2])
    assert maps[0].sequence == "flat_07" and maps[1].sequence == ""
    assert maps[0].frame_indices.tolist() == [0, 1, 2, 3]
    assert (maps[0].encoder, maps[0].text_encoder, maps[0].feature_dim) == ("table", "words", 5)


def test_build_map_fuses_the_chosen_frames_only(small, recording):
    frames, encoder = recording
    vmap = build_map(Recording(frames), encoder, frames=range(0, 4, 2))
    assert small.same_map(vmap, build_map(frames[::2], encoder))
    assert vmap.frame_indices.tolist() == [0, 2]


def test_a_bad_frame_is_refused(recording):
    frames, encoder = recording
    with pytest.raises(BadFile, match="cut short"):
        build_map(Recording(frames, bad=[1]), encoder)


def test_a_bad_frame_is_skipped_named_and_counted_when_asked_to(small, recording):
    frames, encoder = recording
    with pytest.warns(UserWarning, match=r"Skipped frame 1: rgb/000001.png: the picture is cut short"):
        vmap = build_map(Recording(frames, bad=[1]), encoder, on_bad_frame="skip")
    assert vmap.skipped_frames.tolist() == [1]
    assert vmap.frame_indices.tolist() == [0, 2, 3]


def test_a_map_without_any_good_frame_is_an_error(recording):
    frames, encoder = recording
    with pytest.warns(UserWarning), pytest.raises(RequestError, match="There are 0 frames in the map"):
        build_map(Recording(frames, bad=range(4)), encoder, on_bad_frame="skip")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"cell_size_m": 0.0}, "cell_size_m is 0.0, but it must be a positive number of metres."),
        ({"cell_size_m": float("nan")}, "cell_size_m is nan, but it must be a positive number of metres."),
        (
            {"min_depth_m": 3.0, "max_depth_m": 2.0},
            "(min_depth_m, max_depth_m) is (3.0, 2.0), but it must be",
        ),
        ({"origin_xyz_m": (0.0, 1.0)}, "origin_xyz_m is [0.0, 1.0], but it must be three finite numbers"),
        ({"on_bad_frame": "ignore"}, "on_bad_frame is 'ignore', but it must be 'refuse' or 'skip'."),
        ({"frames": [0, 9]}, "frames is [9], but it must be positions from 0 to 3."),
        ({"frames": []}, "There are 0 frames to fuse. Check the sequence and the choice of frames."),
        (
            {"min_depth_m": 50.0, "max_depth_m": 60.0},
            "No depth of 50 to 60 m in any of 4 frames. Widen the range",
        ),
        ({"origin_xyz_m": (1e9, 0.0, 0.0)}, "the camera's place in frame 0 is [-1"),
    ],
)
def test_a_wrong_request_gets_one_clear_sentence(recording, options, sentence):
    frames, encoder = recording
    with pytest.raises(SisgError) as caught:
        build_map(frames, encoder, **options)
    assert str(caught.value).startswith(sentence)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        (None, "the features of frame 0 is None"),
        (
            Segments(np.ones((2, 4), np.float32), np.zeros((9, 13), np.int32)),
            "the shape of the encoder's table",
        ),
        (
            Segments(np.ones((2, 5), np.float32), np.full((9, 13), 2, np.int32)),
            "the highest row of the encoder's",
        ),
        (
            Segments(np.full((2, 5), np.nan, np.float32), np.zeros((9, 13), np.int32)),
            "a feature of the encoder's",
        ),
        (
            Grid(np.ones((6, 5), np.float32), 2, 3, np.full((9, 13), 6, np.int32)),
            "the highest row of the encoder's table for frame 0 is 6, but it must",
        ),
        (
            Grid(np.ones((5, 5), np.float32), 2, 3),
            "the size of the encoder's table for frame 0 is 5, but it must",
        ),
    ],
)
def test_features_that_do_not_fit_are_refused_by_name(small, features, sentence):
    with pytest.raises(SisgError) as caught:
        small.fuse([small.random_frame(8)], [features])
    assert str(caught.value).startswith(sentence)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
