"""The worst errors of a classifier: what it took for something else and was sure of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import ClassPrediction
from synthvis.viz.pictures import crop_around, image_uri

__all__ = ["class_panel"]

SHOWN = 18
PER_PAIR = 3
"""Pictures of one class that was taken for one other, so that one confusion does not fill the page."""
PICTURE_PX = 240


def class_panel(split: Split, evaluation: Evaluation, rows: Sequence[ClassPrediction]) -> dict[str, Any]:
    """The mistakes with the highest probability.

    Raises:
        KeyError, TypeError: The rows are of other pictures.
    """
    wrong = sorted((row for row in rows if row.ground_truth != row.prediction), key=lambda row: -row.score)
    shown = [_picture(row, split) for row in _spread(wrong)]
    return {
        "about": f"{len(wrong):,} of {len(rows):,} predictions are wrong; here are the most confident of them.",
        "marks": False,
        "groups": [("confident mistakes", shown)] if shown else [],
        "nothing": "None: every prediction is right.",
    }


def _spread(wrong: Sequence[ClassPrediction]) -> list[ClassPrediction]:
    counts: dict[tuple[str, str], int] = {}
    chosen = []
    for row in wrong:
        pair = (row.ground_truth, row.prediction)
        counts[pair] = counts.get(pair, 0) + 1
        if counts[pair] <= PER_PAIR:
            chosen.append(row)
    return chosen[:SHOWN]


def _picture(row: ClassPrediction, split: Split) -> dict[str, Any]:
    caption = f"{row.ground_truth} taken for {row.prediction}, probability {row.score:.2f}"
    if split.label_form == "images":
        path = _file_of(split, str(row.file))
        return {"uri": image_uri(path, PICTURE_PX), "svg": "", "said": caption, "where": str(row.file)}
    paths = {image.id: image.path for image in split.images}
    if row.image_id is None or row.bbox is None:
        raise TypeError("a crop needs its image and box")
    crop = crop_around(paths[row.image_id], [(row.bbox, "")], margin=0.0)
    return {"uri": crop["uri"], "svg": "", "said": caption, "where": f"image {row.image_id}"}


def _file_of(split: Split, name: str) -> Path:
    """A listed picture by class folder and name; a name that is not listed is no picture of this set."""
    by_name = {f"{image.path.parent.name}/{image.path.name}": image.path for image in split.images}
    return by_name[name]
