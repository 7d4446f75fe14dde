"""Where to go, in words: a sentence becomes goals and paths over a map, and with simulate=true a drive.

python applications/navigate.py say="go to the sofa, then face the window"
python applications/navigate.py say="go left of the bed" start=[2,1] start_yaw_deg=90 scene_id=flat_3
python applications/navigate.py                                         asks for sentences, in a terminal
python applications/navigate.py say="go to the bed" simulate=true       drives there in the generated scene
python applications/navigate.py say="go to the bed" explore=true        without a map: looks for it and maps

For each sentence a picture from above and a JSON file are written; a drive adds a film of what was seen.
"""

from pathlib import Path

import sisg_robotics as sisg
from sisg_robotics._theme import make_theme
from sisg_robotics._wording import counted
from sisg_robotics.app.configs import IndexMapConfig, NavigateConfig
from sisg_robotics.app.drives import (
    drive_legs,
    explore_for,
    scene_of_map,
    scene_to_explore,
    told_errand,
    write_drive,
    write_film,
)
from sisg_robotics.app.navigate import (
    given_sentences,
    make_costmap,
    make_parser,
    plan_legs,
    start_pose,
    tell_refusal,
    told_legs,
    write_legs,
)
from sisg_robotics.app.run import run_application
from sisg_robotics.app.scenes import default_map_file, find_map, find_scene
from sisg_robotics.app.views import file_stem
from sisg_robotics.errors import SisgError


def navigate(config: NavigateConfig) -> str:
    return explored(config) if config.explore else mapped(config)


def mapped(config: NavigateConfig) -> str:
    theme, parser = make_theme(config.theme), make_parser(config.llm)
    path = find_map(
        IndexMapConfig(
            scene_id=config.scene_id, map=config.map, encoder=config.encoder, data_paths=config.data_paths
        )
    )
    scene = scene_of_map(path) if config.simulate else None
    vmap = sisg.VoxelMap.load(path)
    costmap = make_costmap(vmap, config.robot)
    pose = start_pose(config, costmap)
    out, count = Path(config.out) if config.out else path.parent / "navigation", 0
    for text in given_sentences(config.say):
        try:
            legs = plan_legs(text, vmap, costmap, pose, parser)
        except SisgError as error:
            if config.say is not None:
                raise
            tell_refusal(error)
            continue
        print(told_legs(legs), flush=True)
        stem, driven = out / file_stem(text), []
        if scene is not None:
            errand = drive_legs(scene, costmap, pose, legs, config)
            print(told_errand(errand), flush=True)
            write_drive(stem, errand)
            write_film(stem, errand.frames, theme)
            driven, costmap = [errand.drive], errand.costmap
        write_legs(stem, vmap, text, legs, theme, driven)
        count += 1
        pose = driven[-1].pose if driven else legs[-1].end_xyyaw
    film = ", and a film of each drive" if config.simulate else ""
    return f"Wrote {counted(count, 'answer')} to {out} (a picture and a JSON file each{film})."


def explored(config: NavigateConfig) -> str:
    theme, scene = make_theme(config.theme), scene_to_explore(config)
    text = next(given_sentences(config.say), None)
    if text is None:
        return "Nothing was asked."
    folder = find_scene(config.scene_id or scene.name, config.data_paths)
    out = Path(config.out) if config.out else default_map_file(folder, "").parent / "navigation"
    stem = out / f"{file_stem(text)}_explored"
    found = explore_for(text, scene, config, out / "seen")
    print(found.note, flush=True)
    legs = plan_legs(text, found.vmap, found.costmap, found.pose_xyyaw, make_parser(config.llm))
    print(told_legs(legs), flush=True)
    errand = drive_legs(scene, found.costmap, found.pose_xyyaw, legs, config)
    print(told_errand(errand), flush=True)
    whole = found.drive.then(errand.drive)
    write_legs(stem, found.vmap, text, legs, theme, [whole])
    write_film(stem, [*found.frames, *errand.frames], theme)
    found.vmap.save(stem.with_suffix(".h5"))
    return f"Wrote the drive to {stem}.png (its map, JSON, film and frames beside it)."


if __name__ == "__main__":
    run_application(navigate, NavigateConfig)
