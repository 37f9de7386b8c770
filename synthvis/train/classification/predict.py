"""Class probabilities of a trained network on labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from synthvis.train.classification.examples import Example, read_example
from synthvis.train.views.letterbox import letterbox_image

__all__ = ["predict_examples", "prediction_rows"]

BATCH = 16
DECIMALS = 5


@torch.inference_mode()
def predict_examples(
    network: nn.Module,
    examples: Sequence[Example],
    class_count: int,
    size: int,
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
) -> NDArray[np.float64]:
    """Probabilities (N, K), rows in the order of the examples.

    Raises:
        DatasetError: An image cannot be read.
    """
    network = network.to(device).eval()
    rows = [np.zeros((0, class_count))]
    for start in range(0, len(examples), BATCH):
        batch = examples[start : start + BATCH]
        squares = np.stack([letterbox_image(read_example(example), size) for example in batch])
        logits = network(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
        rows.append(logits.double().softmax(dim=1).cpu().numpy())
        on_images(len(batch))
    return np.concatenate(rows)


def prediction_rows(
    examples: Sequence[Example], probabilities: NDArray[np.float64], classes: Sequence[str]
) -> list[dict[str, Any]]:
    """One row an example: which one, its class, the network's answer and how sure it is."""
    return [
        {
            **example.facts,
            "class": classes[example.label],
            "answer": classes[int(row.argmax())],
            "score": round(float(row.max()), DECIMALS),
        }
        for example, row in zip(examples, probabilities, strict=True)
    ]
