import numpy as np
import pytest

from sisg_robotics.datasets import RgbdFrame
from sisg_robotics.encoders import make_encoder
from sisg_robotics.evaluation.segmentation import (
    SegmentationScores,
    commonest_classes,
    majority_ids,
    mean_iou,
    score_segmentation,
)
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.maps import build_map

NAMES = {1: "wall", 2: "cup", 3: "sofa"}


def test_scores_are_those_counted_by_hand():
    truth = np.array([1, 1, 1, 1, 2, 2, 0], dtype=np.int32)
    predicted = np.array([1, 1, 1, 2, 2, 3, 2], dtype=np.int32)
    scores = score_segmentation(predicted, truth, NAMES)
    assert scores.iou_by_class == {"wall": 3 / 4, "cup": 1 / 3}
    assert scores.miou == pytest.approx((3 / 4 + 1 / 3) / 2)
    assert scores.macc == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert scores.fmiou == pytest.approx((4 * 3 / 4 + 2 * 1 / 3) / 6)


def test_a_cell_belongs_to_the_id_of_most_of_its_pixels():
    camera = Intrinsics(4.0, 4.0, 2.0, 2.0, 4, 4)
    ids = np.array([[7, 7, 7, 7], [7, 7, 7, 7], [7, 9, 9, 9], [0, 0, 9, 9]], dtype=np.uint16)
    frame = RgbdFrame(
        index=0,
        rgb=np.zeros((4, 4, 3), np.uint8),
        depth_m=np.full((4, 4), 2.0, np.float32),
        T_world_cam=np.eye(4),
        intrinsics=camera,
        instance=ids,
    )
    vmap = build_map([frame], make_encoder("none"), cell_size_m=10.0, origin_xyz_m=(-5.0, -5.0, -5.0))
    assert majority_ids([frame], vmap, "instance").tolist() == [
        7
    ]  # 9 sevens, 5 nines, 2 pixels without an id


def test_a_class_counts_once_however_many_scenes_show_it():
    flats = [
        SegmentationScores(0.0, 0.0, 0.0, {"wall": 0.9, "sofa": 0.5}),
        SegmentationScores(0.0, 0.0, 0.0, {"wall": 0.7, "cup": 0.1}),
    ]
    assert commonest_classes(flats, 2) == ["wall", "cup"]
    assert mean_iou(flats, ["wall", "cup"]) == pytest.approx((0.8 + 0.1) / 2)
