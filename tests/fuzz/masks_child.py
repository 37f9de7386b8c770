"""Feeds hostile masks to the reader, and what it accepts to every C function that synthvis calls. Run by test_masks.

A process of its own: memory that is not its own, read by C code, ends it, and the parent sees the signal.
"""

from __future__ import annotations

import random
import sys
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from synthvis.data.sample import mask_of, rle_of
from synthvis.errors import DatasetError

HW = (24, 32)
ODD_NUMBERS = (float("nan"), float("inf"), -1, 1e30, -1e30, 1e7, 10**400, 2**31, 2**32, 2**63, "7", None, True, 0)


def hostile_mask(number: int) -> Any:
    """A mask in one of COCO's forms, damaged; about one in four is still sound."""
    draw = random.Random(number)
    return (_hostile_string, _hostile_string, _hostile_runs, _hostile_polygons)[draw.randrange(4)](draw)


def _runs(draw: random.Random) -> list[int]:
    """Runs that cover the picture, some of them of nothing."""
    pixels, runs = HW[0] * HW[1], []
    while sum(runs) < pixels:
        runs.append(min(draw.choice((0, 0, 1, 3, 40, 200)), pixels - sum(runs)))
    return runs


def _size(draw: random.Random) -> Any:
    sizes: tuple[Any, ...] = (
        [1, 768], [32, 24],
        [10**5, 10**4], [2**32, 2**32], [-24, -32], [0, 0], [24.0, 32], ["24", 32], [24], None, "ab",
    )  # fmt: skip
    return list(HW) if draw.random() < 0.8 else draw.choice(sizes)


def _hostile_string(draw: random.Random) -> Any:
    sound = coco_mask.frPyObjects({"size": list(HW), "counts": _runs(draw)}, *HW)["counts"]
    counts = bytearray(sound)
    for _ in range(draw.choice((0, 1, 1, 2, 8))):
        place = draw.randrange(len(counts) + 1)
        match draw.randrange(5):
            case 0 if counts:
                counts[place % len(counts)] = draw.randrange(128)
            case 1:
                del counts[place:]
            case 2:
                counts[place:place] = bytes(draw.randrange(48, 112) for _ in range(draw.choice((1, 4, 16))))
            case 3:
                counts[place:place] = b"o" * draw.choice((3, 7, 12, 14, 30, 5000))
            case _:
                counts[place:place] = b"0" * draw.choice((1, 2, 10_000))
    text: Any = counts.decode("ascii")
    if draw.random() < 0.05:
        text = draw.choice((None, 7, "\ud800", "ä", text.encode(), [text]))
    return {"size": _size(draw), "counts": text}


def _hostile_runs(draw: random.Random) -> Any:
    runs: list[Any] = _runs(draw)
    for _ in range(draw.choice((0, 1, 2))):
        runs[draw.randrange(len(runs))] = draw.choice(ODD_NUMBERS)
    return {"size": _size(draw), "counts": runs}


def _hostile_polygons(draw: random.Random) -> Any:
    polygons: list[Any] = []
    for _ in range(draw.choice((0, 1, 1, 2, 30))):
        corners = draw.choice((1, 2, 3, 4, 5, 40, 20_000 if draw.random() < 0.02 else 8))
        polygon: list[Any] = [draw.uniform(-5, 40) for _ in range(2 * corners)]
        for _ in range(draw.choice((0, 0, 1, 2))):
            polygon[draw.randrange(len(polygon))] = draw.choice(ODD_NUMBERS)
        if draw.random() < 0.1:
            polygon.pop()
        polygons.append(draw.choice((polygon, polygon, polygon, polygon, None, "polygon", {"x": 1})))
    return polygons


def check(number: int) -> bool:
    """Whether the input was accepted; then what C code says of it must be what its pixels say."""
    segmentation = hostile_mask(number)
    try:
        runs = rle_of(segmentation, HW)
    except DatasetError as error:
        assert len(str(error)) < 300 and "\n" not in error.what
        return False
    mask, given = mask_of(segmentation, HW), runs.to_json()
    assert mask.shape == HW
    other = np.zeros(HW, dtype=np.uint8)
    other[3:20, 5:9] = 1
    second = coco_mask.encode(np.asfortranarray(other))
    both = np.count_nonzero(mask & other.astype(bool))
    union = np.count_nonzero(mask | other.astype(bool))
    assert runs.area_px == coco_mask.area(given) == np.count_nonzero(mask)
    assert coco_mask.iou([given], [second], [0])[0, 0] == (both / union)
    assert coco_mask.area(coco_mask.merge([given, second])) == union
    coco_mask.toBbox(given)
    return True


if __name__ == "__main__":
    accepted = 0
    for number in range(int(sys.argv[1])):
        print(number, flush=True)  # noqa: T201
        accepted += check(number)
    print("accepted", accepted)  # noqa: T201
