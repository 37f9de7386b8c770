"""All forms of labelled sets by name: those of synthvis, then those of installed packages."""

from __future__ import annotations

from collections.abc import Mapping

from synthvis.config.validate import nearest
from synthvis.data.contents import Content
from synthvis.data.formats.base import DataFormat
from synthvis.data.formats.bop.format import BOP
from synthvis.data.formats.coco import COCO
from synthvis.data.formats.coco_keypoints import COCO_KEYPOINTS
from synthvis.data.formats.flow.format import KITTI_FLOW, SINTEL
from synthvis.data.formats.image_folder import IMAGE_FOLDER
from synthvis.data.formats.masks import MASKS
from synthvis.data.formats.mot.format import MOT
from synthvis.data.formats.number_maps import DEPTH_MAP_FOLDERS, NORMAL_MAP_FOLDERS
from synthvis.data.formats.voc.format import VOC, VOC_SEG
from synthvis.data.formats.webdataset.format import WEBDATASET, WEBDATASET_KEYPOINTS
from synthvis.data.formats.yolo.format import YOLO, YOLO_OBB, YOLO_POSE, YOLO_SEG
from synthvis.errors import UsageError
from synthvis.plugins import with_installed

__all__ = ["ENTRY_POINTS", "all_formats", "format_named", "formats_serving"]

ENTRY_POINTS = "synthvis.formats"
HOW = "it must be an instance of a subclass of synthvis.data.formats.base.DataFormat"

BUILT_IN: tuple[DataFormat, ...] = (
    COCO,
    COCO_KEYPOINTS,
    YOLO,
    YOLO_SEG,
    YOLO_POSE,
    YOLO_OBB,
    VOC,
    VOC_SEG,
    WEBDATASET,
    WEBDATASET_KEYPOINTS,
    BOP,
    MOT,
    MASKS,
    DEPTH_MAP_FOLDERS,
    NORMAL_MAP_FOLDERS,
    SINTEL,
    KITTI_FLOW,
    IMAGE_FOLDER,
)
"""In the order in which a folder is held against them; any folder may be one of class folders."""


def all_formats() -> Mapping[str, DataFormat]:
    """Forms by name. Those from outside come before `imagefolder`, and may not take a name that is taken.

    Raises:
        UsageError: An installed package offers what is no form, or one whose name is taken.
    """
    kind: type[DataFormat] = DataFormat  # type: ignore[type-abstract]
    known = with_installed(ENTRY_POINTS, kind, BUILT_IN, what="data format", hint=HOW)
    own = {name: one for name, one in known.items() if one not in BUILT_IN}
    return own | known


def formats_serving(*contents: Content) -> tuple[str, ...]:
    """Names of the forms in which one of these kinds of label is found."""
    return tuple(name for name, one in all_formats().items() if not one.serves.isdisjoint(contents))


def format_named(name: str) -> DataFormat:
    """The form of that name.

    Raises:
        UsageError: There is none.
    """
    formats = all_formats()
    if name not in formats:
        raise UsageError(f"no data format {name!r}{nearest(name, formats)}")
    return formats[name]
