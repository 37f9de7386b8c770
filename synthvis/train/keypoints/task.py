"""The task of finding the named keypoints of one category."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from synthvis.data.keypoints import KeypointSplit, is_labelled, split_name
from synthvis.data.sample import Sample
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.keypoints import keypoint_metrics, sigmas_of
from synthvis.metrics.measures import Measures
from synthvis.metrics.picture_predictions import DetectedObjects
from synthvis.metrics.predictions import KeypointPrediction
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.arch import chosen_arch
from synthvis.train.backbones.weights import with_pretrained_body
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.evaluation import evaluation_of, with_baseline
from synthvis.train.keypoints.classes import category_of, restricted
from synthvis.train.keypoints.data import CropViews, KeypointViews
from synthvis.train.keypoints.heatmap import HeatmapNetwork
from synthvis.train.keypoints.keypointrcnn import KeypointRcnn
from synthvis.train.keypoints.predict import find_keypoints, keypoints_in_boxes, places_among
from synthvis.train.keypoints.prior_baseline import rows_of_usual_places, usual_places
from synthvis.train.picture import Picture
from synthvis.train.predicting import picture_of, predictions_on
from synthvis.train.task import Task
from synthvis.train.trained import Trained
from synthvis.train.views.loader import AugmentedDataset
from synthvis.train.views.pixels import read_checked

__all__ = ["NETWORKS", "KeypointsTask"]

NETWORKS: dict[str, Callable[[ModelConfig, int], Any]] = {"heatmap": HeatmapNetwork, "keypointrcnn": KeypointRcnn}


class KeypointsTask(Task):
    """Keypoints of one category, measured by COCO's AP over keypoint similarity and by PCK."""

    def views(self, split: KeypointSplit, classes: Sequence[str], config: TrainConfig) -> AugmentedDataset:
        """Objects one by one for the heatmap network, whole images for Keypoint R-CNN."""
        category_of(classes)
        wholes = chosen_arch(config.model.arch, self.description) == "keypointrcnn"
        return KeypointViews(split, config) if wholes else CropViews(split, config)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> Any:
        """The network that `config.arch` names, with one output a keypoint."""
        category_of(classes)
        network = NETWORKS[chosen_arch(config.arch, self.description)](config, len(classes))
        return with_pretrained_body(network, config.backbone, weights, pretrained=pretrained)

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """Which network it was."""
        return TrainingFacts(arch=chosen_arch(config.model.arch, self.description))

    def prior_baseline(self, split: KeypointSplit, classes: Sequence[str], facts: TrainingFacts) -> NDArray[np.float32]:
        """(K, 2) the usual place of each keypoint in the box of its object."""
        return usual_places(restricted(split, classes))

    def needs_boxes(self, trained: Trained) -> bool:
        """A heatmap network does."""
        return isinstance(trained.network, HeatmapNetwork)

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> Iterator[DetectedObjects]:
        """Keypoints: of the objects whose boxes are given by a heatmap network, of those it finds by Keypoint R-CNN."""
        find = keypoints_in_boxes if self.needs_boxes(trained) else find_keypoints
        return find(trained, pictures, device, min_score)

    def evaluate(
        self,
        trained: Trained,
        split: KeypointSplit,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[KeypointPrediction]]:
        """COCO's keypoint metrics and PCK, over the keypoints that split and network share."""
        known = [split_name(name)[1] for name in trained.classes]
        measured_on = restricted(split, trained.classes)
        category, own = next(iter(measured_on.keypoints.items()))
        category_id, positions = measured_on.category_ids[category], places_among(known, own.names)
        is_given_boxes = self.needs_boxes(trained)
        read = _with_labelled_boxes if is_given_boxes else picture_of
        rows = [
            cast("KeypointPrediction", one.row(entry.id, category_id, positions))
            for entry, found in predictions_on(self, trained, measured_on.images, read, device, on_images)
            for one in found.objects
        ]
        sigmas = sigmas_of(own)
        measures = keypoint_metrics(measured_on, rows, sigmas, resamples=resamples)
        evaluation = evaluation_of(
            self.description,
            trained,
            split,
            measures,
            classes=[category],
            keypoints=tuple(own.names),
            sigmas=tuple(sigmas),
            found_in="labelled boxes" if is_given_boxes else "images",
        )
        baseline = _baseline_measures(trained.prior_baseline, measured_on, known) if is_given_boxes else None
        return with_baseline(evaluation, baseline), rows


def _with_labelled_boxes(entry: Sample) -> Picture:
    boxes = tuple(one.bbox_xywh_px for one in entry.objects if is_labelled(one))
    return Picture(pixels=read_checked(entry), boxes_xywh_px=boxes)


def _baseline_measures(
    prior_baseline: NDArray[np.float32] | None, split: KeypointSplit, known: Sequence[str]
) -> Measures | None:
    """Those of the usual places, which need the boxes as a heatmap network does."""
    if prior_baseline is None:
        return None
    own = next(iter(split.keypoints.values()))
    rows = rows_of_usual_places(split, prior_baseline, places_among(known, own.names))
    return keypoint_metrics(split, rows, sigmas_of(own), resamples=0)
