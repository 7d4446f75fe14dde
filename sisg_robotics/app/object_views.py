"""From render_objects' keys to the library's arguments, and from its report to a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._wording import counted
from ..errors import BadValue, DataError
from .configs import RenderObjectsConfig

if TYPE_CHECKING:
    from ..rendering.objects.batch import RenderObjectsReport
    from ..rendering.objects.settings import ObjectViewSettings

DEMO_FOLDER = Path("data/objects")
DEMO_CATEGORIES = ("armchair", "floor lamp", "guitar", "potted plant", "sofa", "teddy bear")
_AS_PRESET = ("resolution", "frame", "background", "light", "depth_unit", "samples", "engine")
_REASONS_SHOWN = 5


def render_objects_of(config: RenderObjectsConfig) -> RenderObjectsReport:
    """Render what the config says."""
    from ..rendering.objects.batch import render_objects

    return render_objects(
        _demo_objects() if config.objects is None else config.objects,
        config.render_dir,
        settings=view_settings(config),
        seed=config.seed,
        save_format=config.save_format,
        layout=config.layout,
        scenes_per_chunk=config.scenes_per_chunk,
        uids_path=config.uids_path,
        limit=config.limit,
        download_dir=config.download_dir,
        log_dir=config.log_dir,
        render_timeout=config.render_timeout,
        retries=config.retries,
        retry_failed=config.retry_failed,
        executor=config.executor,
        processes=config.processes,
        threads=config.threads,
        address=config.address,
        devices=device_numbers(config.devices),
        progress=True,
    )


def view_settings(config: RenderObjectsConfig) -> ObjectViewSettings:
    """The preset's settings, with what the config gives in their place."""
    from ..rendering.objects.presets import make_settings

    given = {name: getattr(config, name) for name in _AS_PRESET}
    given |= {"num_views": config.num_renders, "layout": config.file_layout}
    wanted = {name: value for name, value in given.items() if value is not None}
    asked = {"depth": config.render_depth, "normal": config.render_normals, "mask": config.render_mask}
    return make_settings(
        config.preset,
        **wanted,
        modalities=tuple(name for name, on in asked.items() if on),
        only_northern_hemisphere=config.only_northern_hemisphere,
    )


def device_numbers(devices: Any) -> Sequence[int] | None:
    """GPU numbers from a count or a list. None: all there are; none at all (0): the CPU."""
    if devices is None:
        return None
    numbers = list(range(devices)) if isinstance(devices, int) and devices >= 0 else devices
    if not isinstance(numbers, list) or not all(isinstance(n, int) and n >= 0 for n in numbers):
        raise BadValue("devices", devices, "a number of GPUs or a list of their numbers, such as [0,2]")
    return numbers


def said(report: RenderObjectsReport) -> str:
    """The report as lines, the last of them a summary. Raises DataError when all that was tried failed."""
    shown = report.reasons.most_common(_REASONS_SHOWN)
    lines = [_failures(report, *kind) for kind in shown]
    if rest := report.failed - sum(count for _, count in shown):
        lines.append(f"{rest} failed for other reasons.")
    beside = []
    if report.plain:
        beside.append(f"{report.plain} of them without some textures (render-objects-success.csv)")
    if report.present:
        beside.append(f"{counted(report.present, 'object')} there before")
    if report.left:
        beside.append(f"{report.left} that failed before left out (retry_failed=true tries them)")
    if report.failed:
        beside.append(f"{report.failed} failed (render-objects-failed.csv)")
    ending = f"; {', '.join(beside)}" if beside else ""
    if report.failed and not report.rendered:
        raise DataError(" ".join([*lines, f"No object was rendered to {report.render_dir}{ending}."]))
    rendered = f"Rendered {report.rendered} of {counted(report.found, 'object')} to {report.render_dir}"
    return "\n".join([*lines, f"{rendered}{ending}."])


def _failures(report: RenderObjectsReport, kind: str, count: int) -> str:
    name, reason = report.examples[kind]
    others = "" if count == 1 else f" and {counted(count - 1, 'other')}"
    return f"{count} failed: {reason.rstrip('.')} ({name}{others})."


def _demo_objects() -> Path:
    """A folder with a few things of our own as GLB files."""
    import numpy as np

    from ..assets import AssetSpec, Node, export_glb, make_asset

    for category in DEMO_CATEGORIES:
        path = DEMO_FOLDER / f"{category.replace(' ', '_')}.glb"
        if not path.exists():
            export_glb(path, [Node(category, make_asset(AssetSpec(category)).parts, np.eye(4), {})])
    return DEMO_FOLDER
