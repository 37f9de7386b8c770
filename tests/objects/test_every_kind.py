"""What holds for every kind of object, labelled or not."""

import numpy as np
import pytest

from synthvis.objects.object_type import ObjectType
from synthvis.objects.registry import OBJECT_TYPES

EVERY = pytest.mark.parametrize("kind", OBJECT_TYPES.values(), ids=lambda kind: kind.name)


@EVERY
def test_the_same_draws_give_the_same_object(kind: ObjectType) -> None:
    first, second = (kind.sample(np.random.default_rng(3)) for _ in range(2))
    assert first == second
    assert np.array_equal(kind.build(first.params).vertices_m, kind.build(second.params).vertices_m)


@EVERY
def test_samples_hold_plain_values(kind: ObjectType) -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        sample = kind.sample(rng)
        parts = [sample, *sample.attachments]
        tables = [part.params for part in parts] + [s.params for part in parts for s in part.surfaces.values()]
        for values in tables:
            for name, value in values.items():
                items = value if type(value) is tuple else (value,)
                assert all(type(item) in (bool, int, float, str) for item in items), (name, value)
