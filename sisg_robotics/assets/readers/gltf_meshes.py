"""glTF primitives to triangles: any mode, indexed or not, morphed by default weights, skinned as they stand.

Vertices that no triangle uses are left out, except of our own files. A primitive without normals is flat, as
the specification says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Float64, Int64

from ..asset import MeshPart
from .gltf_accessors import Accessors
from .gltf_document import Document
from .gltf_materials import Materials
from .model import Counts, face_counts, total
from .parts import make_part

Matrices = Float64[np.ndarray, "k 4 4"]


class Meshes:
    """Reads meshes in the file's axes, each kind of use once."""

    def __init__(self, document: Document, materials: Materials) -> None:
        self.document, self.materials = document, materials
        self.accessors = Accessors(document)
        self._known: dict[tuple, tuple[tuple[MeshPart, ...], Counts]] = {}

    def read(
        self, index: int, weights: Sequence[float] | None = None, joints: Matrices | None = None
    ) -> tuple[tuple[MeshPart, ...], Counts]:
        """Parts and counts of a mesh, with morph weights and, where it is skinned, its joints' matrices."""
        key = (
            index,
            None if weights is None else tuple(weights),
            None if joints is None else joints.tobytes(),
        )
        if key not in self._known:
            entry = self.document.entry("meshes", index)
            chosen = weights if weights is not None else entry.get("weights", [])
            primitives = entry["primitives"]
            read = [self._primitive(p, chosen, joints) for p in primitives]
            targets = max((len(p.get("targets", [])) for p in primitives), default=0)
            counts = total([Counts(mesh_count=1, shape_key_count=targets), *(c for _, c in read)])
            self._known[key] = tuple(part for part, _ in read if part is not None), counts
        return self._known[key]

    def _primitive(
        self, primitive: dict[str, Any], weights: Sequence[float], joints: Matrices | None
    ) -> tuple[MeshPart | None, Counts]:
        source, attributes = self.document.source, primitive["attributes"]
        self._refuse_compressed(primitive)
        if "POSITION" not in attributes:
            return None, Counts()
        points = self.accessors.floats(attributes["POSITION"], (3,))
        if "indices" in primitive:
            indices = self.accessors.whole(primitive["indices"])[:, 0]
        else:
            indices = np.arange(len(points))
        if len(indices) and indices.max() >= len(points):
            raise source.bad("bad_index", f"a face uses vertex {indices.max()} of {len(points)}")
        mode = primitive.get("mode", 4)
        if mode < 4:
            return None, _loose_counts(mode, indices)
        corners = _triangles(mode, indices)
        if not len(corners):
            return None, Counts()
        seen = np.full(len(points), self.document.is_ours)  # what we wrote comes back whole
        seen[corners] = True
        used = np.flatnonzero(seen)
        triangles = (np.cumsum(seen) - 1)[corners]
        counts = face_counts(len(used), triangles.ravel(), np.arange(0, triangles.size, 3), meshes=0)

        points, normals = self._shape(primitive, used, weights)
        if joints is not None and "JOINTS_0" in attributes:
            points, normals = self._skinned(attributes, used, points, normals, joints)
        material, mapping = self.materials[primitive.get("material")]
        uv_name = f"TEXCOORD_{mapping.uv_set}"
        uv = mapping.apply(self._rows(attributes[uv_name], used, (2,))) if uv_name in attributes else None
        colors = self._rows(attributes["COLOR_0"], used, (3, 4)) if "COLOR_0" in attributes else None
        return make_part(source, points, triangles, material, normals=normals, uv=uv, colors=colors), counts

    def _rows(
        self, accessor: int, used: Int64[np.ndarray, " n"], widths: tuple[int, ...]
    ) -> Float32[np.ndarray, "n w"]:
        values = self.accessors.floats(accessor, widths)
        if used[-1] >= len(values):
            raise self.document.source.bad("bad_index", f"a face uses row {used[-1]} of {len(values)}")
        return values[used]

    def _shape(
        self, primitive: dict[str, Any], used: Int64[np.ndarray, " n"], weights: Sequence[float]
    ) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3"] | None]:
        """Positions and normals with the morph targets added."""
        attributes = primitive["attributes"]
        points = self._rows(attributes["POSITION"], used, (3,))
        normals = self._rows(attributes["NORMAL"], used, (3,)) if "NORMAL" in attributes else None
        for weight, target in zip(weights, primitive.get("targets", []), strict=False):
            if weight and "POSITION" in target:
                points = points + weight * self._rows(target["POSITION"], used, (3,))
            if weight and "NORMAL" in target and normals is not None:
                normals = normals + weight * self._rows(target["NORMAL"], used, (3,))
        return points, normals

    def _skinned(
        self,
        attributes: dict[str, int],
        used: Int64[np.ndarray, " n"],
        points: Float[np.ndarray, "n 3"],
        normals: Float[np.ndarray, "n 3"] | None,
        joints: Matrices,
    ) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3"] | None]:
        """Linear blend skinning: every vertex goes with the mean of its joints' matrices."""
        blended = np.zeros((len(used), 3, 4))
        total = np.zeros(len(used))
        for k in range(len(attributes)):
            if f"JOINTS_{k}" not in attributes:
                break
            which = self.accessors.whole(attributes[f"JOINTS_{k}"], 4)[used]
            share = self._rows(attributes[f"WEIGHTS_{k}"], used, (4,)).astype(np.float64)
            if which[share != 0].max(initial=0) >= len(joints):
                raise self.document.source.bad("bad_index", f"a vertex hangs on joint {which.max()}")
            for joint, weight in zip(np.where(share != 0, which, 0).T, share.T, strict=True):
                blended += weight[:, None, None] * joints[joint, :3]
                total += weight
        blended /= np.where(total > 0, total, 1.0)[:, None, None]
        blended[total <= 0] = np.eye(4)[:3]
        points = np.einsum("nij,nj->ni", blended[..., :3], points) + blended[..., 3]
        if normals is not None:
            normals = np.einsum("nij,nj->ni", blended[..., :3], normals)
        return points, normals

    def _refuse_compressed(self, primitive: dict[str, Any]) -> None:
        names = {*primitive.get("extensions", {})}
        for index in [*primitive["attributes"].values(), primitive.get("indices")]:
            if index is None:
                continue
            view = self.document.entry("accessors", index).get("bufferView")
            if view is not None:
                names |= {*self.document.entry("bufferViews", view).get("extensions", {})}
        for name in sorted(names & _COMPRESSIONS):
            raise self.document.source.bad(
                "unsupported", f"its meshes are compressed ({name})", "Write it without that extension."
            )


