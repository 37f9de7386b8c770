"""From labelled or unlabelled entries to predictions: pictures are read, and handed to the task, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

import torch

from synthvis.data.sample import Sample
from synthvis.metrics.picture_predictions import PicturePrediction
from synthvis.train.picture import Picture
from synthvis.train.trained import Trained
from synthvis.train.views.pixels import read_checked

__all__ = ["picture_of", "predictions_on"]

Entry = TypeVar("Entry")
Found = TypeVar("Found", bound=PicturePrediction)
FoundOut = TypeVar("FoundOut", bound=PicturePrediction, covariant=True)


class Predicts(Protocol[FoundOut]):
    """What of a task is needed here: `train.task.Task` with its own kind of prediction."""

    @property
    def pictures_per_batch(self) -> int:
        """Most pictures at once."""

    def predict(self, trained: Trained, pictures: Sequence[Picture], device: torch.device, /) -> Iterable[FoundOut]:
        """What the network says about each."""


def predictions_on(
    task: Predicts[Found],
    trained: Trained,
    entries: Sequence[Entry],
    read: Callable[[Entry], Picture],
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[Entry, Found]]:
    """Each entry with what the network says about its picture, in order; no more than a batch is in memory.

    Args:
        task: What the network does.
        trained: The network.
        entries: What is predicted on.
        read: The picture of an entry.
        device: Where to run.
        on_images: Called with counts of entries done.

    Raises:
        DatasetError: A picture cannot be read.
    """
    trained.network.to(device).eval()
    for start in range(0, len(entries), task.pictures_per_batch):
        batch = entries[start : start + task.pictures_per_batch]
        found = task.predict(trained, [read(entry) for entry in batch], device)
        yield from zip(batch, found, strict=True)
        on_images(len(batch))


def picture_of(entry: Sample) -> Picture:
    """The whole picture of a sample.

    Raises:
        DatasetError: It cannot be read, or is of another size than its labels say.
    """
    return Picture(pixels=read_checked(entry))
