"""glTF 2.0 files, anybody's and our own: the nodes of the default scene, with what hangs on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ...errors import BadFile
from ..asset import Material
from ..gltf import GLTF_FROM_OURS, Node
from .door import at_the_door
from .gltf_document import Document
from .gltf_materials import DEFAULT, Materials
from .gltf_meshes import Meshes
from .limits import Limits
from .model import Counts, Read, total
from .parts import turned
from .source import Source

Transform = Float64[np.ndarray, "4 4"]


def read_glb(path: Path | str) -> list[Node]:
    """Read a file that `export_glb` wrote: every node, as it was given.

    Raises `BadFile` for one that is cut off or is not ours.
    """
    source = Source(path, Limits())
    with at_the_door(source):
        source.check()
        document = Document(source, source.read())
        if not document.is_ours:
            raise BadFile(source.path, "not a GLB file of this project", "Read it with read_model.")
        return list(_Scene(document).read().nodes)


def read_gltf(source: Source, default: Material = DEFAULT) -> Read:
    """Read the default scene of a .glb or .gltf file; `default` is worn by what has no material."""
    return _Scene(Document(source, source.read()), default).read()


class _Scene:
    def __init__(self, document: Document, default: Material = DEFAULT) -> None:
        self.document, self.source = document, document.source
        self.materials = Materials(document, default)
        self.meshes = Meshes(document, self.materials)

    def read(self) -> Read:
        placed = self._places()
        nodes: list[Node] = []
        counts: list[Counts] = []
        joints = {j for skin in self.document.json.get("skins", []) for j in skin.get("joints", [])}
        for index, T in placed.items():
            entry = self.document.entry("nodes", index)
            repeats = self._repeats(entry)
            counts.append(self._counts(entry, is_bone=index in joints))
            parts: tuple = ()
            if "mesh" in entry:
                joint_matrices = self._joint_matrices(entry["skin"], placed) if "skin" in entry else None
                parts, mesh_counts = self.meshes.read(entry["mesh"], entry.get("weights"), joint_matrices)
                T = np.eye(4) if joint_matrices is not None else T
                counts += [mesh_counts] * len(repeats)
            if len(nodes) + len(repeats) > self.source.limits.max_nodes:
                raise self.source.bad("too_large", f"has more than {self.source.limits.max_nodes} nodes")
            for T_node_repeat in repeats:
                T_world = GLTF_FROM_OURS.T @ (T @ T_node_repeat) @ GLTF_FROM_OURS
                name = str(entry.get("name", f"node {index}"))
                nodes.append(Node(name, parts, T_world, entry.get("extras", {})))
        table = self.document.json
        of_file = Counts(
            animation_count=len(table.get("animations", [])),
            armature_count=len(table.get("skins", [])),
            object_count=len(table.get("skins", [])),
            material_count=self.materials.used,
        )
        turn: dict[int, tuple] = {}
        for node in nodes:
            if id(node.parts) not in turn:
                turn[id(node.parts)] = tuple(turned(part) for part in node.parts)
        return Read([node._replace(parts=turn[id(node.parts)]) for node in nodes], total([*counts, of_file]))

    def _places(self) -> dict[int, Transform]:
        """World transform of every node of the default scene, parents before children."""
        table = self.document.json
        if table.get("scenes"):
            roots = self.document.entry("scenes", table.get("scene", 0)).get("nodes", [])
        else:
            children = {c for node in table.get("nodes", []) for c in node.get("children", [])}
            roots = [i for i in range(len(table.get("nodes", []))) if i not in children]
        placed: dict[int, Transform] = {}
        waiting = [(index, np.eye(4)) for index in reversed(roots)]
        while waiting:
            index, T_parent = waiting.pop()
            entry = self.document.entry("nodes", index)
            if index in placed:
                raise self.source.bad("cyclic_nodes", f"node {index} is reached twice; nodes must be a tree")
            if len(placed) >= self.source.limits.max_nodes:
                raise self.source.bad("too_large", f"has more than {self.source.limits.max_nodes} nodes")
            placed[index] = T_parent @ self._local(entry, index)
            waiting += [(child, placed[index]) for child in reversed(entry.get("children", []))]
        return placed

    def _local(self, entry: dict[str, Any], index: int) -> Transform:
        if "matrix" in entry:
            T = np.array(entry["matrix"], dtype=np.float64).reshape(4, 4).T
        else:
            T = compose(
                entry.get("translation", [0, 0, 0]),
                entry.get("rotation", [0, 0, 0, 1]),
                entry.get("scale", [1, 1, 1]),
            )
        if not np.isfinite(T).all() or not np.array_equal(T[3], [0, 0, 0, 1]):
            raise self.source.bad("nan_vertices", f"the transform of node {index} is not affine")
        return T

    def _joint_matrices(self, skin: object, placed: dict[int, Transform]) -> Float64[np.ndarray, "k 4 4"]:
        """What a skin's joints do to the vertices, with every joint where its node stands."""
        entry = self.document.entry("skins", skin)
        joints = entry["joints"]
        inverse = np.broadcast_to(np.eye(4), (len(joints), 4, 4))
        if "inverseBindMatrices" in entry:
            stored = self.meshes.accessors.floats(entry["inverseBindMatrices"], (16,))
            inverse = stored[: len(joints)].astype(np.float64).reshape(-1, 4, 4).transpose(0, 2, 1)
        missing = [j for j in joints if j not in placed]
        if missing or len(inverse) < len(joints):
            raise self.source.bad("bad_index", f"skin {skin} has joints that are not in the scene")
        return np.array([placed[joint] for joint in joints]).reshape(-1, 4, 4) @ inverse

    def _repeats(self, entry: dict[str, Any]) -> list[Transform]:
        """Where EXT_mesh_gpu_instancing puts a node's mesh, in the node's frame: usually once, as it is."""
        instancing = entry.get("extensions", {}).get("EXT_mesh_gpu_instancing")
        if instancing is None or "mesh" not in entry:
            return [np.eye(4)]
        columns = {
            key: self.meshes.accessors.floats(instancing["attributes"][key], (width,))
            for key, width in (("TRANSLATION", 3), ("ROTATION", 4), ("SCALE", 3))
            if key in instancing["attributes"]
        }
        count = min((len(values) for values in columns.values()), default=0)
        if count > self.source.limits.max_nodes:
            raise self.source.bad("too_large", f"has more than {self.source.limits.max_nodes} nodes")
        rest = {"TRANSLATION": [0, 0, 0], "ROTATION": [0, 0, 0, 1], "SCALE": [1, 1, 1]}
        return [compose(*(columns[k][i] if k in columns else rest[k] for k in rest)) for i in range(count)]

    def _counts(self, entry: dict[str, Any], *, is_bone: bool) -> Counts:
        lamp = "KHR_lights_punctual" in entry.get("extensions", {})
        return Counts(object_count=0 if is_bone and "mesh" not in entry else 1, lamp_count=int(lamp))


def compose(translation: Any, quat_xyzw: Any, scale: Any) -> Transform:
    """A transform from glTF's translation, rotation and scale: first scaled, then turned, then moved."""
    x, y, z, w = np.array(quat_xyzw, dtype=np.float64) / (np.linalg.norm(quat_xyzw) or 1.0)
    T = np.eye(4)
    T[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    T[:3, :3] *= np.asarray(scale, dtype=np.float64)
    T[:3, 3] = translation
    return T
