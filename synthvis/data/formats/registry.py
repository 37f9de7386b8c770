"""All forms of labelled sets by name: those of synthvis, then those of installed packages."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from functools import cache

from synthvis.config.validate import nearest
from synthvis.data.formats.base import DataFormat
from synthvis.data.formats.class_folders import CLASS_FOLDERS
from synthvis.data.formats.class_maps import CLASS_MAP_FOLDERS
from synthvis.data.formats.coco import COCO
from synthvis.data.formats.coco_keypoints import COCO_KEYPOINTS
from synthvis.data.formats.number_maps import DEPTH_MAP_FOLDERS, NORMAL_MAP_FOLDERS
from synthvis.errors import UsageError

__all__ = ["ENTRY_POINTS", "all_formats", "format_named"]

ENTRY_POINTS = "synthvis.formats"

BUILT_IN: tuple[DataFormat, ...] = (
    COCO,
    COCO_KEYPOINTS,
    CLASS_MAP_FOLDERS,
    DEPTH_MAP_FOLDERS,
    NORMAL_MAP_FOLDERS,
    CLASS_FOLDERS,
)
"""In the order in which a folder is held against them; any folder may be one of class folders."""


@cache
def all_formats() -> Mapping[str, DataFormat]:
    """Forms by name. Those from outside come before `class-folders`, and may not take a name that is taken.

    Raises:
        UsageError: An installed package offers what is no form.
    """
    own = [_loaded(entry) for entry in importlib.metadata.entry_points(group=ENTRY_POINTS)]
    return {one.name: one for one in (*own, *BUILT_IN)}


def format_named(name: str) -> DataFormat:
    """The form of that name.

    Raises:
        UsageError: There is none.
    """
    formats = all_formats()
    if name not in formats:
        raise UsageError(f"no data format {name!r}{nearest(name, formats)}")
    return formats[name]


def _loaded(entry: importlib.metadata.EntryPoint) -> DataFormat:
    found = entry.load()
    if not isinstance(found, DataFormat):
        raise UsageError(f"{ENTRY_POINTS} {entry.name}: {entry.value} is no DataFormat")
    if found.name in {one.name for one in BUILT_IN}:
        raise UsageError(f"{ENTRY_POINTS} {entry.name}: the name {found.name!r} is taken by synthvis")
    return found
