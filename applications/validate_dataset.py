"""Say what is wrong with a recording: its files, its numbers, and how its frames fit together.

python applications/validate_dataset.py                                  the demo scene
python applications/validate_dataset.py scene_id=path/to/recording out=reports/recording
python applications/validate_dataset.py scene_id=my_vlmaps_scene map_config=vlmaps
python applications/validate_dataset.py scene_id=path/to/recording fix=true     a corrected copy beside it too

Prints a table and writes validation.json and validation.html, a page with pictures that needs nothing beside
it. Findings that are errors end it with status 1; with fix=true, only those that the copy still has. The
recording's own files are not touched.
"""

from pathlib import Path

import sisg_robotics as sisg
from sisg_robotics._theme import make_theme
from sisg_robotics.app.configs import SceneConfig, ValidateDatasetConfig
from sisg_robotics.app.findings import findings_table, in_one_line, output_folder, write_reports
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scenes import find_scene, plain_description
from sisg_robotics.datasets.validation import read_recording
from sisg_robotics.errors import BadSequence


def validate_dataset(config: ValidateDatasetConfig) -> str:
    theme = make_theme(config.theme)
    scene_id = SceneConfig().name if config.scene_id is None else config.scene_id
    folder = find_scene(scene_id, config.data_paths)
    out = output_folder(folder, None if config.out is None else Path(config.out))
    description = plain_description(folder, config.map_config)
    mended = None
    if config.fix:
        fixed = (
            folder.with_name(f"{folder.resolve().name}_fixed") if config.fixed is None else Path(config.fixed)
        )
        mended = sisg.mend(folder, fixed, **description, progress=True)
    findings = list(mended.found) if mended else sisg.validate(folder, **description, progress=True)
    write_reports(out, read_recording(folder, **description), findings, theme)
    if findings:
        print(findings_table(findings), flush=True)
    if mended is not None and mended.sequence is not None:
        return _corrected(mended, folder, out)
    if any(finding.severity == "error" for finding in findings):
        raise BadSequence(folder, in_one_line(findings), f"See {out / 'validation.html'}.")
    return f"{folder}: {in_one_line(findings)}. Wrote validation.json and validation.html to {out}."


def _corrected(mended: sisg.Mended, folder: Path, out: Path) -> str:
    """What was changed in the copy; an error where it still has some."""
    assert mended.sequence is not None
    fixed = mended.sequence.root
    print(
        f"\n{fixed}, a corrected copy:", *(f"  {change}" for change in mended.changes), sep="\n", flush=True
    )
    if any(finding.severity == "error" for finding in mended.left):
        print(f"\nStill in {fixed}:\n{findings_table(mended.left)}", flush=True)
        raise BadSequence(
            fixed, in_one_line(mended.left), f"See {out / 'validation.html'} on what was found."
        )
    return (
        f"{folder}: {in_one_line(mended.found)}; {fixed}: {in_one_line(mended.left)}. Reports are in {out}."
    )


if __name__ == "__main__":
    run_application(validate_dataset, ValidateDatasetConfig)