_COMPRESSIONS = {"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression"}


def _triangles(mode: int, indices: Int64[np.ndarray, " k"]) -> Int64[np.ndarray, "m 3"]:
    """Triangles (4), a strip (5) whose every second one is turned round, or a fan (6)."""
    if mode == 4:
        return indices[: len(indices) // 3 * 3].reshape(-1, 3)
    if mode not in (5, 6):
        raise ValueError(f"primitive mode {mode!r}")
    count = max(len(indices) - 2, 0)
    i = np.arange(count)
    if mode == 5:
        odd = i % 2
        corners = indices[np.stack([i, i + 1 + odd, i + 2 - odd], axis=1)]
    else:
        corners = indices[np.stack([i + 1, i + 2, np.zeros_like(i)], axis=1)]
    a, b, c = corners.T
    return corners[(a != b) & (b != c) & (c != a)]  # strips are joined by triangles without area


def _loose_counts(mode: int, indices: Int64[np.ndarray, " k"]) -> Counts:
    """Points (0), lines (1), a closed line (2), a line strip (3): nothing to see, but they count."""
    count = len(indices)
    edges = {0: 0, 1: count // 2, 2: count if count > 1 else 0, 3: max(count - 1, 0)}[mode]
    return Counts(vert_count=len(np.unique(indices)), edge_count=edges)
