"""Pixels counted by hand, by scikit-learn, torchmetrics and segmentation-models-pytorch."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvis.metrics.measures import ClassMeasures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.segmentation import IGNORE, SegmentationMetrics

Cases = list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]
NAMES = ("background", "apple", "cup", "vase")


def random_cases(seed: int, classes: int, images: int = 5, ignored: float = 0.1) -> Cases:
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(images):
        truth = rng.integers(0, classes, (7, 9)).astype(np.uint8)
        predicted = np.where(rng.random((7, 9)) < 0.6, truth, rng.integers(0, classes, (7, 9))).astype(np.uint8)
        cases.append((np.where(rng.random((7, 9)) < ignored, IGNORE, truth).astype(np.uint8), predicted))
    return cases


def measured(cases: Cases, names: tuple[str, ...] = NAMES, resamples: int = 0) -> dict[str, object]:
    metrics = SegmentationMetrics(names, 0)
    for truth, predicted in cases:
        metrics.add(truth, predicted)
    return metrics.summary(resamples=resamples)


def flat(cases: Cases) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Known pixels of all images in a row."""
    truth, predicted = (np.concatenate([pair[side].ravel() for pair in cases]) for side in (0, 1))
    return truth[truth != IGNORE], predicted[truth != IGNORE]


@pytest.mark.parametrize("seed", range(4))
def test_scikit_learn_says_the_same(seed: int) -> None:
    from sklearn.metrics import accuracy_score, f1_score, jaccard_score, recall_score

    cases = random_cases(seed, len(NAMES))
    found, (truth, predicted) = measured(cases), flat(cases)
    metrics = {name: entry.value for name, entry in found.metrics.items()}
    every = {"labels": range(len(NAMES)), "average": None}
    iou, dice, recall = (score(truth, predicted, **every) for score in (jaccard_score, f1_score, recall_score))
    expected = {
        "mIoU": iou.mean(),
        "Dice": dice.mean(),
        "pixel_accuracy": accuracy_score(truth, predicted),
        "mean_accuracy": recall.mean(),
        "mIoU_foreground": iou[1:].mean(),
    }
    assert metrics == pytest.approx(expected, abs=1e-6)
    rows = found.per_class
    assert [rows[name].metrics["IoU"].value for name in NAMES] == pytest.approx(list(iou), abs=1e-6)
    assert [rows[name].counts["pixels"] for name in NAMES] == [int((truth == k).sum()) for k in range(len(NAMES))]
    assert found.counts["pixels"] == len(truth) and found.images == 5


def test_torchmetrics_leaves_out_a_class_that_is_nowhere_too() -> None:
    torchmetrics = pytest.importorskip("torchmetrics")
    import torch

    cases = random_cases(7, 3)
    jaccard = torchmetrics.classification.MulticlassJaccardIndex(4, average="macro", ignore_index=IGNORE)
    for truth, predicted in cases:
        jaccard.update(torch.from_numpy(predicted.astype(np.int64)), torch.from_numpy(truth.astype(np.int64)))
    found = measured(cases)
    assert found.metrics["mIoU"].value == pytest.approx(float(jaccard.compute()), abs=1e-6)
    assert found.per_class["vase"] == ClassMeasures(
        metrics=dict.fromkeys(("IoU", "Dice", "accuracy"), MetricValue(None)), counts={"pixels": 0}
    )


def test_segmentation_models_pytorch_counts_the_same() -> None:
    smp = pytest.importorskip("segmentation_models_pytorch")
    import torch

    cases = random_cases(3, 4)
    truth, predicted = (torch.from_numpy(np.stack([pair[side] for pair in cases]).astype(np.int64)) for side in (0, 1))
    truth[truth == IGNORE] = -1
    counts = smp.metrics.get_stats(predicted, truth, mode="multiclass", ignore_index=-1, num_classes=4)
    counts = [count.sum(dim=0, keepdim=True) for count in counts]
    found = measured(cases).metrics
    assert found["mIoU"].value == pytest.approx(float(smp.metrics.iou_score(*counts, reduction="macro")), abs=1e-6)
    assert found["Dice"].value == pytest.approx(float(smp.metrics.f1_score(*counts, reduction="macro")), abs=1e-6)


def test_by_hand() -> None:
    truth = np.array([[0, 0, 1, 1], [0, 2, 2, IGNORE]], np.uint8)
    predicted = np.array([[0, 1, 1, 1], [0, 2, 0, 2]], np.uint8)
    found = measured([(truth, predicted)], NAMES[:3])
    # background: 2 of 3 true, 3 predicted; apple: 2 of 2, 3 predicted; cup: 1 of 2, 1 predicted.
    assert [found.per_class[name].metrics["IoU"].value for name in NAMES[:3]] == pytest.approx(
        [2 / 4, 2 / 3, 1 / 2], abs=1e-6
    )
    assert [found.per_class[name].metrics["Dice"].value for name in NAMES[:3]] == pytest.approx(
        [4 / 6, 4 / 5, 2 / 3], abs=1e-6
    )
    assert found.metrics["pixel_accuracy"].value == pytest.approx(5 / 7, abs=1e-6)


def test_an_answer_that_is_no_class_is_wrong_for_the_true_one_only() -> None:
    truth = np.array([[0, 0, 1, 1]], np.uint8)
    found = measured([(truth, np.array([[0, 9, 1, 1]], np.uint8))], NAMES[:2])
    assert [found.per_class[name].metrics["IoU"].value for name in NAMES[:2]] == [0.5, 1.0]


def test_edges() -> None:
    nothing = SegmentationMetrics(NAMES).summary()
    assert nothing.metrics == {} and nothing.images == nothing.counts["pixels"] == 0
    metrics = SegmentationMetrics(NAMES)
    unknown = np.full((2, 2), IGNORE, np.uint8)
    assert metrics.add(unknown, np.zeros((2, 2))) is None
    assert metrics.summary().metrics["mIoU"] == MetricValue(None)
    one = np.ones((1, 1), np.uint8)
    assert metrics.add(one, one) == 1.0 and metrics.add(one, one * 2) == 0.0
    with pytest.raises(ValueError, match="4 classes"):
        metrics.add(one * 4, one)
    with pytest.raises(ValueError, match="prediction"):
        metrics.add(one, np.zeros((2, 1)))


def test_the_bootstrap_is_that_of_repeated_images() -> None:
    cases = random_cases(11, 4, images=6)
    found = measured(cases, resamples=50).metrics["mIoU"]
    rng = np.random.default_rng(0)
    drawn = []
    for counts in rng.multinomial(6, np.full(6, 1 / 6), size=50):
        repeated = [case for case, count in zip(cases, counts, strict=True) for _ in range(count)]
        drawn.append(measured(repeated).metrics["mIoU"].value)
    assert [found.low, found.high] == pytest.approx(list(np.percentile(drawn, [2.5, 97.5])), abs=2e-6)
