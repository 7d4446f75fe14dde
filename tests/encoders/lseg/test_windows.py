"""The windows of LSeg's evaluation, and where the cells of the grid lie, with small, obvious networks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from sisg_robotics.encoders.lseg.windows import LsegWindows, cell_centres, encode_rgb
from sisg_robotics.encoders.protocol import Grid
from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import Intrinsics

MIX = torch.randn(5, 3, 9, 9, generator=torch.Generator().manual_seed(0)) / 9


def blurred(pictures: Tensor) -> Tensor:
    """A vector for every 2 x 2 pixels that depends on what lies around, the black that fills up included."""
    return functional.normalize(functional.conv2d(pictures, MIX, stride=2, padding=4), dim=1)


def colours(pictures: Tensor) -> Tensor:
    """The colour itself beside a 1, in a map of half the size from corner to corner."""
    side = pictures.shape[-1] // 2
    half = functional.interpolate(pictures, size=(side, side), mode="bilinear", align_corners=True)
    return functional.normalize(torch.cat([half, torch.ones_like(half[:, :1])], dim=1), dim=1)


def read_colours(vectors: np.ndarray) -> np.ndarray:
    """The colours, 0 to 255, that `colours` made into vectors."""
    return (vectors[..., :3] / vectors[..., 3:] + 1) * 127.5


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def as_lseg_does(picture: np.ndarray, windows: LsegWindows) -> np.ndarray:
    """LSeg's evaluation of a picture that needs no scaling, step by step: (h, w, d) unit vectors."""
    side, stride = windows.window_px, windows.window_px * 2 // 3
    height, width = picture.shape[:2]
    filled = np.zeros((max(height, side), max(width, side), 3), np.uint8)
    filled[:height, :width] = picture
    sums, counts = np.zeros((*filled.shape[:2], 5), np.float32), np.zeros((*filled.shape[:2], 1))
    for top in range(0, max(filled.shape[0] - side, 0) + stride, stride):
        for left in range(0, max(filled.shape[1] - side, 0) + stride, stride):
            part = filled[top : top + side, left : left + side]
            rows, columns = part.shape[:2]
            window = np.zeros((side, side, 3), np.float32)
            window[:rows, :columns] = part
            pixels = torch.from_numpy((window / 255 - 0.5) / 0.5).permute(2, 0, 1)[None]
            found = blurred(pixels)
            if windows.mirror:
                found = found + blurred(pixels.flip(3)).flip(3)
            found = functional.interpolate(found, scale_factor=2, mode="bilinear", align_corners=True)
            dense = found[0].permute(1, 2, 0).numpy()[:rows, :columns]
            sums[top : top + side, left : left + side] += dense
            counts[top : top + side, left : left + side] += 1
    mean = (sums / counts)[:height, :width]
    return mean / np.linalg.norm(mean, axis=2, keepdims=True)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize(("height", "width"), [(78, 104), (104, 78), (104, 104), (104, 20), (240, 30)])
def test_each_pixel_has_the_vector_that_lseg_gives_it(height: int, width: int, mirror: bool) -> None:
    """Windows of 96 on a long side of 104 or 240: one, some that hang over, some that are filled up."""
    windows = LsegWindows(long_side_px=max(height, width), window_px=96, cell_px=1, mirror=mirror)
    picture = noise(height, width)
    grid = encode_rgb(picture, blurred, windows)
    assert (grid.rows, grid.columns) == (height, width)
    wanted = as_lseg_does(picture, windows)
    np.testing.assert_allclose(grid.table.reshape(height, width, 5), wanted, atol=1e-4)


def test_windows_are_those_of_lseg() -> None:
    """480 every 320 pixels: one along 390 or 480, two along 520, three along 900."""
    windows = LsegWindows()
    assert [list(windows.starts(side)) for side in (1, 390, 480, 481, 520, 800, 801)] == [
        [0], [0], [0], [0, 320], [0, 320], [0, 320], [0, 320, 640],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "scaled"),
    [((480, 640), (390, 520)), ((720, 1280), (293, 520)), ((1280, 720), (520, 293)), ((8, 8), (520, 520)),
     ((8, 20000), (1, 520)), ((97, 300), (168, 520))],
)  # fmt: skip
def test_the_long_side_becomes_520(size: tuple[int, int], scaled: tuple[int, int]) -> None:
    assert LsegWindows().scaled(*size) == scaled


def test_a_frame_of_640_by_480_has_98_by_130_cells() -> None:
    grid = encode_rgb(noise(480, 640), colours, LsegWindows())
    assert (grid.rows, grid.columns) == (98, 130)
    assert grid.table.shape == (98 * 130, 4)
    assert grid.table.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(grid.table, axis=1), 1, atol=1e-5)


