"""Look at a map in the browser and ask it as you type: a page on this computer, until Ctrl-C.

python applications/view_map.py                                         the demo scene's map
python applications/view_map.py scene_id=flat_3 port=8081
python applications/view_map.py map=path/to/map.h5

All maps that lie beside it can be shown, two at a time. It needs pip install -e ".[view]" in the clone.
"""

from sisg_robotics._theme import make_theme
from sisg_robotics.app.configs import ViewMapConfig
from sisg_robotics.app.run import run_application
from sisg_robotics.app.view_map import scene_maps, until_ctrl_c
from sisg_robotics.serving.viewer.page import open_page


def view_map(config: ViewMapConfig) -> str:
    theme = make_theme(config.theme)
    maps, first = scene_maps(config)
    with open_page(
        maps, first, host=config.host, port=config.port, top_k=config.top_k, theme=theme
    ) as address:
        print(f"{maps.files[first]} is shown at {address}. Ctrl-C ends.", flush=True)
        until_ctrl_c()
    return "The page is closed."


if __name__ == "__main__":
    run_application(view_map, ViewMapConfig)
