"""Render a generated scene into a recording: colour, depth, poses, class and object ids.

python applications/render_dataset.py                                the demo scene
python applications/render_dataset.py scene_id=flat_3 frames=60      a scene that generate_scene made

An interrupted run goes on where it stopped.
"""

from sisg_robotics.app.configs import RenderDatasetConfig
from sisg_robotics.app.generated import render_scene
from sisg_robotics.app.run import run_application
from sisg_robotics.app.wording import counted


def render_dataset(config: RenderDatasetConfig) -> str:
    sequence = render_scene(config.scene_id, config.scene, config, config.data_paths)
    return f"Wrote {counted(len(sequence), 'frame')} to {sequence.root}."


if __name__ == "__main__":
    run_application(render_dataset, RenderDatasetConfig)
