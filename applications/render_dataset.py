"""Render a generated scene into a recording: colour, depth, poses, class and object ids.

python applications/render_dataset.py                                   the demo scene
python applications/render_dataset.py scene_id=flat_3 frames=null       a walk that sees nearly everything
python applications/render_dataset.py trajectory=orbit orbit_object=sofa frames=36 samples=4
python applications/render_dataset.py trajectory=waypoints waypoints='[[1,1],[4,1,90]]' rig=surround4
python applications/render_dataset.py sensor=realsense_d435 keep_ideal=true channels='[normal,flow]'

An interrupted run goes on where it stopped. trajectory.json says which share of the surface the robot could
see is in the frames, and why views were left out.
"""

from sisg_robotics._wording import counted
from sisg_robotics.app.configs import RenderDatasetConfig
from sisg_robotics.app.generated import render_scene, trajectory_line
from sisg_robotics.app.run import run_application


def render_dataset(config: RenderDatasetConfig) -> str:
    sequence = render_scene(config.scene_id, config.scene, config, config.data_paths)
    print(trajectory_line(sequence.root))
    return f"Wrote {counted(len(sequence), 'frame')} to {sequence.root}."


if __name__ == "__main__":
    run_application(render_dataset, RenderDatasetConfig)
