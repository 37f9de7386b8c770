"""The task gap from files of a run, differences of intervals, ranks, and the plane of features."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from made_sets import write_set
from scipy.stats import spearmanr

from synthvis.dataset.real import find_real, read_split
from synthvis.errors import MissingDependency, SynthvisError, UsageError
from synthvis.gap import embedding
from synthvis.gap.correlation import exact_p, ranks, spearman
from synthvis.gap.embedding import on_a_plane, principal_axes, scatter_svg
from synthvis.gap.ranking import rank_recipes, run_scores
from synthvis.gap.task_gap import difference_of, task_gap
from synthvis.metrics.detection import detection_metrics


def evaluated(run: Path, root: Path, *, shift: float) -> None:
    """Evaluation files of a detector that puts every box `shift` sides to the right."""
    split = read_split(find_real(root), "train")
    rows = [
        {"image_id": image.id, "category_id": split.category_ids[box.class_name], "score": 0.9,
         "bbox": [box.bbox_xywh_px[0] + shift * box.bbox_xywh_px[2], *box.bbox_xywh_px[1:]]}
        for image in split.images for box in image.boxes
    ]  # fmt: skip
    measured = detection_metrics(split, rows, split.class_names, resamples=20)
    head = {"set": split.name, "kind": split.kind, "split": "train", "source": split.name, "train": {"boxes": "modal"}}
    content = {**head, "classes": list(split.class_names), **measured}
    run.mkdir(exist_ok=True)
    (run / f"eval_{split.name}.json").write_text(json.dumps(content))
    (run / f"predictions_{split.name}.json").write_text(json.dumps(rows))


def test_a_shifted_detector_loses_all_to_localisation(tmp_path: Path) -> None:
    ours, theirs = (
        write_set(tmp_path / "ours", images=6, seed=0, synthetic=True),
        write_set(tmp_path / "theirs", images=6, seed=1),
    )
    evaluated(tmp_path / "run", ours, shift=0.0)
    evaluated(tmp_path / "run", theirs, shift=0.5)
    found = task_gap(tmp_path / "run", find_real(ours), find_real(theirs), resamples=20)
    assert found["gap"]["AP50"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert found["causes"]["real"]["causes"]["localisation"]["dAP50"]["value"] == pytest.approx(1.0)
    assert found["cause_gap"]["localisation"]["value"] == pytest.approx(1.0)
    assert found["cause_gap"]["missed"]["value"] == 0.0
    assert found["per_class"]["red thing"] == {"synthetic": 1.0, "real": 0.0, "lost": 1.0}
    assert "localisation" in found["advice"]
    assert found["causes"]["real"]["subsets"]["medium"]["objects"] == 12
    assert run_scores(tmp_path / "run", find_real(ours), find_real(theirs)) == {"real_AP": 0.0, "AP_gap": 1.0}


def test_a_run_without_the_set_and_damaged_predictions_are_named(tmp_path: Path) -> None:
    ours, theirs = (
        write_set(tmp_path / "ours", images=4, seed=0, synthetic=True),
        write_set(tmp_path / "theirs", images=4, seed=1),
    )
    evaluated(tmp_path / "run", ours, shift=0.0)
    with pytest.raises(UsageError, match="not evaluated on theirs"):
        task_gap(tmp_path / "run", find_real(ours), find_real(theirs))
    evaluated(tmp_path / "run", theirs, shift=0.0)
    (tmp_path / "run" / "predictions_theirs.json").write_text('[{"image_id": 1}]')
    with pytest.raises(SynthvisError, match="cannot be read as detections"):
        task_gap(tmp_path / "run", find_real(ours), find_real(theirs))


def test_the_difference_of_two_intervals_by_hand() -> None:
    first = {"value": 0.5, "low": 0.4, "high": 0.6}
    second = {"value": 0.2, "low": 0.2, "high": 0.2}
    assert difference_of(first, second) == {"value": 0.3, "low": 0.2, "high": 0.4}
    wide = difference_of(first, {"value": 0.2, "low": 0.15, "high": 0.3})
    assert wide["low"] == pytest.approx(0.3 - math.hypot(0.1, 0.1), abs=1e-6)
    assert wide["high"] == pytest.approx(0.3 + math.hypot(0.1, 0.05), abs=1e-6)
    assert difference_of(first, {"value": None})["value"] is None
    assert difference_of(first, {"value": 0.1, "low": None, "high": None}) == {"value": 0.4, "low": None, "high": None}


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


def test_recipes_are_ordered_by_each_distance() -> None:
    distances = [{"a": 0.3, "b": 1.0, "c": None}, {"a": 0.1, "b": 2.0, "c": 0.0}, {"a": 0.2, "b": 3.0, "c": 1.0}]
    scores = [{"real_AP": 0.1, "AP_gap": 0.6}, {"real_AP": 0.3, "AP_gap": 0.2}, {"real_AP": 0.2, "AP_gap": 0.5}]
    found = rank_recipes(("x", "y", "z"), distances, scores)
    assert found["order"] == {"a": ["y", "z", "x"], "b": ["x", "y", "z"]}
    assert found["spearman"]["a"]["AP_gap"] == {"rho": 1.0, "p": pytest.approx(1 / 6), "n": 3}
    assert found["spearman"]["b"]["lost_real_AP"]["rho"] == -0.5
    assert rank_recipes(("x", "y", "z"), distances)["spearman"] == {}


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
