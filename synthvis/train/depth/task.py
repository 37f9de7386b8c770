"""The task of telling the distance of each pixel, metres along the optical axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from synthvis.dataset.map_folder import MapFolder, MapPair, MapSplit, find_map_folder, read_map_split
from synthvis.dataset.map_kinds import DEPTH_MAPS, KNOWN_DEPTH, read_depth_m, read_picture
from synthvis.metrics.depth import DepthMetrics
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.dense.evaluation import evaluation_of, image_row
from synthvis.train.dense.network import DenseNetwork, build_dense
from synthvis.train.dense.predict import predicted_maps
from synthvis.train.dense.views import DenseViews, MapRules, same_map
from synthvis.train.depth.loss import depth_losses, metres
from synthvis.train.task import Evaluation, Trained

__all__ = ["ARCHS", "TASK"]

ARCHS = ("unet",)


def nearer(depth_m: NDArray[Any], zoom: float) -> NDArray[np.float32]:
    """Depth of a picture that was enlarged: what looks twice as large is half as far (Eigen et al., NeurIPS 2014)."""
    return np.asarray(depth_m / zoom, dtype=np.float32)


RULES = MapRules(target="depth_m", unknown=0, mirrored=same_map, zoomed=nearer)


class DepthTask:
    """Metres for each pixel, measured by the errors of Eigen et al. with and without a fit of scale and shift."""

    name = "depth"
    headline = "AbsRel"
    lower_is_better = True

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> MapFolder:
        """A rendered dataset, a folder of pictures and depth maps, or a named real set."""
        return find_map_folder(name_or_path, DEPTH_MAPS, KNOWN_DEPTH, root)

    def read(self, found: MapFolder, split: str | None = None) -> MapSplit:
        """One split of it."""
        return read_map_split(found, DEPTH_MAPS, split)

    def require_comparable(self, split: MapSplit, classes: Sequence[str]) -> None:
        """Any depth can be measured."""

    def views(self, split: MapSplit, classes: Sequence[str], config: TrainConfig) -> DenseViews:
        """Views with "depth_m" (S, S) float32, 0 where unknown."""
        return DenseViews(split.images, _read_pair, RULES, config)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> DenseNetwork:
        """A network that answers metres, (N, 1, S, S)."""
        return build_dense(
            config,
            self.name,
            ARCHS,
            channels=1,
            losses=depth_losses,
            answer=metres,
            weights=weights,
            pretrained=pretrained,
        )

    def facts(self, config: TrainConfig) -> dict[str, Any]:
        """What the numbers of the map are."""
        return {"depth": "metres along the optical axis"}

    def evaluate(
        self,
        trained: Trained,
        split: MapSplit,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[dict[str, Any]]]:
        """Errors over the pixels with a true depth, at the stored size."""
        metrics, rows = DepthMetrics(), []
        size = trained.model.image_size
        for entry, depth_m in predicted_maps(trained.network, split.images, read_picture, size, device, on_images):
            rows.append(image_row(entry, metrics.add(read_depth_m(entry), depth_m[0].cpu().numpy())))
        return evaluation_of(trained, split, self.headline, metrics.summary(resamples=resamples)), rows


def _read_pair(entry: MapPair) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    return read_picture(entry), read_depth_m(entry)


TASK = DepthTask()
