"""Import a recording of another layout as a scene folder, or a folder for each of its cameras.

python applications/import_dataset.py source=path/to/recording out=data/office
python applications/import_dataset.py source=path/to/recording out=data/office format=tum max_frames=100

An interrupted import goes on when it is run again. The formats are listed in docs/importing.md.
"""

import dataclasses
from pathlib import Path

import sisg_robotics as sisg
from sisg_robotics._wording import counted
from sisg_robotics.app.configs import ImportDatasetConfig
from sisg_robotics.app.run import run_application
from sisg_robotics.datasets.importers import RosOptions
from sisg_robotics.errors import BadValue


def import_dataset(config: ImportDatasetConfig) -> str:
    if config.source is None:
        raise BadValue("source", None, "the folder of a recording: source=path/to/recording")
    source = Path(config.source)
    name = source.stem if source.is_file() else source.resolve().name
    out = Path(config.out) if config.out else Path(config.data_paths.vlmaps_data_dir) / name
    options = sisg.ImportOptions(
        max_frames=config.max_frames,
        every=config.every,
        one_sequence=config.one_sequence,
        world_up=config.world_up,
        align_color=config.align_color,
        intrinsics=None if config.cam_calib_mat is None else tuple(config.cam_calib_mat),
        distortion=None if config.distortion is None else tuple(config.distortion),
        pose_format=sisg.PoseFormat.from_vlmaps(dataclasses.asdict(config.pose_info)),
        depth_unit_m=config.depth_unit_m,
        max_stamp_difference_s=config.max_stamp_difference_s,
        interpolate_poses=config.interpolate_poses,
        quaternion_order=config.quaternion_order,
        ros=RosOptions(**dataclasses.asdict(config.ros)),
    )
    sequences = sisg.import_dataset(source, out, format=config.format, options=options, progress=True)
    frames = counted(sum(len(sequence) for sequence in sequences), "frame")
    if len(sequences) == 1:
        return f"Wrote {frames} to {sequences[0].root}."
    names = ", ".join(sequence.root.name for sequence in sequences)
    return f"Wrote {frames} of {counted(len(sequences), 'camera')} to {out} ({names})."


if __name__ == "__main__":
    run_application(import_dataset, ImportDatasetConfig)
