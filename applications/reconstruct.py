"""Fuse the depth of a recording to a point cloud and a surface, and say how far they can be trusted.

python applications/reconstruct.py                                      the demo scene
python applications/reconstruct.py scene_id=path/to/recording out=reports/recording
python applications/reconstruct.py scene_id=office voxel_size_m=0.01 max_depth_m=3

Writes cloud.ply, mesh.ply, mesh.glb, top_down.png, view.png and reconstruction.json, and prints what
counts: how well the frames agree, how thick walls are, where drift sets in; and for a generated scene, how
far it is from the truth. The recording's own files are not touched.
"""

from pathlib import Path

import sisg_robotics as sisg
from sisg_robotics._theme import make_theme
from sisg_robotics.app.configs import ReconstructConfig, SceneConfig
from sisg_robotics.app.findings import output_folder
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scenes import find_scene, open_recording


def reconstruct(config: ReconstructConfig) -> str:
    theme = make_theme(config.theme)
    scene_id = SceneConfig().name if config.scene_id is None else config.scene_id
    folder = find_scene(scene_id, config.data_paths)
    out = output_folder(folder, folder / "reconstruction" if config.out is None else Path(config.out))
    sequence = open_recording(folder, config.map_config)
    found = sisg.reconstruct(
        sequence,
        scene="beside" if config.use_scene else None,
        voxel_size_m=config.voxel_size_m,
        min_depth_m=config.min_depth_m,
        max_depth_m=config.max_depth_m,
        frames=range(0, len(sequence), config.map_config.skip_frame),
        max_frames=config.max_frames,
        progress=True,
    )
    print(found.summary(), flush=True)
    found.write(out, theme=theme)
    return f"Wrote cloud.ply, mesh.ply, mesh.glb, top_down.png, view.png and reconstruction.json to {out}."


if __name__ == "__main__":
    run_application(reconstruct, ReconstructConfig)
