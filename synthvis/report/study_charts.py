"""The charts of a study: scores over photographs, over renders, and what each randomiser brings."""

from __future__ import annotations

import numpy as np

from synthvis.study.estimate import Estimate
from synthvis.study.regimes import REGIME_TITLES, REGIMES
from synthvis.study.study_result import StudyResult
from synthvis.viz.count_chart import Level, Line, Point, counts_chart, signed_bars

__all__ = ["REGIME_TONES", "WIDTH_PX", "ablation_chart", "regimes_chart", "sizes_chart", "variations_chart"]

CURVE_POINTS = 40
REGIME_TONES = {"synthetic": 0, "real": 1, "synthetic+real": 2, "mixed": 3}
"""Colours: renders and photographs have those of their sets on the rest of the page."""

WIDTH_PX = 680


def regimes_chart(result: StudyResult, width: int = WIDTH_PX) -> str:
    """Scores over the number of photographs, one line a regime; renders alone are a level with its band."""
    rows = [(row, row.score) for row in result.table if row.score is not None]
    lines = []
    for regime in REGIMES:
        points = [_point(row.real, score) for row, score in rows if row.regime == regime]
        if regime != "synthetic" and points:
            lines.append(Line(name=REGIME_TITLES[regime], points=points, tone=REGIME_TONES[regime]))
    levels = [
        Level(
            name=f"{REGIME_TITLES['synthetic']} ({row.synthetic:,})", value=score.mean, low=score.low,
            high=score.high, tone=REGIME_TONES["synthetic"],
        )
        for row, score in rows if row.regime == "synthetic"
    ]  # fmt: skip
    return counts_chart(lines, levels, x_label="photographs trained on", y_label=result.setup.metric, width=width)


def sizes_chart(result: StudyResult, width: int = WIDTH_PX) -> str:
    """Scores over the number of renders, with the fitted law."""
    sizes, metric = result.sizes, result.setup.metric
    if sizes is None:
        return ""
    points = [_point(one.synthetic, one.score) for one in sizes.points]
    lines = [Line(name=REGIME_TITLES["synthetic"], points=points, tone=REGIME_TONES["synthetic"])]
    levels = []
    if sizes.fit:
        law, is_error = sizes.fit.law, result.setup.lower_is_better
        counts = np.geomspace(points[0][0], points[-1][0], CURVE_POINTS).tolist()
        curve = [(count, _score(law.error(count), is_error)) for count in counts]
        lines.append(Line(name="fitted law", points=(), tone=3, curve=curve))
        levels.append(
            Level(name="its limit for any number", value=_score(law.C, is_error), low=None, high=None, tone=4)
        )
    return counts_chart(lines, levels, x_label="renders trained on", y_label=metric, width=width)


def _point(count: int, score: Estimate) -> Point:
    return count, score.mean, score.low, score.high


def _score(error: float, is_error: bool) -> float:
    return error if is_error else 1 - error


def ablation_chart(result: StudyResult, width: int = WIDTH_PX) -> str:
    """What the score loses without each randomiser, the most first."""
    rows = result.ablation.rows if result.ablation else ()
    bars = [(row.name, row.gain.mean, row.gain.low, row.gain.high) for row in rows if row.gain is not None]
    label = f"{result.setup.metric} that this randomiser contributes"
    return signed_bars(sorted(bars, key=lambda bar: -bar[1]), x_label=label, width=width)


def variations_chart(result: StudyResult, width: int = WIDTH_PX) -> str:
    """What each choice changes against the study's own, in the order in which they were asked for."""
    rows = result.variations.rows if result.variations else ()
    several = len({row.regime for row in rows}) > 1
    bars = [
        (f"{row.name}, {row.regime}" if several else row.name, row.gain.mean, row.gain.low, row.gain.high)
        for row in rows
        if row.gain is not None
    ]
    return signed_bars(bars, x_label=f"change of {result.setup.metric}", width=width)
