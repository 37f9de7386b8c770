"""The charts of a study: scores over photographs, over renders, and what each randomiser brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from synthvis.report.study_chart import Level, Line, counts_chart, signed_bars
from synthvis.study.regimes import REGIMES
from synthvis.study.scaling import Law

__all__ = ["REGIME_NAMES", "REGIME_TONES", "WIDTH_PX", "ablation_chart", "regimes_chart", "sizes_chart"]

CURVE_POINTS = 40
REGIME_NAMES = {
    "real": "photographs alone",
    "synthetic": "renders alone",
    "synthetic+real": "renders, then photographs",
    "mixed": "renders and photographs mixed",
}

REGIME_TONES = {"synthetic": 0, "real": 1, "synthetic+real": 2, "mixed": 3}
"""Colours: renders and photographs have those of their sets on the rest of the page."""

Facts = Mapping[str, Any]

WIDTH_PX = 680


def regimes_chart(content: Facts, width: int = WIDTH_PX) -> str:
    """Scores over the number of photographs, one line a regime; renders alone are a level with its band."""
    rows = [row for row in content["table"] if row["mean"] is not None]
    lines = []
    for regime in REGIMES:
        points = [(row["real"], row["mean"], row["low"], row["high"]) for row in rows if row["regime"] == regime]
        if regime != "synthetic" and points:
            lines.append(Line(name=REGIME_NAMES[regime], points=points, tone=REGIME_TONES[regime]))
    levels = [
        Level(
            name=f"{REGIME_NAMES['synthetic']} ({row['synthetic']:,})", value=row["mean"], low=row["low"],
            high=row["high"], tone=REGIME_TONES["synthetic"],
        )
        for row in rows if row["regime"] == "synthetic"
    ]  # fmt: skip
    return counts_chart(
        lines, levels, x_label="photographs trained on", y_label=content["study"]["metric"], width=width
    )


def sizes_chart(content: Facts, width: int = WIDTH_PX) -> str:
    """Scores over the number of renders, with the fitted law."""
    sizes = content["sizes"]
    if not sizes:
        return ""
    points = [(row["synthetic"], row["mean"], row["low"], row["high"]) for row in sizes["points"]]
    lines = [Line(name=REGIME_NAMES["synthetic"], points=points, tone=REGIME_TONES["synthetic"])]
    levels = []
    if sizes["fit"]:
        law = Law(**sizes["fit"]["law"])
        counts = np.geomspace(points[0][0], points[-1][0], CURVE_POINTS).tolist()
        is_error = content["study"]["lower_is_better"]
        curve = [(count, _score(law.error(count), is_error)) for count in counts]
        lines.append(Line(name="fitted law", points=(), tone=3, curve=curve))
        levels.append(
            Level(name="its limit for any number", value=_score(law.C, is_error), low=None, high=None, tone=4)
        )
    return counts_chart(lines, levels, x_label="renders trained on", y_label=content["study"]["metric"], width=width)


def _score(error: float, is_error: bool) -> float:
    return error if is_error else 1 - error


def ablation_chart(content: Facts, width: int = WIDTH_PX) -> str:
    """What the score loses without each randomiser, the most first."""
    rows = [row for row in (content["ablation"] or {}).get("rows", ()) if row.get("mean") is not None]
    bars = sorted(((row["name"], row["mean"], row["low"], row["high"]) for row in rows), key=lambda bar: -bar[1])
    return signed_bars(bars, x_label=f"{content['study']['metric']} that this randomiser brings", width=width)
