"""Render objects into multi-view sets for training reconstruction models, one archive or shard entry each.

python applications/render_objects.py                                         a few things that we make
python applications/render_objects.py objects=models render_dir=views render_depth=true num_renders=20
python applications/render_objects.py objects=hf://datasets/allenai/objaverse uids_path=uids.txt processes=8
python applications/render_objects.py objects=s3://bucket/glb render_dir=s3://bucket/views executor=ray \\
    address=auto layout=webdataset scenes_per_chunk=128

Run again, it renders what is missing. What failed is in render-objects-failed.csv, with the reason.
"""

from sisg_robotics.app.configs import RenderObjectsConfig
from sisg_robotics.app.object_views import render_objects_of, said
from sisg_robotics.app.run import run_application


def render_objects(config: RenderObjectsConfig) -> str:
    return said(render_objects_of(config))


if __name__ == "__main__":
    run_application(render_objects, RenderObjectsConfig)
