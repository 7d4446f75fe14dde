"""Say what is wrong with a recording: its files, its numbers, and how its frames fit together.

python applications/validate_dataset.py                                  the demo scene
python applications/validate_dataset.py scene_id=path/to/recording out=reports/recording
python applications/validate_dataset.py scene_id=my_vlmaps_scene map_config=vlmaps

Prints a table and writes validation.json and validation.html, a page with pictures that needs nothing beside
it. Findings that are errors end it with status 1. The recording's own files are not touched.
"""

from pathlib import Path

import sisg_robotics as sisg
from sisg_robotics.app.configs import SceneConfig, ValidateDatasetConfig
from sisg_robotics.app.findings import findings_table, in_one_line, output_folder, write_reports
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scenes import find_scene, plain_description
from sisg_robotics.datasets.validation import read_recording
from sisg_robotics.errors import BadSequence


def validate_dataset(config: ValidateDatasetConfig) -> str:
    scene_id = SceneConfig().name if config.scene_id is None else config.scene_id
    folder = find_scene(scene_id, config.data_paths)
    out = output_folder(folder, None if config.out is None else Path(config.out))
    description = plain_description(folder, config.map_config)
    findings = sisg.validate(folder, **description, progress=True)
    write_reports(out, read_recording(folder, **description), findings)
    if findings:
        print(findings_table(findings), flush=True)
    if any(finding.severity == "error" for finding in findings):
        raise BadSequence(folder, in_one_line(findings), f"See {out / 'validation.html'}.")
    return f"{folder}: {in_one_line(findings)}. Wrote validation.json and validation.html to {out}."


if __name__ == "__main__":
    run_application(validate_dataset, ValidateDatasetConfig)
