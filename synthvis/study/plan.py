"""From a wish to a graph of trainings: which arms, at which sizes, with which seeds, from which weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from synthvis.config.validate import nearest
from synthvis.conventions import MAX_SEED
from synthvis.data.coco_split import CocoSplit
from synthvis.data.mixed import mixed, mixed_counts
from synthvis.data.subset import some_images
from synthvis.errors import UsageError
from synthvis.study.arms import ARMS
from synthvis.study.jobs import Data, Job, data_of
from synthvis.study.sets import StudySets
from synthvis.train.config import TrainConfig

__all__ = ["Budget", "Cell", "StudyPlan", "Wish", "ablation_cells", "plan_study", "real_counts"]

Budget = Literal["total", "stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a study is asked to find out.

    Attributes:
        config: Of every training; its steps are the budget of an arm, its seed is replaced.
        arms: Some of ARMS.
        fractions: Shares of the photographs, per cent.
        seeds: Of weights, order, augmentation and the draw of the photographs.
        sizes: Numbers of renders to train on alone.
        real_share: Share of photographs among the views of the mixed arm.
        budget: "total": every arm takes the same steps in all; "stage": every stage of an arm takes them.
        finetune_share: With a total budget, the share of the steps that synthetic+real keeps for the photographs.
        finetune_lr: Learning rate of that second stage; None: the same.
        weights: File of backbone weights.
    """

    config: TrainConfig
    arms: tuple[str, ...] = ARMS
    fractions: tuple[float, ...] = (1, 10, 50, 100)
    seeds: tuple[int, ...] = (0, 1)
    sizes: tuple[int, ...] = ()
    real_share: float = 0.5
    budget: Budget = "total"
    finetune_share: float = 0.5
    finetune_lr: float | None = None
    weights: Path | None = None

    def __post_init__(self) -> None:
        for arm in self.arms:
            if arm not in ARMS:
                raise UsageError(f"--arms {arm}: no such arm{nearest(arm, ARMS)}")
        different = len(set(self.seeds)) == len(self.seeds)
        if not self.seeds or not different or not all(0 <= seed <= MAX_SEED for seed in self.seeds):
            raise UsageError(
                f"--seeds {str(list(self.seeds))[:80]}: one or more different numbers from 0 to {MAX_SEED}"
            )
        if self.finetune_lr is not None and not 0 < self.finetune_lr <= 1:
            raise UsageError(f"--finetune-lr {self.finetune_lr}: above 0 and up to 1")
        if any(not 0 < one <= 100 for one in self.fractions):
            raise UsageError(f"--fractions {list(self.fractions)}: shares in per cent, above 0 and up to 100")
        if not 0 < self.finetune_share < 1:
            raise UsageError(f"--finetune-share {self.finetune_share}: between 0 and 1")
        if self.budget == "total" and "synthetic+real" in self.arms and self.config.steps < 2:
            raise UsageError("--steps 1: the arm synthetic+real needs a step for each of its stages")

    @property
    def needs_real(self) -> bool:
        """Whether any arm trains on photographs."""
        return any(arm != "synthetic" for arm in self.arms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of the results: which training gives it. `job` is None where there is nothing to train, with `why`."""

    part: Literal["arms", "sizes", "ablation"]
    arm: str
    seed: int
    real: int
    synthetic: int
    fraction: float | None = None
    job: Job | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """A study, decided.

    Attributes:
        wish: What was asked.
        sets: What it trains on and measures on.
        cells: Values to be found.
    """

    wish: Wish
    sets: StudySets
    cells: tuple[Cell, ...]
    jobs: tuple[Job, ...] = field(init=False)
    """Each training once, what it begins from before it; all arms of a seed before the next seed."""

    def __post_init__(self) -> None:
        ordered: dict[str, Job] = {}
        for cell in sorted(self.cells, key=lambda cell: self.wish.seeds.index(cell.seed)):
            for job in _with_starts(cell.job):
                ordered.setdefault(job.key, job)
        object.__setattr__(self, "jobs", tuple(ordered.values()))

    def shard(self, number: int, count: int) -> tuple[Job, ...]:
        """The jobs of one machine of `count`: whole units, the longest first to whoever has least to do.

        Raises:
            UsageError: Shards count from 1/n to n/n.
        """
        if not 1 <= number <= count:
            raise UsageError(f"--shard {number}/{count}: shards count from 1/n to n/n")
        units: dict[str, int] = {}
        for job in self.jobs:
            units[job.unit] = units.get(job.unit, 0) + job.config.steps
        loads = [0] * count
        mine = set()
        for unit in sorted(units, key=lambda name: (-units[name], name)):
            place = loads.index(min(loads))
            loads[place] += units[unit]
            if place == number - 1:
                mine.add(unit)
        return tuple(job for job in self.jobs if job.unit in mine)


def plan_study(wish: Wish, sets: StudySets, more: Sequence[Cell] = ()) -> StudyPlan:
    """All cells of the arms and the sizes, and `more`.

    Raises:
        UsageError: The sets are too small for what is asked, or cannot be mixed.
    """
    maker = _Maker(wish, sets)
    cells = [cell for seed in wish.seeds for cell in (*maker.arms(seed), *maker.sizes(seed))]
    return StudyPlan(wish=wish, sets=sets, cells=(*cells, *more))


def ablation_cells(wish: Wish, data: dict[str, Data]) -> tuple[Cell, ...]:
    """Trainings on sets that were rendered without one randomiser each, by its name, and with all of them."""
    return tuple(
        Cell(
            part="ablation",
            arm=name,
            seed=seed,
            real=0,
            synthetic=one.synthetic,
            job=_job(wish, f"without-{name}" if name != "everything" else name, one, seed),
        )
        for name, one in data.items()
        for seed in wish.seeds
    )


def real_counts(fractions: Sequence[float], images: int) -> dict[float, int]:
    """Photographs of each fraction in per cent, at least one; a fraction that gives no other number is left out."""
    counts: dict[float, int] = {}
    for fraction in sorted(set(fractions)):
        count = max(1, round(fraction / 100 * images))
        if count not in counts.values():
            counts[fraction] = count
    return counts


class _Maker:
    """Makes cells; subsets are drawn by the run's seed, and a smaller one is part of a larger."""

    def __init__(self, wish: Wish, sets: StudySets) -> None:
        self.wish, self.sets = wish, sets
        self.renders = data_of(sets.synthetic, real=0, synthetic=len(sets.synthetic.images))
        if sets.real is not None and "mixed" in wish.arms:
            _require_mixable(sets)
            mixed_counts(1, 1, wish.real_share)

    def arms(self, seed: int) -> Iterator[Cell]:
        synthetic = self.renders.synthetic
        if "synthetic" in self.wish.arms:
            yield Cell(part="arms", arm="synthetic", seed=seed, real=0, synthetic=synthetic, job=self._synthetic(seed))
        if self.sets.real is None:
            return
        for fraction, count in real_counts(self.wish.fractions, len(self.sets.real.images)).items():
            photographs = _some(self.sets.real, count, seed)
            for arm in self.wish.arms:
                if arm != "synthetic":
                    facts: dict[str, Any] = {"part": "arms", "arm": arm, "seed": seed, "real": count}
                    facts |= {"synthetic": 0 if arm == "real" else synthetic, "fraction": fraction}
                    alone = arm != "mixed" and not photographs.label_count
                    why = f"the {count} photographs of seed {seed} hold nothing labelled" if alone else ""
                    job = None if alone else self._with_real(arm, photographs, count, seed)
                    yield Cell(**facts, job=job, why=why)

    def sizes(self, seed: int) -> Iterator[Cell]:
        for size in sorted(set(self.wish.sizes)):
            if size == self.renders.synthetic:
                job = self._synthetic(seed)
            else:
                data = data_of(_some(self.sets.synthetic, size, seed), real=0, synthetic=size)
                job = _job(self.wish, f"synthetic-{size}", data, seed)
            yield Cell(part="sizes", arm="synthetic", seed=seed, real=0, synthetic=size, job=job)

    def _synthetic(self, seed: int) -> Job:
        # What synthetic+real begins from with a budget for each stage, so it stays on the machine of that arm.
        return _job(self.wish, "synthetic", self.renders, seed, unit=f"seed {seed}")

    def _with_real(self, arm: str, photographs: Any, count: int, seed: int) -> Job:
        wish = self.wish
        if arm == "mixed":
            return _job(wish, f"mixed-{count}", self._mixed(photographs, count, seed), seed)
        data = data_of(photographs, real=count, synthetic=0)
        if arm == "real":
            return _job(wish, f"real-{count}", data, seed)
        total = wish.budget == "total"
        later = min(max(round(wish.config.steps * wish.finetune_share), 1), wish.config.steps - 1)
        first = self._synthetic(seed)
        if total:
            steps = wish.config.steps - later
            first = _job(wish, "pretrain", self.renders, seed, unit=f"seed {seed}", steps=steps)
        changes = {"steps": later if total else wish.config.steps, "lr": wish.finetune_lr or wish.config.lr}
        return _job(wish, f"synthetic-real-{count}", data, seed, unit=f"seed {seed}", init=first, **changes)

    def _mixed(self, photographs: Any, count: int, seed: int) -> Data:
        share, style = self.wish.real_share, self.wish.config.box_style
        renders: Any = self.sets.synthetic
        both: Any = mixed(photographs, renders, real_share=share, style=style, seed=seed)
        return data_of(both, real=count, synthetic=self.renders.synthetic)


def _some(split: Any, count: int, seed: int) -> Any:
    """Images of a split of any task; all of them are images and labels in a frozen dataclass."""
    return some_images(split, count, seed)


def _job(
    wish: Wish, name: str, data: Data, seed: int, *, unit: str = "", init: Job | None = None, **changes: Any
) -> Job:
    config = wish.config.model_copy(update={"seed": seed, **changes})
    config.require_end_of_warmup()
    weights = wish.weights if init is None else None
    name = f"{name}-seed{seed}"
    return Job(name=name, config=config, data=data, init=init, weights=weights, unit=unit or name)


def _with_starts(job: Job | None) -> tuple[Job, ...]:
    return () if job is None else (*_with_starts(job.init), job)


def _require_mixable(sets: StudySets) -> None:
    if not (isinstance(sets.real, CocoSplit) and isinstance(sets.synthetic, CocoSplit)):
        raise UsageError(f"sets of {sets.task} cannot be mixed yet", hint="--arms real,synthetic,synthetic+real")
