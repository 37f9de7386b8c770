"""Learning curves of a run as a PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.training_log import StepMetrics, read_training_log

__all__ = ["draw_curves"]

SMOOTHED_SHARE = 0.05
LABELS = {"loss": "total", "classification": "class", "bbox_regression": "box", "bbox_ctrness": "centre"}
NOT_A_LOSS = {"lr", "seconds"}


def draw_curves(run_dir: Path) -> Path | None:
    """Draw curves.png from metrics.jsonl; returns its path, None where no step was logged."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = read_training_log(run_dir / "metrics.jsonl").rows
    if not rows:
        return None
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    window = max(1, round(SMOOTHED_SHARE * len(rows)))
    for key in dict.fromkeys(key for row in rows for key in row.values if key not in NOT_A_LOSS):
        steps, values = _series(rows, key)
        if len(values) >= window:
            means = np.convolve(values, np.ones(window) / window, "valid")
            left.plot(steps[window - 1 :], means, label=LABELS.get(key, key.replace("_", " ")))
    left.set(xlabel="step", ylabel=f"loss, mean of {window} steps", yscale="log")
    left.legend()
    right.plot(*_series(rows, "lr"))
    right.set(xlabel="step", ylabel="learning rate")
    path = run_dir / "curves.png"
    figure.savefig(path, dpi=110)
    return path


def _series(rows: Sequence[StepMetrics], key: str) -> tuple[list[int], NDArray[np.float64]]:
    """Steps at which a value was logged, and the values."""
    known = [row for row in rows if key in row.values]
    return [row.step for row in known], np.array([row.values[key] for row in known], dtype=np.float64)
