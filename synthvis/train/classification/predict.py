"""Class probabilities of a trained network on labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from synthvis.metrics.predictions import ClassPrediction
from synthvis.train.classification.examples import Example, read_example
from synthvis.train.views.letterbox import letterbox_image
from synthvis.train.views.multicrop import TestTime, averaged_probabilities

__all__ = ["classify_images", "predict_examples", "prediction_rows"]

BATCH = 16
DECIMALS = 5


def predict_examples(
    network: nn.Module,
    examples: Sequence[Example],
    class_count: int,
    size: int,
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
    tta: TestTime | None = None,
) -> NDArray[np.float64]:
    """Probabilities (N, K), rows in the order of the examples; with `tta` the mean over further views of each.

    Raises:
        DatasetError: An image cannot be read.
    """
    classify = partial(classify_images, network.to(device).eval(), size, device)
    rows = [np.zeros((0, class_count))]
    for start in range(0, len(examples), BATCH):
        batch = examples[start : start + BATCH]
        rows.append(averaged_probabilities(classify, [read_example(example) for example in batch], tta))
        on_images(len(batch))
    return np.concatenate(rows)


@torch.inference_mode()
def classify_images(
    network: nn.Module, size: int, device: torch.device, images_rgb: Sequence[NDArray[np.uint8]]
) -> NDArray[np.float64]:
    """Probabilities (N, K) of (H, W, 3) images by a network in evaluation mode."""
    squares = np.stack([letterbox_image(image, size) for image in images_rgb])
    logits = network(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
    return np.asarray(logits.double().softmax(dim=1).cpu().numpy())


def prediction_rows(
    examples: Sequence[Example], probabilities: NDArray[np.float64], classes: Sequence[str]
) -> list[ClassPrediction]:
    """One row an example: which one, its class, the class that it was taken for and how sure that is."""
    return [
        ClassPrediction(
            ground_truth=classes[example.label],
            prediction=classes[int(row.argmax())],
            score=round(float(row.max()), DECIMALS),
            image_id=example.image_id,
            bbox=example.bbox_xywh_px,
            file=example.file,
        )
        for example, row in zip(examples, probabilities, strict=True)
    ]
