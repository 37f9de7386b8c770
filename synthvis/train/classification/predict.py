"""Class probabilities of a trained network on pictures, and the rows that labelled ones give."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from synthvis.metrics.picture_predictions import ClassProbabilities
from synthvis.metrics.predictions import ClassPrediction
from synthvis.train.classification.examples import Example
from synthvis.train.picture import Picture
from synthvis.train.trained import Trained
from synthvis.train.views.letterbox import letterbox_image
from synthvis.train.views.multicrop import averaged_probabilities

__all__ = ["classify", "prediction_rows"]

DECIMALS = 5


def classify(trained: Trained, pictures: Sequence[Picture], device: torch.device) -> list[ClassProbabilities]:
    """Probabilities for each picture; with test-time views the mean over them."""
    of_images = partial(_probabilities, trained.network, trained.model.input_size, device)
    found = averaged_probabilities(of_images, [picture.pixels for picture in pictures], trained.tta)
    return [
        ClassProbabilities(image_hw=picture.image_hw, probabilities=row)
        for picture, row in zip(pictures, found, strict=True)
    ]


@torch.inference_mode()
def _probabilities(
    network: nn.Module, size: int, device: torch.device, images_rgb: Sequence[NDArray[np.uint8]]
) -> NDArray[np.float64]:
    """Probabilities (N, K) of (H, W, 3) images by a network in evaluation mode."""
    squares = np.stack([letterbox_image(image, size) for image in images_rgb])
    logits = network(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
    return np.asarray(logits.double().softmax(dim=1).cpu().numpy())


def prediction_rows(
    examples: Sequence[Example], found: Sequence[ClassProbabilities], classes: Sequence[str]
) -> list[ClassPrediction]:
    """One row an example: which one, its class, the class that it was taken for and how sure that is."""
    return [
        ClassPrediction(
            ground_truth=classes[example.label],
            prediction=classes[one.label],
            score=round(one.score, DECIMALS),
            image_id=example.image_id,
            bbox=example.bbox_xywh_px,
            file=example.file,
        )
        for example, one in zip(examples, found, strict=True)
    ]
