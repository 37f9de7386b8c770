"""The worst pictures of a task that measures whole pictures, each beside its ground truth where that is a map."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.maps.files import DEPTH_MAPS, NORMAL_MAPS
from synthvis.data.maps.semantic import SemanticSplit, class_map
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import ImagePrediction
from synthvis.report.errors.error_panel import ErrorPanel, ErrorPicture
from synthvis.train.registry import tasks
from synthvis.viz.legend import DEPTH_NOTE, NORMALS_NOTE
from synthvis.viz.overlay import class_map_colors
from synthvis.viz.palette import class_colors
from synthvis.viz.pictures import depth_uri, image_uri, jpeg_uri

__all__ = ["image_panel"]

MAX_PICTURES = 9
PICTURE_PX = 240
MAP_TITLES = {DEPTH_MAPS.name: "ground-truth depth", NORMAL_MAPS.name: "ground-truth normals"}
NOTES = {DEPTH_MAPS.name: DEPTH_NOTE, NORMAL_MAPS.name: NORMALS_NOTE}


def image_panel(split: Split, evaluation: Evaluation, rows: Sequence[ImagePrediction]) -> ErrorPanel:
    """Pictures with the worst value of the headline metric, each with its ground-truth map where it has one.

    Raises:
        KeyError: The rows are of other images.
    """
    headline, lower = evaluation.headline, evaluation.lower_is_better
    known = [(value, row) for row in rows if (value := row.metrics.get(headline)) is not None]
    worst = sorted(known, key=lambda one: one[0], reverse=lower)[:MAX_PICTURES]
    entries = {image.id: image for image in split.images}
    shown_map = _shown_map(evaluation.task)
    pictures = tuple(
        _picture(shown_map, split, entries[row.image_id], f"{headline} {value:.3f}") for value, row in worst
    )
    extreme = "highest" if lower else "lowest"
    return ErrorPanel.of_one_kind(
        "worst images",
        pictures,
        about=(
            f"The {len(pictures)} images of {len(known):,} with the {extreme} {headline}{_about_map(split, shown_map)}"
        ),
        nothing="No image has a score of its own.",
    )


def _shown_map(task: str) -> str | None:
    description = tasks().get(task)
    return description.shown_map if description else None


def _about_map(split: Split, shown_map: str | None) -> str:
    title = "ground-truth classes" if isinstance(split, SemanticSplit) else MAP_TITLES.get(shown_map or "")
    if title is None:
        return "."
    note = f" {NOTES[shown_map]}" if shown_map in NOTES else ""
    return f", each beside its {title}. The network's own maps are not stored.{note}"


def _picture(shown_map: str | None, split: Split, entry: Sample, caption: str) -> ErrorPicture:
    return ErrorPicture(
        uri=image_uri(entry.path, PICTURE_PX, entry.labelled_hw),
        caption=caption,
        source=entry.path.name,
        ground_truth_uri=_ground_truth(shown_map, split, entry),
    )


def _ground_truth(shown_map: str | None, split: Split, entry: Sample) -> str | None:
    if isinstance(split, SemanticSplit):
        names = split.class_names
        indices = class_map(split, entry, names)
        return jpeg_uri(class_map_colors(indices, names, class_colors(names)), PICTURE_PX)
    if shown_map is None:
        return None
    if shown_map == DEPTH_MAPS.name:
        return depth_uri(entry.maps[shown_map].read_known_depth_m(), PICTURE_PX)
    return image_uri(entry.maps[shown_map].path, PICTURE_PX)
