"""The task of finding poses of objects of known shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import torch

from synthvis.data.object_models import PoseSplit
from synthvis.data.sample import Sample
from synthvis.errors import CheckpointError
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.picture_predictions import DetectedObjects
from synthvis.metrics.pose6d import pose_metrics
from synthvis.metrics.predictions import PosePrediction
from synthvis.train.arch import chosen_arch
from synthvis.train.backbones.weights import with_pretrained_body
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.evaluation import evaluation_of
from synthvis.train.picture import Picture
from synthvis.train.pose6d.data import PoseViews
from synthvis.train.pose6d.model_keypoints import model_keypoints_m
from synthvis.train.pose6d.network import PoseNetwork
from synthvis.train.pose6d.predict import poses_in
from synthvis.train.pose6d.same_models import shared_models
from synthvis.train.predicting import predictions_on
from synthvis.train.task import Task
from synthvis.train.trained import Trained
from synthvis.train.views.pixels import read_checked

__all__ = ["Pose6dTask"]


class Pose6dTask(Task):
    """Boxes, then keypoints in the square around each, then PnP; measured by ADD(-S) and the recalls of BOP."""

    def views(self, split: PoseSplit, classes: Sequence[str], config: TrainConfig) -> PoseViews:
        """Whole images with boxes, and of each the square around one object."""
        return PoseViews(split, classes, config)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> Any:
        """The network, which does not know the models yet."""
        chosen_arch(config.arch, self.description)
        network = PoseNetwork(config, len(classes))
        return with_pretrained_body(network, config.backbone, weights, pretrained=pretrained)

    def inform(self, network: Any, split: PoseSplit, classes: Sequence[str]) -> None:
        """The keypoints of the models become part of the network."""
        for label, name in enumerate(classes):
            model = split.model_of(name)
            if model is not None:
                network.keypoints_m[label] = torch.from_numpy(model_keypoints_m(model)).float()

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> Iterator[DetectedObjects]:
        """Objects with poses in pictures whose camera is known."""
        return poses_in(trained, _network_of(trained), pictures, device, min_score)

    def evaluate(
        self,
        trained: Trained,
        split: PoseSplit,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[PosePrediction]]:
        """Metrics of poses over the classes that split and network share."""
        shared = shared_models(split, trained.classes)
        measured_on = split.of_classes(shared)
        category_of: list[int | None] = [None] * len(trained.classes)
        for own, known in shared.items():
            category_of[trained.classes.index(known)] = split.category_ids[own]
        rows: list[PosePrediction] = []
        for entry, found in predictions_on(self, trained, measured_on.images, _with_camera, device, on_images):
            rows += cast("list[PosePrediction]", found.rows(entry.id, category_of))
        measures = pose_metrics(measured_on, rows, resamples=resamples)
        return evaluation_of(self.description, trained, split, measures, classes=list(shared)), rows


def _network_of(trained: Trained) -> PoseNetwork:
    network = trained.network
    if not isinstance(network, PoseNetwork):
        raise CheckpointError("the weights are of another network than one for poses", hint="train again")
    return network


def _with_camera(entry: Sample) -> Picture:
    """The picture of a sample with its camera; one without objects may have none, and is then taken by any."""
    return replace(Picture(pixels=read_checked(entry)), camera=entry.camera)
