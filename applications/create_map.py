"""Build a voxel map of a scene and write it as <scene>/map/<encoder>.h5.

python applications/create_map.py                                       the demo scene, from nothing
python applications/create_map.py scene_id=office encoder=none params.cs=0.02
python applications/create_map.py --config-path path/to/vlmaps/config --config-name map_creation_cfg

Without scene_id it generates and renders a scene first. Beside the map lie a picture from above, a
view into the rooms, a plan of them with their names and a point cloud in colour.
"""

import sisg_robotics as sisg
from sisg_robotics._theme import make_theme
from sisg_robotics._wording import counted
from sisg_robotics.app.configs import CreateMapConfig
from sisg_robotics.app.generated import render_scene
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scenes import default_map_file, find_scene, open_recording
from sisg_robotics.app.views import write_views


def create_map(config: CreateMapConfig) -> str:
    theme = make_theme(config.theme)
    if config.scene_id is None:
        sequence = render_scene(None, config.scene, config.render, config.data_paths)
    else:
        sequence = open_recording(find_scene(config.scene_id, config.data_paths), config.map_config)
    encoder = sisg.make_encoder(config.encoder.name, sequence=sequence, **config.encoder.options())
    if encoder.text_encoder:
        encoder.encode_text(["wall"])  # words that can't be read are told before the work, not after
    vmap = sisg.build_map(
        sequence,
        encoder,
        cell_size_m=config.params.cs if config.map_config.cell_size is None else config.map_config.cell_size,
        max_depth_m=config.max_depth_m,
        frames=range(0, len(sequence), config.map_config.skip_frame),
        on_bad_frame=config.on_bad_frame,
        progress=True,
    )
    path = vmap.save(default_map_file(sequence.root, config.encoder.map_name))
    beside = ", ".join(write_views(path, vmap, theme))
    frames = counted(len(vmap.frame_indices), "frame")
    if len(vmap.skipped_frames):
        frames += f", {counted(len(vmap.skipped_frames), 'bad frame')} skipped,"
    return f"Wrote {counted(len(vmap), 'cell')} from {frames} to {path} ({beside} beside it)."


if __name__ == "__main__":
    run_application(create_map, CreateMapConfig)
