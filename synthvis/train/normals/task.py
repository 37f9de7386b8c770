"""The task of telling which way the surface faces at each pixel, in the camera frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from synthvis.dataset.map_folder import MapFolder, MapPair, MapSplit, find_map_folder, read_map_split
from synthvis.dataset.map_kinds import KNOWN_NORMALS, NORMAL_MAPS, read_normals, read_picture
from synthvis.metrics.normals import NormalMetrics
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.dense.evaluation import evaluation_of, image_row
from synthvis.train.dense.network import DenseNetwork, build_dense
from synthvis.train.dense.predict import predicted_maps
from synthvis.train.dense.views import DenseViews, MapRules, same_map
from synthvis.train.normals.loss import normal_losses, unit
from synthvis.train.task import Evaluation, Trained

__all__ = ["ARCHS", "TASK"]

ARCHS = ("unet",)
FACING_THE_CAMERA = (0.0, 0.0, -1.0)


def other_handed(normals: NDArray[Any]) -> NDArray[np.float32]:
    """Normals (H, W, 3) of a mirrored picture: what faced right faces left."""
    return np.asarray(normals * np.array([-1, 1, 1]), dtype=np.float32)


RULES = MapRules(target="normals", unknown=0, mirrored=other_handed, zoomed=same_map)


class NormalsTask:
    """A direction for each pixel, measured by its angle to the true one."""

    name = "normals"
    headline = "mean_deg"
    lower_is_better = True

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> MapFolder:
        """A rendered dataset, or a folder of pictures and normal maps."""
        return find_map_folder(name_or_path, NORMAL_MAPS, KNOWN_NORMALS, root)

    def read(self, found: MapFolder, split: str | None = None) -> MapSplit:
        """One split of it."""
        return read_map_split(found, NORMAL_MAPS, split)

    def require_comparable(self, split: MapSplit, classes: Sequence[str]) -> None:
        """Any normals can be measured."""

    def views(self, split: MapSplit, classes: Sequence[str], config: TrainConfig) -> DenseViews:
        """Views with "normals" (3, S, S) float32, 0 where unknown."""
        return DenseViews(split.images, _read_pair, RULES, config)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> DenseNetwork:
        """A network that answers unit vectors, (N, 3, S, S)."""
        return build_dense(
            config,
            self.name,
            ARCHS,
            channels=3,
            losses=normal_losses,
            answer=unit,
            first_answer=FACING_THE_CAMERA,
            weights=weights,
            pretrained=pretrained,
        )

    def facts(self, config: TrainConfig) -> dict[str, Any]:
        """In which frame the directions are."""
        return {"normals": "camera frame, x right, y down, z forward"}

    def evaluate(
        self,
        trained: Trained,
        split: MapSplit,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[dict[str, Any]]]:
        """Angles over the pixels with a true normal, at the stored size."""
        metrics, rows = NormalMetrics(), []
        size = trained.model.image_size
        for entry, normals in predicted_maps(trained.network, split.images, read_picture, size, device, on_images):
            predicted = normals.permute(1, 2, 0).cpu().numpy()
            rows.append(image_row(entry, metrics.add(read_normals(entry), predicted)))
        return evaluation_of(trained, split, self.headline, metrics.summary(resamples=resamples)), rows


def _read_pair(entry: MapPair) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    return read_picture(entry), read_normals(entry)


TASK = NormalsTask()
