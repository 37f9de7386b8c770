"""A whole comparison of a synthetic set with a real one: statistics, features, neighbours, pictures, task gap."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synthvis.data.left_out import splits_that_lost
from synthvis.data.split import Split
from synthvis.dataset.layout import write_bytes_atomic, write_json_atomic
from synthvis.gap.common_form import CommonForm, common_form_of
from synthvis.gap.comparison import (
    FILE_NAME,
    ComparedSet,
    FeatureComparison,
    Neighbours,
    SetComparison,
    StatisticDifference,
    Summary,
    TaskGap,
)
from synthvis.gap.crops import MIN_LONG_SIDE_PX, Crop, choose_crops
from synthvis.gap.differences import mean_divergence, ranked_differences
from synthvis.gap.embedding import Method, on_a_plane, scatter_svg
from synthvis.gap.feature_gap import MIN_ROWS, distances_by_class, feature_distances
from synthvis.gap.nearest import Side, crop_neighbours, neighbour_sheet
from synthvis.gap.resampling import Draws, make_draws
from synthvis.gap.sets import Pair
from synthvis.gap.statistics import SetMeasures, measure_set
from synthvis.gap.task_gap import task_gap
from synthvis.metrics.measures import Bootstrap
from synthvis.metrics.resampling import number

if TYPE_CHECKING:
    from synthvis.gap.features import Extractor

__all__ = ["GapOptions", "compare_sets"]

Floats = NDArray[np.float64]
OnImages = Callable[[int], None]
Stage = Callable[[str, int], OnImages]
"""Told that a piece of work over so many images begins; returns what to call as they are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapOptions:
    """What to compare and how.

    Attributes:
        crops: How many crops of either set at most.
        seed: Of every draw.
        resamples: Of the bootstrap.
        long_side_px: Common size; None: chosen from the sets.
        backbone: Network for the features; None leaves them out.
        by_class: Distances of each class, too.
        embedding: How features are laid out in the picture beside the principal components.
        run: Folder of a run that was evaluated on both sets.
        out: Folder for pictures and the file; None writes nothing.
        stage: Shows progress.
    """

    crops: int = 600
    seed: int = 0
    resamples: int = 200
    long_side_px: int | None = None
    backbone: str | None = None
    by_class: bool = True
    embedding: Method = "pca"
    run: Path | None = None
    out: Path | None = None
    stage: Stage = field(default=lambda _name, _total: lambda _done: None)


def compare_sets(pair: Pair, options: GapOptions) -> SetComparison:
    """Compare two sets; with `options.out`, set_gap.json and pictures are written there.

    Raises:
        DatasetError: A picture cannot be read.
        MissingDependency: A network's weights or a library for the embedding is absent.
        UsageError: The run was not evaluated on both sets, or an installed distance cannot be used.
    """
    form = common_form_of((pair.synthetic, pair.real), options.long_side_px)
    images = (len(pair.synthetic.images), len(pair.real.images))
    draws = make_draws(*images, resamples=options.resamples, seed=options.seed)
    # Before minutes are spent on pixels: a run that was not evaluated ends the command.
    task = task_gap(options.run, *pair.found, resamples=options.resamples) if options.run else None
    ours, theirs = (
        measure_set(split, pair.classes, form, options.stage(f"measuring {split.name}", len(split.images)))
        for split in (pair.synthetic, pair.real)
    )
    differences = ranked_differences(ours, theirs, draws)
    features = _features(pair, form, draws, options)
    result = _comparison(pair, form, options, (ours, theirs), differences, features, task)
    if options.out is not None:
        write_json_atomic(options.out / FILE_NAME, result.to_dict())
    return result


def _comparison(
    pair: Pair,
    form: CommonForm,
    options: GapOptions,
    measures: tuple[SetMeasures, SetMeasures],
    differences: tuple[StatisticDifference, ...],
    features: FeatureComparison | None,
    task: TaskGap | None,
) -> SetComparison:
    summary = Summary(
        mean_js_bits=number(mean_divergence(differences)),
        above_null=sum(bool(row.above_null) for row in differences),
        statistics=len(differences),
    )
    return SetComparison(
        synthetic=_compared(pair.synthetic, measures[0]),
        real=_compared(pair.real, measures[1]),
        left_out={name: lost.rows for name, lost in splits_that_lost((pair.synthetic, pair.real)).items()},
        halves_of_one_set=pair.halves,
        classes=pair.classes,
        only_real_classes=pair.only_real,
        only_synthetic_classes=pair.only_synthetic,
        common_form=form,
        bootstrap=Bootstrap(resamples=options.resamples, seed=options.seed),
        summary=summary,
        differences=differences,
        features=features,
        task=task,
        not_measured=_not_measured(options),
    )


