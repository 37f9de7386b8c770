"""The task of following objects through films."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from synthvis.data.split import Split
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import Measures
from synthvis.metrics.predictions import BoxPrediction, TrackPrediction
from synthvis.metrics.tracking.tracking import tracking_metrics
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.tracking.on_films import labelled_boxes, tracked
from synthvis.tracking.registry import registered_tracker
from synthvis.tracking.tracker import DEFAULT_SCORE, DEFAULT_TRACKER, TrackerChoice
from synthvis.train.config import TrainConfig
from synthvis.train.detection.task import DetectionTask
from synthvis.train.evaluation import evaluation_of
from synthvis.train.trained import Trained

__all__ = ["TrackingTask", "tracker_of_run"]

OF_BOXES = ("AP", "AP50")


class TrackingTask(DetectionTask):
    """A detector that is trained as for detection, and a tracker behind it; measured by HOTA, MOTA and IDF1."""

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """How the boxes were drawn, and which tracker follows."""
        return replace(super().facts(config), tracker=config.tracker, tracker_score=config.tracker_score)

    def evaluate(
        self,
        trained: Trained,
        split: Split,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[TrackPrediction]]:
        """Metrics of tracks and of the boxes behind them, and of the same tracker on the labelled boxes.

        Still pictures, as the val split of a set of pictures has them, count as films of one frame.
        """
        found = self.found_on(trained, split, device, on_images)
        choice = trained.tracker or tracker_of_run(trained.facts)
        rows = tracked(found.split, found.rows, choice)
        measures = tracking_metrics(found.split, rows, found.classes, resamples=resamples)
        evaluation = evaluation_of(
            self.description,
            replace(trained, facts=replace(trained.facts, tracker=choice.kind.name, tracker_score=choice.score)),
            found.split,
            _with_metrics_of_boxes(measures, found.split, found.rows, found.classes),
            classes=found.classes,
        )
        perfect = tracked(found.split, labelled_boxes(found.split, found.classes), choice)
        bound = tracking_metrics(found.split, perfect, found.classes, resamples=0)
        return replace(evaluation, perfect_boxes=bound.metrics), rows


def _with_metrics_of_boxes(
    measures: Measures, split: Split, rows: Sequence[BoxPrediction], classes: Sequence[str]
) -> Measures:
    """AP of the detector without intervals, since frames are not drawn one by one, and its curves and best score."""
    boxes = detection_metrics(split, rows, classes, resamples=0)
    return replace(
        measures,
        metrics={**measures.metrics, **{name: boxes[name] for name in OF_BOXES}},
        pr_curves=boxes.pr_curves,
        operating_point=boxes.operating_point,
    )


def tracker_of_run(facts: TrainingFacts) -> TrackerChoice:
    """The tracker that a run names, by itself the default one; no file is run for it.

    Raises:
        UsageError: It is of a package that is not installed.
    """
    score = DEFAULT_SCORE if facts.tracker_score is None else facts.tracker_score
    return TrackerChoice(kind=registered_tracker(facts.tracker or DEFAULT_TRACKER), score=score)
