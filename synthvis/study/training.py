"""The real trainer of a study: each job through the functions behind `synthvis train`, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Any

from synthvis.study.arithmetic import StudyArithmetic
from synthvis.study.jobs import Job, split_digest
from synthvis.study.sets import StudySets

__all__ = ["InProcess", "digest_of_sets"]

TIMED_STEPS, FIRST_STEPS = 6, 2
"""Steps that a dry run takes to find out how long one is; the first ones are slower and do not count."""

Display = Callable[[Job, Path], AbstractContextManager[Any]]


class InProcess:
    """Trains and measures here, one job at a time."""

    def __init__(
        self,
        sets: StudySets,
        display: Display | None = None,
        arithmetic: Callable[[Job], StudyArithmetic] | None = None,
    ) -> None:
        """A trainer on `sets`.

        Args:
            sets: What is trained on and measured on.
            display: Makes what shows the steps of a job: a context with on_step.
            arithmetic: Gives the precision of a job that asks for none; None: each run chooses for itself.
        """
        self._sets, self._display, self._arithmetic = sets, display, arithmetic

    def train(self, job: Job, run_dir: Path, init_dir: Path | None) -> float:
        """Train, and throw away the state that only an unfinished run needs."""
        from synthvis.train.engine.checkpoint import STATE_NAME
        from synthvis.train.run import Request, train_run

        config, times = job.config, list[float]()
        if self._arithmetic is not None and config.precision == "auto":
            config = self._arithmetic(job).of(config)
        with self._display(job, run_dir) if self._display else nullcontext() as shown:

            def on_step(line: Any) -> None:
                times.append(time.monotonic())
                if shown is not None:
                    shown.on_step(line)

            train_run(
                Request(
                    config=config,
                    train=job.data.split,
                    own_val=None,
                    real=(self._sets.real_eval,),
                    run_dir=run_dir,
                    # Whole, for a run that is resumed must begin from the same file, wherever the command is typed.
                    init_from=str(init_dir.resolve()) if init_dir else None,
                    weights=job.weights,
                    on_step=on_step,
                )
            )
        (run_dir / STATE_NAME).unlink(missing_ok=True)
        return _step_s(times)

    def measure(self, job: Job, run_dir: Path) -> dict[str, str]:
        """Measure on the photographs; what was trained on renders alone also on renders, for the gap."""
        from synthvis.evaluation.run_folder import file_stem
        from synthvis.train.engine.checkpoint import load_trained
        from synthvis.train.engine.devices import device_of
        from synthvis.train.run import evaluate_run

        sets = {"real": self._sets.real_eval}
        if self._sets.synthetic_val is not None and not job.data.real and job.init is None:
            sets["synthetic"] = self._sets.synthetic_val
        found = evaluate_run(load_trained(run_dir), run_dir, list(sets.values()), device_of(job.config.device))
        return {role: file_stem(evaluation) for role, evaluation in zip(sets, found, strict=True)}

    def time_steps(self, job: Job) -> float:
        """Seconds of a step, from a few steps in a folder that is thrown away."""
        config = job.config.model_copy(update={"steps": TIMED_STEPS, "workers": 0})
        from synthvis.train.engine.child_processes import temporary_folder

        with temporary_folder("timing") as folder:
            return self.train(Job(name=job.name, config=config, data=job.data), folder, None)


def digest_of_sets(sets: StudySets) -> str:
    """What has to stay the same for a measurement to stay valid."""
    val = split_digest(sets.synthetic_val) if sets.synthetic_val is not None else "none"
    return f"{split_digest(sets.real_eval)[:12]}-{val[:12]}"


def _step_s(times: list[float]) -> float:
    """Median seconds between steps, of which the first few do not count."""
    gaps = [after - before for before, after in pairwise(times)]
    chosen = sorted(gaps[FIRST_STEPS - 1 :] or gaps)
    return round(chosen[len(chosen) // 2], 4) if chosen else 0.0
