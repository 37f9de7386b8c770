"""The half of the task that learns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import Dataset

from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.image_sums import measures_of_sums
from synthvis.metrics.measures import Measures
from synthvis.metrics.picture_predictions import PictureNumbers
from synthvis.metrics.predictions import ImagePrediction
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.evaluation import evaluation_of
from synthvis.train.picture import Picture
from synthvis.train.predicting import picture_of, predictions_on
from synthvis.train.task import Task
from synthvis.train.trained import Trained
from synthvis.train.views.letterbox import letterbox_image

__all__ = ["CountingTask"]


class CountingNetwork(nn.Module):
    """Two convolutions, a mean over the picture and a linear layer: counts (N,) of (N, 3, S, S) uint8."""

    class_layers = ()

    def __init__(self) -> None:
        super().__init__()
        layers = [nn.Conv2d(3, 8, 5, stride=4), nn.ReLU(), nn.Conv2d(8, 8, 3, stride=2), nn.ReLU()]
        self.body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(8, 1)

    def forward(self, images: Tensor, targets: list[dict[str, Tensor]] | None = None) -> Any:
        """The loss by name when `targets` are given, else counts."""
        counts: Tensor = self.head(self.body(images.float() / 255))[:, 0]
        if targets is None:
            return counts
        return {"count": functional.l1_loss(counts, torch.stack([target["count"] for target in targets]))}


class CountViews(Dataset[dict[str, Tensor]]):
    """Pictures as they are, with "count"."""

    def __init__(self, split: Split, size: int) -> None:
        self._split, self._size = split, size

    def __len__(self) -> int:
        return len(self._split)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        sample = self._split[key[1]]
        return {"image": square(sample.image, self._size), "count": torch.tensor(float(count_of(sample)))}


class CountingTask(Task):
    """Counts, measured by how far they are off."""

    def views(self, split: Split, classes: Sequence[str], config: TrainConfig) -> CountViews:
        """Pictures with their counts."""
        return CountViews(split, config.model.input_size)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> CountingNetwork:
        """The same network for every config."""
        return CountingNetwork()

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> list[PictureNumbers]:
        """The count of each picture."""
        squares = torch.stack([square(picture.pixels, trained.model.input_size) for picture in pictures])
        with torch.inference_mode():
            counts = trained.network(squares.to(device)).tolist()
        both = zip(pictures, counts, strict=True)
        return [PictureNumbers(image_hw=picture.image_hw, numbers={"count": count}) for picture, count in both]

    def evaluate(
        self,
        trained: Trained,
        split: Split,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[ImagePrediction]]:
        """The mean error of the counts."""
        found = predictions_on(self, trained, split.images, picture_of, device, on_images)
        errors = [abs(one.numbers["count"] - count_of(sample)) for sample, one in found]
        headline, rows = self.description.headline, [np.array([error, 1.0]) for error in errors]
        metrics, bootstrap = measures_of_sums(
            rows, lambda sums: {headline: sums[:, 0] / sums[:, 1]}, headline, resamples=resamples, seed=0
        )
        counts = {"objects": split.object_count}
        measures = Measures(images=len(split), counts=counts, metrics=metrics, bootstrap=bootstrap)
        predictions = [
            ImagePrediction(image_id=sample.id, file_name=sample.path.name, metrics={headline: error})
            for sample, error in zip(split, errors, strict=True)
        ]
        return evaluation_of(self.description, trained, split, measures), predictions


def square(pixels: NDArray[np.uint8], size: int) -> Tensor:
    """(3, size, size) uint8."""
    return torch.from_numpy(letterbox_image(pixels, size)).permute(2, 0, 1)


def count_of(sample: Sample) -> int:
    """Objects, crowds left out."""
    return sum(not one.is_crowd for one in sample.objects)
