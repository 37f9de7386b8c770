"""The task gap from files of a run, differences of intervals, ranks, and the plane of features."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from made_sets import write_set
from scipy.stats import spearmanr

from synthvis.data.dataset import Dataset, find_dataset
from synthvis.errors import MissingDependency, SynthvisError, UsageError
from synthvis.evaluation.run_folder import write_evaluation
from synthvis.gap import embedding
from synthvis.gap.comparison import ClassScores
from synthvis.gap.correlation import exact_p, ranks, spearman
from synthvis.gap.embedding import on_a_plane, principal_axes, scatter_svg
from synthvis.gap.ranking import Correlations, RankCorrelation, RealReference, RunScore, rank_recipes, run_score
from synthvis.gap.task_gap import cause_advice, task_gap
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import ClassMeasures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import BoxPrediction
from synthvis.metrics.resampling import difference_of
from synthvis.metrics.training_facts import TrainingFacts


def evaluated(run: Path, root: Path, *, shift: float) -> None:
    """Evaluation files of a detector that puts every box `shift` sides to the right."""
    split = find_dataset(root).read("train")
    rows = [
        BoxPrediction(
            image_id=image.id, category_id=split.category_ids[box.class_name], score=0.9,
            bbox=(box.bbox_xywh_px[0] + shift * box.bbox_xywh_px[2], *box.bbox_xywh_px[1:]),
        )
        for image in split.images for box in image.objects
    ]  # fmt: skip
    measures = detection_metrics(split, rows, split.class_names, resamples=20)
    run.mkdir(exist_ok=True)
    facts: dict[str, Any] = {"set": split.name, "kind": split.kind, "split": "train", "source": split.name}
    facts |= {
        "task": "detection",
        "headline": "AP",
        "classes": split.class_names,
        "training": TrainingFacts(boxes="modal"),
    }
    write_evaluation(run, Evaluation.of(measures, **facts), rows)


def test_renders_are_not_said_to_have_boxes_that_people_drew() -> None:
    metrics = {"AP": MetricValue(0.5)}
    run = Evaluation(set="s", kind="synthetic", task="detection", headline="AP", images=1, metrics=metrics)
    assert "--input-size" in cause_advice("localisation", run) and "people" not in cause_advice("localisation", run)


@pytest.mark.parametrize(
    ("task", "training", "advice"),
    [
        ("detection", TrainingFacts(boxes="modal", box_margin=0.02), "--boxes amodal --box-margin"),
        ("detection", TrainingFacts(boxes="amodal", box_margin=0.0), "--boxes amodal --box-margin"),
        ("detection", TrainingFacts(boxes="amodal", box_margin=0.02), "--input-size"),
        ("instances", TrainingFacts(boxes="modal"), "--input-size"),
        ("detection", TrainingFacts(kind="real", boxes="modal"), "--input-size"),
        ("detection", TrainingFacts(), "--boxes amodal --box-margin"),
    ],
)
def test_nobody_is_told_to_do_what_the_run_did(task: str, training: TrainingFacts, advice: str) -> None:
    metrics = {"AP": MetricValue(0.5)}
    run = Evaluation(set="s", kind="real", task=task, headline="AP", images=1, metrics=metrics, training=training)
    assert advice in cause_advice("localisation", run)
    assert "distractors" in cause_advice("background", run)


def test_a_shifted_detector_loses_all_to_localisation(tmp_path: Path) -> None:
    ours, theirs = (
        write_set(tmp_path / "ours", images=6, seed=0, synthetic=True),
        write_set(tmp_path / "theirs", images=6, seed=1),
    )
    evaluated(tmp_path / "run", ours, shift=0.0)
    evaluated(tmp_path / "run", theirs, shift=0.5)
    found = task_gap(tmp_path / "run", find_dataset(ours), find_dataset(theirs), resamples=20)
    assert found.gap["AP50"] == MetricValue(1.0, 1.0, 1.0)
    assert found.causes.real.causes["localisation"].ap50_gain.value == pytest.approx(1.0)
    assert found.cause_gap["localisation"].value == pytest.approx(1.0)
    assert found.cause_gap["missed"].value == 0.0
    assert found.per_class["red thing"] == ClassScores(synthetic=1.0, real=0.0, lost=1.0)
    assert "localisation" in found.advice and "--boxes amodal" in found.cause_advice["localisation"]
    assert found.causes.real.subsets["medium"].objects == 12
    assert found.task == "detection" and found.not_measured == ()
    score = run_score(tmp_path / "run", find_dataset(ours), find_dataset(theirs))
    assert score == RunScore(headline="AP", lower_is_better=False, real=0.0, gap=1.0)


def test_a_run_without_the_set_and_damaged_predictions_are_named(tmp_path: Path) -> None:
    ours, theirs = (
        write_set(tmp_path / "ours", images=4, seed=0, synthetic=True),
        write_set(tmp_path / "theirs", images=4, seed=1),
    )
    evaluated(tmp_path / "run", ours, shift=0.0)
    with pytest.raises(UsageError, match="not evaluated on theirs"):
        task_gap(tmp_path / "run", find_dataset(ours), find_dataset(theirs))
    evaluated(tmp_path / "run", theirs, shift=0.0)
    (tmp_path / "run" / "predictions_theirs_train.json").write_text('[{"image_id": 1}]')
    with pytest.raises(SynthvisError, match="cannot be read as predictions of the task detection"):
        task_gap(tmp_path / "run", find_dataset(ours), find_dataset(theirs))


def test_the_difference_of_two_intervals_by_hand() -> None:
    first = MetricValue(0.5, 0.4, 0.6)
    assert difference_of(first, MetricValue(0.2, 0.2, 0.2)) == MetricValue(0.3, 0.2, 0.4)
    wide = difference_of(first, MetricValue(0.2, 0.15, 0.3))
    assert wide.low == pytest.approx(0.3 - math.hypot(0.1, 0.1), abs=1e-6)
    assert wide.high == pytest.approx(0.3 + math.hypot(0.1, 0.05), abs=1e-6)
    assert difference_of(first, MetricValue(None)) == MetricValue(None)
    assert difference_of(first, MetricValue(0.1)) == MetricValue(0.4)


@pytest.mark.parametrize("seed", range(5))
def test_spearman_equals_scipy_with_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 5, 12).astype(float), rng.normal(0, 1, 12).round(1)
    assert spearman(first, second) == pytest.approx(spearmanr(first, second).statistic, abs=1e-12)


def test_ranks_and_exact_chance_by_hand() -> None:
    assert ranks([3.0, 1.0, 3.0]).tolist() == [2.5, 1.0, 2.5]
    assert exact_p([1, 2, 3], [10, 20, 30]) == pytest.approx(1 / 6)
    assert exact_p([1, 2, 3], [30, 20, 10]) == 1.0
    assert math.isnan(spearman([1, 1], [1, 2]))
    assert exact_p(list(range(9)), list(range(9))) is None


REAL = RealReference(set="theirs", split="train", long_side_px=96)


def scored(headline: str, real: float | None, gap: float | None, *, is_error: bool = False) -> RunScore:
    return RunScore(headline=headline, lower_is_better=is_error, real=real, gap=gap)


def measured(run: Path, name: str, kind: str, task: str, values: dict[str, float], **facts: object) -> None:
    """An evaluation of another task, as it lies in a run."""
    metrics = {key: {"value": value, "low": value - 0.01, "high": value + 0.01} for key, value in values.items()}
    head = {"set": name, "kind": kind, "split": "val", "task": task, "headline": next(iter(values)), "images": 4}
    run.mkdir(exist_ok=True)
    (run / f"eval_{name}.json").write_text(json.dumps({**head, "metrics": metrics, "per_class": {}, **facts}))


def sets(root: Path) -> tuple[Dataset, Dataset]:
    ours = write_set(root / "ours", images=4, seed=0, synthetic=True)
    return find_dataset(ours), find_dataset(write_set(root / "theirs", images=4, seed=1))


def test_of_other_tasks_the_metrics_are_compared_and_causes_are_said_not_to_be(tmp_path: Path) -> None:
    pair, run = sets(tmp_path), tmp_path / "run"
    for name, kind, miou in (("ours", "synthetic", 0.7), ("theirs", "real", 0.4)):
        classes = {
            "red thing": ClassMeasures(
                metrics={"IoU": MetricValue(miou - 0.1), "Dice": MetricValue(0.9)}, counts={"pixels": 5}
            ).to_dict()
        }
        measured(run, name, kind, "semantic", {"mIoU": miou, "pixel_accuracy": 0.9}, per_class=classes)
    found = task_gap(run, *pair)
    assert list(found.gap) == ["mIoU", "pixel_accuracy"] and found.gap["mIoU"].value == pytest.approx(0.3)
    assert found.causes is found.cause_gap is found.advice is None
    assert found.not_measured == ("causes of errors: they are defined for the boxes of detectors, not for semantic",)
    assert found.per_class["red thing"].lost == pytest.approx(0.3)
    json.dumps(found.to_dict(), allow_nan=False)


def test_an_error_that_grows_on_photographs_is_a_gap_above_zero(tmp_path: Path) -> None:
    pair, run = sets(tmp_path), tmp_path / "run"
    measured(run, "ours", "synthetic", "depth", {"AbsRel": 0.1})
    measured(run, "theirs", "real", "depth", {"AbsRel": 0.25})
    score = run_score(run, *pair)
    assert score == scored("AbsRel", 0.25, 0.15, is_error=True)
    assert score.lost == 0.25 and scored("AP", 0.25, 0.1).lost == -0.25


def test_recipes_are_ranked_by_the_metric_of_their_runs_and_of_one_task_only() -> None:
    distances = [{"a": 0.3}, {"a": 0.1}, {"a": 0.2}]
    runs = [scored("AbsRel", real, gap, is_error=True) for real, gap in ((0.5, 0.3), (0.1, None), (0.2, 0.2))]
    found = rank_recipes(REAL, ("x", "y", "z"), distances, runs)
    assert found.headline == "AbsRel" and found.recipes[0].real == 0.5
    # The nearest has the smallest error. Where a gap is unknown it is not correlated.
    assert found.spearman["a"] == Correlations(
        gap=None, lost_real=RankCorrelation(rho=1.0, p=pytest.approx(1 / 6), n=3)
    )
    assert any("depth" in one for one in found.not_measured) and "AbsRel" in found.not_measured[-1]
    with pytest.raises(UsageError, match="AP, AbsRel"):
        rank_recipes(REAL, ("x", "y", "z"), distances, [scored("AP", 0.1, 0.1), *runs[1:]])


def test_recipes_are_ordered_by_each_distance() -> None:
    distances = [{"a": 0.3, "b": 1.0, "c": None}, {"a": 0.1, "b": 2.0, "c": 0.0}, {"a": 0.2, "b": 3.0, "c": 1.0}]
    scores = [scored("AP", real, gap) for real, gap in ((0.1, 0.6), (0.3, 0.2), (0.2, 0.5))]
    found = rank_recipes(REAL, ("x", "y", "z"), distances, scores)
    assert found.order == {"a": ("y", "z", "x"), "b": ("x", "y", "z")}
    assert found.spearman["a"].gap == RankCorrelation(rho=1.0, p=pytest.approx(1 / 6), n=3)
    assert found.spearman["b"].lost_real.rho == -0.5
    assert rank_recipes(REAL, ("x", "y", "z"), distances).spearman == {}


def test_the_first_axis_is_that_of_the_greatest_variance() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(0, 1, (50, 3)) * (0.1, 5.0, 1.0)
    mean, axes, shares = principal_axes(first, first[:20] + mean_free(first[:20]))
    assert abs(axes[1, 0]) == pytest.approx(1.0, abs=0.05)
    assert shares[0] > 0.8
    plane = on_a_plane(first, first[:20])
    assert (plane.first.shape, plane.second.shape) == ((50, 2), (20, 2))
    assert mean.shape == (3,)
    svg = scatter_svg(plane, ("<ours>", "theirs"), "features & more")
    assert len(list(ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}circle"))) == 70


def mean_free(rows: np.ndarray) -> np.ndarray:
    return np.zeros_like(rows)


def test_equal_rows_and_one_column_have_a_plane_too() -> None:
    assert np.isfinite(on_a_plane(np.ones((4, 3)), np.ones((5, 3))).first).all()
    assert on_a_plane(np.arange(4.0)[:, None], np.arange(3.0)[:, None]).first.shape == (4, 2)
    scatter_svg(on_a_plane(np.ones((4, 3)), np.ones((5, 3))), ("a", "b"), "c")


def test_a_map_whose_library_is_absent_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match="umap-learn"):
        on_a_plane(np.ones((4, 3)), np.ones((5, 3)), "umap")
