"""Ask a map in plain words: what and where the answers are, or that nothing there answers.

python applications/index_map.py query="somewhere to sit"
python applications/index_map.py query=[sofa,microwave] scene_id=flat_3
python applications/index_map.py                                        asks for questions, in a terminal

For each question a top-down picture with the answers marked and a heat map as PLY are written.
"""

import sys
from pathlib import Path

import sisg_robotics as sisg
from sisg_robotics._theme import make_theme
from sisg_robotics._wording import counted
from sisg_robotics.app.configs import IndexMapConfig
from sisg_robotics.app.questions import ask_for_questions, listed_questions, nobody_to_ask
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scenes import find_map
from sisg_robotics.app.views import answer_table, write_answer


def index_map(config: IndexMapConfig) -> str:
    theme = make_theme(config.theme)
    path = find_map(config)
    given = listed_questions(config.query)
    if given is None and not sys.stdin.isatty():
        raise nobody_to_ask("query", "somewhere to sit")
    vmap = sisg.VoxelMap.load(path)
    out = Path(config.out) if config.out else path.parent / "answers"
    count = 0
    for answer in vmap.query(given) if given else map(vmap.query, ask_for_questions()):
        print(answer_table(answer, config.top_k), flush=True)
        write_answer(out, vmap, answer, config.top_k, theme)
        count += 1
    return f"Wrote {counted(count, 'answer')} to {out} (a picture and a heat map each)."


if __name__ == "__main__":
    run_application(index_map, IndexMapConfig)
