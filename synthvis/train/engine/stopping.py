"""Which evaluation was the best, and when there is no hope of a better one."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["EarlyStopping"]


@dataclass(slots=True, kw_only=True)
class EarlyStopping:
    """Evaluations of a run as they come.

    Attributes:
        lower_is_better: Of the value that is watched.
        patience: Evaluations in a row without a better one after which the run is over (Prechelt 1998); 0: never.
        best: Best value until now.
        stale: Evaluations since it was first reached.
    """

    lower_is_better: bool
    patience: int = 0
    best: float | None = None
    stale: int = 0

    @property
    def is_over(self) -> bool:
        """Whether patience is at its end."""
        return bool(self.patience) and self.stale >= self.patience

    def observe(self, value: float | None) -> bool:
        """Take note of an evaluation; whether its weights are to be kept.

        Weights that are as good as the best are kept, as they have learnt longer, but they are no progress. An
        evaluation without a value is no progress either.
        """
        if value is None or math.isnan(value):
            self.stale += 1
            return False
        if self.best is None or (value < self.best if self.lower_is_better else value > self.best):
            self.best, self.stale = value, 0
            return True
        self.stale += 1
        return value == self.best
