"""Predicting on pictures, a few at a time; what cannot be read is noted and passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError
from synthvis.formats.images import read_image_rgb
from synthvis.inference.inputs import PictureFile
from synthvis.inference.job import Tally
from synthvis.inference.resuming import stamp_of
from synthvis.inference.running import RunningPrediction

__all__ = ["MAX_BATCH_PIXELS", "predict_on_pictures"]

MAX_BATCH_PIXELS = 64_000_000
"""Of all pictures of a batch: large ones go through the network alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadPicture:
    """A picture in memory, upright."""

    source: PictureFile
    stamp: str
    pixels: NDArray[np.uint8]


def predict_on_pictures(sources: Sequence[PictureFile], run: RunningPrediction) -> None:
    """Predict on each, write what is found, and note what cannot be read.

    Raises:
        DatasetError: An output cannot be written.
    """
    for batch in _batches(sources, run.predictor.pictures_per_batch, run.tally):
        found = run.predictor.on_batch([one.pixels for one in batch])
        for one, prediction in zip(batch, found, strict=True):
            run.journal.add(run.outputs.of_picture(one.source, one.stamp, one.pixels, prediction))
            run.tally.count()


def _batches(sources: Sequence[PictureFile], most: int, tally: Tally) -> Iterator[list[ReadPicture]]:
    batch: list[ReadPicture] = []
    pixels = 0
    for one in _readable(sources, tally):
        own = one.pixels.shape[0] * one.pixels.shape[1]
        if batch and (pixels + own > MAX_BATCH_PIXELS or len(batch) == most):
            yield batch
            batch, pixels = [], 0
        batch.append(one)
        pixels += own
    if batch:
        yield batch


def _readable(sources: Sequence[PictureFile], tally: Tally) -> Iterator[ReadPicture]:
    for source in sources:
        stamp = stamp_of(source.path)
        try:
            pixels = read_image_rgb(source.path)
        except DatasetError as error:
            tally.note(source.name, _reason(error, source.path))
            tally.count()
        except MemoryError:
            tally.note(source.name, "it does not fit into memory")
            tally.count()
        else:
            yield ReadPicture(source=source, stamp=stamp, pixels=pixels)


def _reason(error: DatasetError, path: Path) -> str:
    """Why a picture cannot be used, without its name, which stands beside."""
    said = error.what
    for start in (f"cannot read image {path}: ", f"cannot decode image {path}: "):
        said = said.removeprefix(start)
    return said
