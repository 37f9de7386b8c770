"""Predicting on many inputs, one after the other, in the memory of a few pictures; the same call goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from synthvis.dataset.lock import hold_folder
from synthvis.dataset.output import PREDICTIONS
from synthvis.inference.inputs import PictureFile
from synthvis.inference.job import PredictionJob, PredictionSummary, Tally
from synthvis.inference.journal import EndOfVideo, Journal, stored_pictures
from synthvis.inference.on_pictures import predict_on_pictures
from synthvis.inference.on_videos import predict_on_video
from synthvis.inference.output_names import OutputNames
from synthvis.inference.outputs import Outputs
from synthvis.inference.records import PredictedPicture
from synthvis.inference.result_files import write_result_files
from synthvis.inference.resuming import kept_records
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
        kept = kept_records(job)
        already_there = sum(isinstance(one, PredictedPicture) for one in kept)
        tally = Tally(on_progress=job.on_progress, done=already_there, total=already_there)
        with Journal(job.out, job.asked, kept) as journal:
            _predict_on_the_rest(job, kept, journal, tally)
        write_result_files(job.out, lambda: predicted_pictures(job.out), job.predictor.words, job.run_name)
    return _summary(job, already_there, tally, time.monotonic() - began_s)


def predicted_pictures(folder: Path) -> Iterator[PredictedPicture]:
    """Every picture and frame in a folder of predictions, by image id.

    Raises:
        SynthvisError: The folder cannot be read.
    """
    return (one for one in stored_pictures(folder) if isinstance(one, PredictedPicture))


def _predict_on_the_rest(
    job: PredictionJob, kept: list[PredictedPicture | EndOfVideo], journal: Journal, tally: Tally
) -> None:
    pictures = [record for record in kept if isinstance(record, PredictedPicture)]
    names = {PurePosixPath(name) for one in pictures for name in (one.drawn, one.map) if name is not None}
    outputs = Outputs(
        folder=job.out,
        words=job.predictor.words,
        is_drawn=job.asked.is_drawn,
        names=OutputNames(str(name.relative_to(name.parts[0]).with_suffix("")) for name in names),
        next_id=max((one.image_id for one in pictures), default=0) + 1,
    )
    run = RunningPrediction(
        predictor=job.predictor, outputs=outputs, journal=journal, tally=tally, max_frames=job.asked.frames
    )
    for record in kept:
        if isinstance(record, EndOfVideo):
            tally.note(record.file, record.fault)
    is_done = {record.file for record in kept}
    todo = [one for one in job.inputs if one.name not in is_done]
    files = [one for one in todo if isinstance(one, PictureFile)]
    tally.total += len(files)
    predict_on_pictures(files, run)
    for one in todo:
        if not isinstance(one, PictureFile):
            predict_on_video(one, run)


def _summary(job: PredictionJob, already_there: int, tally: Tally, seconds: float) -> PredictionSummary:
    pictures = frames = objects = 0
    for one in predicted_pictures(job.out):
        pictures, frames = pictures + (one.frame is None), frames + (one.frame is not None)
        objects += len(one.objects)
    return PredictionSummary(
        pictures=pictures,
        frames=frames,
        objects=objects,
        already_there=already_there,
        failed=tuple(tally.failed),
        seconds=seconds,
        words=job.predictor.words,
    )
