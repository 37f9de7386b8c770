"""Sets and a trainer made up for tests of studies: no torch, no picture, scores by a formula."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import Bootstrap
from synthvis.metrics.metric import MetricValue
from synthvis.study.jobs import Job
from synthvis.study.resampling import DRAWS
from synthvis.study.sets import StudySets

NAMES = ("cone", "ball")


def split_of(name: str, kind: str, images: int, part: str = "train", *, empty: int = 0) -> Split:
    """Images with a box each, but for the last `empty`."""

    def boxes(number: int) -> tuple[LabelledObject, ...]:
        if number > images - empty:
            return ()
        found = LabelledObject(class_name=NAMES[number % 2], bbox_xywh_px=(1, 1, 9, 9), area_px=81, is_crowd=False)
        return (found,)

    entries = tuple(
        Sample(id=number, path=Path(f"/nowhere/{name}/{number}.jpg"), labelled_hw=(50, 60), objects=boxes(number))
        for number in range(1, images + 1)
    )
    ids = {"cone": 1, "ball": 2}
    return Split(name=name, kind=kind, split=part, images=entries, class_names=NAMES, category_ids=ids)


def made_sets(real: int = 100, synthetic: int = 60, *, empty: int = 0) -> StudySets:
    return StudySets(
        task="detection",
        metric="AP",
        classes=NAMES,
        synthetic=split_of("renders", "synthetic", synthetic),
        synthetic_val=split_of("renders", "synthetic", 6, "val"),
        real=split_of("photos", "real", real, empty=empty),
        real_eval=split_of("photos", "real", 20, "val"),
    )


def evaluation(split: Split, value: float, seed: int = 0, task: str = "detection", metric: str = "AP") -> Evaluation:
    """A metric with resamples that differ by what the images have in common and by a little of the run's own."""
    shared = np.random.default_rng(7).normal(0, 0.02, DRAWS)
    own = np.random.default_rng(seed).normal(0, 0.002, DRAWS)
    draws = value + shared + own
    low, high = np.percentile(draws, [2.5, 97.5])
    return Evaluation(
        task=task, headline=metric, set=split.name, kind=split.kind, split=split.split, images=len(split.images),
        counts={"boxes": split.label_count}, metrics={metric: MetricValue(value, float(low), float(high))},
        bootstrap=Bootstrap(resamples=DRAWS, draws={metric: tuple(draws.tolist())}),
    )  # fmt: skip


class FakeTrainer:
    """Scores by `score_of(job)`; `fails` names jobs that break, `kill_at` the training at which the user stops it."""

    def __init__(
        self, sets: StudySets, score_of: Callable[[Job], float], fails: str = "", kill_at: int | None = None
    ) -> None:
        self.sets, self.score_of, self.fails, self.kill_at = sets, score_of, fails, kill_at
        self.trained: list[str] = []
        self.measured: list[str] = []

    def train(self, job: Job, run_dir: Path, init_dir: Path | None) -> float:
        if self.kill_at is not None and len(self.trained) == self.kill_at:
            (run_dir / "last.pt").write_text("half")
            raise KeyboardInterrupt
        if self.fails and job.name.startswith(self.fails):
            raise RuntimeError("out of memory\nlong traceback")
        if init_dir is not None:
            assert (init_dir / "weights").is_file(), "it begins from a run that is not finished"
        self.trained.append(job.name)
        (run_dir / "weights").write_text(job.key)
        return 0.5

    def measure(self, job: Job, run_dir: Path) -> dict[str, str]:
        self.measured.append(job.name)
        sets = {"real": self.sets.real_eval}
        if not job.data.real and job.init is None and self.sets.synthetic_val is not None:
            sets["synthetic"] = self.sets.synthetic_val
        for role, split in sets.items():
            value = self.score_of(job) + (0.3 if role == "synthetic" else 0.0)
            found = evaluation(
                split, value, seed=int(job.key, 16) % 2**31, task=self.sets.task, metric=self.sets.metric
            )
            (run_dir / f"eval_{role}.json").write_text(json.dumps(found.to_dict()))
        return {role: role for role in sets}
