"""What is in a labelled set, in numbers: classes, sizes, places, counts, occlusion, and what stands with what.

The same numbers come from renders and from photographs, so that two sets can be laid side by side.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.data.left_out import LeftOut, splits_that_lost
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split

__all__ = ["ClassStatistics", "SetStatistics", "is_cut_by_frame", "relative_size", "statistics_of"]

SMALL_PX, LARGE_PX = 32.0**2, 96.0**2
"""COCO's borders between small, medium and large objects: area in pixels (cocodataset.org, detection metrics)."""
GRID = 3
QUANTILES = (0.1, 0.5, 0.9)
TOP_PAIRS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassStatistics:
    """One class, or all of them together.

    Attributes:
        objects: Labelled objects, crowds left out.
        images: Images that have at least one.
        single_share: Share of those images that have exactly one.
        size_quantiles: Square root of box area over image area at 10, 50 and 90%; None without objects.
        aspect_median: Box width over height; None without objects.
        visible_median: Visible fraction; None where the files do not say.
        occluded_share: Share of objects that show less than 0.9 of themselves; None where the files do not say.
        cut_share: Share of objects whose box touches the image's edge; None without objects.
    """

    objects: int
    images: int
    single_share: float | None
    size_quantiles: tuple[float, ...] | None
    aspect_median: float | None
    visible_median: float | None
    occluded_share: float | None
    cut_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatistics:
    """A whole set.

    Attributes:
        name: Of the set.
        images: Images.
        empty_images: Images without objects.
        every: All classes together.
        classes: By class name, most frequent first.
        coco_sizes: Shares of small, medium and large objects.
        objects_per_image: How many images have 0, 1, 2, ... objects, by number.
        position_shares: (3, 3) shares of box centres by thirds of the image, rows from the top.
        pairs: Pairs of classes that share images, with the number of images, most frequent first.
        left_out: What of the files could not be used, by split.

    Examples:
        >>> import synthvis as sv
        >>> sv.dataset_statistics("data/fruit").empty_images
        0
    """

    name: str
    images: int
    empty_images: int
    every: ClassStatistics
    classes: Mapping[str, ClassStatistics]
    coco_sizes: Mapping[str, float]
    objects_per_image: Mapping[int, int]
    position_shares: NDArray[np.float64]
    pairs: tuple[tuple[str, str, int], ...]
    left_out: Mapping[str, LeftOut]

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return {
            **asdict(self),
            "position_shares": self.position_shares.tolist(),
            "pairs": [list(pair) for pair in self.pairs],
            "left_out": {name: lost.to_json() for name, lost in self.left_out.items()},
        }


Found = tuple[Sample, LabelledObject]


def statistics_of(name: str, splits: Iterable[Split]) -> SetStatistics:
    """Count what is in all splits of a set together."""
    images = [image for split in splits for image in split.images]
    found = [(image, box) for image in images for box in image.objects if not box.is_crowd]
    by_class: dict[str, list[Found]] = {}
    for image, box in found:
        by_class.setdefault(box.class_name, []).append((image, box))
    counts = Counter(len([box for box in image.objects if not box.is_crowd]) for image in images)
    return SetStatistics(
        name=name,
        images=len(images),
        empty_images=counts[0],
        every=_class_statistics(found),
        classes={key: _class_statistics(by_class[key]) for key in sorted(by_class, key=lambda k: -len(by_class[k]))},
        coco_sizes=_coco_sizes(found),
        objects_per_image=dict(sorted(counts.items())),
        position_shares=_position_shares(found),
        pairs=_pairs(images),
        left_out=splits_that_lost(splits),
    )


def _class_statistics(found: list[Found]) -> ClassStatistics:
    # By identity: two splits may use one image id.
    per_image = Counter(id(image) for image, _ in found)
    whole = [box for _, box in found if box.amodal_bbox_xywh_px is not None]
    aspects = [box.bbox_xywh_px[2] / max(box.bbox_xywh_px[3], 1e-9) for _, box in found]
    return ClassStatistics(
        objects=len(found),
        images=len(per_image),
        single_share=sum(count == 1 for count in per_image.values()) / len(per_image) if per_image else None,
        size_quantiles=tuple(float(q) for q in np.quantile([relative_size(*pair) for pair in found], QUANTILES))
        if found
        else None,
        aspect_median=float(np.median(aspects)) if found else None,
        visible_median=float(np.median([box.visible_fraction for box in whole])) if whole else None,
        occluded_share=float(np.mean([box.visible_fraction < 0.9 for box in whole])) if whole else None,
        cut_share=float(np.mean([is_cut_by_frame(*pair) for pair in found])) if found else None,
    )


def relative_size(image: Sample, box: LabelledObject) -> float:
    """Square root of box area over image area."""
    height, width = image.image_hw
    return float(np.sqrt(max(box.bbox_xywh_px[2] * box.bbox_xywh_px[3], 0.0) / (height * width)))


def is_cut_by_frame(image: Sample, box: LabelledObject) -> bool:
    """Whether the box comes within a pixel of the image's edge."""
    x, y, box_width, box_height = box.bbox_xywh_px
    height, width = image.image_hw
    return x <= 1 or y <= 1 or x + box_width >= width - 1 or y + box_height >= height - 1


def _coco_sizes(found: list[Found]) -> dict[str, float]:
    areas = np.array([box.area_px for _, box in found])
    total = max(len(areas), 1)
    small, large = int((areas < SMALL_PX).sum()), int((areas > LARGE_PX).sum())
    return {"small": small / total, "medium": (len(areas) - small - large) / total, "large": large / total}


def _position_shares(found: list[Found]) -> NDArray[np.float64]:
    shares = np.zeros((GRID, GRID))
    for image, box in found:
        x, y, width, height = box.bbox_xywh_px
        row = (y + height / 2) / image.image_hw[0] * GRID
        column = (x + width / 2) / image.image_hw[1] * GRID
        shares[min(max(int(row), 0), GRID - 1), min(max(int(column), 0), GRID - 1)] += 1
    return shares / max(len(found), 1)


def _pairs(images: list[Sample]) -> tuple[tuple[str, str, int], ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for image in images:
        names = sorted({box.class_name for box in image.objects if not box.is_crowd})
        counts.update(itertools.combinations(names, 2))
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP_PAIRS]
    return tuple((one, other, count) for (one, other), count in top)
