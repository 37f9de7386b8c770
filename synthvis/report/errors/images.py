"""The worst pictures of a task that measures whole pictures, each beside its ground truth where that is a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synthvis.data.maps.files import DEPTH_MAPS, NORMAL_MAPS
from synthvis.data.maps.semantic import SemanticSplit, class_map
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import ImagePrediction
from synthvis.train.registry import tasks
from synthvis.viz.legend import DEPTH_NOTE, NORMALS_NOTE
from synthvis.viz.overlay import class_map_colors
from synthvis.viz.palette import class_colors
from synthvis.viz.pictures import depth_uri, image_uri, jpeg_uri

__all__ = ["image_panel"]

SHOWN = 9
PICTURE_PX = 240
MAP_TITLES = {DEPTH_MAPS.name: "true depth", NORMAL_MAPS.name: "true normals"}
NOTES = {DEPTH_MAPS.name: DEPTH_NOTE, NORMAL_MAPS.name: NORMALS_NOTE}


def image_panel(split: Split, evaluation: Evaluation, rows: Sequence[ImagePrediction]) -> dict[str, Any]:
    """Pictures with the worst value of the headline metric, each with its true map where it has one.

    Raises:
        KeyError: The rows are of other images.
    """
    headline, lower = evaluation.headline, evaluation.lower_is_better
    known = [(value, row) for row in rows if (value := row.metrics.get(headline)) is not None]
    worst = sorted(known, key=lambda one: one[0], reverse=lower)[:SHOWN]
    entries = {image.id: image for image in split.images}
    shown_map = _shown_map(evaluation.task)
    shown = [_picture(shown_map, split, entries[row.image_id], f"{headline} {value:.3f}") for value, row in worst]
    return {
        "about": (
            f"The {len(shown)} pictures with the {'highest' if lower else 'lowest'} {headline} of {len(known):,}"
            f"{_about_map(split, shown_map)}"
        ),
        "marks": False,
        "groups": [("worst pictures", shown)] if shown else [],
        "nothing": "No picture has a score of its own.",
    }


def _shown_map(task: str) -> str | None:
    description = tasks().get(task)
    return description.shown_map if description else None


def _about_map(split: Split, shown_map: str | None) -> str:
    title = "true classes" if isinstance(split, SemanticSplit) else MAP_TITLES.get(shown_map or "")
    if title is None:
        return "."
    note = f" {NOTES[shown_map]}" if shown_map in NOTES else ""
    return f", each beside its {title}. The network's own maps are not stored.{note}"


def _picture(shown_map: str | None, split: Split, entry: Sample, caption: str) -> dict[str, Any]:
    return {
        "uri": image_uri(entry.path, PICTURE_PX),
        "second": _ground_truth(shown_map, split, entry),
        "svg": "",
        "said": caption,
        "where": entry.path.name,
    }


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
