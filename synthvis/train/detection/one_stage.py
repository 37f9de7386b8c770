"""What FCOS, RetinaNet and SSDLite share: torchvision's networks on a timm backbone, fed with square batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from synthvis.train.backbones.features import PyramidBackbone
from synthvis.train.config import ModelConfig
from synthvis.train.detection.square_batch import SquareDetector, as_image_list, to_float

__all__ = ["DETECTIONS", "SCORE_THRESHOLD", "SquareOneStage", "pyramid_parts"]

SCORE_THRESHOLD = 0.01
DETECTIONS = 100
CANDIDATES_PER_LEVEL = 300


class SquareOneStage(SquareDetector):
    """To be named before a one-stage network of torchvision's, whose `losses` a subclass says.

    A level is one map of the backbone; its anchors are those of all its places.
    """

    def forward(self, images: Tensor, targets: list[dict[str, Tensor]] | None = None) -> Any:
        """Losses by name when `targets` are given, else detections.

        Args:
            images: (N, 3, S, S) uint8.
            targets: For each image "boxes" (M, 4) xyxy in pixels and "labels" (M,) from 0.
        """
        pixels = self.normalise(images)
        maps = list(self.backbone(pixels).values())
        outputs = to_float(self.head(maps))
        image_list = as_image_list(pixels)
        # Anchors take the type of the maps, and bf16 rounds them to whole pixels and more.
        anchors = self.anchor_generator(image_list, [one.float() for one in maps])
        per_place = self.anchor_generator.num_anchors_per_location()
        per_level = [count * one.shape[-2] * one.shape[-1] for count, one in zip(per_place, maps, strict=True)]
        if targets is not None:
            return self.losses(targets, outputs, anchors, per_level)
        return self.detections(outputs, anchors, per_level, image_list.image_sizes)

    def raw_detections(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Boxes and scores of all anchors, before any is dropped.

        Args:
            images: (N, 3, S, S) uint8.

        Returns:
            (N, A, 4) boxes, xyxy in pixels of the square and clipped to it, and (N, A, C) scores of the classes.
        """
        pixels = self.normalise(images)
        maps = list(self.backbone(pixels).values())
        outputs = to_float(self.head(maps))
        anchors = self.anchor_generator(as_image_list(pixels), [one.float() for one in maps])[0]
        offsets = outputs["bbox_regression"]
        repeated = anchors[None].expand(offsets.shape[0], -1, -1)
        boxes = self.decoded_boxes(offsets.reshape(-1, 4), repeated.reshape(-1, 4)).reshape(offsets.shape)
        return boxes.clamp(0, images.shape[-1]), self.class_scores(outputs)

    def decoded_boxes(self, offsets: Tensor, anchors: Tensor) -> Tensor:
        """(B, 4) boxes of (B, 4) answers of the head."""
        boxes: Tensor = self.box_coder.decode_single(offsets, anchors)
        return boxes

    def class_scores(self, outputs: dict[str, Tensor]) -> Tensor:
        """(N, A, C) scores."""
        return outputs["cls_logits"].sigmoid()

    def losses(
        self, targets: list[dict[str, Tensor]], outputs: dict[str, Tensor], anchors: list[Tensor], per_level: list[int]
    ) -> dict[str, Tensor]:
        """Losses by name.

        Args:
            targets: For each image.
            outputs: Of the head, (N, A, ...) each, over the anchors of all levels.
            anchors: (A, 4) for each image.
            per_level: Anchors of each level, finest first.
        """
        raise NotImplementedError

    def detections(
        self,
        outputs: dict[str, Tensor],
        anchors: list[Tensor],
        per_level: list[int],
        image_sizes: Sequence[tuple[int, int]],
    ) -> list[dict[str, Tensor]]:
        """Boxes, labels and scores of each image; the best of each level go to non-maximum suppression."""
        by_level = {name: list(torch.split(value, per_level, dim=1)) for name, value in outputs.items()}
        own = [list(torch.split(boxes, per_level)) for boxes in anchors]
        found: list[dict[str, Tensor]] = self.postprocess_detections(by_level, own, image_sizes)
        return found


def pyramid_parts(config: ModelConfig) -> dict[str, Any]:
    """Backbone and limits of the answers as arguments of torchvision's classes, for networks over a pyramid."""
    return {
        "backbone": PyramidBackbone(config.backbone, config.head_channels, config.drop_rate, config.drop_path_rate),
        "score_thresh": SCORE_THRESHOLD,
        "detections_per_img": DETECTIONS,
        "topk_candidates": CANDIDATES_PER_LEVEL,
    }
