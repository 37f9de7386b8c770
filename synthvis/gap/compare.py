"""A whole comparison of a synthetic set with a real one: statistics, features, neighbours, pictures, task gap."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthvis.data.left_out import splits_that_lost
from synthvis.dataset.layout import write_bytes_atomic, write_json_atomic
from synthvis.gap.common_form import CommonForm, common_form_of
from synthvis.gap.crops import LEAST_LONG_SIDE_PX, choose_crops
from synthvis.gap.differences import mean_divergence, ranked_differences
from synthvis.gap.embedding import Method, on_a_plane, scatter_svg
from synthvis.gap.feature_gap import LEAST_ROWS, distances_by_class, feature_distances
from synthvis.gap.resampling import Draws, make_draws
from synthvis.gap.sets import Pair
from synthvis.gap.statistics import measure_set
from synthvis.gap.task_gap import task_gap
from synthvis.gap.typical import Side, neighbour_facts, neighbour_sheet
from synthvis.metrics.resampling import LEVEL, number

__all__ = ["FILE_NAME", "GapOptions", "compare_sets"]

FILE_NAME = "set_gap.json"
OnImages = Callable[[int], None]
Stage = Callable[[str, int], OnImages]
"""Told that a piece of work over so many images begins; returns what to call as they are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapOptions:
    """What to compare and how.

    Attributes:
        crops: Most crops of either set.
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


def compare_sets(pair: Pair, options: GapOptions) -> dict[str, Any]:
    """Compare two sets; with `options.out`, set_gap.json and pictures are written there.

    Raises:
        DatasetError: A picture cannot be read.
        MissingDependency: A network's weights or a library for the embedding is absent.
        UsageError: The run was not evaluated on both sets.
    """
    form = common_form_of((pair.synthetic, pair.real), options.long_side_px)
    images = (len(pair.synthetic.images), len(pair.real.images))
    draws = make_draws(*images, resamples=options.resamples, seed=options.seed)
    # Before minutes are spent on pixels: a run that was not evaluated ends the command.
    task = task_gap(options.run, *pair.found, resamples=options.resamples) if options.run else None
    measures = [
        measure_set(split, pair.classes, form, options.stage(f"measuring {split.name}", len(split.images)))
        for split in (pair.synthetic, pair.real)
    ]
    rows = ranked_differences(measures[0], measures[1], draws)
    result = {
        **_head(pair, form, options, [one.objects for one in measures]),
        "summary": {
            "mean_js_bits": number(mean_divergence(rows)),
            "above_chance": sum(bool(row["above_chance"]) for row in rows),
            "traits": len(rows),
        },
        "differences": rows,
        "features": _features(pair, form, draws, options),
        "task": task,
        "not_measured": _not_measured(options),
    }
    if options.out is not None:
        write_json_atomic(options.out / FILE_NAME, result)
    return result


def _head(pair: Pair, form: CommonForm, options: GapOptions, objects: list[int]) -> dict[str, Any]:
    sides = {
        name: {
            "set": split.name,
            "kind": split.kind,
            "split": split.split,
            "images": len(split.images),
            "objects": count,
        }
        for name, split, count in zip(("synthetic", "real"), (pair.synthetic, pair.real), objects, strict=True)
    }
    return {
        **sides,
        "left_out": {name: lost.to_json() for name, lost in splits_that_lost((pair.synthetic, pair.real)).items()},
        "halves_of_one_set": pair.halves,
        "classes": list(pair.classes),
        "only_real_classes": list(pair.only_real),
        "only_synthetic_classes": list(pair.only_synthetic),
        "common_form": {"long_side_px": form.long_side_px, "jpeg_quality": form.jpeg_quality},
        "bootstrap": {"resamples": options.resamples, "seed": options.seed, "level": LEVEL, "over": "images"},
    }


def _not_measured(options: GapOptions) -> list[str]:
    """What a comparison of two sets leaves out; what its run leaves out, `task_gap` says."""
    said = ["masks, keypoints, depth and normals: traits and distances are of pictures, boxes and crops"]
    if options.backbone is None:
        said.append("distances of a network's features: they were left out")
    if options.run is None:
        said.append("what a network loses between the two sets: no --run that was evaluated on both")
    return said


def _features(pair: Pair, form: CommonForm, draws: Draws, options: GapOptions) -> dict[str, Any] | None:
    """Distances of whole images and of crops; None where they were not asked for, or torch is not installed."""
    if options.backbone is None or importlib.util.find_spec("torch") is None:
        return None
    importlib.import_module("synthvis.train.torch_loading").load_torch()
    features = importlib.import_module("synthvis.gap.features")
    extractor = features.Extractor(options.backbone)
    chosen = choose_crops(pair.synthetic, pair.real, pair.classes, options.crops, options.seed)
    splits = (pair.synthetic, pair.real)
    whole = [
        features.image_features(extractor, split, form, options.stage(f"images of {split.name}", len(split.images)))
        for split in splits
    ]
    sides = [
        Side(
            split=split,
            crops=crops,
            rows=features.crop_features(extractor, split, crops, form, _on_crops(options, crops, split.name)),
        )
        for split, crops in zip(splits, chosen, strict=True)
    ]
    neighbours = neighbour_facts(*sides) if chosen[0] else None
    _write_pictures(
        options,
        {"images": (whole[0].features, whole[1].features), "crops": (sides[0].rows.features, sides[1].rows.features)},
        splits,
    )
    if neighbours is not None and options.out is not None:
        _write_sheets(options.out, neighbours, (sides[0], sides[1]), form)
    work = options.stage("distances", 1)
    found = {
        "backbone": options.backbone,
        "least_crop_px": LEAST_LONG_SIDE_PX,
        "images": feature_distances(whole[0], whole[1], draws, options.seed),
        "crops": feature_distances(sides[0].rows, sides[1].rows, draws, options.seed),
        "crops_by_class": distances_by_class(sides[0].rows, sides[1].rows, draws, options.seed)
        if options.by_class
        else {},
        "neighbours": neighbours,
    }
    work(1)
    return found


def _on_crops(options: GapOptions, crops: Any, name: str) -> OnImages:
    return options.stage(f"objects of {name}", len({crop.image_index for crop in crops}))


def _write_pictures(options: GapOptions, features: Mapping[str, Any], splits: Any) -> None:
    if options.out is None:
        return
    names = [f"{split.name}:{split.split} ({split.kind})" for split in splits]
    for what, (ours, theirs) in features.items():
        if min(len(ours), len(theirs)) < LEAST_ROWS:
            continue
        for method in _methods(options):
            plane = on_a_plane(ours, theirs, method, options.seed)
            svg = scatter_svg(plane, names, f"features of {what}")
            write_bytes_atomic(options.out / f"embedding_{what}_{method}.svg", svg.encode())


def _methods(options: GapOptions) -> tuple[Method, ...]:
    return ("pca",) if options.embedding == "pca" else ("pca", options.embedding)


def _write_sheets(out: Path, neighbours: Mapping[str, Any], sides: tuple[Side, Side], form: CommonForm) -> None:
    """Sheets of crops; they show photographs, so they stay in the folder of the run."""
    for name in ("typical", "strange", "missing"):
        pair = sides[::-1] if name == "missing" else sides
        neighbour_sheet(out / f"{name}.jpg", neighbours[name], (pair[0], pair[1]), form.jpeg_quality)
