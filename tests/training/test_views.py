"""Files of views: what is written is what is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.errors import BadFile
from sisg_robotics.training.views import Thing, View, ViewFile, write_views

SOFA = Thing("sofa", "a red fabric sofa", "red", "fabric")


def views(count: int) -> list[View]:
    rng = np.random.default_rng(0)
    smooth = np.add.outer(np.arange(48), np.arange(64)).astype(np.uint8)
    return [
        View(np.stack([smooth + 5 * i] * 3, axis=-1), rng.integers(0, 60_000, (48, 64)).astype(np.uint16))
        for i in range(count)
    ]


def test_ids_come_back_exactly_and_colours_nearly(tmp_path: Path) -> None:
    path = tmp_path / "flat.npz"
    write_views(path, views(3), {7: SOFA})
    file = ViewFile(path)
    assert file.things == {7: SOFA} and len(file) == 3
    for index, view in enumerate(views(3)):
        np.testing.assert_array_equal(file[index].ids, view.ids)
        assert np.abs(file[index].rgb.astype(int) - view.rgb).mean() < 1.5


def test_what_is_no_file_of_views_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flat.npz"
    path.write_bytes(b"something else")
    with pytest.raises(BadFile, match="not a file of training views"):
        ViewFile(path)
    np.savez(path, rgb=np.zeros(3))
    with pytest.raises(BadFile, match="not a file of training views"):
        ViewFile(path)
