"""Damaged results: what runs, studies, comparisons and renders wrote, read back."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_up_gap import estimate, set_gap, study, task_gap
from made_up_run import class_row, evaluation, make_dataset, other_evaluation
from mutations import mutated_bytes, mutated_json, refusals

from synthvis.config.load import load_recipe
from synthvis.dataset.assemble import read_quarantine
from synthvis.dataset.layout import DatasetLayout
from synthvis.dataset.manifest import open_rendered
from synthvis.evaluation.gap_table import gap_table
from synthvis.evaluation.run_folder import read_evaluations
from synthvis.formats.image_record import read_record
from synthvis.gap.comparison import read_set_comparison
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import read_predictions
from synthvis.metrics.training_log import cut_training_log, read_training_log
from synthvis.pipeline.step_cache import StepCache
from synthvis.render.estimate import estimated_time
from synthvis.render.worker_slots import WorkerSlots
from synthvis.report.build import page_of
from synthvis.report.report_inputs import ReportInputs, StudyFiles, read_config
from synthvis.study.runner import RunStatus, read_run_status
from synthvis.study.scaling import Law, Scaling
from synthvis.study.study_result import (
    AblationResult,
    AblationRow,
    SizePoint,
    SizesResult,
    StudyGap,
    StudyResult,
    TrialResult,
    read_study_result,
)
from synthvis.train.registry import description_of

CLASSES = ("apple", "orange")
DETECTOR = evaluation("fruit", "real", 0.34, CLASSES)
CLASSIFIER = other_evaluation(
    "shop", "real", "classification", {"accuracy": 0.5, "ece": 0.1},
    {"apple": class_row({"accuracy": 0.5}, {"labels": 3})}, labels=3,
)  # fmt: skip
CLASSIFIER = replace(CLASSIFIER, prior_baseline={"accuracy": MetricValue(0.4), "ece": MetricValue(None)})
PREDICTIONS: dict[str, list[dict[str, Any]]] = {
    "detection": [{"image_id": 1, "category_id": 53, "bbox": [1.0, 2.0, 3.0, 4.0], "score": 0.5}] * 3,
    "keypoints": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "keypoints": [1, 2, 0.5], "score": 0.5}],
    "classification": [
        {"ground_truth": "apple", "prediction": "pear", "score": 0.9, "image_id": 3, "bbox": [1, 2, 3, 4]}
    ],
    "depth": [{"image_id": 1, "file_name": "1.jpg", "metrics": {"AbsRel": 0.2}}],
}
RECORD = {
    "split": "train",
    "image": {"id": 1, "file_name": "000001.jpg", "width": 64, "height": 48, "synthvis": {"seed": 0}},
    "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 4, 4], "area": 16, "iscrowd": 0}],
    "hidden_instance_ids": [3],
}


def survivors(read: Callable[[Path], bool], path: Path, inputs: Iterator[bytes]) -> int:
    """How many damaged inputs a reader that never refuses could use."""
    used = 0
    for number, content in enumerate(inputs):
        path.write_bytes(content)
        try:
            used += read(path)
        except Exception as error:
            raise AssertionError(f"input {number} ({content[:200]!r}): {type(error).__name__}") from error
    return used


@pytest.mark.parametrize("content", [DETECTOR, CLASSIFIER], ids=["detection", "classification"])
def test_evaluations(tmp_path: Path, content: Evaluation) -> None:
    def read(path: Path) -> None:
        gap_table(read_evaluations(path.parent), run="run")

    assert refusals(read, tmp_path / "eval_fruit.json", mutated_json(content.to_dict())) > 50


@pytest.mark.parametrize("task", PREDICTIONS)
def test_predictions(tmp_path: Path, task: str) -> None:
    def read(path: Path) -> None:
        read_predictions(
            path,
            description_of(task).prediction,
            task=task,
            hint="`synthvis evaluate runs/fruit --eval-on fruit` makes it",
        )

    assert refusals(read, tmp_path / "predictions_fruit.json", mutated_json(PREDICTIONS[task])) > 50


def test_studies(tmp_path: Path) -> None:
    content = whole_study().to_dict()

    def read(path: Path) -> None:
        """What is not refused can be shown."""
        result = read_study_result(path)
        str(result)
        page_of(ReportInputs(title="study", studies=(StudyFiles(title="study", result=result),)))

    assert refusals(read, tmp_path / "study.json", mutated_json(content)) > 50


def test_a_study_is_read_back_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "study.json").write_text(json.dumps(whole_study().to_dict(), allow_nan=False))
    assert read_study_result(tmp_path / "study.json") == whole_study()


def test_comparisons(tmp_path: Path) -> None:
    content = set_gap(task_gap(tmp_path, evaluation("made-up", "synthetic", 0.62, CLASSES), DETECTOR)).to_dict()
    assert refusals(lambda path: read_set_comparison(path), tmp_path / "set_gap.json", mutated_json(content)) > 50


def test_records(tmp_path: Path) -> None:
    assert refusals(read_record, tmp_path / "000001.json", mutated_json(RECORD)) > 50


def test_manifests(tmp_path: Path) -> None:
    layout = DatasetLayout(make_dataset(tmp_path / "data", images=1))
    content = json.loads(layout.manifest.read_bytes())
    assert refusals(lambda path: open_rendered(path.parent), layout.manifest, mutated_json(content)) > 50


def test_settings_of_runs(tmp_path: Path) -> None:
    content = {"train": {"steps": 40, "lr": [0.1, {"a": None}]}, "data": {"set": "fruit"}, "model": {"backbone": "x"}}
    assert refusals(read_config, tmp_path / "config.json", mutated_json(content)) > 20


def test_logs(tmp_path: Path) -> None:
    """Each line stands for itself, so what is left is sound and strictly rises in a log that was cut for resuming."""
    rows = [{"step": k, "loss": 2 / k, "classification": 1 / k, "lr": 1e-3, "seconds": 0.2} for k in range(1, 13)]
    whole = "".join(json.dumps(row) + "\n" for row in rows).encode()

    def read(path: Path) -> bool:
        log = read_training_log(path)
        assert all(math.isfinite(value) for row in log.rows for value in row.values.values())
        cut_training_log(path, 8)
        steps = [row.step for row in read_training_log(path).rows]
        assert steps == sorted(set(steps)) and all(step <= 8 for step in steps)
        assert read_training_log(path).note == ""
        return bool(log.rows)

    assert survivors(read, tmp_path / "metrics.jsonl", mutated_bytes(whole)) > 100


def test_marks_of_pipelines(tmp_path: Path) -> None:
    content = {"pipeline": "demo", "steps": {"render": "ab12", "train": "cd34"}}
    path = tmp_path / "pipeline.json"
    used = survivors(lambda _: bool(StepCache.read("demo", tmp_path).keys), path, mutated_json(content))
    assert 0 < used < 500_000


def test_marks_of_trainings(tmp_path: Path) -> None:
    """A damaged status makes the training run again; it never names a file outside its folder."""
    content = RunStatus(key="abc", trained=True, measured="d", files={"real": "fruit"}, step_s=0.5).model_dump()

    def read(path: Path) -> bool:
        status = read_run_status(path.parent)
        assert status is None or all("/" not in stem and ".." not in stem for stem in status.files.values())
        return status is not None

    assert survivors(read, tmp_path / "job.json", mutated_json(content)) > 0


def test_lists_of_failed_images(tmp_path: Path) -> None:
    content = {"images": [{"image_index": 3, "reason": "no light"}, {"image_index": 9, "reason": "a crash"}]}
    layout = DatasetLayout(tmp_path)
    assert survivors(lambda _: bool(read_quarantine(layout)), layout.quarantine, mutated_json(content)) > 0


def test_facts_of_renders(tmp_path: Path) -> None:
    stages = {"start": 0.2, "build": 0.1, "render": 1.3}
    content = {"images_made": 40, "stage_seconds_per_image": stages, "threads_per_worker": 2, "host": {"cores": 2}}
    recipe, slots = load_recipe("fruit"), WorkerSlots(environments=({},), threads=1, device="cpu")

    def read(path: Path) -> bool:
        found = estimated_time(recipe, slots, path)
        assert 0 < found.low <= found.seconds <= found.high < math.inf
        return found.is_measured

    assert survivors(read, tmp_path / "run.json", mutated_json(content)) > 0


def whole_study() -> StudyResult:
    """With every part that a study may have."""
    point, ends = estimate(0.3), (0.1, 0.9)
    fit = Scaling(
        law=Law(D=0.4, alpha=0.3, C=0.2), alpha=ends, C=ends, largest=15, floor_share=0.5, floor_dominates=0.7,
        gain=0.1, gain_interval=ends, verdict="render more",
    )  # fmt: skip
    row = AblationRow(
        name="sensor", effect="no noise", remains="blur", overrides=("sensor.shot_noise=0",), gain=point,
        share_of_score=0.1,
    )  # fmt: skip
    trial = TrialResult(
        part="regimes", regime="real", seed=0, real=14, fraction=10, synthetic=0, state="done",
        scores={"real": MetricValue(0.2, 0.1, 0.3)},
    )  # fmt: skip
    points = tuple(SizePoint(synthetic=n, score=point) for n in (3, 7, 15))
    return replace(
        study(),
        gap=StudyGap(on_renders=point, on_photographs=point, difference=point),
        sizes=SizesResult(points=points, fit=fit, why=""),
        ablation=AblationResult(images=15, everything=point, rows=(row,), absent=()),
        trials=(trial,),
    )
