"""Import a recording of another layout as a scene folder.

python applications/import_dataset.py format=seven_scenes source=path/to/recording out=data/office
"""

from pathlib import Path

import sisg_robotics as sisg
from sisg_robotics.app.configs import ImportDatasetConfig
from sisg_robotics.app.run import run_application
from sisg_robotics.app.wording import counted
from sisg_robotics.errors import BadValue, UnknownName

IMPORTERS = {"seven_scenes": "import_seven_scenes"}


def import_dataset(config: ImportDatasetConfig) -> str:
    if config.format not in IMPORTERS:
        raise UnknownName("format", config.format, IMPORTERS)
    if config.source is None:
        raise BadValue("source", None, "the folder of a recording: source=path/to/recording")
    source = Path(config.source)
    out = Path(config.out) if config.out else Path(config.data_paths.vlmaps_data_dir) / source.resolve().name
    sequence = getattr(sisg, IMPORTERS[config.format])(
        source,
        out,
        max_frames=config.max_frames,
        align_color=config.align_color,
        progress=True,
    )
    return f"Wrote {counted(len(sequence), 'frame')} to {sequence.root}."


if __name__ == "__main__":
    run_application(import_dataset, ImportDatasetConfig)
