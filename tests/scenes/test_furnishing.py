from __future__ import annotations

from collections.abc import Iterator

from sisg_robotics.assets import CATEGORIES, FLOOR_MATERIALS, WALL_MATERIALS
from sisg_robotics.scenes import candidates, furnishing
from sisg_robotics.scenes.furnishing import FURNITURE, Rule, categories_of, home_rooms
from sisg_robotics.scenes.rooms import ROOM_KINDS, find_room_kind


def _all_rules(rules: tuple[Rule, ...]) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        yield from _all_rules(rule.along)


RULES = [rule for rules in FURNITURE.values() for rule in _all_rules(rules)]


def test_every_rule_names_existing_categories_and_places() -> None:
    named = {name for rule in RULES for name in categories_of(rule)}
    assert named - set(CATEGORIES) == set()
    places = {rule.place for rule in RULES} | set(furnishing.PLACES.values())
    assert places - set(candidates.PLACES) == {"on", "before"}


def test_every_table_names_existing_categories() -> None:
    tables = (furnishing.FRONT_M, furnishing.PLACES, furnishing.HOSTS, furnishing.HANG_M, furnishing.ABOVE_M)
    named = {name for table in tables for name in table} | set(furnishing.COMMON_HOSTS)
    named |= {host for hosts in furnishing.HOSTS.values() for host in hosts}
    assert named - set(CATEGORIES) == set()


def test_every_category_has_a_room() -> None:
    assert [name for name in CATEGORIES if not home_rooms(name)] == []


def test_things_are_put_where_their_kind_can_be() -> None:
    fit = {
        "wall": {"above", "hang", "window"},
        "ceiling": {"ceiling"},
        "surface": {"on", "before", "free"},
    }
    for rule in RULES:
        for name in categories_of(rule):
            support = CATEGORIES[name].support
            if support in fit:
                assert rule.place in fit[support], (name, rule.place)
            else:
                assert rule.place not in {"above", "hang", "window", "ceiling", "on", "before"}, name


def test_every_room_kind_has_furniture_and_finishes() -> None:
    assert set(FURNITURE) == set(ROOM_KINDS)
    for kind in ROOM_KINDS.values():
        assert any(word in name for name in FLOOR_MATERIALS for word in kind.floors)
        assert any(word in name for name in WALL_MATERIALS for word in kind.walls)
        assert find_room_kind(kind.plural) == kind.name
