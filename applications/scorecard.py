"""One table and one page on how good everything is, measured on generated flats whose truth is known.

python applications/scorecard.py                                        two flats, tiny beside the oracle
python applications/scorecard.py flats=20 workers=4 sensor=azure_kinect
python applications/scorecard.py encoder=clip

Flats of seeds that nothing was trained on are rendered, mapped and measured. Recordings and maps stay in
out=, so that a second run only measures. Writes scorecard.json and scorecard.html, a page that needs nothing
beside it. For a map that is there already, see evaluate_map.
"""

from pathlib import Path

from sisg_robotics._theme import make_theme
from sisg_robotics._wording import counted
from sisg_robotics.app.configs import ScorecardConfig
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scorecards import measured_parts, write_scorecard
from sisg_robotics.evaluation.scorecard import text_of


def scorecard(config: ScorecardConfig) -> str:
    theme = make_theme(config.theme)
    measured = measured_parts(config)
    print(text_of(measured.sections), flush=True)
    stem = Path(config.out) / "scorecard"
    write_scorecard(stem, measured, theme)
    return f"Wrote {stem}.json and {stem}.html, on {counted(config.flats, 'flat')}."


if __name__ == "__main__":
    run_application(scorecard, ScorecardConfig)
