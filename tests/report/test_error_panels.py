"""Which errors are the worst, for tasks that do not answer with boxes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthvis.dataset.manifest import open_rendered
from synthvis.evaluation.run_folder import predictions_path, write_evaluation
from synthvis.formats.images import write_jpeg, write_png
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.report.errors.keypoints import mean_distance_in_sides
from synthvis.report.errors.panel import error_panels, panel_of
from synthvis.train.registry import tasks

SIDE = 64


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Three pictures with depth, normals and one apple of two keypoints each; boxes of 20, 24 and 28 px."""
    import made_up_run

    root = made_up_run.make_dataset(tmp_path / "made-up", images=1)
    names = {"categories": [{"id": 53, "name": "apple", "keypoints": ["left", "right"], "skeleton": [[1, 2]]}]}
    entries, boxes = [], []
    for number in (1, 2, 3):
        side = 16 + 4 * number
        pixels = np.full((SIDE, SIDE, 3), 50 * number, np.uint8)
        write_jpeg(root / "images" / "val" / f"{number:06d}.jpg", pixels, 95)
        write_png(root / "depth" / "val" / f"{number:06d}.png", np.full((SIDE, SIDE), 1000 * number, np.uint16))
        write_png(root / "normals" / "val" / f"{number:06d}.png", pixels)
        entries.append({"id": number, "file_name": f"{number:06d}.jpg", "width": SIDE, "height": SIDE})
        square = [10, 10, 10 + side, 10, 10 + side, 10 + side, 10, 10 + side]
        boxes.append(
            {"id": number, "image_id": number, "category_id": 53, "bbox": [10, 10, side, side], "area": side**2,
             "iscrowd": 0, "segmentation": [square], "keypoints": [10, 20, 2, 30, 20, 1], "num_keypoints": 2}
        )  # fmt: skip
    for path in (root / "images" / "val").glob("*.jpg"):
        if int(path.stem) > 3:
            path.unlink()
            (root / "depth" / "val" / f"{path.stem}.png").unlink()
            (root / "normals" / "val" / f"{path.stem}.png").unlink()
    for task in ("instances", "keypoints"):
        content = {"images": entries, "annotations": boxes, **names}
        (root / "annotations" / f"{task}_val.json").write_text(json.dumps(content))
    return root


def panels(root: Path, run: Path, evaluation: dict[str, Any], rows: Any) -> Any:
    run.mkdir(exist_ok=True)
    headline = evaluation.get("headline", "AP")
    facts = {"set": root.name, "source": root.name, "kind": "synthetic", "split": "val", "images": 3, **evaluation}
    whole = Evaluation(metrics={headline: MetricValue(0.5)}, **{"headline": headline, **facts})
    write_evaluation(run, whole, [])
    predictions_path(run, whole).write_text(json.dumps(rows))
    return error_panels(run, [whole], open_rendered(root), embed_real=False)


def said(found: Any) -> list[tuple[str, str]]:
    (one,) = found.sets
    return [(picture.caption, picture.source) for group in one.panel.groups for picture in group.pictures]


def test_the_surest_mistakes_of_a_classifier_come_first(dataset: Path, tmp_path: Path) -> None:
    rows = [
        {"image_id": 1, "bbox": [10, 10, 20, 20], "ground_truth": "apple", "prediction": "orange", "score": 0.6},
        {"image_id": 2, "bbox": [10, 10, 24, 24], "ground_truth": "apple", "prediction": "apple", "score": 0.99},
        {"image_id": 3, "bbox": [10, 10, 28, 28], "ground_truth": "apple", "prediction": "orange", "score": 0.9},
    ]
    found = panels(dataset, tmp_path / "run", {"task": "classification"}, rows)
    taken = "apple taken for orange, probability"
    assert said(found) == [(f"{taken} 0.90", "image 3"), (f"{taken} 0.60", "image 1")]
    assert "2 of 3 predictions are wrong" in found.sets[0].panel.about
    (group,) = found.sets[0].panel.groups
    assert all(str(picture.uri).startswith("data:image/jpeg") for picture in group.pictures)


def test_one_confusion_does_not_fill_the_page_and_no_mistake_is_said(dataset: Path, tmp_path: Path) -> None:
    wrong = {"image_id": 1, "bbox": [10, 10, 20, 20], "ground_truth": "apple", "prediction": "orange"}
    rows = [{**wrong, "score": k / 10} for k in range(8)] + [{**wrong, "prediction": "pear", "score": 0.01}]
    found = panels(dataset, tmp_path / "run", {"task": "classification"}, rows)
    assert [text.rpartition(" ")[2] for text, _ in said(found)] == ["0.70", "0.60", "0.50", "0.01"]
    right = panels(
        dataset, tmp_path / "run", {"task": "classification"}, [{**wrong, "prediction": "apple", "score": 1.0}]
    )
    assert right.sets[0].panel.groups == () and "every prediction is right" in right.sets[0].panel.nothing


