"""A light keypoint network: one heatmap a keypoint, for the square around one object."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from synthvis.train.backbones.features import PyramidBackbone
from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig

__all__ = ["HeatmapHead", "HeatmapNetwork", "heatmap_loss", "heatmap_targets", "peaks", "several_peaks"]

STRIDE = 4
"""Pixels of the square for one cell of the heatmaps."""

SPREAD_CELLS = 1.0
"""Standard deviation of the bell that a heatmap should be."""

WINDOW_CELLS = 2
"""How far around its highest cell a heatmap is looked at."""

NORM_GROUPS = 8


class HeatmapNetwork(nn.Module):
    """All levels of the pyramid added up at stride 8, convolutions, and heatmaps at stride 4.

    Each heatmap is a distribution over the square (softmax over its cells), learnt against a bell around the keypoint;
    the mean place of its highest window is the answer, the probability in that window the score.
    """

    class_layers = ("heatmaps.out.",)

    def __init__(self, config: ModelConfig, keypoint_count: int) -> None:
        super().__init__()
        channels = config.head_channels
        self.backbone = PyramidBackbone(config.backbone, channels, config.drop_rate, config.drop_path_rate)
        self.heatmaps = HeatmapHead(channels, config.head_convs, keypoint_count)
        self.normalise = SquareNormalise(self.backbone.body)

    @property
    def body(self) -> nn.Module:
        """The pretrained part."""
        body: nn.Module = self.backbone.body
        return body

    def forward(self, images: Tensor, targets: list[dict[str, Tensor]] | None = None) -> Any:
        """The loss by name when `targets` are given, else for each image its keypoints.

        Args:
            images: (N, 3, S, S) uint8.
            targets: For each image "keypoints" (K, 3): x, y in pixels of the square and visibility, 0 for unknown.

        Returns:
            {"heatmap": loss}, or (N, K, 3): x, y in pixels of the square and score.
        """
        logits = self.heatmaps(list(self.backbone(self.normalise(images)).values())).float()
        if targets is None:
            return peaks(logits)
        return {"heatmap": heatmap_loss(logits, torch.stack([target["keypoints"] for target in targets]))}


class HeatmapHead(nn.Module):
    """Heatmaps (N, K, H, W) at stride 4, before the softmax, of the levels of a pyramid."""

    def __init__(self, channels: int, convs: int, keypoint_count: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(*(_block(channels) for _ in range(convs)))
        self.fine = _block(channels)
        self.out = nn.Conv2d(channels, keypoint_count, 1)

    def forward(self, levels: Sequence[Tensor]) -> Tensor:
        """`levels` are (N, C, H, W), the finest first."""
        hw = levels[0].shape[-2:]
        summed = levels[0] + sum(functional.interpolate(level, size=hw, mode="bilinear") for level in levels[1:])
        doubled = functional.interpolate(self.trunk(summed), scale_factor=2.0, mode="bilinear")
        logits: Tensor = self.out(self.fine(doubled))
        return logits


def heatmap_loss(logits: Tensor, keypoints_xyv_px: Tensor) -> Tensor:
    """Divergence of heatmaps (N, K, H, W) from bells around keypoints (N, K, 3), over those of a visibility above 0."""
    known = keypoints_xyv_px[..., 2] > 0
    if not known.any():
        return logits.sum() * 0
    wanted = heatmap_targets(keypoints_xyv_px[known], (logits.shape[-2], logits.shape[-1]))
    found = functional.log_softmax(logits[known].flatten(1), dim=1)
    return functional.kl_div(found, wanted.flatten(1), reduction="batchmean")


def heatmap_targets(keypoints_xyv_px: Tensor, hw: tuple[int, int]) -> Tensor:
    """Bells (M, H, W) around keypoints (M, 3), each of sum 1; the centre of cell c is at pixel (c + 0.5) * STRIDE."""
    centres = keypoints_xyv_px[:, :2] / STRIDE - 0.5
    columns = torch.arange(hw[1], device=centres.device)
    rows = torch.arange(hw[0], device=centres.device)
    off = (columns[None, None] - centres[:, 0, None, None]) ** 2 + (
        rows[None, :, None] - centres[:, 1, None, None]
    ) ** 2
    return functional.softmax((-off / (2 * SPREAD_CELLS**2)).flatten(1), dim=1).view(-1, *hw)


def peaks(logits: Tensor) -> Tensor:
    """(N, K, 3) x, y in pixels and score of heatmaps (N, K, H, W): the mean place of the highest window."""
    return several_peaks(logits, 1)[:, :, 0]


def several_peaks(logits: Tensor, count: int) -> Tensor:
    """(N, K, count, 3) likewise of the highest windows that do not overlap, of which later ones may have no score.

    A keypoint that may be in two places has a window at each.
    """
    height, width = logits.shape[-2:]
    share = functional.softmax(logits.flatten(2), dim=2)
    found = []
    for _ in range(count):
        place, near = _highest_window(share, height, width)
        found.append(place)
        share = share * ~near
    return torch.stack(found, dim=2)


def _highest_window(share: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """(N, K, 3) x, y in pixels and score of distributions (N, K, H * W), and (N, K, H * W) which cells it has."""
    best = share.argmax(dim=2)
    columns = torch.arange(width, device=share.device).repeat(height)
    rows = torch.arange(height, device=share.device).repeat_interleave(width)
    near = ((columns - (best % width)[..., None]).abs() <= WINDOW_CELLS) & (
        (rows - (best // width)[..., None]).abs() <= WINDOW_CELLS
    )
    seen = share * near
    score = seen.sum(dim=2)
    x, y = ((seen * place).sum(dim=2) / score for place in (columns, rows))
    return torch.stack([(x + 0.5) * STRIDE, (y + 0.5) * STRIDE, score], dim=-1), near


def _block(channels: int) -> nn.Sequential:
    norm = nn.GroupNorm(math.gcd(NORM_GROUPS, channels), channels)
    return nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), norm, nn.ReLU(inplace=True))
