"""The report of a run that learnt something other than boxes."""

from __future__ import annotations

import math
from dataclasses import replace
from html.parser import HTMLParser

import made_up_run as made_up
import pytest

pytest.importorskip("jinja2")

from synthvis.evaluation.gap_table import gap_table
from synthvis.metrics.metric import MetricValue
from synthvis.report import report_inputs
from synthvis.report.build import write_report
from synthvis.report.scores import has_boxes, scores_of
from synthvis.report.wording import headline

SEMANTIC = {"mIoU": 0.5, "Dice": 0.6}
DEPTH = {"AbsRel": 0.1, "RMSE": 1.5, "delta1": 0.9}


class Words(HTMLParser):
    """Text of a page outside its style, with single spaces."""

    def __init__(self, page):
        super().__init__()
        self.parts = []
        self.feed(page.partition("</style>")[2])

    def handle_data(self, data):
        self.parts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.parts).split())


def gap_of(evaluations):
    """Renders beside photographs, and nothing that was not measured."""
    return replace(gap_table(evaluations, "run"), not_measured=())


@pytest.fixture
def plain_gap(monkeypatch):
    """The report on its own, without the reading and comparing of synthvis.gap."""
    made = {}

    def use(evaluations):
        made["evaluations"] = evaluations
        return evaluations

    monkeypatch.setattr(report_inputs, "read_evaluations", lambda _: made["evaluations"])
    monkeypatch.setattr(report_inputs, "write_gap", lambda *_: gap_of(made["evaluations"]))
    return use


def with_baseline(evaluation, metric, value):
    return replace(evaluation, prior_baseline={metric: MetricValue(value)})


def semantic(name, kind, factor):
    classes = {
        name: made_up.class_row({"IoU": value * factor}, {"pixels": pixels})
        for name, value, pixels in (("apple", 0.7, 900), ("pear", 0.3, 40))
    }
    metrics = {key: value * factor for key, value in SEMANTIC.items()}
    return made_up.other_evaluation(name, kind, "semantic", metrics, classes, pixels=940)


def depth(name, kind, factor):
    metrics = {key: value * factor for key, value in DEPTH.items()}
    return made_up.other_evaluation(name, kind, "depth", metrics, {}, pixels=5000)


def words_of(run, evaluations):
    return Words(write_report(made_up.make_other_run(run, evaluations)).read_text(encoding="utf-8")).text


