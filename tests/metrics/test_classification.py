"""Metrics of one class an image against scikit-learn, torchmetrics and cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.metrics.classification import BINS, classification_metrics
from synthvis.metrics.measures import ClassMeasures
from synthvis.metrics.metric import MetricValue

SAME = {"abs": 1e-6}


def names(count: int) -> list[str]:
    return [f"class {number}" for number in range(count)]


def random_case(seed: int, examples: int = 200, classes: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are often right, and labels of which one class never occurs."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes - 1, examples)
    logits = rng.normal(0, 1, (examples, classes))
    logits[np.arange(examples), labels] += rng.uniform(0, 2)
    probabilities = np.exp(2 * logits)
    return probabilities / probabilities.sum(axis=1, keepdims=True), labels


def value(found: dict, name: str) -> float:
    return found.metrics[name].value


@pytest.mark.parametrize("seed", range(5))
def test_accuracies_and_confusion_equal_scikit_learn(seed: int) -> None:
    reference = pytest.importorskip("sklearn.metrics")
    probabilities, labels = random_case(seed)
    found = classification_metrics(probabilities, labels, names(8), resamples=0)
    answers = probabilities.argmax(axis=1)
    present = np.unique(labels)
    assert value(found, "accuracy") == pytest.approx(reference.accuracy_score(labels, answers), **SAME)
    recalls = reference.recall_score(labels, answers, labels=present, average=None)
    assert value(found, "balanced_accuracy") == pytest.approx(recalls.mean(), **SAME)
    top5 = reference.top_k_accuracy_score(labels, probabilities, k=5, labels=range(8))
    assert value(found, "top5") == pytest.approx(top5, **SAME)
    expected = reference.confusion_matrix(labels, answers, labels=range(8))
    ours = np.zeros((8, 8), int)
    for truth, row in found.confusion.items():
        for answer, count in row.items():
            ours[names(8).index(truth), names(8).index(answer)] = count
    np.testing.assert_array_equal(ours, expected)
    assert [row.metrics["accuracy"].value for row in found.per_class.values()] == pytest.approx(list(recalls), **SAME)
    assert [row.counts["labels"] for row in found.per_class.values()] == expected.sum(axis=1)[present].tolist()


def test_balanced_accuracy_equals_scikit_learn_where_every_class_occurs() -> None:
    reference = pytest.importorskip("sklearn.metrics")
    labels = np.array([0] * 20 + [1] * 5 + [2])
    probabilities, _ = random_case(3, examples=26, classes=3)
    expected = reference.balanced_accuracy_score(labels, probabilities.argmax(axis=1))
    found = classification_metrics(probabilities, labels, names(3), resamples=0)
    assert value(found, "balanced_accuracy") == pytest.approx(expected, **SAME)


@pytest.mark.parametrize("classes", [2, 8])
@pytest.mark.parametrize("seed", range(4))
def test_calibration_error_equals_torchmetrics(seed: int, classes: int) -> None:
    torch = pytest.importorskip("torch")
    reference = pytest.importorskip("torchmetrics.functional.classification")
    probabilities, labels = random_case(seed, classes=classes)
    found = classification_metrics(probabilities, labels, names(classes), resamples=0)
    expected = reference.multiclass_calibration_error(
        torch.from_numpy(probabilities), torch.from_numpy(labels), classes, n_bins=15, norm="l1"
    )
    assert value(found, "ece") == pytest.approx(float(expected), **SAME)
    table = [row for row in found.reliability if row.labels]
    again = sum(row.labels * abs(row.accuracy - row.confidence) for row in table) / len(labels)
    assert again == pytest.approx(float(expected), abs=2e-6)


def test_a_case_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    found = classification_metrics(probabilities, np.array([0, 1, 1, 1]), ["cat", "dog"], resamples=0)
    assert value(found, "accuracy") == 0.75
    assert value(found, "balanced_accuracy") == pytest.approx((1 + 2 / 3) / 2, **SAME)
    assert found.confusion == {"cat": {"cat": 1}, "dog": {"cat": 1, "dog": 2}}
    # Bins: two at 0.9 of which one is right; 0.6 and 0.8, each right.
    assert value(found, "ece") == pytest.approx((2 * 0.4 + 0.4 + 0.2) / 4, **SAME)
    assert [row.labels for row in found.reliability] == [0] * 8 + [1, 0, 0, 1, 0, 2, 0]
    assert found.metrics["top5"] == MetricValue(None)


def test_a_bin_is_closed_above_and_the_last_holds_certainty() -> None:
    classes = 30
    probabilities = np.zeros((3, classes))
    for row, confidence in enumerate((1 / BINS, 2 / BINS, 1.0)):
        probabilities[row] = (1 - confidence) / (classes - 1)
        probabilities[row, 0] = confidence
    found = classification_metrics(probabilities, np.zeros(3, int), names(classes), resamples=0)
    assert [row.labels for row in found.reliability] == [1, 1, *[0] * 12, 1]
    assert found.reliability[-1].accuracy == found.reliability[-1].confidence == 1.0


def test_of_equals_the_first_is_the_answer_and_the_first_five_are_the_top() -> None:
    probabilities = np.full((8, 8), 1 / 8)
    found = classification_metrics(probabilities, np.arange(8), names(8), resamples=0)
    assert value(found, "accuracy") == 1 / 8
    assert value(found, "top5") == 5 / 8
    assert found.per_class["class 0"].metrics["accuracy"].value == 1.0


def test_all_wrong_is_zero_and_fully_certain_of_it_is_an_error_of_one() -> None:
    probabilities = np.eye(3)[[1, 2, 0]]
    found = classification_metrics(probabilities, np.arange(3), names(3), resamples=20)
    assert found.metrics["accuracy"] == MetricValue(0.0, 0.0, 0.0)
    assert value(found, "ece") == 1.0


def test_one_class_and_one_example() -> None:
    found = classification_metrics(np.ones((1, 1)), np.zeros(1, int), ["apple"], resamples=5)
    assert found.metrics["balanced_accuracy"] == MetricValue(1.0, 1.0, 1.0)
    assert found.per_class == {"apple": ClassMeasures(metrics={"accuracy": MetricValue(1.0)}, counts={"labels": 1})}


@pytest.mark.parametrize("classes", [0, 3])
def test_nothing_to_measure_is_null(classes: int) -> None:
    found = classification_metrics(np.zeros((0, classes)), np.zeros(0, int), names(classes))
    assert all(metric == MetricValue(None) for metric in found.metrics.values())
    assert found.per_class == {} and found.confusion == {}
    assert sum(row.labels for row in found.reliability) == 0


@pytest.mark.parametrize(
    ("probabilities", "labels", "said"),
    [
        (np.ones((2, 3)), np.zeros(1, int), "expected"),
        (np.ones((1, 2)), np.zeros(1, int), "expected"),
        (np.ones((1, 3)), np.array([3]), "3 classes"),
        (np.ones((1, 3)), np.array([-1]), "3 classes"),
        (np.array([[0.5, np.nan, 0.5]]), np.zeros(1, int), "not finite"),
    ],
)
def test_what_does_not_belong_together_is_refused(probabilities: np.ndarray, labels: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        classification_metrics(probabilities, labels, names(3))


def test_the_interval_is_that_of_the_examples_repeated_by_image() -> None:
    """The same resamples, written out example by example."""
    probabilities, labels = random_case(2, examples=60)
    image_of = np.repeat(np.arange(20) * 3, 3)
    found = classification_metrics(probabilities, labels, names(8), image_of=image_of, resamples=50, seed=4)
    counts = np.random.default_rng(4).multinomial(20, np.full(20, 1 / 20), size=50)
    drawn = {"accuracy": [], "balanced_accuracy": [], "ece": [], "top5": []}
    for row in counts:
        chosen = np.repeat(np.arange(60), np.repeat(row, 3))
        one = classification_metrics(probabilities[chosen], labels[chosen], names(8), resamples=0)
        for name, values in drawn.items():
            values.append(value(one, name))
    for name, values in drawn.items():
        low, high = np.percentile(values, [2.5, 97.5])
        assert (found.metrics[name].low, found.metrics[name].high) == pytest.approx((low, high), abs=2e-6)
        assert low < high


def test_crops_of_one_photograph_make_intervals_wider_than_as_many_photographs() -> None:
    """Each photograph is wholly right or wholly wrong, so ten crops of it say no more than one."""
    right = np.arange(20) % 2
    probabilities = np.repeat(np.stack([right, 1 - right], axis=1).astype(float), 10, axis=0)
    labels = np.zeros(200, int)
    by_image = classification_metrics(probabilities, labels, names(2), image_of=np.repeat(np.arange(20), 10))
    by_crop = classification_metrics(probabilities, labels, names(2))
    width = [one.metrics["accuracy"].high - one.metrics["accuracy"].low for one in (by_image, by_crop)]
    assert width[0] > 2 * width[1]
