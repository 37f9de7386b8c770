"""Runs: what a training leaves; measured on further sets, and used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.api.measuring import TestTime, check_run, measurement_of
from synthvis.api.sources import Source, source_texts
from synthvis.api.talk import Notify, OnProgress
from synthvis.errors import CheckpointError
from synthvis.metrics.evaluation import Evaluation
from synthvis.train.registry import description_of_run

if TYPE_CHECKING:
    from synthvis.api.labelling import FirstLabels
    from synthvis.api.predicting import Predictions
    from synthvis.inference.predictor import Predictor

__all__ = ["Run", "input_words"]


class Run:
    """A trained run: a folder with weights, settings and evaluations.

    Attributes:
        path: The folder.

    Examples:
        >>> import synthvis as sv
        >>> sv.Run.open("runs/none")
        Traceback (most recent call last):
        ...
        synthvis.errors.CheckpointError: no weights at runs/none: there is no such run
          -> name the folder of a run, or its best.safetensors
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @classmethod
    def open(cls, path: Path | str) -> Run:
        """Open the folder of a run.

        Raises:
            CheckpointError: There is no such run.
        """
        check_run(Path(path))
        return cls(path)

    @property
    def task(self) -> str:
        """Name of what the network has learnt.

        Raises:
            CheckpointError: The run does not say.
        """
        found = description_of_run(self.path)
        if found is None:
            raise CheckpointError(f"{self.path} does not say what it has learnt", hint="train it again")
        return found.name

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """What the run scored on each set that it was measured on.

        Raises:
            SynthvisError: It was measured on none, or a file is damaged.
        """
        from synthvis.evaluation.run_folder import read_evaluations

        return read_evaluations(self.path)

    def evaluate(
        self,
        data: Source,
        *,
        split: str | None = None,
        snapshots: bool = False,
        tta: TestTime | None = None,
        tracker: str | None = None,
        tracker_score: float | None = None,
        real_root: Path | str | None = None,
        device: str = "auto",
        out: Path | str | None = None,
    ) -> Evaluation:
        """Measure the run on a set; classes are matched by name.

        Args:
            data: A dataset, a COCO folder or file, or NAME or NAME:SPLIT of a real set.
            split: The split of the set to measure on; None: val.
            snapshots: Use the snapshots of the run instead of its best weights.
            tta: Test-time augmentation: predict on the mirror image too (flip), or on 2x2 crops (crops).
            tracker: Another tracker than that of the run, by its name or as path/to/file.py:NAME; None: the run's.
            tracker_score: The score from which on the tracker takes a box for an object; None: the run's.
            real_root: The folder of the named real sets; None: $SYNTHVIS_REAL, then the cache.
            device: The device to measure on: auto, cpu or cuda.
            out: The folder for the results; None: that of the run.

        Returns:
            The metrics with their 95% intervals: `result["AP"].value`, `.low` and `.high`.

        Raises:
            CheckpointError: The weights are absent or damaged.
            RealDataError: The set is absent, or has no class that the network knows.
        """
        measurement = measurement_of(
            [self.path], source_texts(data), split=split, snapshots=snapshots, tta=tta, tracker=tracker,
            tracker_score=tracker_score, real_root=real_root, out=Path(out) if out else None,
        )  # fmt: skip
        return measurement.carry_out(device)[0]

    def predict(
        self,
        inputs: Path | str | Sequence[Path | str],
        *,
        out: Path | str | None = None,
        score: float | None = None,
        tta: TestTime | None = None,
        boxes_from: Path | str | None = None,
        tracker: str | None = None,
        camera: Path | str | None = None,
        frames: int | None = None,
        draw: bool = True,
        device: str = "auto",
        on_progress: OnProgress | None = None,
        notify: Notify | None = None,
    ) -> Predictions:
        """Predict on pictures and videos, and write what is found: drawn, as COCO results, and as a table.

        The same call goes on after an interruption, and keeps what is done. Inputs that cannot be read stop nothing;
        `failed` of the result names them.

        Args:
            inputs: Pictures, folders of them, patterns such as "photos/*.jpg", videos, or the number of a camera.
            out: The folder for the results; None: predictions/NAME of the first input.
            score: The smallest score of an object that is kept; None: the one with the best F1 on the run's own val
                split.
            tta: Test-time augmentation: predict on the mirror image too (flip), or on 2x2 crops (crops).
            boxes_from: The run that finds the objects, for a keypoint network that looks into boxes; None: each
                picture is one object.
            tracker: What follows objects through videos, by its name or as path/to/file.py:NAME; None: nothing, or the
                tracker of a run of the task tracking.
            camera: The JSON file of the camera, with fx, fy, cx, cy, width and height as in BOP's camera.json; poses
                need it.
            frames: The number of frames after which a video or a camera ends; None: all.
            draw: Draw the pictures and videos.
            device: The device to predict on: auto, cpu or cuda.
            on_progress: Is called with (pictures and frames done, all that are known).
            notify: Takes sentences, such as why earlier predictions were removed; None: the logger.

        Returns:
            What was found, picture by picture, and where the files are.

        Raises:
            CheckpointError: The weights are absent or damaged.
            UsageError: An input is not there, or the task has no scores or no such views.
            DatasetError: `out` holds something else.
        """
        from synthvis.api.predicting import prediction_request

        request = prediction_request(
            self.path, input_words(inputs), out=Path(out) if out else None, score=score, tta=tta,
            boxes_from=boxes_from, tracker=tracker, camera=camera, frames=frames, draw=draw,
        )  # fmt: skip
        return request.carry_out(device, on_progress, notify)

    def label(
        self,
        inputs: Path | str | Sequence[Path | str],
        *,
        out: Path | str | None = None,
        format: str | None = None,
        split: str = "train",
        score: float | None = None,
        tta: TestTime | None = None,
        boxes_from: Path | str | None = None,
        device: str = "auto",
        on_progress: OnProgress | None = None,
        notify: Notify | None = None,
    ) -> FirstLabels:
        """Write what the run finds on pictures as their first labels, for people to correct in an annotation tool.

        Args:
            inputs: Pictures, folders of them, or patterns such as "photos/*.jpg".
            out: The folder for pictures and labels, empty or not there; None: labels/NAME of the first input.
            format: The name of the data format; None: coco, imagefolder for classes of pictures, masks for classes
                of pixels.
            split: The name of the split.
            score: The smallest score of an object that becomes a label; None: the one with the best F1 on the run's
                own val split.
            tta: Test-time augmentation: predict on the mirror image too (flip), or on 2x2 crops (crops).
            boxes_from: The run that finds the objects, for a keypoint network that looks into boxes; None: each
                picture is one object.
            device: The device to predict on: auto, cpu or cuda.
            on_progress: Is called with (pictures done, all pictures).
            notify: Takes sentences; None: the logger.

        Returns:
            What was written; `dataset` opens it.

        Raises:
            CheckpointError: The weights are absent or damaged.
            UsageError: An input is not there or no picture, or the format cannot hold such labels.
            DatasetError: `out` is not empty.
        """
        from synthvis.api.labelling import label_request

        request = label_request(
            self.path, input_words(inputs), out=Path(out) if out else None, format=format, split=split, score=score,
            tta=tta, boxes_from=boxes_from,
        )  # fmt: skip
        return request.carry_out(device, on_progress, notify)

    def predictor(
        self,
        *,
        score: float | None = None,
        tta: TestTime | None = None,
        boxes_from: Path | str | None = None,
        camera: Path | str | None = None,
        device: str = "auto",
    ) -> Predictor:
        """The network, ready for pictures in memory: `predictor(pixels)` with (H, W, 3) uint8 RGB.

        Args:
            score: As of `predict`.
            tta: As of `predict`.
            boxes_from: As of `predict`.
            camera: As of `predict`.
            device: The device to predict on: auto, cpu or cuda.

        Returns:
            A function from a picture to what the network says about it, coordinates in pixels of the picture.

        Raises:
            CheckpointError: The weights are absent or damaged.
            UsageError: As of `predict`.
        """
        from synthvis.api.predicting import predictor_of

        return predictor_of(self.path, score=score, tta=tta, boxes_from=boxes_from, camera=camera, device=device)


def input_words(inputs: Path | str | Sequence[Path | str]) -> tuple[str, ...]:
    """One input or several, as they would be typed."""
    return (str(inputs),) if isinstance(inputs, (Path, str)) else tuple(str(one) for one in inputs)