@pytest.mark.parametrize(
    ("task", "headline", "order"),
    [("depth", "AbsRel", [2, 1, 3]), ("normals", "mean_deg", [2, 1, 3]), ("semantic", "mIoU", [3, 1, 2])],
)
def test_the_worst_pictures_follow_the_metric(
    task: str, headline: str, order: list[int], dataset: Path, tmp_path: Path
) -> None:
    """Errors are worst where they are highest, shares where they are lowest; a picture without a value is left out."""
    values = {1: 0.5, 2: 0.9, 3: 0.2}
    rows = [{"image_id": number, "file_name": "x", "metrics": {headline: value}} for number, value in values.items()]
    rows.append({"image_id": 9, "file_name": "x", "metrics": {headline: None}})
    found = panels(dataset, tmp_path / "run", {"task": task, "headline": headline}, rows)
    assert said(found) == [(f"{headline} {values[number]:.3f}", f"{number:06d}.jpg") for number in order]
    (group,) = found.sets[0].panel.groups
    assert all(str(picture.ground_truth_uri).startswith("data:image/jpeg") for picture in group.pictures)


def test_keypoints_farthest_off_come_first_and_what_was_not_found_before_them(dataset: Path, tmp_path: Path) -> None:
    """Image 1: 4 px and 0 px off in a box of 20 px, 0.1 sides. Image 2: 12 px and 12 px of 24, half a side. 3: none."""
    rows = [
        {"image_id": 1, "category_id": 53, "bbox": [10, 10, 20, 20], "score": 0.9, "keypoints": [14, 20, 1, 30, 20, 1]},
        {"image_id": 2, "category_id": 53, "bbox": [10, 10, 24, 24], "score": 0.9, "keypoints": [10, 32, 1, 30, 32, 1]},
        {"image_id": 3, "category_id": 53, "bbox": [50, 50, 9, 9], "score": 0.9, "keypoints": [10, 20, 1, 30, 20, 1]},
    ]
    evaluation = {"task": "keypoints", "headline": "AP", "classes": ("apple",), "keypoints": ("left", "right")}
    found = panels(dataset, tmp_path / "run", evaluation, rows)
    assert said(found) == [
        ("apple, not detected", "image 3"),
        ("apple, mean distance 0.50 sides", "image 2"),
        ("apple, mean distance 0.10 sides", "image 1"),
    ]  # fmt: skip
    (group,) = found.sets[0].panel.groups
    undetected, second = (picture.overlay_svg for picture in group.pictures[:2])
    assert second.count('class="ring"') == second.count('class="dot"') == 2
    assert undetected.count('class="dot"') == 0


def test_only_labelled_points_count() -> None:
    truth = [(0.0, 0.0, 2), (5.0, 5.0, 0), (10.0, 0.0, 1)]
    assert mean_distance_in_sides(truth, [(3.0, 4.0), (99.0, 99.0), (10.0, 0.0)], 10.0) == pytest.approx(0.25)
    assert mean_distance_in_sides(truth, [], 10.0) == math.inf
    assert mean_distance_in_sides([(1.0, 1.0, 0)], [(9.0, 9.0)], 10.0) == 0.0


@pytest.mark.parametrize(
    ("evaluation", "rows", "why"),
    [
        ({"task": "origami"}, [], "draws no errors of the task origami"),
        ({"task": "classification"}, [{"ground_truth": "a"}], "0.prediction: this key is missing"),
        (
            {"task": "depth", "headline": "AbsRel"},
            [{"image_id": 77, "metrics": {"AbsRel": 1.0}}],
            "do not fit the set: KeyError",
        ),
        ({"task": "detection"}, {"not": "rows"}, "should be a valid list"),
        (
            {"task": "detection"},
            [{"image_id": 1, "category_id": 53, "bbox": [1, 2], "score": 1}],
            "0.bbox.2: this key is missing",
        ),
    ],
)
def test_what_cannot_be_shown_is_said(
    evaluation: dict[str, Any], rows: Any, why: str, dataset: Path, tmp_path: Path
) -> None:
    found = panels(dataset, tmp_path / "run", evaluation, rows)
    assert found.sets == ()
    assert why in found.missing[0].why and found.missing[0].how


@pytest.mark.train
def test_every_task_has_its_pictures() -> None:
    assert [name for name, task in tasks().items() if panel_of(task) is None] == []
