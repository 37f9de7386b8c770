"""The task of telling the distance of each pixel, metres along the optical axis."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.data.maps.files import DEPTH_MAPS
from synthvis.data.sample import Sample
from synthvis.metrics.depth import DepthMetrics
from synthvis.metrics.picture_predictions import DepthMap
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.dense.map_task import MapTask
from synthvis.train.dense.network import DenseNetwork, build_dense
from synthvis.train.dense.views import MapRules, same_map
from synthvis.train.depth.loss import LOSSES, metres

__all__ = ["DepthTask"]


def nearer(depth_m: NDArray[Any], zoom: float) -> NDArray[np.float32]:
    """Depth of a picture that was enlarged: what looks twice as large is half as far (Eigen et al., NeurIPS 2014)."""
    return np.asarray(depth_m / zoom, dtype=np.float32)


RULES = MapRules(target="depth_m", unknown=0, mirrored=same_map, zoomed=nearer)


class DepthTask(MapTask):
    """Metres for each pixel, measured by the errors of Eigen et al. with and without a fit of scale and shift."""

    rules, metrics, map_kind = RULES, DepthMetrics, DepthMap

    def read_map(self, entry: Sample) -> NDArray[np.float32]:
        """(H, W) metres, 0 where unknown."""
        return entry.maps[DEPTH_MAPS.name].read_known_depth_m()

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> DenseNetwork:
        """A network that answers metres, (N, 1, S, S)."""
        return build_dense(
            config,
            self.description,
            channels=1,
            losses=LOSSES,
            activation=metres,
            weights=weights,
            pretrained=pretrained,
        )

    def usual(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Their median, which makes the mean error of their logarithms least; 0 is unknown."""
        known = values[values > 0]
        return np.asarray(np.median(known) if known.size else np.nan)

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """What the numbers of the map are."""
        return TrainingFacts(map_values="metres along the optical axis")
