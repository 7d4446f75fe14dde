from __future__ import annotations

from collections import Counter

import numpy as np

from sisg_robotics.maps.vocabulary import anchors, vocabulary


def test_it_is_wide_and_every_thing_has_names_of_its_own() -> None:
    things = vocabulary()
    assert len(things) > 350
    names = Counter(name for thing in things for name in thing.names)
    assert not [name for name, count in names.items() if count > 1]
    assert all(thing.names for thing in things)
    assert all(word == word.strip() != "" for t in things for word in (*t.names, *t.wider, *t.uses))


def test_anchors_are_unit_vectors_that_know_their_thing() -> None:
    known = anchors("all-MiniLM-L6-v2")
    for vectors, owner in ((known.names, known.name_of), (known.meanings, known.meaning_of)):
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
        assert len(vectors) == len(owner)
        assert owner.max() == known.count - 1
    assert len(known.mean_names) == known.count
