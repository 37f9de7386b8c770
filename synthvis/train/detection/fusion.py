"""Boxes of several detectors as one list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.ops import box_iou

__all__ = ["FusedDetectors", "fuse_boxes"]

FUSION_IOU = 0.55
DETECTIONS = 100

Boxes = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]
"""Boxes (N, 4) xyxy, scores (N,), labels (N,)."""


class FusedDetectors(nn.Module):
    """Detectors with the same classes and inputs as one detector, for evaluation only."""

    def __init__(self, detectors: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(detectors)

    def forward(self, images: Tensor) -> list[dict[str, Tensor]]:
        """Fused "boxes", "scores" and "labels" of each image, best first, at most 100."""
        predictions = [member(images) for member in self.members]
        return [
            _fused([prediction[place] for prediction in predictions], images.device) for place in range(len(images))
        ]


def fuse_boxes(lists: Sequence[Boxes], iou: float = FUSION_IOU) -> Boxes:
    """Weighted boxes fusion (Solovyev, Wang and Gabruseva 2021).

    Boxes are taken by falling score. Each joins the fused box of its class that it overlaps most, if by more than
    `iou`, else it begins one. A fused box is the mean of its members weighted by their scores; its score is their mean,
    times the share of the lists that saw it: members over lists, at most 1.

    Args:
        lists: What each detector found.
        iou: Overlap above which two boxes are of one object.

    Returns:
        The fused boxes, best first.
    """
    found = [np.concatenate([part[field] for part in lists]) for field in range(3)]
    boxes, scores, labels = found[0].reshape(-1, 4).astype(np.float64), found[1].astype(np.float64), found[2]
    kinds = np.unique(labels).astype(np.int64)
    fused = [_fuse_class(boxes[labels == label], scores[labels == label], len(lists), iou) for label in kinds]
    counts = [len(part[1]) for part in fused]
    all_boxes = np.concatenate([np.zeros((0, 4)), *(part[0] for part in fused)])
    all_scores = np.concatenate([np.zeros(0), *(part[1] for part in fused)])
    all_labels = np.repeat(kinds, np.array(counts, dtype=np.int64))
    order = np.argsort(-all_scores, kind="stable")
    return all_boxes[order], all_scores[order], all_labels[order]


def _fuse_class(
    boxes: NDArray[np.float64], scores: NDArray[np.float64], lists: int, iou: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sums, weights, counts = np.zeros((0, 4)), np.zeros(0), np.zeros(0)
    for place in np.argsort(-scores, kind="stable"):
        overlaps = _overlaps(boxes[place], sums / np.maximum(weights, np.finfo(float).tiny)[:, None])
        if not len(overlaps) or overlaps.max() <= iou:
            sums, weights, counts = np.vstack([sums, np.zeros((1, 4))]), np.append(weights, 0), np.append(counts, 0)
            at = len(counts) - 1
        else:
            at = int(overlaps.argmax())
        sums[at] += scores[place] * boxes[place]
        weights[at] += scores[place]
        counts[at] += 1
    safe = np.maximum(weights, np.finfo(float).tiny)
    return sums / safe[:, None], weights / np.maximum(counts, 1) * np.minimum(counts, lists) / lists


def _overlaps(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of one box (4,) and each of (N, 4); 0 of boxes without an area."""
    found: Tensor = box_iou(torch.from_numpy(box[None]), torch.from_numpy(others))[0]
    return np.nan_to_num(np.asarray(found.numpy(), dtype=np.float64))


def _fused(predictions: Sequence[dict[str, Tensor]], device: torch.device) -> dict[str, Tensor]:
    lists: list[Boxes] = [
        (
            prediction["boxes"].detach().double().cpu().numpy(),
            prediction["scores"].detach().double().cpu().numpy(),
            prediction["labels"].detach().cpu().numpy(),
        )
        for prediction in predictions
    ]
    boxes, scores, labels = (part[:DETECTIONS] for part in fuse_boxes(lists))
    return {
        "boxes": torch.from_numpy(boxes).float().to(device),
        "scores": torch.from_numpy(scores).float().to(device),
        "labels": torch.from_numpy(labels).to(device),
    }
