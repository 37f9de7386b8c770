"""The network of a run as a graph of tensors: squares of pixels in, a fixed list of tensors out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

__all__ = ["DeployedGraph", "RawDetector", "graph_of"]


@runtime_checkable
class RawDetector(Protocol):
    """A detector whose candidates can be had before non-maximum suppression.

    Attributes:
        score_thresh: Candidates below it are dropped.
        nms_thresh: Overlap above which the lower of two candidates of a class is dropped.
        detections_per_img: Most detections of an image.
    """

    score_thresh: float
    nms_thresh: float
    detections_per_img: int

    def raw_detections(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, A, 4) boxes, xyxy in pixels of the square, and (N, A, C) scores of all anchors."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeployedGraph:
    """A network ready to be written.

    Attributes:
        module: Takes (N, 3, S, S) uint8 RGB, gives a tuple of tensors; in evaluation mode, to which exporters bring all
            that is inside when they are done.
        outputs: Their names.
        any_batch: Whether N can be any number; else it is 1.
        suppression: What is to be done with the candidates of a detector, by name; empty: nothing.
    """

    module: nn.Module
    outputs: tuple[str, ...]
    any_batch: bool
    suppression: Mapping[str, float]

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> list[Tensor]:
        """The outputs for a batch."""
        return list(self.module(images))


def graph_of(network: nn.Module, input_size: int) -> DeployedGraph:
    """The graph of a network that is in evaluation mode on the CPU.

    One-stage detectors end with decoded boxes and the scores of all anchors; the suppression is left to the caller,
    as runtimes differ in it. Two-stage networks are whole, for one image at a time. All others are whole.
    """
    if isinstance(network, RawDetector):
        suppression = {
            "score_threshold": float(network.score_thresh),
            "nms_iou": float(network.nms_thresh),
            "detections": int(network.detections_per_img),
        }
        return DeployedGraph(
            module=_Candidates(network).eval(),
            outputs=("boxes_xyxy_px", "scores"),
            any_batch=True,
            suppression=suppression,
        )
    with torch.inference_mode():
        found = network(torch.zeros(1, 3, input_size, input_size, dtype=torch.uint8))
    if isinstance(found, Tensor):
        return DeployedGraph(module=_Whole(network).eval(), outputs=("prediction",), any_batch=True, suppression={})
    names = tuple(found[0])
    return DeployedGraph(module=_FirstImage(network, names).eval(), outputs=names, any_batch=False, suppression={})


class _Candidates(nn.Module):
    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        found: tuple[Tensor, Tensor] = self.network.raw_detections(images)
        return found


class _Whole(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor]:
        return (self.network(images),)


class _FirstImage(nn.Module):
    def __init__(self, network: nn.Module, names: Sequence[str]) -> None:
        super().__init__()
        self.network, self._names = network, tuple(names)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        found = self.network(images)[0]
        return tuple(found[name] for name in self._names)
