"""The task of telling which way the surface faces at each pixel, in the camera frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.data.maps.files import NORMAL_MAPS
from synthvis.data.sample import Sample
from synthvis.metrics.normals import NormalMetrics
from synthvis.metrics.picture_predictions import NormalMap
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.dense.map_task import MapTask
from synthvis.train.dense.network import DenseNetwork, build_dense
from synthvis.train.dense.views import MapRules, same_map
from synthvis.train.normals.loss import LOSSES, unit

__all__ = ["NormalsTask"]

FACING_THE_CAMERA = (0.0, 0.0, -1.0)


def other_handed(normals: NDArray[Any]) -> NDArray[np.float32]:
    """Normals (H, W, 3) of a mirrored picture: what faced right faces left."""
    return np.asarray(normals * np.array([-1, 1, 1]), dtype=np.float32)


RULES = MapRules(target="normals", unknown=0, mirrored=other_handed, zoomed=same_map)


class NormalsTask(MapTask):
    """A direction for each pixel, measured by its angle to the true one."""

    rules, metrics, map_kind = RULES, NormalMetrics, NormalMap

    def read_map(self, entry: Sample) -> NDArray[np.float32]:
        """(H, W, 3) unit vectors, 0 where unknown."""
        return entry.maps[NORMAL_MAPS.name].read_normals()

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> DenseNetwork:
        """A network that answers unit vectors, (N, 3, S, S)."""
        return build_dense(
            config,
            self.description,
            channels=3,
            losses=LOSSES,
            activation=unit,
            initial_output=FACING_THE_CAMERA,
            weights=weights,
            pretrained=pretrained,
        )

    def usual(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Their mean direction; a vector without length is unknown."""
        known = values[np.any(values != 0, axis=1)]
        return known.mean(axis=0) if len(known) else np.full(3, np.nan)

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """In which frame the directions are."""
        return TrainingFacts(map_values="unit vectors in the camera frame: x right, y down, z forward")
