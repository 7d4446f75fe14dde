"""The child that opens a USD stage: `python -m ...usd_stage FILE FOLDER LIMITS` writes what it finds there.

Read, at the first time: meshes with world transforms, instances and point instancers, `metersPerUnit`,
`upAxis`, face subsets with their materials, normals and uv of every interpolation, `displayColor`. Left out:
what is invisible or only a guide or proxy, curves, points and implicit shapes. Subdivision cages are shown as
they are, smooth. Layers are composed only from the file's own folder; a texture elsewhere counts as missing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64
from pxr import Sdf, Tf, Usd, UsdGeom, UsdLux, UsdSkel

from ..asset import MeshPart
from ..gltf import GLTF_FROM_OURS, Node, export_glb
from .door import at_the_door
from .limits import Limits
from .model import BadModel, Counts, total
from .source import Source
from .usd_materials import UsdMaterials
from .usd_meshes import mesh_parts

Transform = Float64[np.ndarray, "4 4"]
_TIME = Usd.TimeCode.EarliestTime()


def read_stage(source: Source) -> tuple[list[Node], Counts]:
    """Nodes in metres and our axes, and what the stage counts."""
    _check_layers(source)
    stage = Usd.Stage.Open(str(source.path))
    if stage is None:
        raise source.bad("damaged", "is no USD stage")
    to_ours = np.eye(4)
    if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y:
        to_ours = GLTF_FROM_OURS.T.copy()
    to_ours[:3] *= UsdGeom.GetStageMetersPerUnit(stage)
    return _Stage(source).read(stage.GetPseudoRoot(), to_ours)


class _Stage:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.materials = UsdMaterials(source, _TIME)
        self.nodes: list[Node] = []
        self.counts: list[Counts] = []
        self.known: dict[Any, tuple[tuple[MeshPart, ...], Counts]] = {}

    def read(self, root: Usd.Prim, to_ours: Transform) -> tuple[list[Node], Counts]:
        self._visit(root, to_ours, UsdGeom.XformCache(_TIME), depth=0)
        return self.nodes, total([*self.counts, Counts(material_count=self.materials.used)])

    def _visit(self, root: Usd.Prim, T: Transform, places: UsdGeom.XformCache, depth: int) -> None:
        prims = iter(Usd.PrimRange(root, Usd.TraverseInstanceProxies()))
        for prim in prims:
            if not _is_shown(prim):
                prims.PruneChildren()
                continue
            self.counts.append(_counts_of(prim))
            if prim.IsA(UsdGeom.PointInstancer):
                prims.PruneChildren()
                self._repeat(UsdGeom.PointInstancer(prim), T, places, depth)
            elif prim.IsA(UsdGeom.Mesh):
                self._add_mesh(prim, T @ _matrix(places.GetLocalToWorldTransform(prim)))

    def _repeat(
        self, instancer: UsdGeom.PointInstancer, T: Transform, places: UsdGeom.XformCache, depth: int
    ) -> None:
        if depth > 8:
            raise self.source.bad("cyclic_nodes", "has point instancers nested more than eight times")
        prim = instancer.GetPrim()
        which = instancer.GetProtoIndicesAttr().Get(_TIME) or []
        if len(self.nodes) + len(which) > self.source.limits.max_nodes:
            raise self.source.bad("too_large", f"has more than {self.source.limits.max_nodes} nodes")
        matrices = instancer.ComputeInstanceTransformsAtTime(
            _TIME, _TIME, instancer.IncludeProtoXform, instancer.ApplyMask
        )
        ids = [k for k, keep in zip(which, instancer.ComputeMaskAtTime(_TIME) or [True] * len(which)) if keep]  # noqa: B905
        T_instancer = T @ _matrix(places.GetLocalToWorldTransform(prim))
        targets = instancer.GetPrototypesRel().GetForwardedTargets()
        for k, matrix in zip(ids, matrices, strict=True):
            prototype = prim.GetStage().GetPrimAtPath(targets[k])
            from_world = np.linalg.inv(_matrix(places.GetLocalToWorldTransform(prototype)))
            self._visit(prototype, T_instancer @ _matrix(matrix) @ from_world, places, depth + 1)

    def _add_mesh(self, prim: Usd.Prim, T: Transform) -> None:
        if len(self.nodes) >= self.source.limits.max_nodes:
            raise self.source.bad("too_large", f"has more than {self.source.limits.max_nodes} nodes")
        key = prim.GetPrimInPrototype().GetPath() if prim.IsInstanceProxy() else prim.GetPath()
        if key not in self.known:
            self.known[key] = mesh_parts(self.source, prim, self.materials, _TIME)
        parts, counts = self.known[key]
        self.counts.append(counts)
        self.nodes.append(Node(prim.GetName(), parts, T, {"path": str(prim.GetPath())}))


def _is_shown(prim: Usd.Prim) -> bool:
    if not prim.IsA(UsdGeom.Imageable):
        return True
    imageable = UsdGeom.Imageable(prim)
    if imageable.GetVisibilityAttr().Get(_TIME) == UsdGeom.Tokens.invisible:
        return False
    return imageable.ComputePurpose() not in (UsdGeom.Tokens.guide, UsdGeom.Tokens.proxy)


def _counts_of(prim: Usd.Prim) -> Counts:
    xform = UsdGeom.Xformable(prim) if prim.IsA(UsdGeom.Xformable) else None
    moves = xform is not None and xform.TransformMightBeTimeVarying()
    return Counts(
        object_count=int(xform is not None),
        lamp_count=int(prim.HasAPI(UsdLux.LightAPI)),
        animation_count=int(moves or prim.IsA(UsdSkel.Animation)),
        armature_count=int(prim.IsA(UsdSkel.Skeleton)),
        shape_key_count=int(prim.IsA(UsdSkel.BlendShape)),
    )


def _matrix(m: Any) -> Transform:
    """USD's matrices multiply rows from the left."""
    return np.array(m, dtype=np.float64).T