def test_classes_by_their_own_metric_and_what_needs_boxes_left_out(tmp_path, plain_gap, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evaluations = plain_gap([semantic("made-up", "synthetic", 1.0), semantic("coco", "real", 0.5)])
    text = words_of(tmp_path / "run", evaluations)
    assert "mIoU falls from 0.500 on rendered images to 0.250 on 24 real photographs of coco: 50% of the" in text
    assert "mIoU on real photographs: coco 0.250 95% interval 0.225 to 0.275" in text
    assert "Dice 0.300 · 24 images, 940 pixels (val)" in text
    assert "class made-up IoU pixels coco IoU pixels" in text
    assert text.index("pear 0.300 40 0.150 40") < text.index("apple 0.700 900 0.350 900")
    assert (
        "Left out: precision and recall curves. They need boxes, which predictions of the task semantic do not have."
        in text
    )
    assert "What the detector was shown" not in text
    assert "COCO box AP" not in text and "intersection over the union" in text
    assert "Worst errors on made-up the rendered dataset was not found" in text


def test_an_error_is_better_when_lower_and_needs_no_classes(tmp_path, plain_gap, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evaluations = plain_gap([depth("made-up", "synthetic", 1.0), depth("nyu-mini", "real", 2.0)])
    text = words_of(tmp_path / "run", evaluations)
    assert "AbsRel 0.100 on rendered images is 0.200 on 24 real photographs of nyu-mini; lower is better." in text
    assert "the real value is 200% of the synthetic one" in text and "falls from" not in text
    assert "Gap by class" not in text
    assert "They need boxes and classes, which predictions of the task depth do not have." in text
    for expected in ("RMSE 1.500 [1.350, 1.650] 3.000", "delta1 0.900", "Lower is better."):
        assert expected in text


def test_the_learning_chart_bears_the_name_of_the_metric(tmp_path, plain_gap, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = words_of(tmp_path / "run", plain_gap([depth("made-up", "synthetic", 1.0)]))
    learned = text[text.index("How it learned") : text.index("How it was made")]
    assert "loss cross_entropy" in learned
    assert "AbsRel" in learned and "val/AbsRel" in learned
    assert "seconds" not in learned


def test_without_a_real_set_it_says_not_measured(tmp_path, plain_gap, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = words_of(tmp_path / "run", plain_gap([semantic("made-up", "synthetic", 1.0)]))
    assert "mIoU 0.500 on rendered images. The gap to real photographs was not measured" in text


@pytest.mark.parametrize(("make", "name"), [(semantic, "coco"), (depth, "nyu-mini")])
def test_with_the_gap_that_the_run_itself_writes(make, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = made_up.make_other_run(tmp_path / "run", [make("made-up", "synthetic", 1.0), make(name, "real", 0.5)])
    text = Words(write_report(run).read_text(encoding="utf-8")).text
    assert f"24 real photographs of {name}" in text


def test_a_network_that_chance_may_have_put_above_an_answer_without_looking_is_told_so(
    tmp_path, plain_gap, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    # Intervals reach a tenth to either side: 0.09 to 0.11 on renders, 0.18 to 0.22 on photographs.
    ours, theirs = depth("made-up", "synthetic", 1.0), depth("nyu-mini", "real", 2.0)
    sets = [with_baseline(ours, "AbsRel", 0.4), with_baseline(theirs, "AbsRel", 0.21)]
    text = words_of(tmp_path / "run", plain_gap(sets))
    assert text.count("not shown to be better than that") == 1
    assert "a prediction that ignores the image: 0.400 AbsRel" in text
    assert "a prediction that ignores the image: 0.210; not shown to be better than that" in text
    sem = semantic("coco", "real", 1.0)
    for blind, told in ((0.44, False), (0.45, True), (0.6, True)):
        scores = scores_of([sem], gap_of([sem]))
        assert scores.is_no_better_than_baseline(with_baseline(sem, "mIoU", blind)) is told
    assert not scores.is_no_better_than_baseline(sem)


def test_undefined_values_are_dashes_and_never_numbers():
    ours, theirs = depth("made-up", "synthetic", 1.0), depth("nyu-mini", "real", 1.0)
    theirs = replace(theirs, metrics={**theirs.metrics, "AbsRel": MetricValue(None)})
    scores = scores_of([ours, theirs], gap_of([ours, theirs]))
    assert scores.difference(scores.sets[1], "AbsRel") is None and scores.ratio(scores.sets[1], "AbsRel") is None
    assert headline(scores) == "AbsRel on 24 real photographs of nyu-mini is undefined."
    assert scores.metric(theirs, "no such metric") == MetricValue(None)
    assert scores.class_names() == [] and scores.class_chart() == ""


def test_a_value_beyond_one_has_no_dot_chart_but_its_row():
    classes = {"apple": made_up.class_row({"error_m": 2.5}, {}), "pear": made_up.class_row({"error_m": 0.5}, {})}
    ours = made_up.other_evaluation("made-up", "synthetic", "depth", {"AbsRel": 0.1}, classes)
    scores = scores_of([ours], gap_of([ours]))
    assert scores.class_metrics == ("error_m",)
    assert scores.class_chart() == ""
    assert scores.class_value(ours, "apple", "error_m") == MetricValue(2.5)


def test_detectors_stay_as_they_were():
    ours = made_up.evaluation("made-up", "synthetic", 0.6, ["apple", "pear"])
    theirs = made_up.evaluation("fruit", "real", 0.3, ["apple", "pear"])
    scores = scores_of([ours, theirs], gap_of([ours, theirs]))
    assert (scores.task, scores.metrics, scores.class_metrics, scores.count) == (
        "detection", ("AP", "AP50"), ("AP", "AP50"), "boxes",
    )  # fmt: skip
    assert math.isclose(scores.difference(scores.sets[1], "AP"), 0.3) and math.isclose(
        scores.ratio(scores.sets[1], "AP"), 0.5
    )
    assert not scores.lower_is_better
    # pear has the lower AP on the real set, so it comes first.
    assert scores.class_names() == ["pear", "apple"]
    assert has_boxes(ours) and not has_boxes(depth("d", "real", 1.0))
