"""Predicting on many inputs, one after the other, in the memory of a few pictures; the same call goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from synthvis.dataset.lock import hold_folder
from synthvis.dataset.output import PREDICTIONS
from synthvis.inference.inputs import PictureFile
from synthvis.inference.job import PredictionJob, PredictionSummary, Tally
from synthvis.inference.journal import Journal, stored_pictures
from synthvis.inference.on_pictures import predict_on_pictures
from synthvis.inference.on_videos import predict_on_video
from synthvis.inference.output_names import OutputNames
from synthvis.inference.outputs import Outputs
from synthvis.inference.records import PredictedPicture
from synthvis.inference.result_files import write_result_files
from synthvis.inference.resuming import KeptPredictions, keep_what_holds
from synthvis.inference.running import RunningPrediction

__all__ = ["predict_files", "predicted_pictures"]


def predict_files(job: PredictionJob) -> PredictionSummary:
    """Predict on every input and write all results.

    What an earlier call with the same network and settings finished is kept, as long as its file is as it was. An input
    that cannot be read stops nothing.

    Raises:
        DatasetError: The output folder holds something else, another process writes to it, or it cannot be written.
    """
    began_s = time.monotonic()
    with hold_folder(job.out, PREDICTIONS, doing="prediction"):
        kept = keep_what_holds(job)
        tally = Tally(on_progress=job.on_progress, done=kept.pictures, total=kept.pictures, failed=list(kept.failed))
        with Journal(job.out, job.asked, kept.records()) as journal:
            _predict_on_the_rest(job, kept, journal, tally)
        counts = write_result_files(job.out, predicted_pictures(job.out), job.predictor.words, job.run_name)
    return PredictionSummary(
        pictures=counts.pictures,
        frames=counts.frames,
        objects=counts.objects,
        already_there=kept.pictures,
        failed=tuple(tally.failed),
        seconds=time.monotonic() - began_s,
        words=job.predictor.words,
    )


def predicted_pictures(folder: Path) -> Iterator[PredictedPicture]:
    """Every picture and frame in a folder of predictions, by image id.

    Raises:
        SynthvisError: The folder cannot be read.
    """
    return (one for one in stored_pictures(folder) if isinstance(one, PredictedPicture))


def _predict_on_the_rest(job: PredictionJob, kept: KeptPredictions, journal: Journal, tally: Tally) -> None:
    outputs = Outputs(
        folder=job.out,
        words=job.predictor.words,
        is_drawn=job.asked.is_drawn,
        names=OutputNames(map(_bare_name, kept.outputs)),
        next_id=kept.next_id,
        is_followed=job.predictor.tracker is not None,
    )
    run = RunningPrediction(
        predictor=job.predictor, outputs=outputs, journal=journal, tally=tally, max_frames=job.asked.frames
    )
    todo = [one for one in job.inputs if one.name not in kept.files]
    files = [one for one in todo if isinstance(one, PictureFile)]
    tally.total += len(files)
    predict_on_pictures(files, run)
    for one in todo:
        if not isinstance(one, PictureFile):
            predict_on_video(one, run)


def _bare_name(output: str) -> str:
    """The name that an input got, of its output: a/b of drawn/a/b.jpg."""
    path = PurePosixPath(output)
    return str(path.relative_to(path.parts[0]).with_suffix(""))
