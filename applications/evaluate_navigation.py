"""How well a robot does what it is told on a map, where the truth is known: a generated scene's recording.

python applications/evaluate_navigation.py                              the demo scene's map
python applications/evaluate_navigation.py scene_id=flat_3 encoder=clip tasks=20
python applications/evaluate_navigation.py map=data/flat_3/map/tiny.h5 robot.radius_m=0.3 oracle=false

VLMaps' protocol: tasks of four instructions in a row, about things by name and about places in relation to
them, each to be fulfilled within 1 m of where its words point in the scene. Prints a table, of the map and of
the oracle's map beside. Writes <map>_navigation.json and <map>_navigation.html, a page with every task from
above that needs nothing beside it. For many flats at once, see scorecard.
"""

from pathlib import Path

from sisg_robotics._theme import make_theme
from sisg_robotics.app.configs import EvaluateNavigationConfig
from sisg_robotics.app.evaluated import mapped_beside
from sisg_robotics.app.navigation_scores import Navigated, drive_maps, write_navigation_scores
from sisg_robotics.app.run import run_application
from sisg_robotics.evaluation.scorecard import text_of


def evaluate_navigation(config: EvaluateNavigationConfig) -> str:
    theme = make_theme(config.theme)
    path, mapped = mapped_beside(config)
    navigated = Navigated(path, mapped[0], drive_maps(mapped, config.tasks, config.robot))
    print(text_of(navigated.sections), flush=True)
    stem = (Path(config.out) if config.out else path.parent) / f"{path.stem}_navigation"
    write_navigation_scores(stem, navigated, theme)
    return f"Wrote {stem}.json and {stem}.html."


if __name__ == "__main__":
    run_application(evaluate_navigation, EvaluateNavigationConfig)
