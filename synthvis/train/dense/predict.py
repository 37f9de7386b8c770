"""Answers of a network for each pixel of stored images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from synthvis.train.views.letterbox import Letterbox, letterbox_image

__all__ = ["as_map", "predicted_maps"]

BATCH = 8


def predicted_maps(
    network: nn.Module,
    images: Sequence[Any],
    read_picture: Callable[[Any], NDArray[np.uint8]],
    size: int,
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[Any, Tensor]]:
    """Each entry with the answer (C, H, W) float32 at its stored size, in order; one at a time in memory.

    Answers are stretched bilinearly from the network's square, the padding cut off before.

    Raises:
        DatasetError: An image cannot be read.
    """
    network = network.to(device).eval()
    for start in range(0, len(images), BATCH):
        entries = images[start : start + BATCH]
        squares = np.stack([letterbox_image(read_picture(entry), size) for entry in entries])
        with torch.inference_mode():
            answers = network(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
            for entry, answer in zip(entries, answers, strict=True):
                yield entry, _at_stored_size(answer, entry.image_hw, size)
        on_images(len(entries))


def as_map(answer: Tensor) -> NDArray[np.float32]:
    """An answer (C, H, W) in the layout of a map file: (H, W) of one channel, else (H, W, C)."""
    channels_last = answer.permute(1, 2, 0).cpu().numpy()
    return np.asarray(channels_last[..., 0] if answer.shape[0] == 1 else channels_last, dtype=np.float32)


def _at_stored_size(answer: Tensor, image_hw: tuple[int, int], size: int) -> Tensor:
    height, width = Letterbox(image_hw, size).inner_hw
    inner = answer[None, :, :height, :width].float()
    return functional.interpolate(inner, image_hw, mode="bilinear", align_corners=False)[0]
