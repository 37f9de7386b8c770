"""Learning curves of a run as a PNG."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

__all__ = ["draw_curves"]

SMOOTHED_SHARE = 0.05
LABELS = {"loss": "total", "classification": "class", "bbox_regression": "box", "bbox_ctrness": "centre"}
NOT_A_LOSS = {"step", "lr", "seconds"}


def draw_curves(run_dir: Path) -> Path:
    """Draw curves.png from metrics.jsonl; returns its path."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = [json.loads(line) for line in (run_dir / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    steps = [row["step"] for row in rows]
    window = max(1, round(SMOOTHED_SHARE * len(rows)))
    for key in (key for key in rows[0] if key not in NOT_A_LOSS):
        values = np.array([row[key] for row in rows])
        means = np.convolve(values, np.ones(window) / window, "valid")
        left.plot(steps[window - 1 :], means, label=LABELS.get(key, key.replace("_", " ")))
    left.set(xlabel="step", ylabel=f"loss, mean of {window} steps", yscale="log")
    left.legend()
    right.plot(steps, [row["lr"] for row in rows])
    right.set(xlabel="step", ylabel="learning rate")
    path = run_dir / "curves.png"
    figure.savefig(path, dpi=110)
    return path
