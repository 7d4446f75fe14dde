"""Keys about lists of objects and of scenes, shared out among workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .keys import check_at_least, key
from .scenes import DEMO_PROMPT, RenderConfig


@dataclass(frozen=True)
class WorkersConfig:
    """Who does the work, and what becomes of what goes wrong."""

    executor: str = key("local", "who does the work: local (processes here) or ray (a cluster)")
    processes: int | None = key(None, "worker processes; null: one a core")
    threads: int | None = key(None, "cores for each worker; null: all cores, shared out evenly")
    address: str | None = key(None, "executor=ray: address of the cluster; null: starts one here")
    render_timeout: float | None = key(
        300.0, "seconds for one item; then its process is killed; null: no limit"
    )
    retries: int = key(1, "how often an item is tried again after a crash or a timeout")
    retry_failed: bool = key(False, "try also what failed in an earlier run")


@dataclass(frozen=True)
class ObjectViewsConfig:
    """Which objects, and what their multi-view sets are. Null: as in the preset."""

    objects: Any = key(
        None, "folder, list of files, .txt list or file, also URLs; null: a few things that we make"
    )
    uids_path: str | None = key(None, "text file with one uid a line, which chooses files of the folder")
    limit: int | None = key(None, "take only this many; null: all")
    render_dir: str = key("data/object_views", "folder or URL of the renders")
    download_dir: str | None = key(
        None, "folder or URL that keeps what is downloaded; null: deleted after rendering"
    )
    log_dir: str | None = key(None, "folder of the two CSV logs; null: render_dir, or logs/ here for a URL")
    preset: str = key("gs_lrm", "published protocol: gs_lrm, freesplatter, instantmesh, openlrm, lgm, "
                      "zero123pp, objaverse_xl or g_objaverse")  # fmt: skip
    num_renders: int | None = key(None, "views of each object")
    resolution: Any = key(None, "side of the pictures in pixels, or [width,height]")
    render_depth: bool = key(False, "write 000_depth.npy: planar depth")
    render_normals: bool = key(False, "write 000_normal.npy: normals in camera axes")
    render_mask: bool = key(False, "write 000_mask.npy: where the object is")
    only_northern_hemisphere: bool = key(False, "no view from below the horizon")
    frame: str | None = key(None, "as_published, or fit: step back until nothing is cropped")
    background: str | None = key(None, "transparent, white, grey or black")
    light: str | None = key(None, "uniform (white from everywhere) or daylight")
    depth_unit: str | None = key(None, "normalized (as the poses) or metres (as the file)")
    file_layout: str | None = key(None, "names of the files: sisg, or published (the preset's authors')")
    samples: int | None = key(None, "rays a pixel for the pictures: 1, 4 or 16")
    engine: str | None = key(None, "raycaster, or blender (an extra)")
    seed: int = key(0, "chooses the views; the same seed, the same bytes")
    save_format: str = key("zip", "what holds an object's files: zip, tar, tar.gz or files (a folder)")
    layout: str = key("objects", "objects (one zip, tar or folder each) or webdataset (shards)")
    scenes_per_chunk: int = key(64, "layout=webdataset: objects in a shard")
    devices: Any = key(
        None, "engine=blender: GPUs, a count or [0,2], one for each worker; 0: CPU; null: all GPUs"
    )


@dataclass(frozen=True)
class RenderObjectsConfig(WorkersConfig, ObjectViewsConfig):  # keys come from right to left
    """Keys of render_objects."""

    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class SceneListConfig:
    """Which scenes."""

    prompts: Any = key(DEMO_PROMPT, "what the flats should have: a sentence, a list, or a .txt file of them")
    first_seed: int = key(0, "each prompt is generated with this seed and those that follow")
    count: int = key(2, "number of seeds, so of flats for each prompt")
    render_dir: str = key("data/scenes", "folder or URL of the scene folders")


@dataclass(frozen=True)
class RenderScenesConfig(WorkersConfig, RenderConfig, SceneListConfig):
    """Keys of render_scenes."""

    render_timeout: float | None = key(
        3600.0, "seconds for one scene; then its process is killed; null: no limit"
    )
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_at_least("count", self.count, 1)
        check_at_least("first_seed", self.first_seed, 0)
