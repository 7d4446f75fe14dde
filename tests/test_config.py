"""Every config composes, says what its keys mean, and agrees with the defaults beside the code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from sisg_robotics.app.config_keys import config_keys, described_keys
from sisg_robotics.app.configs import CONFIGS
from sisg_robotics.app.folders import config_dir, verbs
from sisg_robotics.app.node import read_config, schema
from sisg_robotics.errors import RequestError

GROUPS = sorted(path.relative_to(config_dir()) for path in config_dir().glob("*/*.yaml"))


def composed(verb: str, *overrides: str) -> DictConfig:
    ConfigStore.instance().store(name=f"{verb}_keys", node=schema(CONFIGS[verb]))
    with initialize_config_dir(str(config_dir()), version_base="1.3"):
        return compose(verb, overrides=list(overrides))


def groups_of(verb: str) -> set[str]:
    listed = yaml.safe_load((config_dir() / f"{verb}.yaml").read_text(encoding="utf-8"))["defaults"]
    return {name for item in listed if isinstance(item, dict) for name in item}


def test_every_application_has_a_config_and_keys() -> None:
    assert sorted(CONFIGS) == verbs() == sorted(path.stem for path in config_dir().glob("*.yaml"))


@pytest.mark.parametrize("verb", sorted(CONFIGS))
def test_a_config_composes_to_the_defaults_of_its_class(verb: str) -> None:
    assert read_config(CONFIGS[verb], composed(verb)) == CONFIGS[verb]()


@pytest.mark.parametrize("verb", sorted(CONFIGS))
def test_a_config_is_frozen(verb: str) -> None:
    with pytest.raises(AttributeError, match="cannot assign"):
        read_config(CONFIGS[verb], composed(verb)).debug = True


@pytest.mark.parametrize("option", GROUPS, ids=str)
def test_every_choice_composes_wherever_it_can_be_made(option: Path) -> None:
    users = [verb for verb in CONFIGS if option.parts[0] in groups_of(verb)]
    assert users, f"no application offers {option.parts[0]}"
    for verb in users:
        read_config(CONFIGS[verb], composed(verb, f"{option.parts[0]}={option.stem}"))


@pytest.mark.parametrize("verb", sorted(CONFIGS))
def test_every_key_says_what_it_means(verb: str) -> None:
    for name, _, meaning in described_keys(CONFIGS[verb]):
        assert len(meaning) > 8, name


def test_keys_are_listed_with_their_dots() -> None:
    keys = config_keys(CONFIGS["create_map"])
    assert "map_config.pose_info.base2cam_rot" in keys and "params.cs" in keys and "map_config" not in keys


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"params": {"cs": "wide"}}, "params.cs is 'wide', but it must be a number."),
        ({"scene": "flat"}, r"scene is a group of keys \(scene.prompt, .* Did you mean scene_id=flat\?"),
        (
            {"map_config": {"pose_info": {"base_up_axis": 3}}},
            "base_up_axis is 3, but it must be a list",
        ),
    ],
)
def test_a_value_of_another_kind_in_a_file_is_told_as_on_the_command_line(
    values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(RequestError, match=sentence):
        read_config(CONFIGS["create_map"], OmegaConf.create(values))