def _check_layers(source: Source) -> None:
    """Every layer that the stage would open lies in the file's folder, or in the archive itself."""
    folder = source.path.parent.resolve()
    waiting, seen = [str(source.path)], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        layer = Sdf.Layer.FindOrOpen(name)
        if layer is None:
            raise source.bad(
                "damaged", "is no USD layer" if len(seen) == 1 else f"links to {name!r:.80}, no USD layer"
            )
        for link in _links(layer):
            if "://" in link:
                raise source.bad("remote_link", f"links to {link!r:.80}, and URLs are never followed")
            target = layer.ComputeAbsolutePath(link)
            on_disk = Path(target.partition("[")[0].partition(":SDF_FORMAT_ARGS:")[0])
            if not on_disk.resolve().is_relative_to(folder):
                raise source.bad("outside_folder", f"links to {link!r:.80}, which is outside its folder")
            if not on_disk.is_file():
                raise source.bad("missing_file", f"links to {link!r:.80}, which is not there")
            if on_disk.resolve() != source.path.resolve():
                source.linked[link] = None
                source.take_bytes(on_disk.stat().st_size)
            waiting.append(target)


def _links(layer: Sdf.Layer) -> Iterator[str]:
    clips: list[str] = []

    def look(path: Sdf.Path) -> None:
        spec = layer.GetPrimAtPath(path) if path.IsPrimPath() else None
        if spec is not None and spec.HasInfo("clips"):
            clips.append(str(path))

    layer.Traverse(Sdf.Path.absoluteRootPath, look)
    if clips:
        raise ValueError(f"value clips, which are not read, at {clips[0]:.80}")
    yield from filter(None, layer.GetCompositionAssetDependencies())  # inside the file, the name is empty


def main() -> None:
    """Read, and write what was found or what is wrong."""
    path, folder, limits = sys.argv[1], Path(sys.argv[2]), Limits(**json.loads(sys.argv[3]))
    _bound_memory(limits.max_memory_bytes)
    source = Source(path, limits)
    answer: dict[str, Any]
    try:
        with at_the_door(source):
            nodes, counts = read_stage(source)
            export_glb(folder / "model.glb", nodes)
        linked, missing = list(source.linked), list(source.missing_textures)
        answer = {"counts": asdict(counts), "linked": linked, "missing": missing}
    except Tf.ErrorException:
        answer = {"reason": "damaged", "problem": "is damaged: USD cannot read it", "remedy": "Leave it out."}
    except BadModel as error:
        answer = {"reason": error.reason, "problem": error.problem, "remedy": error.remedy}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def _bound_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))


if __name__ == "__main__":
    main()
