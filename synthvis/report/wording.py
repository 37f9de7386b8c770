"""The few sentences and number forms of a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["headline", "metric_text", "percent_text"]


def metric_text(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where nothing is known."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent_text(value: float | None) -> str:
    """A ratio in per cent."""
    return "–" if value is None else f"{100 * value:.0f}%"


def headline(gap: Mapping[str, Any]) -> str:
    """The result in a sentence, with no more than was measured."""
    ours = _ap(gap["synthetic"])
    if not gap["real"]:
        start = f"AP {metric_text(ours)} on rendered images. " if ours is not None else ""
        return f"{start}The gap to real photographs was not measured: this run had no real test set."
    return " ".join(_about(one, ours) for one in gap["real"])


def _about(real: Mapping[str, Any], ours: float | None) -> str:
    theirs = _ap(real)
    where = f"{real['images']:,} real photographs of {real['set']}"
    if theirs is None:
        return f"AP on {where} is undefined: they show none of the classes."
    if ours is None:
        return f"AP {metric_text(theirs)} on {where}; synthetic images were not measured."
    if not ours:
        return f"AP {metric_text(theirs)} on {where}, AP 0 on rendered images: the model has not learned yet."
    if theirs > ours:
        return f"AP {metric_text(theirs)} on {where}, more than the {metric_text(ours)} on rendered images."
    share = percent_text(theirs / ours)
    return f"{share} of the synthetic AP arrives on {where}: {metric_text(ours)} becomes {metric_text(theirs)}."


def _ap(evaluation: Mapping[str, Any] | None) -> float | None:
    metric = (evaluation or {}).get("metrics", {}).get("AP") or {}
    value = metric.get("value")
    return None if value is None else float(value)
