"""Generate and render many flats, each into a scene folder of its own.

python applications/render_scenes.py                                          two flats of the demo prompt
python applications/render_scenes.py prompts='["two bedrooms","an office"]' count=500 processes=8
python applications/render_scenes.py prompts=prompts.txt render_dir=s3://bucket/flats executor=ray

Run again, it renders what is missing. What failed is in render-scenes-failed.csv, with the reason.
"""

from sisg_robotics.app.configs import RenderScenesConfig
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scene_lists import render_scenes_of, said


def render_scenes(config: RenderScenesConfig) -> str:
    return said(render_scenes_of(config))


if __name__ == "__main__":
    run_application(render_scenes, RenderScenesConfig)
