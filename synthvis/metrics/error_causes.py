"""Why a detector loses AP50: for each cause of errors, the AP50 that correcting all of its errors would bring.

The causes, and what correcting an error means, are those of TIDE (Bolya et al., "TIDE: a general toolbox for
identifying object detection errors", ECCV 2020). A detection hits an object from an IoU of 0.5 on. Below an IoU of 0.1
with every object it has found nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.data.split import Split
from synthvis.formats.json_file import Count, Name, Number, Record
from synthvis.metrics.error_table import CAUSES, Cause, ErrorTable, Subset, error_table, in_subset
from synthvis.metrics.means import Floats, known_means
from synthvis.metrics.measures import Bootstrap
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import BoxPrediction
from synthvis.metrics.resampling import interval, number, resample_counts

__all__ = ["CauseCost", "ErrorCauses", "SetErrorCauses", "error_causes"]

Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]

NO_DRAWS = np.zeros(0)
"""No resamples."""
RECALLS = np.linspace(0.0, 1.0, 101)
"""COCO's recall thresholds."""
FIXED: tuple[Cause, ...] = ("classification", "localisation")
"""Errors of these causes are corrected by turning the detection into a hit, those of the others by removing the
detection, or the object that was missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseCost(Record):
    """The errors of one cause, and what they cost.

    Attributes:
        count: The number of detections with this cause, or of objects that were missed.
        ap50_gain: The AP50 that correcting these errors alone would bring (TIDE's delta AP). The gains of several
            causes do not add up.
        step: The AP50 that correcting them brings when the errors of all causes before are corrected already. AP50 and
            all steps add up to 1.
    """

    count: Count
    ap50_gain: MetricValue
    step: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCauses(Record):
    """AP50 and what each cause costs: of a set, of a class, or of a subset of the objects.

    Attributes:
        ap50: AP at IoU 0.5; undefined without objects.
        objects: The number of objects that are to be found.
        causes: What the errors of each of `CAUSES` cost.
    """

    ap50: MetricValue
    objects: Count
    causes: Mapping[Cause, CauseCost]

    def __post_init__(self) -> None:
        if missing := [cause for cause in CAUSES if cause not in self.causes]:
            raise ValueError(f"the cause {missing[0]} is missing")

    def by_gain(self) -> tuple[Cause, ...]:
        """The causes, the most costly first."""
        return tuple(sorted(self.causes, key=lambda cause: -(self.causes[cause].ap50_gain.value or 0.0)))

    def __str__(self) -> str:
        gains = ", ".join(f"{cause} {self.causes[cause].ap50_gain}" for cause in self.by_gain())
        return f"AP50 {self.ap50}; to gain: {gains}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetErrorCauses(ErrorCauses):
    """The causes of a set, with those of its classes and subsets, which have no intervals.

    Attributes:
        per_class: By the name of the class, of those that have objects.
        subsets: By the name of the subset.
        bootstrap: How intervals were drawn.
    """

    per_class: Mapping[Name, ErrorCauses] = field(default_factory=dict)
    subsets: Mapping[Name, ErrorCauses] = field(default_factory=dict)
    bootstrap: Bootstrap = field(default_factory=Bootstrap)


def error_causes(
    split: Split,
    predictions: Sequence[BoxPrediction],
    class_names: Sequence[str],
    *,
    resamples: int = 200,
    seed: int = 0,
    subsets: Sequence[Subset] = (),
) -> SetErrorCauses:
    """Measure AP50, and what each cause of errors costs.

    Args:
        split: The labelled images; all of them count.
        predictions: Detections with the split's own image and category ids.
        class_names: The split's names of the classes to measure.
        resamples: Bootstrap resamples of the images; 0 leaves low and high null.
        seed: Seed of the resampling.
        subsets: Parts of the objects to measure by themselves, such as the small ones.

    Returns:
        Values are undefined where a class or subset has no object.
    """
    table = error_table(split, predictions, class_names)
    counts = resample_counts(len(split.images), resamples, seed)
    exact = np.ones((1, len(split.images)))
    whole = _measured(table, exact)
    drawn = _measured(table, counts, steps=False) if resamples else None
    per_class = {
        name: _summary(table, whole, None, k) for k, name in enumerate(class_names) if (table.object_class == k).any()
    }
    total = _summary(table, whole, drawn)
    return SetErrorCauses(
        ap50=total.ap50,
        objects=total.objects,
        causes=total.causes,
        per_class=per_class,
        subsets={subset.name: _subset(table, subset, exact) for subset in subsets},
        bootstrap=Bootstrap(resamples=resamples, seed=seed),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Measured:
    """AP50 by resample and class, (B, K).

    Attributes:
        plain: Of the detections as they are.
        alone: With the errors of each cause corrected, and no others.
        steps: With the errors of each cause and of all before it corrected.
    """

    plain: Floats
    alone: Mapping[str, Floats]
    steps: Mapping[str, Floats]


def _measured(table: ErrorTable, counts: Floats, *, steps: bool = True) -> _Measured:
    return _Measured(
        plain=_average_precision(table, counts),
        alone={cause: _average_precision(_corrected(table, (cause,)), counts) for cause in CAUSES},
        steps={
            cause: _average_precision(_corrected(table, CAUSES[: number + 1]), counts)
            for number, cause in enumerate(CAUSES)
            if steps
        },
    )


def _corrected(table: ErrorTable, causes: Sequence[str]) -> ErrorTable:
    """The detections and objects without the errors of these causes.

    Where several detections could become the hit on one object, the one with the highest score does, and the others are
    removed. An object that has a hit keeps it.
    """
    chosen = np.isin(table.cause, [CAUSES.index(cause) for cause in causes])
    fixable = chosen & np.isin(table.cause, [CAUSES.index(cause) for cause in FIXED])
    taken = table.object_hit.copy()
    hit = table.hit.copy()
    label = table.label.copy()
    for place in np.flatnonzero(fixable)[np.argsort(-table.score[fixable], kind="stable")]:
        target = table.target[place]
        if not taken[target]:
            taken[target] = hit[place] = True
            label[place] = table.object_class[target]
    kept = ~chosen | hit
    dropped = table.missed if "missed" in causes else table.dropped
    fixed = replace(table, hit=hit, label=label, dropped=dropped)
    return fixed.only(kept)


def _average_precision(table: ErrorTable, counts: Floats) -> Floats:
    """COCO's 101-point AP at IoU 0.5, (B, K); NaN for a class without objects.

    A class all of whose objects were dropped has nothing left to find. Its AP is 1 without false detections, else 0.
    """
    counted = ~table.ignored
    values = np.full((len(counts), len(table.class_names)), np.nan)
    for k in range(len(table.class_names)):
        rows = np.flatnonzero(counted & (table.label == k))
        # The reference sorts stably too; another order would move ties.
        rows = rows[np.argsort(-table.score[rows], kind="stable")]
        of_class = (table.object_class == k) & table.object_counts
        objects = _weight(counts, table.object_image[of_class & ~table.dropped])
        values[:, k] = _class_precision(table.hit[rows], table.image[rows], objects, counts)
        emptied = (objects == 0) & (_weight(counts, table.object_image[of_class]) > 0)
        values[emptied, k] = _weight(counts, table.image[rows[~table.hit[rows]]])[emptied] == 0
    return values


def _class_precision(hit: Flags, image: Indices, objects: Floats, counts: Floats) -> Floats:
    """AP of one class, from its detections by falling score and the number of objects to be found, (B,)."""
    ranks = np.cumsum(hit)
    hits = int(ranks[-1]) if len(ranks) else 0
    # Row h: an image's detections up to the h-th hit. False ones behind the last hit do not lower any precision.
    true, false = np.zeros((hits, counts.shape[1])), np.zeros((hits + 1, counts.shape[1]))
    np.add.at(true, (ranks[hit] - 1, image[hit]), 1.0)
    np.add.at(false, (ranks[~hit], image[~hit]), 1.0)
    true_sum, false_sum = (counts @ np.cumsum(part[:hits], axis=0).T for part in (true, false))
    precision = true_sum / (true_sum + false_sum + np.spacing(1))
    precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    padded = np.concatenate([precision, np.zeros((len(counts), 1))], axis=1)
    reached = true_sum / np.maximum(objects, 1.0)[:, None]
    values = [row[np.searchsorted(found, RECALLS)].mean() for row, found in zip(padded, reached, strict=True)]
    return np.where(objects > 0, values, np.nan)


def _weight(counts: Floats, image: Indices) -> Floats:
    """Summed weight of the images, each as often as it is named, (B,)."""
    return np.asarray(counts @ np.bincount(image, minlength=counts.shape[1]))


def _summary(table: ErrorTable, whole: _Measured, drawn: _Measured | None, k: int | None = None) -> ErrorCauses:
    """One class, or the mean over all."""
    before = whole.plain
    causes: dict[Cause, CauseCost] = {}
    for cause in CAUSES:
        after = whole.steps[cause]
        gain = _mean(whole.alone[cause], k) - _mean(whole.plain, k)
        gains = NO_DRAWS if drawn is None else _mean(drawn.alone[cause]) - _mean(drawn.plain)
        step = number((_mean(after, k) - _mean(before, k))[0])
        causes[cause] = CauseCost(count=_count(table, cause, k), ap50_gain=interval(gain[0], gains), step=step)
        before = after
    of_class = table.object_counts if k is None else table.object_counts & (table.object_class == k)
    ap50 = interval(_mean(whole.plain, k)[0], NO_DRAWS if drawn is None else _mean(drawn.plain))
    return ErrorCauses(ap50=ap50, objects=int(of_class.sum()), causes=causes)


def _subset(table: ErrorTable, subset: Subset, counts: Floats) -> ErrorCauses:
    part = in_subset(table, subset)
    return _summary(part, _measured(part, counts), None)


def _count(table: ErrorTable, cause: str, k: int | None) -> int:
    if cause == "missed":
        of_class = table.missed & table.object_counts
        return int((of_class if k is None else of_class & (table.object_class == k)).sum())
    found = (table.cause == CAUSES.index(cause)) & ~table.ignored
    return int((found if k is None else found & (table.label == k)).sum())


def _mean(values: Floats, k: int | None = None) -> Floats:
    """Mean over the classes that have objects, or one class: (B,)."""
    return known_means(values) if k is None else values[:, k]
