"""The worst errors of a classifier: what it took for something else and was sure of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.viz.pictures import crop_around, image_uri

__all__ = ["class_panel"]

SHOWN = 18
PER_PAIR = 3
"""Pictures of one class that was taken for one other, so that one confusion does not fill the page."""
PICTURE_PX = 240


def class_panel(split: Split, evaluation: Evaluation, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The mistakes with the highest probability.

    Raises:
        KeyError, TypeError, ValueError: The rows are no answers.
    """
    wrong = sorted((row for row in rows if row["class"] != row["answer"]), key=lambda row: -float(row["score"]))
    shown = [_picture(row, split) for row in _spread(wrong)]
    return {
        "about": f"{len(wrong):,} of {len(rows):,} answers are wrong; here are those that the network was surest of.",
        "marks": False,
        "groups": [("confident mistakes", shown)] if shown else [],
        "nothing": "None: every answer is right.",
    }


def _spread(wrong: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], int] = {}
    chosen = []
    for row in wrong:
        pair = (str(row["class"]), str(row["answer"]))
        counts[pair] = counts.get(pair, 0) + 1
        if counts[pair] <= PER_PAIR:
            chosen.append(row)
    return chosen[:SHOWN]


def _picture(row: Mapping[str, Any], split: Split | Split) -> dict[str, Any]:
    said = f"{row['class']} taken for {row['answer']}, probability {float(row['score']):.2f}"
    if split.label_form == "images":
        path = _file_of(split, str(row["file"]))
        return {"uri": image_uri(path, PICTURE_PX), "svg": "", "said": said, "where": str(row["file"])}
    paths = {image.id: image.path for image in split.images}
    x, y, width, height = (float(value) for value in row["bbox"])
    crop = crop_around(paths[row["image_id"]], [((x, y, width, height), "")], margin=0.0)
    return {"uri": crop["uri"], "svg": "", "said": said, "where": f"image {row['image_id']}"}


def _file_of(split: Split, name: str) -> Path:
    """A listed picture by class folder and name; a name that is not listed is no picture of this set."""
    by_name = {f"{image.path.parent.name}/{image.path.name}": image.path for image in split.images}
    return by_name[name]
