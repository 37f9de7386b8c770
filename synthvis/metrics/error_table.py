"""Every detection of a split, with whether it is a hit, is ignored, or is an error, and of which cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.metrics.box_overlaps import box_overlaps
from synthvis.metrics.coco_ap import MAX_DETECTIONS
from synthvis.metrics.predictions import BoxPrediction

__all__ = ["CAUSES", "CAUSE_EXPLANATIONS", "Cause", "ErrorTable", "Subset", "error_table", "in_subset"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]

Cause = Literal["classification", "localisation", "both", "duplicate", "background", "missed"]
CAUSES: tuple[Cause, ...] = get_args(Cause)
"""The causes of errors, as TIDE defines them."""
CAUSE_EXPLANATIONS: Mapping[Cause, str] = {
    "classification": "the box is right, the class is wrong",
    "localisation": "the class is right, the box is not (IoU 0.1 to 0.5)",
    "both": "both the class and the box are wrong (IoU 0.1 to 0.5)",
    "duplicate": "the object was found before, with a higher score",
    "background": "no labelled object is there (IoU below 0.1)",
    "missed": "no prediction found this object",
}
NO_CAUSE = -1
HIT_IOU = 0.5
SEEN_IOU = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ErrorTable:
    """D detections, by image and falling score, and M objects.

    Attributes:
        class_names: The K classes.
        image: (D,) index of the image.
        label: (D,) class.
        score: (D,).
        boxes_xywh_px: (D, 4).
        hit: (D,) whether it found an object of its class.
        ignored: (D,) whether it counts neither for nor against, as a detection in a crowd.
        cause: (D,) index into CAUSES, -1 for hits and ignored ones.
        target: (D,) the object that a hit or an error of classification, localisation or duplicate is about, else -1.
        object_image: (M,) index of its image.
        object_class: (M,) its class.
        object_hit: (M,) whether a detection found it.
        missed: (M,) whether no detection found it, nor would find it if errors of class and box were corrected.
        object_counts: (M,) whether it is to be found: it is no crowd, and in the subset that is measured.
        dropped: (M,) whether it was removed, as is done to correct a missed object.
        objects: The M objects.
    """

    class_names: tuple[str, ...]
    image: Indices
    label: Indices
    score: Floats
    boxes_xywh_px: Floats
    hit: Flags
    ignored: Flags
    cause: Indices
    target: Indices
    object_image: Indices
    object_class: Indices
    object_hit: Flags
    missed: Flags
    object_counts: Flags
    dropped: Flags
    objects: tuple[LabelledObject, ...]

    @property
    def area_px(self) -> Floats:
        """(D,) areas of the boxes."""
        return np.asarray(self.boxes_xywh_px[:, 2] * self.boxes_xywh_px[:, 3])

    def only(self, kept: Flags) -> ErrorTable:
        """Without the other detections."""
        return replace(
            self,
            image=self.image[kept],
            label=self.label[kept],
            score=self.score[kept],
            boxes_xywh_px=self.boxes_xywh_px[kept],
            hit=self.hit[kept],
            ignored=self.ignored[kept],
            cause=self.cause[kept],
            target=self.target[kept],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """A part of the objects.

    Attributes:
        name: Such as "small".
        holds: Whether an object is in it.
        holds_stray: Whether a detection that is about no object counts against it, by the area of its box in pixels.
    """

    name: str
    holds: Callable[[LabelledObject], bool]
    holds_stray: Callable[[float], bool]


@dataclass(slots=True, kw_only=True)
class _Image:
    """What is known of one image while it is read."""

    labels: Indices
    scores: Floats
    boxes: Floats
    hit: Flags
    ignored: Flags
    cause: Indices
    target: Indices
    object_classes: Indices
    object_hit: Flags
    missed: Flags
    objects: list[LabelledObject]


def error_table(split: Split, predictions: Sequence[BoxPrediction], class_names: Sequence[str]) -> ErrorTable:
    """Match detections to objects as COCOeval does at IoU 0.5, and tell the causes of those that match nothing.

    Args:
        split: The labelled images.
        predictions: With the split's own image and category ids; of other classes and images they are left out.
        class_names: The split's names of the classes to measure.
    """
    label_of = {split.category_ids[name]: k for k, name in enumerate(class_names)}
    by_image: dict[int, list[BoxPrediction]] = {image.id: [] for image in split.images}
    for row in predictions:
        if row.image_id in by_image and row.category_id in label_of:
            by_image[row.image_id].append(row)
    classes = {name: k for k, name in enumerate(class_names)}
    return _joined([_read(image, by_image[image.id], label_of, classes) for image in split.images], tuple(class_names))


def in_subset(table: ErrorTable, subset: Subset) -> ErrorTable:
    """The table with all objects outside the subset, and the detections that are about them, ignored."""
    inside = np.array([subset.holds(box) for box in table.objects], dtype=bool).reshape(len(table.objects))
    about = table.target >= 0
    stray = np.array([subset.holds_stray(float(area)) for area in table.area_px], dtype=bool).reshape(len(about))
    counts = np.where(about, inside[np.maximum(table.target, 0)] if len(inside) else False, stray)
    ignored = table.ignored | ~counts
    return replace(
        table,
        hit=table.hit & ~ignored,
        ignored=ignored,
        cause=np.where(ignored, NO_CAUSE, table.cause),
        missed=table.missed & inside,
        object_counts=table.object_counts & inside,
    )


def _read(
    image: Sample, rows: Sequence[BoxPrediction], label_of: Mapping[int, int], classes: Mapping[str, int]
) -> _Image:
    rows = _best_of_each_class(rows, label_of)
    objects = [box for box in image.objects if box.class_name in classes]
    count = len(rows)
    state = _Image(
        labels=np.array([label_of[row.category_id] for row in rows], dtype=np.intp),
        scores=np.array([row.score for row in rows], dtype=np.float64),
        boxes=np.array([row.bbox for row in rows], dtype=np.float64).reshape(count, 4),
        hit=np.zeros(count, dtype=bool),
        ignored=np.zeros(count, dtype=bool),
        cause=np.full(count, NO_CAUSE, dtype=np.intp),
        target=np.full(count, -1, dtype=np.intp),
        object_classes=np.array([classes[box.class_name] for box in objects], dtype=np.intp),
        object_hit=np.zeros(len(objects), dtype=bool),
        missed=np.zeros(len(objects), dtype=bool),
        objects=objects,
    )
    crowd = np.array([box.is_crowd for box in objects], dtype=bool)
    overlaps = _overlaps(state.boxes, objects)
    _match(state, overlaps, crowd)
    _tell_causes(state, np.where(crowd, 0.0, overlaps))
    fixable = np.isin(state.cause, (CAUSES.index("classification"), CAUSES.index("localisation")))
    state.missed = ~state.object_hit & ~crowd
    state.missed[state.target[fixable]] = False
    return state


def _best_of_each_class(rows: Sequence[BoxPrediction], label_of: Mapping[int, int]) -> list[BoxPrediction]:
    """The detections that COCOeval looks at, by falling score."""
    ordered = sorted(rows, key=lambda row: -row.score)
    seen = dict.fromkeys(label_of, 0)
    kept = []
    for row in ordered:
        seen[row.category_id] += 1
        if seen[row.category_id] <= MAX_DETECTIONS["bbox"]:
            kept.append(row)
    return kept


def _overlaps(boxes: Floats, objects: Sequence[LabelledObject]) -> Floats:
    """(D, M) IoU; for a crowd, the share of the detection that lies in it, as COCO has it."""
    return box_overlaps(boxes, [box.bbox_xywh_px for box in objects], [box.is_crowd for box in objects])


def _match(state: _Image, overlaps: Floats, crowd: Flags) -> None:
    """Greedily by falling score: the free object of the class with the highest overlap, a crowd only failing that."""
    for place, label in enumerate(state.labels):
        same = state.object_classes == label
        for of_kind in (same & ~crowd & ~state.object_hit, same & crowd):
            candidates = np.where(of_kind, overlaps[place], -1.0)
            if not len(candidates) or candidates.max() < HIT_IOU:
                continue
            # Among equals COCOeval takes the last.
            best = len(candidates) - 1 - int(np.argmax(candidates[::-1]))
            if crowd[best]:
                state.ignored[place] = True
            else:
                state.hit[place] = state.object_hit[best] = True
                state.target[place] = best
            break


def _tell_causes(state: _Image, overlaps: Floats) -> None:
    same = state.labels[:, None] == state.object_classes[None]
    own, other = (_best(np.where(kind, overlaps, 0.0)) for kind in (same, ~same))
    # In the order of the reference implementation, as a detection may fit several.
    causes = (
        ("localisation", (own[0] >= SEEN_IOU) & (own[0] < HIT_IOU), own[1]),
        ("classification", other[0] >= HIT_IOU, other[1]),
        # The object is taken: else this would have been a hit.
        ("duplicate", own[0] >= HIT_IOU, own[1]),
        ("both", other[0] >= SEEN_IOU, np.full(len(own[0]), -1)),
    )
    wrong = ~state.hit & ~state.ignored
    fits = [wrong & applies for _, applies, _ in causes]
    numbers = [CAUSES.index(name) for name, _, _ in causes]
    stray = np.where(wrong, CAUSES.index("background"), NO_CAUSE)
    state.cause = np.select(fits, numbers, stray).astype(np.intp)
    state.target = np.select(fits, [target for _, _, target in causes], state.target).astype(np.intp)


def _best(overlaps: Floats) -> tuple[Floats, Indices]:
    """Largest of each row and where it is; 0 where there is nothing."""
    if not overlaps.shape[1]:
        return np.zeros(len(overlaps)), np.zeros(len(overlaps), dtype=np.intp)
    return overlaps.max(axis=1), overlaps.argmax(axis=1)


def _joined(images: Sequence[_Image], class_names: tuple[str, ...]) -> ErrorTable:
    first_object = np.cumsum([0, *(len(one.objects) for one in images)])
    targets = [
        np.where(one.target >= 0, one.target + start, -1) for one, start in zip(images, first_object, strict=False)
    ]
    boxes = np.concatenate([np.zeros((0, 4)), *(one.boxes for one in images)])
    objects = tuple(box for one in images for box in one.objects)
    return ErrorTable(
        class_names=class_names,
        image=np.repeat(np.arange(len(images)), [len(one.labels) for one in images]),
        label=np.concatenate([one.labels for one in images]),
        score=np.concatenate([one.scores for one in images]),
        boxes_xywh_px=boxes,
        hit=np.concatenate([one.hit for one in images]),
        ignored=np.concatenate([one.ignored for one in images]),
        cause=np.concatenate([one.cause for one in images]),
        target=np.concatenate(targets).astype(np.intp),
        object_image=np.repeat(np.arange(len(images)), [len(one.objects) for one in images]),
        object_class=np.concatenate([one.object_classes for one in images]),
        object_hit=np.concatenate([one.object_hit for one in images]),
        missed=np.concatenate([one.missed for one in images]),
        object_counts=np.array([not box.is_crowd for box in objects], dtype=bool).reshape(len(objects)),
        dropped=np.zeros(len(objects), dtype=bool),
        objects=objects,
    )
