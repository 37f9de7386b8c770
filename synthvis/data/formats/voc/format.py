"""The two ways to read Pascal VOC, by its boxes and by its masks, and the one to write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from synthvis.data.contents import Content
from synthvis.data.formats.base import (
    DataFormat,
    ExportedImage,
    NamedSplit,
    SplitFiles,
    SplitSource,
    check_objects,
)
from synthvis.data.formats.voc.annotation_xml import (
    VocAnnotation,
    VocObject,
    read_annotation,
    text_of_annotation,
)
from synthvis.data.formats.voc.class_list import read_class_list, text_of_class_list
from synthvis.data.formats.voc.layout import YEAR_FOLDER, VocLayout, names_in, voc_root
from synthvis.data.formats.voc.masks import can_hold_masks, object_masks, write_masks
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.picture_lists import UnusablePicture, picture_size_hw
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import EmptySplit, Split
from synthvis.errors import RealDataError, SynthvisError, quoted
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.json_file import JsonObject

__all__ = ["VOC", "VOC_SEG", "VocFormat", "VocMasks"]

WHOLE = "all"
"""The split of a set without lists."""

TRUNCATED_BELOW = 0.8
"""The development kit calls objects truncated of which 15 to 20% is hidden or cut off."""

SHOWN_CHARS = 60


class VocFormat(DataFormat):
    """Boxes of Pascal VOC."""

    name = "voc"
    about = "a folder with VOCdevkit/VOC2012, or with JPEGImages, Annotations and ImageSets"
    serves = frozenset({Content.BOXES})
    holds = frozenset({Content.BOXES, Content.MASKS, Content.IGNORE_REGIONS})
    one_picture_folder = True
    picture_suffixes = frozenset({".jpg"})
    purpose = "Main"

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """A split for each list of ImageSets/Main; without one, all annotations are one split."""
        root = voc_root(path) if path.is_dir() else None
        if root is None:
            return None
        layout = VocLayout(root)
        lists = layout.lists(self.purpose) or self._without_lists(layout)
        return {split: SplitFiles(pictures=layout.pictures, labels=file) for split, file in lists.items()} or None

    def _without_lists(self, layout: VocLayout) -> Mapping[str, Path]:
        return {WHOLE: layout.annotations}

    def read(self, source: SplitSource) -> Split:
        """The images of the list that have an annotation and a picture; those that are difficult are regions to ignore.

        Raises:
            RealDataError: The list cannot be read, or nothing of it can be used.
            EmptySplit: It names no image.
        """
        layout = VocLayout(source.files.pictures.parent)
        counter = LeftOutCounter()
        names = _names(source.files.labels, counter)
        if not names:
            raise EmptySplit(f"{source.files.labels} names no image")
        samples = tuple(self._samples(layout, names, counter))
        left_out = counter.result()
        if not samples:
            raise RealDataError(f"nothing of {source.files.labels} can be used: {left_out.first_of('images')}")
        class_names = _class_names(layout, samples)
        return Split(
            name=source.name,
            kind=source.kind,
            split=source.split,
            images=samples,
            class_names=class_names,
            category_ids={name: number for number, name in enumerate(class_names, start=1)},
            left_out=left_out,
        )

    def _samples(self, layout: VocLayout, names: Sequence[str], counter: LeftOutCounter) -> Iterator[Sample]:
        for number, name in enumerate(names, start=1):
            picture = layout.pictures / f"{name}.jpg"
            try:
                annotation = read_annotation(layout.annotations / f"{name}.xml")
                image_hw = picture_size_hw(picture, annotation.image_hw)
                objects = tuple(self._objects(layout, name, annotation, image_hw, counter))
            except UnusablePicture as unusable:
                counter.add("images", str(unusable), quoted(picture.name, SHOWN_CHARS))
                continue
            except SynthvisError as error:
                counter.add("images", "its labels cannot be read", quoted(error.what, 2 * SHOWN_CHARS))
                continue
            if annotation.image_hw not in (None, image_hw):
                counter.add("images", "size differs from what the labels say", quoted(picture.name, SHOWN_CHARS))
                continue
            yield Sample(id=number, path=picture, labelled_hw=image_hw, objects=objects)

    def _objects(
        self,
        layout: VocLayout,
        name: str,
        annotation: VocAnnotation,
        image_hw: tuple[int, int],
        counter: LeftOutCounter,
    ) -> Iterator[LabelledObject]:
        masks = self._masks(layout, name, len(annotation.objects), image_hw)
        for position, one in enumerate(annotation.objects):
            if not isinstance(one, VocObject):
                counter.add("annotations", str(one), quoted(f"{name}.xml", SHOWN_CHARS))
                continue
            box = _inside(one.bbox_xywh_px, image_hw)
            if box is None:
                counter.add("annotations", "box lies outside its picture", quoted(f"{name}.xml", SHOWN_CHARS))
                continue
            yield LabelledObject(
                class_name=one.class_name,
                bbox_xywh_px=box,
                area_px=box[2] * box[3],
                is_crowd=one.is_difficult,
                segmentation=None if one.is_difficult else masks.get(position),
            )

    def _masks(self, layout: VocLayout, name: str, count: int, image_hw: tuple[int, int]) -> Mapping[int, JsonObject]:
        """Masks of the objects by their position in the file."""
        return {}

    def check_writable(self, split: Split) -> None:
        """Objects must be labelled."""
        check_objects(split, self.name)

    def picture_path(self, split: str, file_name: str) -> PurePosixPath:
        """JPEGImages of the development kit."""
        return YEAR_FOLDER / "JPEGImages" / file_name

    def write_labels(self, images: Sequence[ExportedImage], folder: Path) -> None:
        """Write Annotations/NAME.xml, and the masks where there are some."""
        layout = VocLayout(folder / YEAR_FOLDER)
        for one in images:
            has_masks = can_hold_masks(one.image)
            if has_masks:
                write_masks(layout, one)
            text = text_of_annotation(_annotation(one), folder=YEAR_FOLDER.name, is_segmented=has_masks)
            write_bytes_atomic(layout.annotations / f"{one.stem}.xml", text.encode())

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:
        """Write the lists of images, and labelmap.txt with the names of the classes."""
        layout = VocLayout(folder / YEAR_FOLDER)
        for split in splits:
            _write_list(layout.image_list(split.name), (one.stem for one in split))
            _write_list(
                layout.image_list(split.name, "Segmentation"),
                (one.stem for one in split if can_hold_masks(one.image)),
            )
        names = tuple(splits[0].split.category_ids)
        write_bytes_atomic(layout.class_list, text_of_class_list(names).encode())


class VocMasks(VocFormat):
    """Masks of Pascal VOC: the images of ImageSets/Segmentation."""

    name = "voc-seg"
    about = "a folder with VOCdevkit/VOC2012, or with JPEGImages, ImageSets/Segmentation and SegmentationObject"
    serves = frozenset({Content.MASKS})
    # `voc` writes masks as well.
    holds = frozenset()
    purpose = "Segmentation"

    def _without_lists(self, layout: VocLayout) -> Mapping[str, Path]:
        return {}

    def _masks(self, layout: VocLayout, name: str, count: int, image_hw: tuple[int, int]) -> Mapping[int, JsonObject]:
        return object_masks(layout.object_masks / f"{name}.png", count, image_hw)


VOC, VOC_SEG = VocFormat(), VocMasks()


def _names(labels: Path, counter: LeftOutCounter) -> list[str]:
    if labels.is_dir():
        return sorted(path.stem for path in labels.glob("[!.]*.xml"))
    return names_in(labels, counter)


def _inside(
    box_xywh_px: tuple[float, float, float, float], image_hw: tuple[int, int]
) -> tuple[float, float, float, float] | None:
    """The part of a box in its picture; as it is where it lies inside, None where nothing does."""
    x, y, width, height = box_xywh_px
    x0, y0, x1, y1 = max(x, 0.0), max(y, 0.0), min(x + width, image_hw[1]), min(y + height, image_hw[0])
    if x1 <= x0 or y1 <= y0:
        return None
    return box_xywh_px if (x0, y0, x1, y1) == (x, y, x + width, y + height) else (x0, y0, x1 - x0, y1 - y0)


def _class_names(layout: VocLayout, samples: Iterable[Sample]) -> tuple[str, ...]:
    """Those of labelmap.txt, then others as they are met in order of their names."""
    listed = read_class_list(layout.class_list)
    met = sorted({one.class_name for image in samples for one in image.objects} - set(listed))
    return (*listed, *met)


def _annotation(one: ExportedImage) -> VocAnnotation:
    return VocAnnotation(
        file_name=one.file_name,
        image_hw=one.image.image_hw,
        objects=tuple(
            VocObject(
                class_name=labelled.class_name,
                bbox_xywh_px=labelled.bbox_xywh_px,
                is_difficult=labelled.is_crowd,
                is_truncated=labelled.visible_fraction < TRUNCATED_BELOW,
            )
            for labelled in one.image.objects
        ),
    )


def _write_list(path: Path, names: Iterable[str]) -> None:
    write_bytes_atomic(path, "".join(f"{name}\n" for name in names).encode())
