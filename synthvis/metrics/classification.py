"""One class an image: accuracy, per class, confusion and calibration, with 95% intervals over images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.means import Floats, ratio
from synthvis.metrics.measures import Bootstrap, ClassMeasures, Measures, ReliabilityBin
from synthvis.metrics.metric import Metric, MetricValue
from synthvis.metrics.resampling import interval, kept_draws, number, resample_counts

__all__ = ["METRICS", "classification_metrics"]

Integers = NDArray[np.int64]

HEADLINE = "accuracy"
TOP = 5
BINS = 15
"""Equal-width bins of confidence, as many as in Guo et al. 2017."""


METRICS = (
    Metric(name="accuracy", title="Accuracy", explanation="Share of the examples whose class is predicted."),
    Metric(
        name="balanced_accuracy", title="Balanced accuracy",
        explanation="Mean over the classes of the share of their examples that are predicted as them.",
    ),
    Metric(
        name="top5", title="Top-5 accuracy",
        explanation="Share of the examples whose class is among the five most probable predictions.",
    ),
    Metric(
        name="ece", title="Expected calibration error", lower_is_better=True,
        explanation="Mean difference between the confidence of predictions and the share of them that is right.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Predictions:
    """What a weighted sum over examples needs: ground truth, prediction, whether they agree, confidence, its bin."""

    ground_truth: Integers
    prediction: Integers
    right: Floats
    in_top: Floats
    confidence: Floats
    bins: Integers
    class_count: int


def classification_metrics(
    probabilities: Floats,
    labels: Integers,
    class_names: Sequence[str],
    *,
    image_of: Integers | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> Measures:
    """Metrics of `probabilities` against `labels`.

    - accuracy: share of examples whose most probable class is theirs; the first of equals is the prediction.
    - balanced_accuracy: mean over the classes that occur of the accuracy on their examples (Brodersen et al., "The
      balanced accuracy and its posterior distribution", ICPR 2010).
    - top5: share of examples whose class is among the five most probable; undefined for five classes or fewer.
    - ece: expected calibration error, the mean over examples of |accuracy - confidence| of their bin of confidence,
      15 bins of equal width, each open below and closed above (Guo et al., "On Calibration of Modern Neural Networks",
      ICML 2017, equation 3).

    Args:
        probabilities: (N, K), each row sums to 1.
        labels: (N,) indices of classes.
        class_names: Names of the K classes.
        image_of: (N,) the image from which each example was cut; None: one example an image. Intervals resample
            images, because crops of one photograph are not independent.
        resamples: Bootstrap resamples; 0 leaves low and high None.
        seed: Seed of the resampling.

    Returns:
        With classes that occur and with the images of `image_of`; the count is that of "labels".

    Raises:
        ValueError: The shapes do not belong together, a label is no class, or a probability is not finite.
    """
    _require_consistent(probabilities, labels, class_names, image_of)
    predictions = _predictions_of(probabilities, labels)
    images = np.arange(len(labels)) if image_of is None else np.unique(image_of, return_inverse=True)[1]
    values = _summaries(predictions, np.ones((1, len(labels))))
    drawn = _summaries(predictions, _weights(images.astype(np.int64), resamples, seed))
    return Measures(
        images=len(np.unique(images)),
        counts={"labels": len(labels)},
        metrics={name: interval(values[name][0], drawn[name]) for name in values},
        per_class=_per_class(predictions, class_names),
        bootstrap=Bootstrap(resamples=resamples, seed=seed, draws={HEADLINE: kept_draws(drawn[HEADLINE])}),
        confusion=_confusion(predictions, class_names),
        reliability=tuple(_reliability(predictions, index) for index in range(BINS)),
    )


def _require_consistent(
    probabilities: Floats, labels: Integers, class_names: Sequence[str], image_of: Integers | None
) -> None:
    expected = (len(labels), len(class_names))
    if probabilities.shape != expected:
        raise ValueError(f"probabilities are {probabilities.shape}, expected {expected}")
    if not np.isfinite(probabilities).all():
        raise ValueError("a probability is not finite")
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(class_names):
        raise ValueError(f"labels reach from {labels.min()} to {labels.max()}, there are {len(class_names)} classes")
    if image_of is not None and len(image_of) != len(labels):
        raise ValueError(f"{len(image_of)} images of {len(labels)} examples")


def _predictions_of(probabilities: Floats, labels: Integers) -> _Predictions:
    # A stable order, so that the prediction is the first of equals here as in argmax.
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP]
    prediction = best[:, 0] if len(labels) else np.zeros(0, dtype=np.int64)
    confidence = probabilities.max(axis=1, initial=0.0)
    edges = np.linspace(0, 1, BINS + 1)
    return _Predictions(
        ground_truth=labels,
        prediction=prediction,
        right=(prediction == labels).astype(np.float64),
        in_top=(best == labels[:, None]).any(axis=1).astype(np.float64),
        confidence=confidence,
        bins=np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, BINS - 1),
        class_count=probabilities.shape[1],
    )


def _weights(images: Integers, resamples: int, seed: int) -> Floats:
    """How often each example counts in each resample of the images, (B, N)."""
    if not len(images):
        return np.zeros((resamples, 0))
    return resample_counts(int(images.max()) + 1, resamples, seed)[:, images]


def _summaries(predictions: _Predictions, weights: Floats) -> dict[str, Floats]:
    """Each metric under each row of `weights` (B, N), (B,); NaN where there is nothing to measure."""
    total = weights.sum(axis=1)
    class_total, class_right = _summed(weights, predictions.ground_truth, predictions.class_count, predictions.right)
    present = class_total > 0
    recalls = np.where(present, class_right / np.maximum(class_total, 1), 0.0)
    _, bin_right = _summed(weights, predictions.bins, BINS, predictions.right)
    _, bin_confidence = _summed(weights, predictions.bins, BINS, predictions.confidence)
    in_top = weights @ predictions.in_top if predictions.class_count > TOP else np.full(len(weights), np.nan)
    return {
        "accuracy": ratio(weights @ predictions.right, total),
        "balanced_accuracy": ratio(recalls.sum(axis=1), present.sum(axis=1)),
        "top5": ratio(in_top, total),
        "ece": ratio(np.abs(bin_right - bin_confidence).sum(axis=1), total),
    }


def _summed(weights: Floats, group: Integers, groups: int, values: Floats) -> tuple[Floats, Floats]:
    """Sums of the weights and of weighted `values` in each group, both (B, groups)."""
    member = np.zeros((len(group), groups))
    member[np.arange(len(group)), group] = 1
    return weights @ member, weights @ (member * values[:, None])


def _per_class(predictions: _Predictions, class_names: Sequence[str]) -> dict[str, ClassMeasures]:
    rows: dict[str, ClassMeasures] = {}
    for index in np.unique(predictions.ground_truth):
        own = predictions.ground_truth == index
        accuracy = MetricValue(number(predictions.right[own].mean()))
        rows[class_names[index]] = ClassMeasures(metrics={"accuracy": accuracy}, counts={"labels": int(own.sum())})
    return rows


def _confusion(predictions: _Predictions, class_names: Sequence[str]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    pairs, times = np.unique(np.stack([predictions.ground_truth, predictions.prediction]), axis=1, return_counts=True)
    for ground_truth, prediction, count in zip(*pairs.tolist(), times.tolist(), strict=True):
        counts.setdefault(class_names[ground_truth], {})[class_names[prediction]] = count
    return counts


def _reliability(predictions: _Predictions, index: int) -> ReliabilityBin:
    own = predictions.bins == index
    known = bool(own.any())
    return ReliabilityBin(
        above=round(index / BINS, 6),
        up_to=round((index + 1) / BINS, 6),
        labels=int(own.sum()),
        confidence=number(predictions.confidence[own].mean()) if known else None,
        accuracy=number(predictions.right[own].mean()) if known else None,
    )
