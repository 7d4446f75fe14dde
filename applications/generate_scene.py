"""Generate a furnished flat from a sentence and write scene.json, scene.glb and a picture of it.

python applications/generate_scene.py prompt="two bedrooms, a kitchen with a blue fridge" seed=3 name=flat_3
"""

import sisg_robotics as sisg
from sisg_robotics._theme import make_theme
from sisg_robotics._wording import counted
from sisg_robotics.app.configs import GenerateSceneConfig
from sisg_robotics.app.generated import keep_scene, not_placed
from sisg_robotics.app.run import run_application
from sisg_robotics.app.views import write_scene_view


def generate_scene(config: GenerateSceneConfig) -> str:
    theme = make_theme(config.theme)
    scene = sisg.generate_scene(config.prompt, seed=config.seed, name=config.name)
    folder = keep_scene(scene, config.data_paths)
    write_scene_view(folder / "scene.png", scene, theme)
    for line in not_placed(scene):
        print(line)
    what = f"{counted(len(scene.rooms), 'room')} with {counted(len(scene.objects), 'object')}"
    return f"Wrote {what} to {folder} (scene.json, scene.glb, scene.png)."


if __name__ == "__main__":
    run_application(generate_scene, GenerateSceneConfig)
