"""What all detectors here share: batches of squares, fp32 results, and labels with or without a background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn
from torchvision.models.detection.image_list import ImageList

__all__ = ["SquareDetector", "as_image_list", "to_float", "with_background", "without_background"]


class SquareDetector(nn.Module):
    """To be named before a network of torchvision's, which sets `backbone`, and whose constructor `normalise`."""

    if TYPE_CHECKING:
        # Backbone, head and more are those of torchvision's class.
        def __getattr__(self, name: str) -> Any: ...

    @property
    def body(self) -> nn.Module:
        """The pretrained part."""
        body: nn.Module = self.backbone.body
        return body


def as_image_list(pixels: Tensor) -> ImageList:
    """The batch in the form that torchvision's anchor generators ask for."""
    side = pixels.shape[-1]
    return ImageList(pixels, [(side, side)] * len(pixels))


def to_float(outputs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Outputs in fp32: boxes and losses have no room for the 8 bits of bf16."""
    return {name: value.float() for name, value in outputs.items()}


def with_background(targets: Sequence[dict[str, Tensor]]) -> list[dict[str, Tensor]]:
    """Targets for a network that keeps label 0 for the background."""
    return [{**target, "labels": target["labels"] + 1} for target in targets]


def without_background(found: Sequence[dict[str, Tensor]]) -> list[dict[str, Tensor]]:
    """Detections of such a network with labels from 0."""
    return [{**one, "labels": one["labels"] - 1} for one in found]
