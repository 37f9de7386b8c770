"""A trained network, ready for pictures: the task's own way from a picture to a prediction, and nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.data.camera import Camera
from synthvis.data.camera_file import CameraFile
from synthvis.data.keypoints import split_name
from synthvis.data.split import class_key
from synthvis.errors import UsageError
from synthvis.metrics.picture_predictions import DetectedObjects, PicturePrediction, Vocabulary
from synthvis.metrics.predictions import BoxPrediction, KeypointPrediction, PosePrediction
from synthvis.tracking.registry import registered_tracker, tracker_named
from synthvis.tracking.tracker import DEFAULT_TRACKER, WEAKEST_SCORE, TrackerChoice
from synthvis.train.engine.checkpoint import load_trained
from synthvis.train.engine.devices import device_of
from synthvis.train.picture import Picture
from synthvis.train.registry import task_named
from synthvis.train.task import Task, TaskDescription
from synthvis.train.trained import Trained

__all__ = ["Predictor", "load_predictor", "vocabulary_of"]

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictor:
    """A network on a device: call it with a picture.

    Attributes:
        task: What it does.
        trained: The network.
        device: Where it runs, a torch.device.
        min_score: Objects below it are left out.
        boxes: Finds the objects that a network looks at one by one; None: the whole picture is one.
        tracker: Follows the objects of videos; None: nothing does.
        camera: That took the pictures; None: not known.
    """

    task: Task
    trained: Trained
    device: Any
    min_score: float = 0.0
    boxes: Predictor | None = None
    tracker: TrackerChoice | None = None
    camera: CameraFile | None = None

    @property
    def words(self) -> Vocabulary:
        """Its classes and keypoints."""
        return vocabulary_of(self.task.description, self.trained.classes)

    @property
    def pictures_per_batch(self) -> int:
        """So many pictures are predicted on at once."""
        return self.task.pictures_per_batch

    @property
    def of_frames(self) -> Predictor:
        """As it looks at frames of a video: a tracker wants weak objects too."""
        if self.tracker is None:
            return self
        return replace(self, min_score=min(self.min_score, WEAKEST_SCORE))

    def __call__(self, image_rgb: Image) -> PicturePrediction:
        """What the network says about a picture (H, W, 3) uint8 RGB; coordinates are in its pixels.

        Raises:
            UsageError: It is no such array.
        """
        return self.on_batch([image_rgb])[0]

    def on_batch(self, images_rgb: Sequence[Image]) -> list[PicturePrediction]:
        """What the network says about each of a few pictures, which may differ in size; raises as a call."""
        for image in images_rgb:
            if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
                what = f"{image.dtype} of shape {image.shape}"
                raise UsageError(f"a picture is an array of {what}", hint="wanted is (height, width, 3) uint8, RGB")
        pictures = [
            Picture(pixels=image, boxes_xywh_px=boxes, camera=self._camera_of(image))
            for image, boxes in self._with_boxes(images_rgb)
        ]
        return list(self.task.predict(self.trained, pictures, self.device, min_score=self.min_score))

    def _camera_of(self, image_rgb: Image) -> Camera | None:
        return None if self.camera is None else self.camera.for_picture((image_rgb.shape[0], image_rgb.shape[1]))

    def _with_boxes(self, images_rgb: Sequence[Image]) -> list[tuple[Image, Any]]:
        if self.boxes is None:
            return [(image, None) for image in images_rgb]
        names, wanted = self.boxes.trained.classes, class_key(self.words.categories[0])
        found = [
            tuple(one.bbox_xywh_px for one in objects.objects if class_key(names[one.label]) == wanted)
            if isinstance(objects, DetectedObjects)
            else ()
            for objects in self.boxes.on_batch(images_rgb)
        ]
        return list(zip(images_rgb, found, strict=True))


def load_predictor(
    run_dir: Path,
    *,
    device: Any = "auto",
    tta: Any = None,
    min_score: float = 0.0,
    boxes: Predictor | None = None,
    tracker: str | None = None,
    camera: CameraFile | None = None,
) -> Predictor:
    """Open a run for use; loads torch.

    Args:
        run_dir: Folder of the run, or its weights.
        device: "auto", "cpu" or "cuda".
        tta: Further views of each picture, such as "flip".
        min_score: Objects below it are left out.
        boxes: Finds the objects that the network looks at one by one.
        tracker: Name of what follows the objects of videos; None: what the run names, or nothing.
        camera: That took the pictures.

    Raises:
        CheckpointError: The weights are absent or damaged.
        UsageError: `boxes` finds no boxes of the category, or the network needs none; there is no such tracker.
    """
    trained, place = replace(load_trained(run_dir), tta=tta), device_of(device)
    trained.network.to(place).eval()
    task = task_named(trained.task)
    made = Predictor(
        task=task, trained=trained, device=place, min_score=min_score, boxes=boxes,
        tracker=_tracker(task.description, trained, tracker, min_score),
    )  # fmt: skip
    made = Predictor(
        task=task_named(trained.task), trained=trained, device=place, min_score=min_score, boxes=boxes, camera=camera
    )
    if boxes is not None:
        _check_boxes(made, boxes)
    return made


def _tracker(task: TaskDescription, trained: Trained, typed: str | None, score: float) -> TrackerChoice | None:
    """What was typed, else what a run of the task tracking names; objects are those above the score of the command."""
    if typed is not None:
        return TrackerChoice(kind=tracker_named(typed), score=score)
    if "tracker" not in task.settings:
        return None
    return TrackerChoice(kind=registered_tracker(trained.facts.tracker or DEFAULT_TRACKER), score=score)


def vocabulary_of(task: TaskDescription, classes: Sequence[str]) -> Vocabulary:
    """The words of a network that knows these classes; those of a network for keypoints are "CATEGORY/KEYPOINT"."""
    if not issubclass(task.prediction, KeypointPrediction):
        has_poses = issubclass(task.prediction, PosePrediction)
        return Vocabulary(categories=tuple(classes), has_poses=has_poses)
    pairs = [split_name(name) for name in classes]
    return Vocabulary(
        categories=tuple(dict.fromkeys(category for category, _ in pairs)),
        keypoints=tuple(keypoint for _, keypoint in pairs),
    )


def _check_boxes(made: Predictor, boxes: Predictor) -> None:
    if not made.task.needs_boxes(made.trained):
        raise UsageError("--boxes-from: this network finds its objects by itself", hint="leave --boxes-from out")
    if not issubclass(boxes.task.description.prediction, BoxPrediction):
        raise UsageError(
            f"--boxes-from: a run of the task {boxes.task.description.name} finds no boxes",
            hint="name a run of the task detection",
        )
    category, known = made.words.categories[0], boxes.words.categories
    if class_key(category) not in {class_key(name) for name in known}:
        raise UsageError(
            f"--boxes-from: that run knows no {category}, only {', '.join(known[:6])}",
            hint=f"name a run of the task detection that has learnt {category}",
        )
