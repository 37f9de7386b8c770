"""Every kind of object by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import UsageError
from synthvis.geometry import transform_points
from synthvis.shapes.apple import APPLE, GREEN_APPLE, RED_APPLE
from synthvis.shapes.banana import BANANA, BANANA_BUNCH, BANANA_STALK
from synthvis.shapes.bottle import BOTTLE
from synthvis.shapes.bowl import BOWL
from synthvis.shapes.cup import CUP
from synthvis.shapes.cut_fruit import CUT_FRUIT
from synthvis.shapes.distractors import DISTRACTORS
from synthvis.shapes.kind import Attachment, Kind, Sample
from synthvis.shapes.orange import ORANGE
from synthvis.shapes.sports_ball import SPORTS_BALL
from synthvis.shapes.sprig import SPRIG
from synthvis.shapes.traffic_cone import TRAFFIC_CONE
from synthvis.types import Category, Mesh, ObjectSpec, Param

__all__ = ["KINDS", "categories_for", "group_of", "group_points_m", "kind_named", "mesh_of"]


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        APPLE,
        RED_APPLE,
        GREEN_APPLE,
        ORANGE,
        BANANA,
        BANANA_BUNCH,
        BANANA_STALK,
        SPRIG,
        *CUT_FRUIT,
        TRAFFIC_CONE,
        SPORTS_BALL,
        CUP,
        BOTTLE,
        BOWL,
        *DISTRACTORS,
    )
}
"""Kinds by name."""


def kind_named(name: str) -> Kind:
    """The kind of that name.

    Raises:
        UsageError: There is none.
    """
    if name in KINDS:
        return KINDS[name]
    close = difflib.get_close_matches(name, KINDS, n=1)
    hint = f"did you mean {close[0]}?" if close else f"choose from: {', '.join(sorted(KINDS))}"
    raise UsageError(f"unknown kind of object: {name}", hint=hint)


def categories_for(kind_names: Iterable[str]) -> tuple[Category, ...]:
    """The categories that objects of these kinds are labelled as, without repeats, by id."""
    found = {kind.category.id: kind.category for kind in map(kind_named, kind_names) if kind.category is not None}
    return tuple(found[category_id] for category_id in sorted(found))


def group_of(kind: Kind, sample: Sample) -> tuple[Attachment, ...]:
    """The sampled object itself, then everything that rides on it, each with its place in the object's frame."""
    return (Attachment(kind=kind.name, params=sample.params, surfaces=sample.surfaces), *sample.attachments)


def group_points_m(kind: Kind, sample: Sample) -> NDArray[np.float64]:
    """(N, 3) vertices of the whole group in the object's frame: what must clear the ground and its neighbours."""
    return np.concatenate(
        [
            transform_points(p.object_from_part, _built(p.kind, _items(p.params)).vertices_m)
            for p in group_of(kind, sample)
        ]
    )


def mesh_of(obj: ObjectSpec) -> Mesh:
    """The mesh of an object; equal parameters yield the same (shared, not to be changed) mesh."""
    return _built(obj.kind, _items(obj.params))


def _items(params: Mapping[str, Param]) -> tuple[tuple[str, Param], ...]:
    return tuple(sorted(params.items()))


@lru_cache(maxsize=256)
def _built(kind: str, items: tuple[tuple[str, Param], ...]) -> Mesh:
    params: Mapping[str, Param] = dict(items)
    return kind_named(kind).build(params)
