"""Renders beside photographs in gap.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from synthvis.errors import SynthvisError
from synthvis.evaluation.gap_table import gap_table, write_gap
from synthvis.evaluation.run_folder import read_evaluations, write_evaluation
from synthvis.formats.json_file import read_json
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import ClassMeasures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.registry import known_photographs


def of_class(count: dict[str, int], **metrics: float | None) -> ClassMeasures:
    return ClassMeasures(metrics={name: MetricValue(value) for name, value in metrics.items()}, counts=count)


def evaluation(
    name: str, kind: Any, ap: float | None, per_class: dict[str, ClassMeasures] | None = None, **more: Any
) -> Evaluation:
    metric = MetricValue(None) if ap is None else MetricValue(ap, ap - 0.1, ap + 0.1)
    facts: dict[str, Any] = {
        "task": "detection", "headline": "AP", "split": "val", "images": 10, "counts": {"boxes": 20},
        "metrics": {"AP": metric, "AP50": MetricValue(0.9, 0.8, 0.95)},
    }  # fmt: skip
    return Evaluation(set=name, kind=kind, per_class=per_class or {}, **{**facts, **more})


def test_difference_and_ratio_by_hand() -> None:
    ours = evaluation("synthetic", "synthetic", 0.8, {"apple": of_class({"boxes": 5}, AP=0.9, AP50=1.0)})
    real = evaluation("fruit", "real", 0.2, {"apple": of_class({"boxes": 7}, AP=0.3, AP50=0.5)})
    (row,) = gap_table([ours, real], "runs/x").real
    assert row.headline.difference == pytest.approx(0.6)
    assert row.headline.ratio == pytest.approx(0.25)
    assert row.per_class["apple"]["AP"].difference == pytest.approx(0.6)
    assert row.per_class["apple"]["AP50"].ratio == pytest.approx(0.5)
    assert row.evaluation.per_class["apple"].counts == {"boxes": 7}


@pytest.mark.parametrize(("ours", "theirs"), [(None, 0.2), (0.2, None), (None, None)])
def test_undefined_stays_undefined(ours: float | None, theirs: float | None) -> None:
    table = gap_table([evaluation("s", "synthetic", ours), evaluation("f", "real", theirs)], "r")
    assert table.real[0].headline.difference is None
    assert table.real[0].headline.ratio is None


def test_a_ratio_to_zero_is_undefined_but_the_difference_is_not() -> None:
    table = gap_table([evaluation("s", "synthetic", 0.0), evaluation("f", "real", 0.2)], "r")
    assert table.real[0].headline.ratio is None
    assert table.real[0].headline.difference == pytest.approx(-0.2)


def test_further_renders_are_rows_of_their_own_and_photographs_are_held_against_those_trained_on() -> None:
    own, further, real = (
        evaluation(name, kind, ap, training=TrainingFacts(dataset="morning"))
        for name, kind, ap in (("morning", "synthetic", 0.8), ("evening", "synthetic", 0.3), ("fruit", "real", 0.2))
    )
    table = gap_table([further, own, real], "runs/x")
    assert [one.set for one in table.evaluations] == ["morning", "evening", "fruit"]
    assert table.synthetic is not None and table.synthetic.set == "morning"
    assert [one.set for one in table.other_renders] == ["evening"]
    assert table.real[0].headline.difference == pytest.approx(0.6)


def test_without_a_real_set_it_says_what_to_type() -> None:
    table = gap_table([evaluation("synthetic", "synthetic", 0.5)], "runs/a b", known_photographs())
    assert table.real == ()
    (hole,) = [one for one in table.not_measured if "real photographs" in one.what]
    assert hole.command == "synthvis evaluate 'runs/a b' --eval-on fruit"


def test_empty_classes_and_sizes_are_named() -> None:
    metrics = {"AP": MetricValue(0.2, 0.1, 0.3), "AP_small": MetricValue(None)}
    real = evaluation("fruit", "real", 0.2, {"pear": of_class({"boxes": 0}, AP=None)}, metrics=metrics)
    whats = [one.what for one in gap_table([real], "r").not_measured]
    assert "pear on fruit" in whats
    assert "AP of small objects on fruit" in whats
    assert "AP on synthetic images" in whats


def classified(name: str, kind: str, accuracy: float, per_class: dict[str, ClassMeasures], **more: float) -> Evaluation:
    metrics = {"accuracy": MetricValue(accuracy, accuracy - 0.1, accuracy + 0.1)}
    metrics |= {key: MetricValue(value) for key, value in more.items()}
    task = {"task": "classification", "headline": "accuracy", "counts": {"labels": 20}}
    return evaluation(name, kind, None, per_class, metrics=metrics, **task)


def test_another_task_is_compared_by_its_own_metrics_headline_first() -> None:
    ours = classified("s", "synthetic", 0.9, {"kiwi": of_class({"labels": 8}, accuracy=1.0)}, top5=1.0, ece=0.1)
    real = classified("shop", "real", 0.6, {"Kiwi": of_class({"labels": 9}, accuracy=0.25)}, other=1.0, ece=0.3)
    table = gap_table([ours, real], "r")
    (row,) = table.real
    assert list(row.metrics) == ["accuracy", "ece"]
    assert row.headline.difference == pytest.approx(0.3)
    assert row.metrics["ece"].ratio == pytest.approx(3.0)
    assert row.per_class["Kiwi"]["accuracy"].difference == 0.75
    assert not row.evaluation.lower_is_better and table.synthetic is not None


def test_what_is_missing_of_another_task_is_said_in_its_own_words() -> None:
    alone = gap_table([classified("shop", "real", 0.6, {"kiwi": of_class({"labels": 0}, accuracy=None)})], "r")
    whats = {one.what: one.why for one in alone.not_measured}
    assert whats["kiwi on shop"] == "the set has no label of it"
    assert "accuracy on synthetic images" in whats
    assert alone.real[0].metrics["accuracy"].difference is None
    uncounted = gap_table([classified("shop", "real", 0.6, {"kiwi": of_class({}, IoU=0.5)})], "r")
    assert "kiwi on shop" not in {one.what for one in uncounted.not_measured}


def test_an_evaluation_without_its_headline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="metrics have no mIoU"):
        evaluation("shop", "real", 0.6, headline="mIoU")
    broken = evaluation("shop", "real", 0.6).to_dict() | {"headline": "mIoU"}
    (tmp_path / "eval_shop.json").write_text(json.dumps(broken))
    with pytest.raises(SynthvisError, match=r"eval_shop\.json cannot be read"):
        read_evaluations(tmp_path)


def test_what_is_written_is_read_back_equal(tmp_path: Path) -> None:
    first = evaluation(
        "synthetic", "synthetic", 0.5, {"kiwi": of_class({"boxes": 2}, AP=0.25)}, training=TrainingFacts(seed=3)
    )
    write_evaluation(tmp_path, first, [])
    assert read_evaluations(tmp_path) == (first,)
    table = write_gap(tmp_path, {})
    again = read_json(tmp_path / "gap.json", type(table), what="a gap", hint="")
    assert again == table and str(table) == "synthetic:val (synthetic, 10 images): AP 0.500 [0.400, 0.600]"


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"kind": "real"}', '{"kind": "x", "metrics": {}, "images": 1, "set": ""}']
)
def test_what_is_no_evaluation_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "eval_fruit.json").write_text(content)
    with pytest.raises(SynthvisError, match=r"eval_fruit\.json"):
        write_gap(tmp_path, {})


def test_a_run_without_evaluation_says_that_nothing_was_measured(tmp_path: Path) -> None:
    table = write_gap(tmp_path, {})
    assert table.synthetic is None
    assert table.real == ()
    assert table.not_measured[0].what == "AP on synthetic images"


def test_reading_evaluations_that_are_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SynthvisError, match="no evaluation"):
        read_evaluations(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"metrics": {}},
        {"metrics": {"AP": "high"}},
        {"per_class": [1]},
        {"per_class": {"apple": 3}},
        {"counts": {"boxes": "many"}},
        {"images": "ten"},
    ],
)
def test_an_evaluation_edited_by_hand_is_named(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "eval_fruit.json"
    path.write_text(json.dumps({**evaluation("fruit", "real", 0.2).to_dict(), **change}))
    with pytest.raises(SynthvisError, match=r"eval_fruit\.json cannot be read as an evaluation"):
        read_evaluations(tmp_path)


@pytest.mark.parametrize(
    ("task", "typed"), [("detection", "r --eval-on fruit"), ("depth", "r --eval-on nyu-mini"), ("normals", "--help")]
)
def test_the_way_to_measure_on_photographs_is_one_of_the_task(task: str, typed: str) -> None:
    alone = gap_table([evaluation("s", "synthetic", 0.5, task=task)], "r", known_photographs())
    (command,) = (one.command for one in alone.not_measured if "real photographs" in one.what)
    assert command == f"synthvis evaluate {typed}"
