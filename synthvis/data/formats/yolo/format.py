"""The four forms of YOLO: boxes, outlines, boxes with keypoints, and oriented boxes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synthvis.data.contents import Content
from synthvis.data.export.settings import ExportSettings
from synthvis.data.formats.base import (
    DataFormat,
    ExportedImage,
    NamedSplit,
    SplitFiles,
    SplitSource,
    check_objects,
)
from synthvis.data.formats.yolo.data_yaml import (
    DATA_YAML,
    KeypointShape,
    YoloYaml,
    read_data_yaml,
    text_of_data_yaml,
    yaml_of,
)
from synthvis.data.formats.yolo.keypoint_rows import KeypointRows, keypoints_of_numbers, names_from_shape
from synthvis.data.formats.yolo.oriented import check_whole_masks, oriented_corners_px, silhouette_of
from synthvis.data.formats.yolo.outlines import mask_of_outline, outline_of_mask
from synthvis.data.formats.yolo.reader import ObjectOf, label_path, read_samples, split_pictures
from synthvis.data.formats.yolo.rows import (
    OUTLINE_DIGITS,
    SHARE_DIGITS,
    BadRow,
    box_of_shares,
    points_of_shares,
    shares_of_box,
    shares_of_points,
    text_row,
)
from synthvis.data.keypoints import KeypointSplit, keypoint_classes
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.sample import LabelledObject, Sample, mask_of
from synthvis.data.split import Split
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.rle import CompressedRle

__all__ = ["YOLO", "YOLO_OBB", "YOLO_POSE", "YOLO_SEG", "YoloFormat"]

ImageHw = tuple[int, int]

BOX_NUMBERS, ORIENTED_NUMBERS = 4, 8
MIN_OUTLINE_NUMBERS = 6
FILES_LOOKED_AT = 50
"""To tell boxes, outlines and oriented boxes apart in a set that does not say what its rows hold."""


class YoloFormat(DataFormat):
    """What the four have in common."""

    about = "a folder with data.yaml, images/train and labels/train, or the YAML file itself"
    digits: ClassVar[int] = SHARE_DIGITS

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """Splits that data.yaml names; the first rows tell which of the four forms it is."""
        file = yaml_of(path)
        if file is None:
            return None
        try:
            yaml = read_data_yaml(file)
            if not yaml.splits or _form_of(yaml) != self.name:
                return None
        except RealDataError:
            # A YAML file of something else, unless someone names it.
            if path.is_file():
                raise
            return None
        return {split: SplitFiles(pictures=file.parent, labels=file) for split in yaml.splits}

    def read(self, source: SplitSource) -> Split:
        """All pictures of the split; those without a file of rows have no objects."""
        yaml = read_data_yaml(source.files.labels)
        counter = LeftOutCounter()
        samples = read_samples(source, yaml, self.row_reader(yaml), counter)
        left_out = counter.result()
        if not samples:
            raise RealDataError(
                f"no picture of {source.name}:{source.split} can be used: {left_out.first_of('images')}"
            )
        return Split(
            name=source.name,
            kind=source.kind,
            split=source.split,
            images=samples,
            class_names=yaml.class_names,
            category_ids=yaml.category_ids or {name: index for index, name in enumerate(yaml.class_names, start=1)},
            left_out=left_out,
        )

    @abstractmethod
    def row_reader(self, yaml: YoloYaml) -> ObjectOf:
        """What makes the object of a row; it raises BadRow where its numbers are no such object."""

    @abstractmethod
    def numbers_of(self, one: LabelledObject, image: Sample, split: Split) -> Sequence[float] | None:
        """What stands behind the class in the row of an object; None where it has nothing that a row could hold."""

    def check_writable(self, split: Split) -> None:
        """Objects must be labelled."""
        check_objects(split, self.name)

    def write_labels(self, images: Sequence[ExportedImage], folder: Path) -> None:
        """Write labels/SPLIT/NAME.txt, which is empty where nothing is labelled."""
        for one in images:
            rows = "".join(self._rows(one))
            write_bytes_atomic(folder / "labels" / one.split.split / f"{one.stem}.txt", rows.encode())

    def _rows(self, one: ExportedImage) -> Iterator[str]:
        index_of = {name: index for index, name in enumerate(one.split.category_ids)}
        for labelled in one.image.objects:
            numbers = None if labelled.is_crowd else self.numbers_of(labelled, one.image, one.split)
            if numbers is not None:
                digits = SHARE_DIGITS if len(numbers) == BOX_NUMBERS else self.digits
                yield f"{text_row(index_of[labelled.class_name], numbers, digits)}\n"

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:
        """Write data.yaml."""
        text = text_of_data_yaml(
            folder,
            [split.name for split in splits],
            list(splits[0].split.category_ids),
            labels=self.name,
            category_ids=list(splits[0].split.category_ids.values()),
            keypoints=self.keypoint_shape(splits[0].split),
        )
        write_bytes_atomic(folder / DATA_YAML, text.encode())

    def keypoint_shape(self, split: Split) -> KeypointShape | None:
        """For data.yaml; None where rows hold no keypoints."""
        return None


class YoloBoxes(YoloFormat):
    """A box a row: class, centre and size."""

    name = "yolo"
    serves = frozenset({Content.BOXES})
    holds = frozenset({Content.BOXES})

    def row_reader(self, yaml: YoloYaml) -> ObjectOf:
        """Of four numbers; of an outline, the box around it."""

        def object_of(class_name: str, numbers: Sequence[float], image_hw: ImageHw) -> LabelledObject:
            if len(numbers) >= MIN_OUTLINE_NUMBERS:
                return _boxed(class_name, _box_around(points_of_shares(numbers, image_hw), image_hw))
            return _boxed(class_name, box_of_shares(_exactly(numbers, BOX_NUMBERS), image_hw))

        return object_of

    def numbers_of(self, one: LabelledObject, image: Sample, split: Split) -> Sequence[float]:
        """Centre and size of its box."""
        return shares_of_box(one.bbox_xywh_px, image.image_hw)


class YoloOutlines(YoloFormat):
    """An outline a row: class, then x and y of its vertices."""

    name = "yolo-seg"
    digits = OUTLINE_DIGITS
    serves = frozenset({Content.BOXES, Content.MASKS})
    holds = frozenset({Content.BOXES, Content.MASKS})
    wants = frozenset({Content.MASKS})

    def row_reader(self, yaml: YoloYaml) -> ObjectOf:
        """Of an outline; a row of four numbers is a box and has no mask."""

        def object_of(class_name: str, numbers: Sequence[float], image_hw: ImageHw) -> LabelledObject:
            if len(numbers) == BOX_NUMBERS:
                return _boxed(class_name, box_of_shares(numbers, image_hw))
            if len(numbers) < MIN_OUTLINE_NUMBERS:
                raise BadRow("an outline of fewer than three points")
            return _outlined(class_name, mask_of_outline(points_of_shares(numbers, image_hw), image_hw))

        return object_of

    def numbers_of(self, one: LabelledObject, image: Sample, split: Split) -> Sequence[float] | None:
        """The outline of its mask; its box where it has none."""
        if one.segmentation is None:
            return shares_of_box(one.bbox_xywh_px, image.image_hw)
        outline_px = outline_of_mask(mask_of(one.segmentation, image.image_hw))
        return shares_of_points(outline_px, image.image_hw) if len(outline_px) else None


class YoloOriented(YoloFormat):
    """An oriented box a row: class, then its four corners; the smallest rectangle around the silhouette of the object.

    Args:
        draws_whole: Around that of the whole object, what is hidden too.
    """

    name = "yolo-obb"
    serves = frozenset({Content.BOXES})
    holds = frozenset({Content.BOXES})

    def __init__(self, *, draws_whole: bool = False) -> None:
        self._draws_whole = draws_whole

    def prepared(self, splits: Sequence[NamedSplit], settings: ExportSettings) -> YoloOriented:
        """The form that draws boxes as the settings say.

        Raises:
            UsageError: There are no masks to draw around.
        """
        super().prepared(splits, settings)
        if settings.boxes not in ("modal", "amodal"):
            raise UsageError(
                f"{self.name} draws boxes around masks, and there are none of bodies",
                hint="--boxes modal or amodal; or --format yolo, whose boxes are upright",
            )
        draws_whole = settings.boxes == "amodal"
        if draws_whole:
            check_whole_masks(splits)
        return YoloOriented(draws_whole=draws_whole)

    def row_reader(self, yaml: YoloYaml) -> ObjectOf:
        """The upright box around the four corners."""

        def object_of(class_name: str, numbers: Sequence[float], image_hw: ImageHw) -> LabelledObject:
            corners_px = points_of_shares(_exactly(numbers, ORIENTED_NUMBERS), image_hw)
            return _boxed(class_name, _box_around(corners_px, image_hw))

        return object_of

    def numbers_of(self, one: LabelledObject, image: Sample, split: Split) -> Sequence[float]:
        """Corners in order around it, cut at the border of the picture; of its upright box where it has no mask."""
        height, width = image.image_hw
        silhouette = silhouette_of(one, image, split, is_whole=self._draws_whole)
        corners_px = np.clip(oriented_corners_px(silhouette, one.bbox_xywh_px), 0, [width, height])
        return shares_of_points(corners_px, image.image_hw)


class YoloPose(YoloFormat):
    """A box and the keypoints of an object a row."""

    name = "yolo-pose"
    serves = frozenset({Content.KEYPOINTS})
    holds = frozenset({Content.BOXES, Content.KEYPOINTS})

    def read(self, source: SplitSource) -> KeypointSplit:
        """As the others; names of keypoints come from kpt_names, or are numbers."""
        whole, yaml = super().read(source), read_data_yaml(source.files.labels)
        own = names_from_shape(_shape(yaml), yaml.class_names)
        keypoints = {name: names for name, (_, names) in own.items()}
        images = tuple(
            replace(image, objects=tuple(one for one in image.objects if one.class_name in keypoints))
            for image in whole.images
        )
        return KeypointSplit(
            name=whole.name,
            kind=whole.kind,
            split=whole.split,
            images=images,
            class_names=keypoint_classes(keypoints),
            keypoints=keypoints,
            category_ids={name: number for name, number in whole.category_ids.items() if name in keypoints},
            left_out=whole.left_out,
        )

    def row_reader(self, yaml: YoloYaml) -> ObjectOf:
        """The box, and the keypoints behind it."""
        shape = _shape(yaml)
        own = names_from_shape(shape, yaml.class_names)

        def object_of(class_name: str, numbers: Sequence[float], image_hw: ImageHw) -> LabelledObject:
            _exactly(numbers, BOX_NUMBERS + shape.count * shape.dims)
            box = _boxed(class_name, box_of_shares(numbers[:BOX_NUMBERS], image_hw))
            if class_name not in own:
                return box
            start, names = own[class_name]
            points = keypoints_of_numbers(numbers[BOX_NUMBERS:], shape.dims, image_hw)
            return replace(box, keypoints_xyv_px=points[start : start + len(names.names)])

        return object_of

    def numbers_of(self, one: LabelledObject, image: Sample, split: Split) -> Sequence[float]:
        """Box and keypoints."""
        rows = KeypointRows(split.keypoints, list(split.category_ids))
        box = shares_of_box(one.bbox_xywh_px, image.image_hw)
        return [*box, *rows.row(one.class_name, one.keypoints_xyv_px, image.image_hw)]

    def check_writable(self, split: Split) -> None:
        """Some class must have keypoints."""
        check_objects(split, self.name)
        if not split.keypoints:
            raise UsageError(f"{split.name}:{split.split} has no keypoints", hint="--format yolo holds its boxes")

    def keypoint_shape(self, split: Split) -> KeypointShape:
        """How many keypoints a row has, their mirror and their names."""
        return KeypointRows(split.keypoints, list(split.category_ids), mirror_is_known=split.kind == "synthetic").shape


YOLO, YOLO_SEG, YOLO_POSE, YOLO_OBB = YoloBoxes(), YoloOutlines(), YoloPose(), YoloOriented()


def _form_of(yaml: YoloYaml) -> str:
    """Which of the four forms a set is in."""
    if yaml.labels in (YOLO.name, YOLO_SEG.name, YOLO_POSE.name, YOLO_OBB.name):
        return yaml.labels
    if yaml.keypoints is not None:
        return YOLO_POSE.name
    lengths = set(_row_lengths(yaml))
    if lengths and lengths <= {ORIENTED_NUMBERS}:
        return YOLO_OBB.name
    return YOLO_SEG.name if any(length >= MIN_OUTLINE_NUMBERS for length in lengths) else YOLO.name


def _row_lengths(yaml: YoloYaml) -> Iterator[int]:
    """Numbers behind the class, of the rows of the first files that have some."""
    looked_at = 0
    for split in yaml.splits:
        try:
            pictures = split_pictures(yaml, split)
        except RealDataError:
            continue
        for picture in pictures:
            lengths = _lengths_in(label_path(picture))
            yield from lengths
            looked_at += bool(lengths)
            if looked_at >= FILES_LOOKED_AT:
                return


def _lengths_in(file: Path) -> list[int]:
    try:
        with file.open(encoding="utf-8") as lines:
            return [len(line.split()) - 1 for line in islice(lines, FILES_LOOKED_AT) if line.strip()]
    except (OSError, ValueError):
        return []


def _shape(yaml: YoloYaml) -> KeypointShape:
    if yaml.keypoints is None:
        raise RealDataError(f"{yaml.path} has no kpt_shape", hint="it says how many keypoints a row has")
    return yaml.keypoints


def _exactly(numbers: Sequence[float], count: int) -> Sequence[float]:
    if len(numbers) != count:
        raise BadRow(f"not {count} numbers after the class")
    return numbers


def _boxed(class_name: str, box_xywh_px: tuple[float, float, float, float]) -> LabelledObject:
    area_px = box_xywh_px[2] * box_xywh_px[3]
    return LabelledObject(class_name=class_name, bbox_xywh_px=box_xywh_px, area_px=area_px, is_crowd=False)


def _box_around(points_px: NDArray[np.float64], image_hw: ImageHw) -> tuple[float, float, float, float]:
    height, width = image_hw
    (x0, y0), (x1, y1) = points_px.min(axis=0), points_px.max(axis=0)
    x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if x1 <= x0 or y1 <= y0:
        raise BadRow("the box has no area in its picture")
    return float(x0), float(y0), float(x1 - x0), float(y1 - y0)


def _outlined(class_name: str, mask: NDArray[np.bool_]) -> LabelledObject:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        raise BadRow("the outline has no pixel in its picture")
    x, y = float(columns[0]), float(rows[0])
    return LabelledObject(
        class_name=class_name,
        bbox_xywh_px=(x, y, float(columns[-1]) + 1 - x, float(rows[-1]) + 1 - y),
        area_px=float(mask.sum()),
        is_crowd=False,
        segmentation=CompressedRle.of_mask(mask).to_json(),
    )
