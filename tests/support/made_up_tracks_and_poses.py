"""Runs of the tasks tracking and pose6d made up without torch: known films and cards, and wrong answers."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from made_films import Mover, write_mot_film
from posed_cards import write_posed_cards

from synthvis.data.object_models import PoseSplit
from synthvis.data.split import Split
from synthvis.evaluation.run_folder import write_evaluation
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import Measures
from synthvis.metrics.pose6d import pose_metrics
from synthvis.metrics.predictions import PosePrediction, Prediction, TrackPrediction
from synthvis.metrics.tracking.tracking import tracking_metrics
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.tracking.on_films import labelled_boxes, tracked
from synthvis.tracking.registry import trackers
from synthvis.tracking.tracker import TrackerChoice
from synthvis.train.registry import description_of

SWAP, LOST = 6, 3
"""From that frame on two tracks have each other's number; in that frame one box is missed."""


def make_films(root: Path, *, frames: int = 12) -> Path:
    """Two films: in "crossing" two squares pass each other, in "alone" one goes straight on."""
    crossing = (Mover(1, 4, 30, 8), Mover(2, 100, 36, -8))
    write_mot_film(root / "val" / "crossing", crossing, frames)
    write_mot_film(root / "val" / "alone", (Mover(3, 10, 50, 4),), frames)
    return root


def wrong_tracks(split: Split) -> list[TrackPrediction]:
    """The labelled boxes as tracks; in "crossing" both swap their numbers from frame `SWAP` on, one is `LOST` once."""
    crossing = next(film.id for film in split.films.values() if film.name == "crossing")
    rows = []
    for image in split.images:
        for one in image.objects:
            track, frame = int(one.track_id or 0), int(image.frame_id or 0)
            if image.video_id == crossing and frame >= SWAP:
                track = 3 - track
            if not (image.video_id == crossing and frame == LOST and track == 2):
                rows.append(
                    TrackPrediction(
                        image_id=image.id, category_id=split.category_ids[one.class_name], bbox=one.bbox_xywh_px,
                        score=0.9, track_id=track,
                    )
                )  # fmt: skip
    return rows


def make_tracking_run(run: Path, films: Path) -> Path:
    """A run that was measured on films with bytetrack, and with sort in a folder of its own."""
    task = description_of("tracking")
    split = task.find(films).read("val")
    rows = wrong_tracks(split)
    measures = tracking_metrics(split, rows, ["person"], resamples=50)
    for folder, name in ((run, "bytetrack"), (run / "tracker-sort-0.4", "sort")):
        choice = TrackerChoice(kind=trackers()[name])
        labelled = tracked(split, labelled_boxes(split, ["person"]), choice)
        perfect = tracking_metrics(split, labelled, ["person"], resamples=0).metrics
        facts = TrainingFacts(dataset="films", steps=40, tracker=name, tracker_score=0.4)
        _write(folder, films, "tracking", split, measures, rows, training=facts, perfect_boxes=perfect)
    return run


def disturbed_poses(split: PoseSplit) -> list[PosePrediction]:
    """The labelled poses moved by 1, 2, 3 ... cm along the optical axis; the last object has no estimate."""
    rows = []
    for place, image in enumerate(split.images[:-1], start=1):
        (one,) = image.objects
        assert one.cam_from_object is not None
        matrix = one.cam_from_object.matrix.copy()
        matrix[:3, :3] = cv2.Rodrigues(np.array([0.0, 0.0, np.radians(5.0)]))[0] @ matrix[:3, :3]
        matrix[2, 3] += 0.01 * place
        rows.append(
            PosePrediction(
                image_id=image.id, category_id=split.category_ids[one.class_name], bbox=one.bbox_xywh_px, score=0.9,
                rotation=tuple(matrix[:3, :3].ravel().tolist()), translation_m=tuple(matrix[:3, 3].tolist()),
            )
        )  # fmt: skip
    return rows


def make_pose_run(run: Path, folder: Path, *, images: int = 4) -> Path:
    """A run that was measured on cards of known pose."""
    write_posed_cards(folder, images)
    task = description_of("pose6d")
    split = task.read(task.find(folder), "val")
    assert isinstance(split, PoseSplit)
    rows = disturbed_poses(split)
    _write(
        run, folder, "pose6d", split, pose_metrics(split, rows, resamples=50), rows, training=TrainingFacts(steps=40)
    )
    return run


def _write(
    run: Path, source: Path, task: str, split: Split, measures: Measures, rows: list[Prediction], **context: object
) -> None:
    run.mkdir(parents=True, exist_ok=True)
    evaluation = Evaluation.of(
        measures, task=task, headline=description_of(task).headline, set=split.name, kind="real", split="val",
        source=str(source), classes=tuple(split.class_names), **context,
    )  # fmt: skip
    write_evaluation(run, evaluation, rows)
