"""A trained run on pictures and videos without labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvis.api.measuring import check_run, check_tta
from synthvis.api.talk import Notify, OnProgress, notify_of
from synthvis.api.tracking import check_follows
from synthvis.data.camera_file import CameraFile, read_camera_file
from synthvis.dataset.output import PREDICTIONS, check_output_folder
from synthvis.errors import CheckpointError, DatasetError, SomeInputsFailed, UsageError, counted
from synthvis.inference.inputs import Input, find_inputs, name_of
from synthvis.inference.journal import JOURNAL, Asked
from synthvis.inference.output_names import safe_name
from synthvis.inference.records import FailedInput, PredictedPicture
from synthvis.inference.threshold import ScoreThreshold, score_threshold
from synthvis.metrics.predictions import PosePrediction
from synthvis.train.registry import description_of_run
from synthvis.train.task import TaskDescription

if TYPE_CHECKING:
    from synthvis.inference.job import PredictionSummary
    from synthvis.inference.predictor import Predictor

__all__ = ["NetworkChoice", "PredictionRequest", "Predictions", "prediction_request", "predictor_of"]

PREDICTIONS_ROOT = Path("predictions")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChoice:
    """A run that is to be used, checked as far as that goes without torch.

    Attributes:
        run: Its folder, or its file of weights.
        task: What it has learnt.
        threshold: From which score on objects are kept.
        tta: Further views of each picture.
        boxes_from: The run that finds the boxes that this one looks into.
        tracker: What follows the objects of videos, as typed.
        camera: That took the pictures.
    """

    run: Path
    task: TaskDescription
    threshold: ScoreThreshold
    tta: str | None = None
    boxes_from: NetworkChoice | None = None
    tracker: str | None = None
    camera: CameraFile | None = None

    @classmethod
    def of(
        cls,
        run: Path,
        *,
        score: float | None = None,
        tta: str | None = None,
        boxes_from: Path | str | None = None,
        tracker: str | None = None,
        camera: Path | str | None = None,
    ) -> NetworkChoice:
        """The choice that arguments mean; they and what is raised are those of `Run.predict`."""
        check_run(run)
        task = description_of_run(run)
        if task is None:
            raise CheckpointError(f"{run} does not say what it has learnt", hint="name the folder of a run")
        check_tta(task, tta)
        check_follows(task, tracker)
        _check_camera(task, camera)
        folder = run if run.is_dir() else run.parent
        return cls(
            run=run,
            task=task,
            threshold=score_threshold(folder, task, score, tta),
            tta=tta,
            boxes_from=None if boxes_from is None else cls.of(Path(boxes_from)),
            tracker=tracker,
            camera=None if camera is None else read_camera_file(Path(camera)),
        )

    @property
    def name(self) -> str:
        """Of the run, for people."""
        return self.run.resolve().name if self.run.is_dir() else f"{self.run.resolve().parent.name}/{self.run.stem}"

    @property
    def digest(self) -> str:
        """SHA-256 of its weights.

        Raises:
            CheckpointError: They cannot be read.
        """
        path = self.run / "best.safetensors" if self.run.is_dir() else self.run
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise CheckpointError(f"no weights at {path}: {error.strerror or error}", hint="train the run") from error

    def load(self, device: str = "auto") -> Predictor:
        """The network, ready for pictures; loads torch.

        Raises:
            CheckpointError: The weights are damaged.
            UsageError: `boxes_from` finds no such boxes, or there is no such device.
        """
        from synthvis.train.torch_loading import load_torch

        load_torch()
        from synthvis.inference.predictor import load_predictor

        boxes = None if self.boxes_from is None else self.boxes_from.load(device)
        return load_predictor(
            self.run,
            device=device,
            tta=self.tta,
            min_score=self.threshold.score,
            boxes=boxes,
            tracker=self.tracker,
            camera=self.camera,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRequest:
    """A prediction over many inputs, everything found and nothing loaded.

    Attributes:
        network: What predicts.
        inputs: Pictures, videos and cameras.
        out: Output folder.
        frames: Most frames of a video.
        is_drawn: Whether pictures are drawn.
    """

    network: NetworkChoice
    inputs: tuple[Input, ...]
    out: Path
    frames: int | None = None
    is_drawn: bool = True

    def carry_out(
        self, device: str = "auto", on_progress: OnProgress | None = None, notify: Notify | None = None
    ) -> Predictions:
        """Predict, and write the results; loads torch. Raises as `Run.predict`."""
        predictor = self.network.load(device)
        from synthvis.inference.job import PredictionJob
        from synthvis.inference.predict_files import predict_files

        if predictor.task.needs_boxes(predictor.trained) and predictor.boxes is None:
            notify_of(notify)("this network looks into boxes and none are given: each picture counts as one object")
        network = self.network
        job = PredictionJob(
            inputs=self.inputs,
            out=self.out,
            predictor=predictor,
            run_name=network.name,
            asked=Asked(
                weights=network.digest, score=network.threshold.score, tta=network.tta, frames=self.frames,
                boxes_from=network.boxes_from.digest if network.boxes_from else None, is_drawn=self.is_drawn,
                tracker=network.tracker,
                camera=None if network.camera is None else repr(network.camera),
            ),
            on_progress=on_progress or (lambda done, total: None),
            notify=notify_of(notify),
        )  # fmt: skip
        return Predictions(self.out, predict_files(job))


def prediction_request(
    run: Path,
    inputs: Sequence[str],
    *,
    out: Path | None = None,
    score: float | None = None,
    tta: str | None = None,
    boxes_from: Path | str | None = None,
    tracker: str | None = None,
    camera: Path | str | None = None,
    frames: int | None = None,
    draw: bool = True,
) -> PredictionRequest:
    """Find the inputs and check what can be checked without torch; arguments and errors are those of `Run.predict`."""
    network = NetworkChoice.of(run, score=score, tta=tta, boxes_from=boxes_from, tracker=tracker, camera=camera)
    if frames is not None and frames < 1:
        raise UsageError(f"--frames {frames}: it takes at least 1")
    folder = out or PREDICTIONS_ROOT / safe_name(name_of(inputs))
    check_output_folder(folder, PREDICTIONS)
    found = find_inputs(inputs, not_below=folder)
    return PredictionRequest(network=network, inputs=found, out=folder, frames=frames, is_drawn=draw)


class Predictions:
    """A folder of predictions: iteration gives what was found on each picture and frame, by image id.

    Attributes:
        folder: The folder, with predictions.json, images.json, predictions.csv, and drawn/ and maps/ where there are.

    Examples:
        >>> import synthvis as sv
        >>> sv.Predictions.open("predictions/none")
        Traceback (most recent call last):
        ...
        synthvis.errors.DatasetError: predictions/none holds no predictions
          -> `synthvis predict --help` says how to make some
    """

    def __init__(self, folder: Path | str, summary: PredictionSummary | None = None) -> None:
        self.folder, self._summary = Path(folder), summary

    def __repr__(self) -> str:
        return f"Predictions({str(self.folder)!r})"

    @classmethod
    def open(cls, folder: Path | str) -> Predictions:
        """Open a folder of predictions.

        Raises:
            DatasetError: It is none.
        """
        if not (Path(folder) / JOURNAL).is_file():
            raise DatasetError(f"{folder} holds no predictions", hint="`synthvis predict --help` says how to make some")
        return cls(folder)

    def __iter__(self) -> Iterator[PredictedPicture]:
        from synthvis.inference.journal import stored_pictures

        return (one for one in stored_pictures(self.folder) if isinstance(one, PredictedPicture))

    @property
    def summary(self) -> PredictionSummary:
        """What the command did that made them.

        Raises:
            UsageError: The folder was opened, so nobody knows.
        """
        if self._summary is None:
            raise UsageError(f"{self.folder} does not say what went wrong while it was made")
        return self._summary

    @property
    def failed(self) -> tuple[FailedInput, ...]:
        """Inputs that could not be used, or not all of them; raises as `summary`."""
        return self.summary.failed

    def raise_for_failures(self) -> None:
        """Raise what went wrong.

        Raises:
            SomeInputsFailed: Inputs could not be used; the others were predicted on.
        """
        if self.failed:
            what = f"{counted(len(self.failed), 'input')} could not be used, or not all of it"
            raise SomeInputsFailed(f"{what}; the first: {self.failed[0].file}: {self.failed[0].why}")


def predictor_of(
    run: Path,
    *,
    score: float | None,
    tta: str | None,
    boxes_from: Path | str | None,
    camera: Path | str | None,
    device: Any,
) -> Predictor:
    """A network ready for pictures in memory; arguments and errors are those of `Run.predictor`."""
    return NetworkChoice.of(run, score=score, tta=tta, boxes_from=boxes_from, camera=camera).load(device)


def _check_camera(task: TaskDescription, camera: Path | str | None) -> None:
    """A network for poses needs a camera, and no other takes one."""
    if camera is None and issubclass(task.prediction, PosePrediction):
        raise UsageError(
            "a pose needs the camera that took the pictures",
            hint='--camera camera.json, with {"fx": 504, "fy": 504, "cx": 326, "cy": 230, "width": 640, "height": 480}',
        )
    if camera is not None and not issubclass(task.prediction, PosePrediction):
        raise UsageError(f"--camera: the task {task.name} needs no camera", hint="leave --camera out")
