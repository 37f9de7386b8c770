"""The worst pictures of a task that answers for each pixel, by the score of each picture, beside their true maps."""

from __future__ import annotations

from typing import Any

from synthvis.data.maps.files import DEPTH_MAPS, NORMAL_MAPS
from synthvis.data.maps.semantic import SemanticSplit, class_map
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.viz.legend import DEPTH_NOTE, NORMALS_NOTE
from synthvis.viz.overlay import class_map_colors
from synthvis.viz.palette import class_colors
from synthvis.viz.pictures import depth_uri, image_uri, jpeg_uri

__all__ = ["map_panel"]

SHOWN = 9
PICTURE_PX = 240
TRUTH_SAID = {"depth": "true depth", "normals": "true normals", "semantic": "true classes"}
NOTES = {"depth": DEPTH_NOTE, "normals": NORMALS_NOTE}


def map_panel(split: Split, evaluation: Evaluation, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Pictures with the worst value of the headline metric, each with its true map.

    Raises:
        KeyError, TypeError, ValueError: The rows have no such value.
    """
    task, headline = evaluation.task, evaluation.headline
    lower = evaluation.lower_is_better
    known = [row for row in rows if isinstance(row.get(headline), int | float)]
    worst = sorted(known, key=lambda row: float(row[headline]), reverse=lower)[:SHOWN]
    entries = {image.id: image for image in split.images}
    shown = [_picture(task, split, entries[row["image_id"]], f"{headline} {float(row[headline]):.3f}") for row in worst]
    return {
        "about": (
            f"The {len(shown)} pictures with the {'highest' if lower else 'lowest'} {headline} of {len(known):,}, each "
            f"beside its {TRUTH_SAID[task]}. The network's own maps are not stored.{_note(task)}"
        ),
        "marks": False,
        "groups": [("worst pictures", shown)] if shown else [],
        "nothing": "No picture has a score of its own.",
    }


def _note(task: str) -> str:
    return f" {NOTES[task]}" if task in NOTES else ""


def _picture(task: str, split: Split, entry: Sample, said: str) -> dict[str, Any]:
    return {
        "uri": image_uri(entry.path, PICTURE_PX),
        "second": _truth(task, split, entry),
        "svg": "",
        "said": said,
        "where": entry.path.name,
    }


def _truth(task: str, split: Split, entry: Sample) -> str | None:
    if isinstance(split, SemanticSplit):
        names = split.class_names
        indices = class_map(split, entry, names)
        return jpeg_uri(class_map_colors(indices, names, class_colors(names)), PICTURE_PX)
    if task == "depth":
        return depth_uri(entry.maps[DEPTH_MAPS.name].read_known_depth_m(), PICTURE_PX)
    return image_uri(entry.maps[NORMAL_MAPS.name].path, PICTURE_PX)
