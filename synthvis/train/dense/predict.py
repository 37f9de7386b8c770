"""Answers of a network for each pixel of pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from synthvis.train.picture import Picture
from synthvis.train.views.letterbox import Letterbox, letterbox_image

__all__ = ["PICTURES_PER_BATCH", "as_map", "predicted_maps"]

PICTURES_PER_BATCH = 8


@torch.inference_mode()
def predicted_maps(
    network: nn.Module,
    pictures: Sequence[Picture],
    size: int,
    device: torch.device,
    mirrored: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
) -> Iterator[Tensor]:
    """The prediction (C, H, W) float32 for each picture at its own size, in order; one at a time in memory.

    Answers are stretched bilinearly from the network's square, the padding cut off before.

    Args:
        network: Answers (N, C, S, S) to (N, 3, S, S) uint8; in evaluation mode.
        pictures: A batch of them.
        size: Side of the square.
        device: Where the network is.
        mirrored: Turns the values of a map (H, W, C) that was mirrored left to right. With it the network sees each
            picture and its mirror image, and the prediction is the mean of both.
    """
    images = [picture.pixels for picture in pictures]
    views = [_in_squares(network, images, size, device)]
    if mirrored is not None:
        views.append(_in_squares(network, [image[:, ::-1] for image in images], size, device))
    for place, picture in enumerate(pictures):
        parts = [_at_own_size(predictions[place], picture.image_hw, size) for predictions in views]
        if mirrored is not None:
            parts[1] = _turned_back(parts[1], mirrored)
        yield torch.stack(parts).mean(dim=0)


def _in_squares(network: nn.Module, images: Sequence[NDArray[np.uint8]], size: int, device: torch.device) -> Tensor:
    squares = np.stack([letterbox_image(np.ascontiguousarray(image), size) for image in images])
    predictions: Tensor = network(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
    return predictions


def _turned_back(prediction: Tensor, mirrored: Callable[[NDArray[Any]], NDArray[Any]]) -> Tensor:
    """The prediction (C, H, W) to a mirror image as one to the picture."""
    values = mirrored(prediction.permute(1, 2, 0).cpu().numpy()[:, ::-1])
    return torch.from_numpy(np.ascontiguousarray(values)).permute(2, 0, 1).to(prediction.device)


def as_map(prediction: Tensor) -> NDArray[np.float32]:
    """A prediction (C, H, W) in the layout of a map file: (H, W) of one channel, else (H, W, C)."""
    channels_last = prediction.permute(1, 2, 0).cpu().numpy()
    return np.asarray(channels_last[..., 0] if prediction.shape[0] == 1 else channels_last, dtype=np.float32)


def _at_own_size(prediction: Tensor, image_hw: tuple[int, int], size: int) -> Tensor:
    height, width = Letterbox(image_hw, size).inner_hw
    inner = prediction[None, :, :height, :width].float()
    return functional.interpolate(inner, image_hw, mode="bilinear", align_corners=False)[0]
