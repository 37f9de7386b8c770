from __future__ import annotations

import json

import pytest

from synthvis.errors import SynthvisError
from synthvis.gap.table import gap_table, read_evaluations, write_gap


def evaluation(name, kind, ap, per_class, **more):
    metric = {"value": ap, "low": None if ap is None else ap - 0.1, "high": None if ap is None else ap + 0.1}
    metrics = {"AP": metric, "AP50": {"value": 0.9, "low": 0.8, "high": 0.95}}
    return {
        "set": name, "kind": kind, "split": "val", "source": name, "images": 10, "boxes": 20,
        "classes": list(per_class), "metrics": metrics, "per_class": per_class, **more,
    }  # fmt: skip


def test_difference_and_ratio_by_hand():
    ours = evaluation("synthetic", "synthetic", 0.8, {"apple": {"AP": 0.9, "AP50": 1.0, "boxes": 5}})
    real = evaluation("fruit", "real", 0.2, {"apple": {"AP": 0.3, "AP50": 0.5, "boxes": 7}})
    (row,) = gap_table([ours, real], "runs/x")["real"]
    assert row["difference"]["AP"] == pytest.approx(0.6)
    assert row["ratio"]["AP"] == pytest.approx(0.25)
    assert row["per_class"]["apple"]["difference"]["AP"] == pytest.approx(0.6)
    assert row["per_class"]["apple"]["ratio"]["AP50"] == pytest.approx(0.5)
    assert row["per_class"]["apple"]["boxes"] == 7


@pytest.mark.parametrize(("ours", "theirs"), [(None, 0.2), (0.2, None), (float("nan"), 0.2), (-1.0, 0.2), (0.2, -1)])
def test_undefined_stays_undefined(ours, theirs):
    table = gap_table([evaluation("s", "synthetic", ours, {}), evaluation("f", "real", theirs, {})], "r")
    assert table["real"][0]["difference"]["AP"] is None
    assert table["real"][0]["ratio"]["AP"] is None


def test_a_ratio_to_zero_is_undefined_but_the_difference_is_not():
    table = gap_table([evaluation("s", "synthetic", 0.0, {}), evaluation("f", "real", 0.2, {})], "r")
    assert table["real"][0]["ratio"]["AP"] is None
    assert table["real"][0]["difference"]["AP"] == pytest.approx(-0.2)


def test_without_a_real_set_it_says_what_to_type():
    table = gap_table([evaluation("synthetic", "synthetic", 0.5, {})], "runs/a b")
    assert table["real"] == []
    (hole,) = [one for one in table["not_measured"] if "real photographs" in one["what"]]
    assert hole["command"] == "synthvis evaluate 'runs/a b' --eval-on fruit"


def test_empty_classes_and_sizes_are_named():
    real = evaluation("fruit", "real", 0.2, {"pear": {"AP": None, "AP50": None, "boxes": 0}})
    real["metrics"]["AP_small"] = {"value": None, "low": None, "high": None}
    whats = [one["what"] for one in gap_table([real], "r")["not_measured"]]
    assert "pear on fruit" in whats
    assert "AP of small objects on fruit" in whats
    assert "AP on synthetic images" in whats


def classified(name, kind, accuracy, per_class, **more):
    metrics = {"accuracy": {"value": accuracy, "low": accuracy - 0.1, "high": accuracy + 0.1}, **more}
    return {
        "set": name, "kind": kind, "split": "val", "source": name, "task": "classification", "headline": "accuracy",
        "images": 10, "labels": 20, "classes": list(per_class), "metrics": metrics, "per_class": per_class,
    }  # fmt: skip


