"""Trackers on the films of a split: from boxes, found or labelled, to boxes with track ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.assets.own_code import last_line
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.errors import UsageError
from synthvis.metrics.predictions import BoxPrediction, TrackPrediction
from synthvis.metrics.tracking.tracking import films_of
from synthvis.tracking.looks import color_looks
from synthvis.tracking.tracker import NO_TRACK, FrameDetections, Tracker, TrackerChoice

__all__ = ["labelled_boxes", "track_ids_of", "tracked"]


def tracked(split: Split, rows: Sequence[BoxPrediction], choice: TrackerChoice) -> list[TrackPrediction]:
    """The rows that belong to a track; each film of the split has a tracker of its own.

    Args:
        split: Whose frames they were found in; its labels are not looked at.
        rows: Boxes with its image and category ids.
        choice: The tracker.

    Raises:
        UsageError: The tracker, of the user's, does not do what trackers do.
        DatasetError: The tracker compares looks, and a picture cannot be read.
    """
    by_image: dict[int, list[BoxPrediction]] = {}
    for row in rows:
        by_image.setdefault(row.image_id, []).append(row)
    found = []
    for frames in films_of(split.images):
        film = split.films.get(frames[0].video_id or 0)
        tracker = choice.for_film(None if film is None else film.fps)
        for image in frames:
            there = by_image.get(image.id, [])
            looks_of = image if choice.kind.wants_looks and there else None
            ids = track_ids_of(tracker, _detections(there, looks_of), choice.kind.name)
            found += [
                TrackPrediction(
                    image_id=row.image_id, category_id=row.category_id, bbox=row.bbox, score=row.score,
                    track_id=int(track_id),
                )
                for row, track_id in zip(there, ids, strict=True)
                if track_id != NO_TRACK
            ]  # fmt: skip
    return found


def labelled_boxes(split: Split, class_names: Sequence[str]) -> list[BoxPrediction]:
    """The labelled boxes of some classes as a perfect detector would find them; ignored single objects too."""
    wanted = set(class_names)
    return [
        BoxPrediction(
            image_id=image.id, category_id=split.category_ids[one.class_name], bbox=one.bbox_xywh_px, score=1.0
        )
        for image in split.images
        for one in image.objects
        if one.class_name in wanted and (one.track_id is not None or not one.is_crowd)
    ]  # fmt: skip


def track_ids_of(tracker: Tracker, detections: FrameDetections, name: str) -> NDArray[np.int64]:
    """(N,) what a tracker says of a frame, once it is known to be what trackers say.

    Raises:
        UsageError: It is something else, or the tracker fails.
    """
    try:
        ids = np.asarray(tracker.update(detections))
    except Exception as error:
        raise UsageError(f"the tracker {name} fails: {last_line(error)}") from error
    told = ids[ids != NO_TRACK] if ids.shape == (len(detections),) else ids
    is_sound = ids.shape == (len(detections),) and np.issubdtype(ids.dtype, np.integer)
    if not is_sound or (told < 0).any() or len(np.unique(told)) < len(told):
        raise UsageError(
            f"the tracker {name} does not give each detection a track of its own, or {NO_TRACK}",
            hint="docs/how_to/tasks/tracking.md shows what `update` returns",
        )
    return ids.astype(np.int64)


def _detections(rows: Sequence[BoxPrediction], looks_of: Sample | None) -> FrameDetections:
    boxes = np.array([row.bbox for row in rows], dtype=np.float64).reshape(-1, 4)
    return FrameDetections(
        boxes_xywh_px=boxes,
        scores=np.array([row.score for row in rows], dtype=np.float64),
        labels=np.array([row.category_id for row in rows], dtype=np.int64),
        looks=None if looks_of is None else color_looks(looks_of.image, boxes),
    )