def test_centres_of_cells_among_scaled_pixels_by_hand() -> None:
    """Four pixels in two cells: centres at 1 and 3, or 0.5 and 2.5 counted from the first pixel's centre.

    Enlarged to seven, corner to corner, each step is two.
    """
    assert cell_centres(2, 4, 4).tolist() == [0.5, 2.5]
    assert cell_centres(2, 4, 7).tolist() == [1, 5]
    assert cell_centres(8, 4, 7).tolist() == [0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6]  # -0.5 and 6.5 are outside


def waves(u: np.ndarray, v: np.ndarray, width: int) -> np.ndarray:
    """A colour for each place in a picture: two waves a width, so that places near by differ."""
    angle = 4 * np.pi / width
    return 127 + 100 * np.stack([np.sin(angle * u), np.cos(angle * u), np.sin(angle * v)], axis=-1)


def read_grid(grid: Grid, u: np.ndarray, v: np.ndarray, camera: Intrinsics) -> np.ndarray:
    """The bilinear blend of four cells at places in the picture, as fusion reads a grid."""
    cells = grid.table.reshape(grid.rows, grid.columns, -1)
    x = np.clip(u / camera.width * grid.columns - 0.5, 0, grid.columns - 1)
    y = np.clip(v / camera.height * grid.rows - 0.5, 0, grid.rows - 1)
    left, top = x.astype(int), y.astype(int)
    right, below = np.minimum(left + 1, grid.columns - 1), np.minimum(top + 1, grid.rows - 1)
    x, y = (x - left)[:, None], (y - top)[:, None]
    above = cells[top, left] * (1 - x) + cells[top, right] * x
    under = cells[below, left] * (1 - x) + cells[below, right] * x
    return above * (1 - y) + under * y


CAMERAS = [
    Intrinsics.from_fov(640, 480, np.deg2rad(57)),
    Intrinsics.from_fov(640, 480, np.deg2rad(110)),
    Intrinsics.from_fov(1280, 720, np.deg2rad(69)),
    Intrinsics.from_fov(480, 640, np.deg2rad(40)),
    Intrinsics(fx=300.0, fy=420.0, cx=120.0, cy=260.0, width=400, height=400),
    Intrinsics.from_fov(90, 61, np.deg2rad(90)),
]


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda c: f"{c.width}x{c.height}, {c.fov_x_rad:.2f} rad")
def test_a_projected_point_meets_the_feature_of_its_pixel_for_any_camera(camera: Intrinsics) -> None:
    """Within one level of 255, which is less than half a pixel of the scaled picture."""
    v, u = np.mgrid[: camera.height, : camera.width] + 0.5
    picture = np.rint(waves(u, v, camera.width)).astype(np.uint8)
    grid = encode_rgb(picture, colours, LsegWindows())

    rng = np.random.default_rng(3)
    edge = max(
        1.5, max(camera.width, camera.height) / 200
    )  # beyond the outermost centres the edge cell counts
    seen = rng.uniform(edge, [camera.width - edge, camera.height - edge], (3000, 2))
    rays = np.column_stack([(seen[:, 0] - camera.cx) / camera.fx, (seen[:, 1] - camera.cy) / camera.fy])
    points_cam = np.column_stack([rays, np.ones(3000)]) * rng.uniform(0.5, 6, (3000, 1))
    u, v = camera.project(points_cam).T

    wrong = np.abs(read_colours(read_grid(grid, u, v, camera)) - waves(u, v, camera.width))
    assert wrong.max() < 1

    if abs(camera.fov_x_rad - np.pi / 2) > 0.1:  # what reading by a view of 90 degrees would give
        assumed = Intrinsics.from_fov(camera.width, camera.height, np.pi / 2)
        u2, v2 = np.clip(assumed.project(points_cam).T, 0, [[camera.width], [camera.height]])
        elsewhere = np.abs(read_colours(read_grid(grid, u2, v2, camera)) - waves(u, v, camera.width))
        assert elsewhere.mean() > 20


def test_black_that_fills_a_frame_s_windows_up_is_in_no_cell() -> None:
    picture = np.full((300, 640, 3), 200, np.uint8)
    grid = encode_rgb(picture, colours, LsegWindows())
    np.testing.assert_allclose(read_colours(grid.table), 200, atol=0.01)


def test_the_picture_is_left_as_it_was() -> None:
    picture = noise(60, 80)
    before = picture.copy()
    picture.setflags(write=False)
    encode_rgb(picture, colours, LsegWindows(long_side_px=104, window_px=96))
    assert np.array_equal(picture, before)


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        ({"window_px": 470}, "window_px is 470, but it must be a multiple of 32"),
        ({"window_px": 0}, "window_px is 0"),
        ({"long_side_px": 10}, "long_side_px is 10, but it must be from 32"),
        ({"long_side_px": 10**6}, "long_side_px is 1000000"),
        ({"cell_px": 0}, "cell_px is 0, but it must be from 1"),
    ],
)
def test_windows_that_cannot_be_are_refused(windows: dict[str, int], said: str) -> None:
    with pytest.raises(BadValue, match=said):
        LsegWindows(**windows)
