"""Goals, paths and the costmap over HTTP, as the library gives them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from sisg_robotics.maps import VoxelMap
from sisg_robotics.navigation import Costmap, plan_path, resolve_goals
from sisg_robotics.navigation.nav2 import nav2_pixels

POSE_XYYAW = (2.0, 0.8, 0.0)


@pytest.fixture(scope="module")
def costmap(room: VoxelMap) -> Costmap:
    return Costmap.from_map(room)


@pytest.mark.parametrize("text", ["the sofa", "left of the sofa, then face the lamp", "go to the piano"])
def test_goals_are_the_librarys(client: Any, room: VoxelMap, costmap: Costmap, text: str) -> None:
    told = client.post("/goal", {"text": text, "pose_xyyaw": POSE_XYYAW}).body["goals"]
    wanted = resolve_goals(text, room, POSE_XYYAW, costmap=costmap)
    assert len(told) == len(wanted)
    for said, known in zip(told, wanted, strict=True):
        assert (said["text"], said["found"], said["note"]) == (known.text, known.found, known.note)
        assert said["reading"] == known.reading
        assert np.allclose([*said["xy_m"], said["yaw_rad"]], known.pose_xyyaw, atol=1e-4)
        assert len(said["objects"]) == len(known.objects)
        assert len(said["alternatives"]) == len(known.alternatives)


def test_a_path_is_the_librarys_and_one_that_ends_early_says_so(client: Any, costmap: Costmap) -> None:
    for goal_xy_m in ((0.5, 1.0), (2.4, 1.5), (30.0, 1.0)):
        told = client.post("/path", {"start_xy_m": POSE_XYYAW[:2], "goal_xy_m": goal_xy_m}).body
        wanted = plan_path(costmap, POSE_XYYAW[:2], goal_xy_m)
        assert (told["reached"], told["note"]) == (wanted.reached, wanted.note)
        assert np.allclose(told["points_xy_m"], wanted.points_xy_m, atol=1e-4)
        assert told["length_m"] == pytest.approx(wanted.length_m, abs=1e-4)
        assert told["clearance_m"] == pytest.approx(wanted.clearance_m, abs=1e-4)
    assert not told["reached"] and told["note"].endswith(".")


WRONG = {
    "no pose": ("/goal", b'{"text": "sofa"}', "pose_xyyaw: field required"),
    "half a pose": ("/goal", b'{"text": "sofa", "pose_xyyaw": [1, 1]}', "pose_xyyaw"),
    "NaN in a pose": ("/goal", b'{"text": "sofa", "pose_xyyaw": [NaN, 1, 0]}', "pose_xyyaw.0: "),
    "an endless pose": ("/goal", b'{"text": "sofa", "pose_xyyaw": [1, 1e999, 0]}', "pose_xyyaw.1: "),
    "a pose far off": ("/goal", b'{"text": "sofa", "pose_xyyaw": [1e6, 1, 0]}', "map"),
    "no text": ("/goal", b'{"text": " ", "pose_xyyaw": [2, 0.8, 0]}', "text"),
    "NaN in a start": ("/path", b'{"start_xy_m": [NaN, 1], "goal_xy_m": [1, 1]}', "start_xy_m.0: "),
    "a start off the map": ("/path", b'{"start_xy_m": [100, 1], "goal_xy_m": [1, 1]}', "start"),
    "a start far off": ("/path", b'{"start_xy_m": [1e300, 1], "goal_xy_m": [1, 1]}', "start_xy_m.0: "),
    "no goal": ("/path", b'{"start_xy_m": [2, 0.8]}', "goal_xy_m: field required"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_gone_to_is_refused_in_a_sentence(client: Any, case: str) -> None:
    path, body, words = WRONG[case]
    reply = client.post(path, body)
    assert reply.status == 422 and words in reply.body["detail"] and reply.body["detail"].endswith(".")


def test_the_costmap_comes_as_nav2_reads_it(client: Any, costmap: Costmap) -> None:
    described = yaml.safe_load(client.get("/costmap.yaml").body)
    picture = client.get(f"/{described['image']}")
    assert picture.headers["content-type"] == "image/png"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(picture.body))), nav2_pixels(costmap))
    summary = client.get("/costmap").body
    assert described["resolution"] == summary["cell_size_m"] == costmap.cell_size_m
    assert described["origin"][:2] == summary["origin_xy_m"] == list(costmap.origin_xy_m)
    assert summary["size_cells"] == list(costmap.state.shape)
    counts = [summary[f"{name}_cell_count"] for name in ("free", "occupied", "unknown")]
    assert counts == np.bincount(costmap.state.ravel(), minlength=3).tolist()
