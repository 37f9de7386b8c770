"""Names that studies and reports share, without the trainer behind them."""

from __future__ import annotations

from typing import Literal

__all__ = ["REGIMES", "RESULTS_NAME", "Regime"]

Regime = Literal["real", "synthetic", "synthetic+real", "mixed"]

REGIMES: tuple[Regime, ...] = ("real", "synthetic", "synthetic+real", "mixed")
"""Training on photographs alone, on renders alone, on renders and then photographs, on one set of both."""

RESULTS_NAME = "study.json"
"""The file of a study's results, in its folder."""
