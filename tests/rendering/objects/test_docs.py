"""The PyTorch loader of docs/object_views.md reads a set and puts its points where the object is."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

DOC = Path(__file__).resolve().parents[3] / "docs" / "object_views.md"


def test_the_loader_in_the_docs_reads_a_set(ball, make, tmp_path) -> None:
    pytest.importorskip("torch")
    files = make.view_set(ball, num_views=2, resolution=32, samples=1, modalities=["depth"]).files
    (tmp_path / "ball").mkdir()
    for name, data in files.items():
        (tmp_path / "ball" / name).write_bytes(data)
    code = next(
        block for block in re.findall(r"```python\n(.*?)```", DOC.read_text(), re.S) if "torch" in block
    )
    names: dict = {}
    exec(code, names)  # our own page
    (sample,) = names["MultiViews"](tmp_path)
    assert sample["image"].shape == (2, 3, 32, 32) and float(sample["image"].max()) == 1.0

    v, u = np.mgrid[:32, :32] + 0.5
    for c2w, K, depth in zip(*(sample[key].double().numpy() for key in ("c2w", "K", "depth")), strict=True):
        cam = np.stack([(u - K[0, 2]) / K[0, 0] * depth, (v - K[1, 2]) / K[1, 1] * depth, depth], axis=-1)
        points = cam[depth > 0] @ c2w[:3, :3].T + c2w[:3, 3]
        assert np.allclose(np.linalg.norm(points, axis=-1), 1.0, atol=1e-3)
