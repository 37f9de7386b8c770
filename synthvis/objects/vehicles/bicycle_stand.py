"""Stands of bent tube that bicycles are locked to, unlabelled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, rounded
from synthvis.objects.clutter import distractor, joined
from synthvis.objects.mesh.finishes import steel
from synthvis.objects.mesh.joinery import curved
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import cylinder, moved, tube
from synthvis.objects.mesh.params import number
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param

__all__ = ["OBJECT_TYPES"]


def _sample(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "length_m": rounded(rng, (0.65, 0.85)),
        "height_m": rounded(rng, (0.72, 0.85)),
        "round": chance(rng, 0.35),
    }
    return Sample(params=params, surfaces={"tube": steel(rng, black_share=0.25)})


def _build(params: Mapping[str, Param]) -> Mesh:
    half, high = number(params, "length_m") / 2, number(params, "height_m")
    corner = half if params["round"] else 0.12
    turn = np.linspace(0, np.pi / 2, 7)
    arc = np.stack([half - corner + corner * np.cos(turn), 0 * turn, high - corner + corner * np.sin(turn)], axis=1)
    path = np.concatenate([[(half, 0, 0.0)], arc, (arc * (-1, 1, 1))[::-1], [(-half, 0, 0.0)]])
    path = path[np.concatenate([[True], np.linalg.norm(np.diff(path, axis=0), axis=1) > 1e-6])]
    parts = [tube("tube", curved(path, 40), 0.024, 10, up=(0, 1, 0))]
    parts += [moved(cylinder("tube", 0.06, 0.01, 14), offset_m=(x, 0, -0.001)) for x in (half, -half)]
    return joined(parts)


OBJECT_TYPES: tuple[ObjectType, ...] = (distractor("bicycle_stand", _sample, _build),)
