"""A colour for each class, the same in every picture of a preview, of a report and of the documentation.

The 80 names of COCO have colours of their own, so an apple has the same colour in every set. They were chosen one
after the other, each as far as possible from those before it, by distance in OKLab (Ottosson 2020) for normal sight and
for simulated deuteranopia and protanopia (Machado et al. 2009), and dealt out so that classes which share pictures are
far apart. Any other name takes the first of these colours that is far from those of the set's other classes, beginning
at a position that its letters decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

__all__ = ["Color", "class_colors", "color_distance", "css_color", "ink_on"]

Color = tuple[int, int, int]

FAR_APART = 0.1
"""Distance of two colours, by `color_distance`, that a name without a colour of its own keeps from other classes."""

COCO_COLORS = """\
person 4b78ff, bicycle ff78e1, car c33c2d, motorcycle 4bf078, airplane 78c378, bus 1e69a5, train 969600,
truck 2d8769, boat 3ca5b4, traffic light 5ae1c3, fire hydrant ff0f87, stop sign 2d96a5, parking meter d2b44b,
bench f069f0, bird f08796, cat 5aa53c, dog 00d21e, horse ff96f0, sheep 3c5ae1, cow 0087d2, elephant a55a4b,
bear 96e196, zebra a53c96, giraffe e14b96, backpack 4bf0ff, umbrella 4b00ff, handbag a50078, tie c387ff,
suitcase b42d00, frisbee b469e1, skis f0b4e1, snowboard b400d2, sports ball 87f0a5, kite c34b69,
baseball bat 2d87a5, baseball glove 78a569, skateboard c396d2, surfboard 2de178, tennis racket ff4b00,
bottle e13c0f, wine glass f0a50f, cup 1ea5ff, fork b46987, knife 1ed2c3, spoon a50f96, bowl 00ff87,
banana ffd200, apple e11e4b, sandwich 78c3ff, orange ff6900, broccoli f0a596, carrot 69f0e1, hot dog 0078b4,
pizza b4004b, donut 872dff, cake a587d2, chair 5ae1ff, couch f0694b, potted plant c30087, bed f05ab4,
dining table d2c369, toilet 7869e1, tv c33c96, laptop d22dff, mouse a5f05a, remote ff96b4, keyboard a52d2d,
cell phone f06987, microwave d2d25a, oven 964b69, toaster e18769, sink 00c3b4, refrigerator e10fc3,
book e1a569, clock 5a4bb4, vase c3005a, scissors 2df0c3, teddy bear 2db4d2, hair drier d25a69,
toothbrush a55ac3"""

DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
"""Linear RGB as someone without the green cones sees it (Machado et al. 2009, severity 1)."""

LMS_FROM_RGB = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def class_colors(names: Iterable[str]) -> dict[str, Color]:
    """A colour for each class of a set, by name; it depends on the names and on nothing else.

    Names of COCO have the same colour in every set. Others keep it as long as the set's classes stay the same.
    """
    palette = list(_coco_colors().values())
    own = {name: position for position, name in enumerate(_coco_colors())}
    positions = {name: own[name.casefold()] for name in names if name.casefold() in own}
    for name in sorted(set(names) - positions.keys()):
        positions[name] = _free_position(name, list(positions.values()))
    return {name: palette[position] for name, position in positions.items()}


def css_color(color: Color) -> str:
    """The colour as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def ink_on(color: Color) -> Color:
    """Black or white, whichever is easier to read on a colour (relative luminance, WCAG 2)."""
    luminance = float(_linear(np.array(color)) @ (0.2126, 0.7152, 0.0722))
    return (0, 0, 0) if luminance > 0.18 else (255, 255, 255)


def color_distance(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """Distance of 8-bit sRGB colours (..., 3) in OKLab, for normal sight or deuteranopia, whichever is less."""
    ways = [np.linalg.norm(way(first) - way(second), axis=-1) for way in (_oklab, _oklab_deuteranope)]
    return np.asarray(np.minimum(*ways))


@cache
def _coco_colors() -> dict[str, Color]:
    entries = [entry.strip().rsplit(" ", 1) for entry in COCO_COLORS.split(",")]
    return {name: (int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)) for name, code in entries}


@cache
def _distances() -> NDArray[np.float64]:
    palette = np.array(list(_coco_colors().values()))
    return color_distance(palette[:, None], palette[None])


def _free_position(name: str, taken: list[int]) -> int:
    """Place in the palette of the first colour far from those taken, or of the farthest where none is far."""
    count = len(_coco_colors())
    order = np.roll(np.arange(count), -(crc32(name.encode("utf-8", errors="replace")) % count))
    gaps = _distances()[order][:, np.array(taken, dtype=np.intp)].min(axis=1, initial=np.inf)
    far = np.flatnonzero(gaps >= FAR_APART)
    return int(order[far[0] if len(far) else gaps.argmax()])


def _linear(color: NDArray[np.int64]) -> NDArray[np.float64]:
    share = color / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _oklab(color: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(np.cbrt(_linear(color) @ LMS_FROM_RGB.T) @ LAB_FROM_LMS.T)


def _oklab_deuteranope(color: NDArray[np.int64]) -> NDArray[np.float64]:
    seen = np.clip(_linear(color) @ DEUTERANOPIA.T, 0, 1)
    return np.asarray(np.cbrt(seen @ LMS_FROM_RGB.T) @ LAB_FROM_LMS.T)
