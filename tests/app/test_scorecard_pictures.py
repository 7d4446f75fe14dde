"""The charts and plans of a scorecard's page."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

from sisg_robotics._theme import DARK
from sisg_robotics.app.scorecard_pictures import CHART, EDGE, image_tag, score_chart, top_k_chart
from sisg_robotics.evaluation.objects import FoundObjects
from sisg_robotics.evaluation.questions import Question
from sisg_robotics.evaluation.retrieval import Asked
from sisg_robotics.maps import QueryResult


def asked(there: bool, score: float) -> Asked:
    answer = QueryResult("sofa", there, (), np.array([score], np.float32))
    return Asked(Question("sofa", "name", (1,) if there else ()), answer, {1: np.zeros(3)})


def test_what_colors_mean_stands_off_the_bars() -> None:
    chart = score_chart([asked(True, 0.02)] * 9 + [asked(False, 0.98)] * 9)
    words, drawing = chart.split("<svg")
    assert "there: 9" in words and "absent: 9" in words
    assert "there" not in drawing and "absent" not in drawing


def test_the_curve_begins_with_the_first_name_and_stays_right_of_the_scale() -> None:
    found = FoundObjects(found=4, true=4, hits=4, ranks=(0, 0, 0, 3), names=94)
    chart = top_k_chart({"tiny": [found], "oracle": [found]})
    points = [tuple(map(float, p.split(","))) for p in re.findall(r'points="([^"]*)"', chart)[0].split()]
    assert len(points) == 94 and points[0][0] == EDGE and points[-1][0] == CHART[0] - EDGE
    share = (CHART[1] - EDGE - np.array(points)[:, 1]) / (CHART[1] - 2 * EDGE)
    np.testing.assert_allclose(share[:5], [0.75, 0.75, 0.75, 1, 1], atol=0.01)
    assert ">k = 1<" in chart


def test_a_small_vivid_thing_keeps_its_color_on_a_page() -> None:
    """Among many shades of a floor, which took all places of the palette before."""
    rng = np.random.default_rng(0)
    rgb = (
        np.array([180, 130, 90]) + rng.normal(0, 18, (300, 300, 1)) + rng.normal(0, 4, (300, 300, 3))
    ).round()
    rgb = rgb.clip(0, 255).astype(np.uint8)
    rgb[100:112, 100:112] = (140, 60, 180)
    rgb[200:206, 200:206] = (250, 210, 40)
    rgb[:30] = DARK.paper
    tag = image_tag(Image.fromarray(rgb), "a plan")
    encoded = re.search(r"base64,([^\"]*)", tag)
    assert encoded is not None
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded[1]))).convert("RGB")).astype(int)
    assert np.abs(shown[105, 105] - (140, 60, 180)).max() <= 6
    assert np.abs(shown[203, 203] - (250, 210, 40)).max() <= 6
    assert tuple(shown[5, 5]) == DARK.paper
    assert np.abs(shown - rgb).mean() < 4
