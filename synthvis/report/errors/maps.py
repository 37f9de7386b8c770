"""The worst pictures of a task that answers for each pixel, by the score of each picture, beside their true maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.dataset.map_folder import MapPair, MapSplit
from synthvis.dataset.map_kinds import read_depth_m
from synthvis.dataset.semantic_split import IGNORE, SemanticSplit, class_map
from synthvis.report.errors.answers import SetOnDisk
from synthvis.report.overlay import color_of
from synthvis.report.pictures import depth_uri, image_uri, jpeg_uri
from synthvis.report.scores import LOWER_IS_BETTER

__all__ = ["map_panel"]

SHOWN = 9
PICTURE_PX = 240
TRUTH_SAID = {"depth": "true depth, near is bright", "normals": "true normals", "semantic": "true classes"}


def map_panel(found: SetOnDisk, evaluation: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Pictures with the worst value of the headline metric, each with its true map.

    Raises:
        RealDataError: The set is not there.
        KeyError, TypeError, ValueError: The rows have no such value.
    """
    task, headline = str(evaluation["task"]), str(evaluation["headline"])
    lower = bool(evaluation.get("lower_is_better", headline in LOWER_IS_BETTER))
    known = [row for row in rows if isinstance(row.get(headline), int | float)]
    worst = sorted(known, key=lambda row: float(row[headline]), reverse=lower)[:SHOWN]
    split = found.maps(task)
    entries = {image.id: image for image in split.images}
    shown = [_picture(task, split, entries[row["image_id"]], f"{headline} {float(row[headline]):.3f}") for row in worst]
    return {
        "about": (
            f"The {len(shown)} pictures with the {'highest' if lower else 'lowest'} {headline} of {len(known):,}, each "
            f"beside its {TRUTH_SAID[task]}. The network's own maps are not stored."
        ),
        "marks": False,
        "groups": [("worst pictures", shown)] if shown else [],
        "nothing": "No picture has a score of its own.",
    }


def _picture(task: str, split: MapSplit | SemanticSplit, entry: Any, said: str) -> dict[str, Any]:
    return {
        "uri": image_uri(entry.path, PICTURE_PX),
        "second": _truth(task, split, entry),
        "svg": "",
        "said": said,
        "where": entry.path.name,
    }


def _truth(task: str, split: MapSplit | SemanticSplit, entry: Any) -> str | None:
    if isinstance(split, SemanticSplit):
        return jpeg_uri(_coloured(class_map(split, entry, split.class_names), split.class_names), PICTURE_PX)
    pair: MapPair = entry
    return depth_uri(read_depth_m(pair), PICTURE_PX) if task == "depth" else image_uri(pair.map_path, PICTURE_PX)


def _coloured(indices: NDArray[np.uint8], names: Sequence[str]) -> NDArray[np.uint8]:
    """(H, W, 3) a colour a class; the first class, mostly the background, dark, and what nobody knows grey."""
    table = np.full((IGNORE + 1, 3), 128, dtype=np.uint8)
    table[0] = 24
    for place in range(1, len(names)):
        table[place] = color_of(place)
    return table[indices]