def _compared(split: Split, measures: SetMeasures) -> ComparedSet:
    return ComparedSet(
        set=split.name,
        kind="real" if split.kind == "real" else "synthetic",
        split=split.split,
        images=len(split.images),
        objects=measures.objects,
    )


def _not_measured(options: GapOptions) -> tuple[str, ...]:
    """What the comparison of the sets does not measure; `task_gap` says it of the run."""
    sentences = ["masks, keypoints, depth and normals: image statistics and distances are of pictures, boxes and crops"]
    if options.backbone is None:
        sentences.append("distances of a network's features: they were left out")
    if options.run is None:
        sentences.append("what a network loses between the two sets: no --run that was evaluated on both")
    return tuple(sentences)


def _features(pair: Pair, form: CommonForm, draws: Draws, options: GapOptions) -> FeatureComparison | None:
    """Distances of whole images and of crops; None where they were not asked for, or torch is not installed."""
    if options.backbone is None or importlib.util.find_spec("torch") is None:
        return None
    from synthvis.train.torch_loading import load_torch

    load_torch()
    from synthvis.gap.features import Extractor, image_features

    extractor = Extractor(options.backbone)
    splits = (pair.synthetic, pair.real)
    whole = [
        image_features(extractor, split, form, options.stage(f"images of {split.name}", len(split.images)))
        for split in splits
    ]
    sides = _sides(extractor, pair, form, options)
    crops = (sides[0].rows, sides[1].rows)
    neighbours = crop_neighbours(*sides) if sides[0].crops else None
    _write_maps(options, "images", (whole[0].features, whole[1].features), splits)
    _write_maps(options, "crops", (crops[0].features, crops[1].features), splits)
    if neighbours is not None and options.out is not None:
        _write_sheets(options.out, neighbours, sides, form)
    done = options.stage("distances", 1)
    found = FeatureComparison(
        backbone=options.backbone,
        min_crop_px=MIN_LONG_SIDE_PX,
        images=feature_distances(whole[0], whole[1], draws, options.seed),
        crops=feature_distances(*crops, draws, options.seed),
        crops_by_class=distances_by_class(*crops, draws, options.seed) if options.by_class else {},
        neighbours=neighbours,
    )
    done(1)
    return found


def _sides(extractor: Extractor, pair: Pair, form: CommonForm, options: GapOptions) -> tuple[Side, Side]:
    from synthvis.gap.features import crop_features

    def side(split: Split, crops: Sequence[Crop]) -> Side:
        progress = options.stage(f"objects of {split.name}", len({crop.image_index for crop in crops}))
        return Side(split=split, crops=crops, rows=crop_features(extractor, split, crops, form, progress))

    ours, theirs = choose_crops(pair.synthetic, pair.real, pair.classes, options.crops, options.seed)
    return side(pair.synthetic, ours), side(pair.real, theirs)


def _write_maps(options: GapOptions, of: str, features: tuple[Floats, Floats], splits: tuple[Split, Split]) -> None:
    """Draw both sets of features on a plane, where a set has enough rows."""
    if options.out is None or min(len(rows) for rows in features) < MIN_ROWS:
        return
    names = [f"{split.name}:{split.split} ({split.kind})" for split in splits]
    methods: tuple[Method, ...] = ("pca",) if options.embedding == "pca" else ("pca", options.embedding)
    for method in methods:
        plane = on_a_plane(*features, method, options.seed)
        svg = scatter_svg(plane, names, f"features of {of}")
        write_bytes_atomic(options.out / f"embedding_{of}_{method}.svg", svg.encode())


def _write_sheets(out: Path, neighbours: Neighbours, sides: tuple[Side, Side], form: CommonForm) -> None:
    """Sheets of crops; they show photographs, so they stay in the folder of the run."""
    sheets = (
        ("nearest", neighbours.nearest, sides),
        ("far", neighbours.far, sides),
        ("missing", neighbours.missing, sides[::-1]),
    )
    for name, entries, pair in sheets:
        neighbour_sheet(out / f"{name}.jpg", entries, (pair[0], pair[1]), form.jpeg_quality)
