"""How good a map is, and whose fault the rest is, where the truth is known: a generated scene's recording.

python applications/evaluate_map.py                                     the demo scene's map
python applications/evaluate_map.py scene_id=flat_3 encoder=clip
python applications/evaluate_map.py map=data/flat_3/map/tiny.h5 oracle=false
python applications/evaluate_map.py protocol=opennerf truth=Replica scene_id=[room0,room1] encoder=clip

Prints a table: how well cells are named, questions answered, absent things refused and objects told apart, of
the map and of the oracle's map of the same recording. Writes <map>_scores.json and <map>_scores.html, a page
with pictures that needs nothing beside it. With protocol= and truth=, maps of Replica and ScanNet recordings
are measured against their labelled scans as a paper does.
"""

from pathlib import Path

from sisg_robotics._theme import Theme, make_theme
from sisg_robotics.app.configs import EvaluateMapConfig
from sisg_robotics.app.evaluated import mapped_beside
from sisg_robotics.app.protocol_scores import measured_scenes, write_protocol_scores
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scores import Evaluated, write_scores
from sisg_robotics.evaluation.map_scores import score_map
from sisg_robotics.evaluation.scorecard import text_of


def evaluate_map(config: EvaluateMapConfig) -> str:
    theme = make_theme(config.theme)
    if config.protocol is not None:
        return by_protocol(config, theme)
    path, mapped = mapped_beside(config)
    evaluated = Evaluated(path, mapped, [score_map(one, config.questions) for one in mapped])
    print(text_of(evaluated.sections), flush=True)
    stem = (Path(config.out) if config.out else path.parent) / f"{path.stem}_scores"
    write_scores(stem, evaluated, theme)
    return f"Wrote {stem}.json and {stem}.html."


def by_protocol(config: EvaluateMapConfig, theme: Theme) -> str:
    measured = measured_scenes(config)
    print(text_of(measured.sections), flush=True)
    first = measured.map_files[0]
    out = Path(config.out) if config.out else first.parent
    stem = out / f"{first.stem}_{measured.protocol.name}"
    write_protocol_scores(stem, measured, theme)
    return f"Wrote {stem}.json and {stem}.html."


if __name__ == "__main__":
    run_application(evaluate_map, EvaluateMapConfig)
