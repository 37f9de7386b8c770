"""A cable that lies on the table behind a keyboard or a mouse, unlabelled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import pick, rounded
from synthvis.geometry import rigid
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import merge, tube
from synthvis.objects.mesh.params import number, shade_of
from synthvis.objects.object_type import Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Mat4, Param, SurfaceSpec

__all__ = ["CABLE", "OBJECT_TYPES", "attach_cable"]

_POINTS = 44


def _sample(rng: Generator) -> Sample:
    return Sample(params=_shape(rng, 0.4, 0.01), surfaces=_surfaces(rng))


def _shape(rng: Generator, length_m: float, exit_m: float) -> dict[str, Param]:
    return {
        "length_m": length_m,
        "radius_m": rounded(rng, (0.0013, 0.0023)),
        "exit_m": exit_m,
        "turn_rad": rounded(rng, (-4.5, 4.5)),
        "sway_rad": rounded(rng, (-1.6, 1.6)),
        "waves": rounded(rng, (0.7, 2.0)),
    }


def _surfaces(rng: Generator) -> dict[str, SurfaceSpec]:
    color = pick(rng, {"#141416": 5.0, "#e8e8e6": 2.0, "#8a8a88": 1.0, "#cfc8b4": 0.6})
    return {"sheath": SurfaceSpec(kind="plain", params={"color": shade_of(rng, color), "roughness": 0.45})}


def attach_cable(
    rng: Generator, *, length_m: float, exit_m: float, at_m: tuple[float, float], along_y: bool
) -> Attachment:
    """A cable for a thing that lies flat.

    Args:
        rng: Source of its curve.
        length_m: From the thing to its end.
        exit_m: Height at which it leaves the thing.
        at_m: Where it leaves, x and y.
        along_y: It starts along +y, otherwise along +x.
    """
    turn = [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]] if along_y else np.eye(3).tolist()
    place = rigid(turn, (*at_m, 0.0))
    a, b, c, d = ((float(w), float(x), float(y), float(z)) for w, x, y, z in place)
    at: Mat4 = (a, b, c, d)
    shape = _shape(rng, length_m, exit_m)
    return Attachment(kind="cable", params=shape, surfaces=_surfaces(rng), object_from_part=at)


def _build(params: Mapping[str, Param]) -> Mesh:
    length_m, radius_m = number(params, "length_m"), number(params, "radius_m")
    share = np.linspace(0.0, 1.0, _POINTS)
    # It leaves straight and bends more and more.
    bend = np.clip((share - 0.05) / 0.95, 0.0, 1.0)
    heading = number(params, "turn_rad") * bend**1.5
    heading = heading + number(params, "sway_rad") * np.sin(2 * np.pi * number(params, "waves") * bend) * bend
    step = length_m / (_POINTS - 1)
    x, y = (np.concatenate([[0.0], np.cumsum(turned[:-1]) * step]) for turned in (np.cos(heading), np.sin(heading)))
    fall = np.exp(-((share * length_m / 0.03) ** 2))
    z = radius_m + (max(number(params, "exit_m") - radius_m, 0.0)) * fall
    return merge([tube("sheath", np.stack([x, y, z], axis=1), radius_m, 7)], floor_m=0.0)


CABLE = ObjectType(
    name="cable",
    category=None,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="lying", weight=1.0, tilt_rad=(0.0, 0.0)),),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (CABLE,)
