"""The worst errors of a classifier: wrong predictions of high probability."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import ClassPrediction
from synthvis.report.errors.error_panel import ErrorPanel, ErrorPicture
from synthvis.viz.pictures import crop_around, image_uri

__all__ = ["class_panel"]

MAX_PICTURES = 18
MAX_PER_PAIR = 3
"""Pictures of the same confusion of two classes, so that one confusion does not fill the page."""
PICTURE_PX = 240


def class_panel(split: Split, evaluation: Evaluation, rows: Sequence[ClassPrediction]) -> ErrorPanel:
    """The mistakes with the highest probability.

    Raises:
        KeyError, TypeError: The rows are of other pictures.
    """
    wrong = sorted((row for row in rows if row.ground_truth != row.prediction), key=lambda row: -row.score)
    return ErrorPanel.of_one_kind(
        "confident errors",
        tuple(_picture(row, split) for row in _spread(wrong)),
        about=f"{len(wrong):,} of {len(rows):,} predictions are wrong; the most confident of them are shown.",
        nothing="There are no errors: every prediction is right.",
    )


def _spread(wrong: Sequence[ClassPrediction]) -> list[ClassPrediction]:
    counts: dict[tuple[str, str], int] = {}
    chosen = []
    for row in wrong:
        pair = (row.ground_truth, row.prediction)
        counts[pair] = counts.get(pair, 0) + 1
        if counts[pair] <= MAX_PER_PAIR:
            chosen.append(row)
    return chosen[:MAX_PICTURES]


def _picture(row: ClassPrediction, split: Split) -> ErrorPicture:
    caption = f"{row.ground_truth} taken for {row.prediction}, probability {row.score:.2f}"
    if split.label_form == "images":
        path = _file_of(split, str(row.file))
        return ErrorPicture(uri=image_uri(path, PICTURE_PX), caption=caption, source=str(row.file))
    images = {image.id: image for image in split.images}
    if row.image_id is None or row.bbox is None:
        raise TypeError("a crop needs its image and box")
    crop = crop_around(images[row.image_id].image, [(row.bbox, "")], margin=0.0)
    return ErrorPicture(uri=crop.uri, caption=caption, source=f"image {row.image_id}")


def _file_of(split: Split, name: str) -> Path:
    """A listed picture by class folder and name; a name that is not listed is no picture of this set."""
    by_name = {f"{image.path.parent.name}/{image.path.name}": image.path for image in split.images}
    return by_name[name]