def test_another_task_is_compared_by_its_own_metrics_headline_first():
    ours = classified("s", "synthetic", 0.9, {"kiwi": {"accuracy": 1.0, "labels": 8}}, top5={"value": 1.0}, ece=0.1)
    real = classified("shop", "real", 0.6, {"Kiwi": {"accuracy": 0.25, "labels": 9}}, other={"value": 1.0}, ece=0.3)
    real["metrics"] = dict(reversed(real["metrics"].items()))
    table = gap_table([ours, real], "r")
    (row,) = table["real"]
    assert list(row["difference"]) == ["accuracy", "ece"]
    assert row["difference"]["accuracy"] == pytest.approx(0.3)
    assert row["ratio"]["ece"] == pytest.approx(3.0)
    assert row["per_class"]["Kiwi"]["difference"] == {"accuracy": 0.75}
    assert (row["labels"], row["headline"], table["synthetic"]["task"]) == (20, "accuracy", "classification")


def test_holes_of_another_task_are_in_its_own_words():
    alone = gap_table([classified("shop", "real", 0.6, {"kiwi": {"accuracy": None, "labels": 0}})], "r")
    whats = {one["what"]: one["why"] for one in alone["not_measured"]}
    assert whats["kiwi on shop"] == "the set has no label of it"
    assert "accuracy on synthetic images" in whats
    assert alone["real"][0]["difference"] == {"accuracy": None}
    uncounted = gap_table([classified("shop", "real", 0.6, {"kiwi": {"iou": 0.5}})], "r")
    assert "kiwi on shop" not in {one["what"] for one in uncounted["not_measured"]}


def test_an_evaluation_without_its_headline_is_refused(tmp_path):
    broken = classified("shop", "real", 0.6, {}) | {"headline": "mIoU"}
    (tmp_path / "eval_shop.json").write_text(json.dumps(broken))
    with pytest.raises(SynthvisError, match=r"eval_shop\.json cannot be read"):
        read_evaluations(tmp_path)


def test_write_gap_reads_the_folder_and_writes_strict_json(tmp_path):
    (tmp_path / "eval_synthetic.json").write_text(json.dumps(evaluation("synthetic", "synthetic", 0.5, {})))
    table = write_gap(tmp_path)
    assert json.loads((tmp_path / "gap.json").read_text()) == table


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"kind": "real"}', '{"kind": "x", "metrics": {}, "images": 1, "set": ""}']
)
def test_what_is_no_evaluation_is_refused_by_name(tmp_path, content):
    (tmp_path / "eval_fruit.json").write_text(content)
    with pytest.raises(SynthvisError, match=r"eval_fruit\.json"):
        write_gap(tmp_path)


def test_a_run_without_evaluation_says_that_nothing_was_measured(tmp_path):
    table = write_gap(tmp_path)
    assert table["synthetic"] is None
    assert table["real"] == []
    assert table["not_measured"][0]["what"] == "AP on synthetic images"


def test_reading_evaluations_that_are_not_there_is_refused(tmp_path):
    with pytest.raises(SynthvisError, match="no evaluation"):
        read_evaluations(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"metrics": {}},
        {"metrics": {"AP": "high"}},
        {"per_class": [1]},
        {"per_class": {"apple": 3}},
        {"boxes": "many"},
        {"images": "ten"},
    ],
)
def test_an_evaluation_edited_by_hand_is_named(tmp_path, change):
    path = tmp_path / "eval_fruit.json"
    path.write_text(json.dumps({**evaluation("fruit", "real", 0.2, {}), **change}))
    with pytest.raises(SynthvisError, match=r"eval_fruit\.json cannot be read as an evaluation"):
        read_evaluations(tmp_path)


@pytest.mark.parametrize(
    ("task", "typed"), [("detection", "r --eval-on fruit"), ("depth", "r --eval-on nyu-mini"), ("normals", "--help")]
)
def test_the_way_to_measure_on_photographs_is_one_of_the_task(task, typed):
    alone = gap_table([evaluation("s", "synthetic", 0.5, {}, task=task)], "r")
    (command,) = (one["command"] for one in alone["not_measured"] if "real photographs" in one["what"])
    assert command == f"synthvis evaluate {typed}"
