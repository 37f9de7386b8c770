"""How long what is left of a study will take."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.study.jobs import Job
from synthvis.study.runner import RUNS, STATUS_NAME, read_run_status, speed_class

__all__ = ["Times", "measured_times"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds that were measured, None where nothing was.

    Attributes:
        step_s: Of a training step.
        measure_s: Of one measurement.
        source: Where that comes from, in words.
    """

    step_s: float | None
    measure_s: float | None
    source: str

    def minutes(self, steps: Sequence[int]) -> float | None:
        """Of trainings of so many steps each, and their measurements; None where no step was ever timed."""
        if self.step_s is None:
            return None
        return (sum(steps) * self.step_s + len(steps) * (self.measure_s or 0.0)) / 60


def measured_times(out: Path, like: Job) -> Times:
    """Medians of the finished runs of a study that have the network and the batch of `like`."""
    statuses = [read_run_status(path.parent) for path in sorted((out / RUNS).glob(f"*/{STATUS_NAME}"))]
    alike = [status for status in statuses if status is not None and status.speed_class == speed_class(like)]
    steps = [status.step_s for status in alike if status.step_s]
    measured = [status.measure_s for status in alike if status.measure_s]
    return Times(
        step_s=statistics.median(steps) if steps else None,
        measure_s=statistics.median(measured) if measured else None,
        source=f"{len(steps)} earlier run{'s' * (len(steps) > 1)}" if steps else "",
    )
