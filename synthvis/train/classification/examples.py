"""What is classified, whatever it comes from: crops of a COCO split, its whole images, or pictures in class folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.data.derived.crops import Crop, ExampleKind, crops_of, one_class_images
from synthvis.data.split import Split, class_key
from synthvis.formats.images import read_image_rgb
from synthvis.train.views.pixels import read_checked

__all__ = ["Example", "Examples", "examples_of", "read_example"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One picture and its class.

    Attributes:
        path: The image file.
        image_index: Place of the image in the split; crops of one image share it.
        label: Index among the classes of the network.
        crop: The part of the image that is meant; None: all of it.
    """

    path: Path
    image_index: int
    label: int
    crop: Crop | None

    @property
    def file(self) -> str | None:
        """Folder and name of a whole picture, no path that tells of the machine; None for a crop."""
        return f"{self.path.parent.name}/{self.path.name}" if self.crop is None else None

    @property
    def image_id(self) -> int | None:
        """COCO image id of a crop; None for a whole picture."""
        return None if self.crop is None else self.crop.image.id

    @property
    def bbox_xywh_px(self) -> tuple[float, float, float, float] | None:
        """Where a crop was cut out; None for a whole picture."""
        if self.crop is None:
            return None
        x0, y0, x1, y1 = self.crop.region_xyxy_px
        return x0, y0, x1 - x0, y1 - y0


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """The examples of known classes, and how many labels were left out, by reason."""

    known: tuple[Example, ...]
    left_out: dict[str, int]

    @property
    def image_count(self) -> int:
        """Images that gave an example."""
        return len({example.image_index for example in self.known})


def examples_of(
    split: Split, classes: Sequence[str], *, kind: ExampleKind = "crops", min_visible: float = 0.0
) -> Examples:
    """The examples of a split whose class is one of `classes`, in the split's order.

    Args:
        split: A COCO split or class folders.
        classes: What the network knows; compared by `class_key`.
        kind: What is taken of a COCO split.
        min_visible: Objects of renders that show a smaller share of themselves are left out.
    """
    label_of = {class_key(name): label for label, name in enumerate(classes)}
    found = list(_all_of(split, kind, min_visible))
    known = tuple(
        Example(path=path, image_index=index, label=label_of[class_key(name)], crop=crop)
        for path, index, name, crop in found
        if class_key(name) in label_of
    )
    total = len(split.images) if split.label_form == "images" or kind == "images" else split.label_count
    reason = "small_or_hidden" if kind == "crops" else "none_or_several_classes"
    return Examples(known=known, left_out={reason: total - len(found), "other_classes": len(found) - len(known)})


def _all_of(split: Split, kind: ExampleKind, min_visible: float) -> Iterator[tuple[Path, int, str, Crop | None]]:
    if split.label_form == "images":
        yield from ((image.path, index, image.class_name or "", None) for index, image in enumerate(split.images))
        return
    crops = crops_of(split, min_visible=min_visible) if kind == "crops" else one_class_images(split)
    for crop in crops:
        yield crop.image.path, crop.image_index, crop.class_name, crop


def read_example(example: Example) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) RGB of an example.

    Raises:
        DatasetError: The file is absent, damaged, or of another size than its annotations say.
    """
    if example.crop is None:
        return read_image_rgb(example.path)
    x0, y0, x1, y1 = example.crop.region_xyxy_px
    # A copy, so that the rest of the image is not kept in memory with it.
    return read_checked(example.crop.image)[y0:y1, x0:x1].copy()
