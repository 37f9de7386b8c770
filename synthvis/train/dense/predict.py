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
    mirrored: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
) -> Iterator[tuple[Any, Tensor]]:
    """Each entry with the prediction (C, H, W) float32 at its stored size, in order; one at a time in memory.

    Answers are stretched bilinearly from the network's square, the padding cut off before.

    Args:
        network: Answers (N, C, S, S) to (N, 3, S, S) uint8.
        images: Entries with an `image_hw`.
        read_picture: Pixels (H, W, 3) of an entry.
        size: Side of the square.
        device: Where to run.
        on_images: Called with counts of images done.
        mirrored: Turns the values of a map (H, W, C) that was mirrored left to right. With it the network sees each
            picture and its mirror image, and the prediction is the mean of both.

    Raises:
        DatasetError: An image cannot be read.
    """
    network = network.to(device).eval()
    for start in range(0, len(images), BATCH):
        entries = images[start : start + BATCH]
        pictures = [read_picture(entry) for entry in entries]
        with torch.inference_mode():
            views = [_answers(network, pictures, size, device)]
            if mirrored is not None:
                views.append(_answers(network, [picture[:, ::-1] for picture in pictures], size, device))
            for place, entry in enumerate(entries):
                parts = [_at_stored_size(predictions[place], entry.image_hw, size) for predictions in views]
                if mirrored is not None:
                    parts[1] = _turned_back(parts[1], mirrored)
                yield entry, torch.stack(parts).mean(dim=0)
        on_images(len(entries))


def _answers(network: nn.Module, pictures: Sequence[NDArray[np.uint8]], size: int, device: torch.device) -> Tensor:
    squares = np.stack([letterbox_image(np.ascontiguousarray(picture), size) for picture in pictures])
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


def _at_stored_size(prediction: Tensor, image_hw: tuple[int, int], size: int) -> Tensor:
    height, width = Letterbox(image_hw, size).inner_hw
    inner = prediction[None, :, :height, :width].float()
    return functional.interpolate(inner, image_hw, mode="bilinear", align_corners=False)[0]
