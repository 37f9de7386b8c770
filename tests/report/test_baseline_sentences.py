"""What a report says of a network is held against a prediction that ignores the image."""

from __future__ import annotations

from typing import Any

import pytest

from synthvis.evaluation.gap_table import gap_table
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.report.scores import scores_of
from synthvis.report.wording import headline


def one(kind: Any, value: float, low: float, high: float, blind: float | None, **more: Any) -> Evaluation:
    metric = more.get("headline", "mIoU")
    facts = {"task": "semantic", "headline": "mIoU", "split": "val", "images": 30, "counts": {"pixels": 9}, **more}
    return Evaluation(
        set=kind, kind=kind, metrics={metric: MetricValue(value, low, high)},
        prior_baseline={} if blind is None else {metric: MetricValue(blind)}, **facts,
    )  # fmt: skip


def said(*evaluations: Evaluation) -> str:
    return headline(scores_of(evaluations, gap_table(evaluations, "run")))


def test_a_network_below_the_baseline_is_given_no_share() -> None:
    text = said(one("synthetic", 0.25, 0.22, 0.28, 0.30), one("real", 0.24, 0.21, 0.27, 0.31))
    assert "falls" not in text and "96%" not in text
    assert "On these photographs the network is worse than a prediction that ignores the image (mIoU 0.310)." in text
    assert "On these renders the network is worse than a prediction that ignores the image (mIoU 0.300)." in text


def test_a_network_that_may_be_no_better_is_told_so() -> None:
    text = said(one("synthetic", 0.6, 0.55, 0.65, 0.30), one("real", 0.34, 0.29, 0.39, 0.31))
    assert "falls" not in text
    assert "On these photographs the network is not shown to be better than" in text
    assert "On these renders" not in text


@pytest.mark.parametrize("blind", [0.1, None])
def test_a_network_above_the_baseline_keeps_its_share(blind: float | None) -> None:
    text = said(one("synthetic", 0.5, 0.45, 0.55, blind), one("real", 0.4, 0.35, 0.45, blind))
    assert "80% of the synthetic value" in text and "ignores the image" not in text


def test_an_error_above_that_of_the_baseline() -> None:
    error = {"task": "depth", "headline": "AbsRel"}
    text = said(one("synthetic", 0.1, 0.09, 0.11, 0.3, **error), one("real", 0.4, 0.35, 0.45, 0.3, **error))
    assert "On these photographs the network is worse than a prediction that ignores the image (AbsRel 0.300)." in text
