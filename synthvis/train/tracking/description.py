"""What is known of tracking before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.derived.subset import shared_classes
from synthvis.data.split import Split
from synthvis.errors import RealDataError, UsageError
from synthvis.metrics.predictions import BoxPrediction, TrackPrediction
from synthvis.metrics.tracking.definitions import HEADLINE
from synthvis.train.config import TrainConfig
from synthvis.train.detection.description import DetectionDescription
from synthvis.train.task import Task

__all__ = ["DESCRIPTION", "TrackingDescription"]


class TrackingDescription(DetectionDescription):
    """A detector, which learns from pictures or films, and a tracker, which learns nothing."""

    name = "tracking"
    title = "tracks of objects in films"
    headline = HEADLINE
    prediction: type[BoxPrediction] = TrackPrediction
    settings: tuple[str, ...] = ("boxes", "box_margin", "tracker", "tracker_score")
    photographs = "pets"
    compared: tuple[str, ...] = ()

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.tracking.task import TrackingTask

        return TrackingTask(self)

    def check_config(self, config: TrainConfig) -> None:
        """A run keeps the name of its tracker, so that it must be one that every later command finds."""
        from synthvis.tracking.registry import registered_tracker

        if ".py:" in config.tracker:
            raise UsageError(
                f"--tracker {config.tracker}: a run cannot keep a file of yours",
                hint="leave --tracker out here; `synthvis evaluate --help` takes such a file",
            )
        registered_tracker(config.tracker)

    def require_own_val(self, split: Split, classes: Sequence[str]) -> None:
        """Still pictures will do, as films of one frame: a detector may learn from them."""
        shared_classes(split, classes)

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Network and split must share a class whose objects have tracks."""
        wanted = set(shared_classes(split, classes))
        if not any(image.video_id is not None for image in split.images):
            raise RealDataError(
                f"{split.name}:{split.split} holds still pictures, and tracks are measured on films",
                hint="films are COCO files with video_id, frame_id and track_id, or MOTChallenge folders "
                "(docs/reference/formats.md); the task detection measures boxes of still pictures",
            )
        own = [one for image in split.images for one in image.objects if one.class_name in wanted and not one.is_crowd]
        lacking = sum(one.track_id is None for one in own)
        if lacking:
            what = f"{lacking} of {len(own)} objects of {split.name}:{split.split} have no track"
            raise RealDataError(what, hint="each object needs a track_id to be measured")


DESCRIPTION = TrackingDescription()
