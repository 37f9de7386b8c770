"""Names that studies and reports share, without the trainer behind them."""

from __future__ import annotations

from typing import Literal

__all__ = ["REGIMES", "REGIME_TITLES", "RESULTS_NAME", "Regime", "regime_of"]

Regime = Literal["real", "synthetic", "synthetic+real", "mixed"]

REGIMES: tuple[Regime, ...] = ("real", "synthetic", "synthetic+real", "mixed")
"""Training on photographs alone, on renders alone, on renders and then photographs, on one set of both."""

REGIME_TITLES: dict[Regime, str] = {
    "real": "photographs alone",
    "synthetic": "renders alone",
    "synthetic+real": "renders, then photographs",
    "mixed": "renders and photographs mixed",
}

RESULTS_NAME = "study.json"
"""The file of a study's results, in its folder."""


def regime_of(name: str) -> Regime:
    """The regime of that name, which has to be one of REGIMES."""
    return next(regime for regime in REGIMES if regime == name)
