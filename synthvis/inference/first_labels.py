"""Predictions as labels: a split that any data format can write, for people to correct."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from synthvis.data.contents import Content
from synthvis.data.formats.registry import all_formats, format_named
from synthvis.data.keypoints import KeypointSplit, keypoint_classes
from synthvis.data.maps.files import CLASS_MAPS, MapFile
from synthvis.data.maps.semantic import SemanticSplit
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.errors import DatasetError, UsageError
from synthvis.formats.images import read_image_rgb, write_jpeg
from synthvis.formats.jpeg import exif_orientation
from synthvis.inference.outlines import polygons_of_mask
from synthvis.inference.records import PredictedObject, PredictedPicture, covered_px
from synthvis.metrics.picture_predictions import Vocabulary
from synthvis.metrics.predictions import BoxPrediction, ClassPrediction
from synthvis.train.task import TaskDescription

__all__ = ["format_of_labels", "labelled_split", "upright_copy"]

VISIBLE = 2
HEAD_BYTES = 1 << 16
JPEG_QUALITY = 95


def format_of_labels(task: TaskDescription, wanted: str | None = None) -> str:
    """The format that is wanted, once it is known to hold what the task finds; None: the one that suits best.

    Raises:
        UsageError: The format cannot be written or holds no such labels, or the task finds nothing that people correct.
    """
    content, best = _content_of(task)
    form = format_named(wanted or best)
    if content not in form.holds:
        able = ", ".join(name for name, one in all_formats().items() if content in one.holds)
        what = f"nothing can be exported to the format {form.name}" if not form.can_write else ""
        raise UsageError(what or f"{form.name} holds no {content.value}", hint=f"formats that do: {able}")
    return form.name


def _content_of(task: TaskDescription) -> tuple[Content, str]:
    if issubclass(task.prediction, BoxPrediction):
        return Content.BOXES, "coco"
    if issubclass(task.prediction, ClassPrediction):
        return Content.PICTURE_CLASSES, "imagefolder"
    if Content.PIXEL_CLASSES in task.learns_from:
        return Content.PIXEL_CLASSES, "masks"
    raise UsageError(
        f"what the task {task.name} predicts is nothing that people correct in an annotation tool",
        hint="`synthvis predict --help`: predictions of every task are written by that command",
    )


def labelled_split(
    pictures: Iterable[PredictedPicture],
    words: Vocabulary,
    paths: Mapping[str, Path],
    *,
    name: str,
    split: str,
    maps_in: Path,
) -> Split:
    """What was found, as labels of the pictures.

    Masks become polygons, keypoints visible ones, the map of classes a label map; scores are left out.

    Args:
        pictures: What was found on each; no frames of videos.
        words: Classes and keypoints of the network.
        paths: File of each picture by the name in its record, stored as it was predicted on.
        name: Of the set.
        split: Of the split.
        maps_in: Folder below which predicted maps lie.

    Raises:
        UsageError: There is no picture.
    """
    samples = tuple(_sample(one, paths[one.file], maps_in) for one in pictures)
    if not samples:
        raise UsageError("no picture could be labelled")
    common: dict[str, Any] = {"name": name, "kind": "real", "split": split, "images": samples}
    ids = {category: number for number, category in enumerate(words.categories, start=1)}
    if any(one.maps for one in samples):
        names = words.categories
        return SemanticSplit(**common, class_names=names, map_names=names)
    if words.keypoints:
        keypoints = {category: KeypointNames(names=words.keypoints) for category in words.categories}
        names = keypoint_classes(keypoints)
        return KeypointSplit(**common, class_names=names, keypoints=keypoints, category_ids=ids)
    if any(one.class_name is not None for one in samples):
        return Split(**common, class_names=words.categories, label_form="images")
    return Split(**common, class_names=words.categories, category_ids=ids)


def _sample(picture: PredictedPicture, path: Path, maps_in: Path) -> Sample:
    image_hw = (picture.height, picture.width)
    if picture.map is not None:
        maps = {CLASS_MAPS.name: MapFile(path=maps_in / picture.map, kind=CLASS_MAPS)}
        return Sample(id=picture.image_id, path=path, labelled_hw=image_hw, maps=maps)
    if picture.numbers:
        return Sample(id=picture.image_id, path=path, class_name=picture.objects[0].class_name)
    objects = tuple(_labelled(one, image_hw) for one in picture.objects if one.bbox is not None)
    return Sample(id=picture.image_id, path=path, labelled_hw=image_hw, objects=objects)


def _labelled(one: PredictedObject, image_hw: tuple[int, int]) -> LabelledObject:
    x, y, width, height = one.bbox or (0.0, 0.0, 0.0, 0.0)
    polygons, area = None, width * height
    if one.segmentation is not None:
        polygons = polygons_of_mask(one.segmentation.checked(image_hw).decode()) or None
        area = float(covered_px(one.segmentation))
    numbers = one.keypoints
    points = tuple((numbers[start], numbers[start + 1], VISIBLE) for start in range(0, len(numbers), 3))
    return LabelledObject(
        class_name=one.class_name,
        bbox_xywh_px=(x, y, width, height),
        area_px=area,
        is_crowd=False,
        segmentation=polygons,
        keypoints_xyv_px=points,
    )


def upright_copy(path: Path, folder: Path, number: int) -> Path | None:
    """A copy of a JPEG that is stored on its side, turned as viewers show it; None where it is stored upright.

    Annotation tools disagree about the EXIF orientation, and labels refer to pixels: in a copy without it all agree.

    Args:
        path: The picture.
        folder: Where copies go.
        number: Of the picture, so that copies of one name do not meet.

    Raises:
        DatasetError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    if exif_orientation(head) == 1:
        return None
    copy = folder / str(number) / f"{path.stem}.jpg"
    write_jpeg(copy, read_image_rgb(path), JPEG_QUALITY)
    return copy
