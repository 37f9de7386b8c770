"""From what is asked to a graph of trainings: which regimes, at which sizes, with which seeds, from which weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from synthvis.config.validate import nearest
from synthvis.conventions import MAX_SEED
from synthvis.data.derived.mixed import mixed, mixed_counts
from synthvis.data.derived.subset import some_images
from synthvis.errors import UsageError
from synthvis.study.jobs import Data, Job, data_of
from synthvis.study.regimes import REGIMES
from synthvis.study.sets import StudySets
from synthvis.study.variations import DATA_KEY, Variation
from synthvis.train.config import TrainConfig

__all__ = ["Budget", "StudyConfig", "StudyPlan", "Trial", "ablation_trials", "plan_study", "real_counts"]

Budget = Literal["total", "stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyConfig:
    """What a study is asked to find out.

    Attributes:
        training: Settings of every training; its steps are the budget of a regime, its seed is replaced.
        regimes: Some of REGIMES.
        fractions: Shares of the photographs, per cent.
        seeds: Of weights, order, augmentation and the draw of the photographs.
        sizes: Numbers of renders to train on alone.
        real_share: Share of photographs among the views of the mixed regime.
        budget: "total": every regime takes the same steps in all; "stage": every stage of a regime takes them.
        finetune_share: With a total budget, the share of the steps that synthetic+real keeps for the photographs.
        finetune_lr: Learning rate of that second stage; None: the same.
        weights: File of backbone weights.
        variations: Other values of one setting each, with which the regimes are trained again on all photographs.
    """

    training: TrainConfig
    regimes: tuple[str, ...] = REGIMES
    fractions: tuple[float, ...] = (1, 10, 50, 100)
    seeds: tuple[int, ...] = (0, 1)
    sizes: tuple[int, ...] = ()
    real_share: float = 0.5
    budget: Budget = "total"
    finetune_share: float = 0.5
    finetune_lr: float | None = None
    weights: Path | None = None
    variations: tuple[Variation, ...] = ()

    def __post_init__(self) -> None:
        for regime in self.regimes:
            if regime not in REGIMES:
                raise UsageError(f"--regimes {regime}: no such regime{nearest(regime, REGIMES)}")
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
        if self.budget == "total" and "synthetic+real" in self.regimes and self.training.steps < 2:
            raise UsageError("--steps 1: the regime synthetic+real needs a step for each of its stages")

    @property
    def needs_real(self) -> bool:
        """Whether any regime trains on photographs."""
        return any(regime != "synthetic" for regime in self.regimes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One value of the results: which training gives it. `job` is None where there is nothing to train, with `why`."""

    part: Literal["regimes", "sizes", "ablation", "variations"]
    regime: str
    seed: int
    real: int
    synthetic: int
    fraction: float | None = None
    variation: str = ""
    job: Job | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """A study, decided.

    Attributes:
        config: What is asked.
        sets: What it trains on and measures on.
        trials: Values to be found.
    """

    config: StudyConfig
    sets: StudySets
    trials: tuple[Trial, ...]
    jobs: tuple[Job, ...] = field(init=False)
    """Each training once, what it begins from before it; all regimes of a seed before the next seed."""

    def __post_init__(self) -> None:
        ordered: dict[str, Job] = {}
        for trial in sorted(self.trials, key=lambda trial: self.config.seeds.index(trial.seed)):
            for job in _with_starts(trial.job):
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


def plan_study(config: StudyConfig, sets: StudySets, more: Sequence[Trial] = ()) -> StudyPlan:
    """All trials of the regimes and the sizes, and `more`.

    Raises:
        UsageError: The sets are too small for what is asked, or cannot be mixed.
    """
    maker = _Maker(config, sets)
    trials = [trial for seed in config.seeds for trial in (*maker.regimes(seed), *maker.sizes(seed))]
    varied = [trial for one in config.variations for trial in _varied_trials(one, config, sets)]
    return StudyPlan(config=config, sets=sets, trials=(*trials, *varied, *more))


def _varied_trials(variation: Variation, config: StudyConfig, sets: StudySets) -> Iterator[Trial]:
    """The regimes with one thing changed, on all photographs that the study trains on."""
    largest = tuple(real_counts(config.fractions, len(sets.real.images)))[-1:] if sets.real else ()
    changed = replace(config, training=variation.training, fractions=largest, variations=())
    maker = _Maker(changed, replace(sets, synthetic=variation.synthetic))
    for seed in config.seeds:
        for trial in maker.regimes(seed):
            if trial.regime != "real" or variation.choice.key != DATA_KEY:
                job = _labelled(trial.job, variation.label)
                yield replace(trial, part="variations", variation=variation.choice.name, job=job)


def _labelled(job: Job | None, label: str) -> Job | None:
    """The job with its variation in its name, so that who reads the progress can tell it from the others."""
    if job is None:
        return None
    name = f"{label}-{job.name}"
    return replace(job, name=name, unit=name if job.unit == job.name else job.unit)


def ablation_trials(config: StudyConfig, data: dict[str, Data]) -> tuple[Trial, ...]:
    """Trainings on sets that were rendered without one randomiser each, by its name, and with all of them."""
    return tuple(
        Trial(
            part="ablation",
            regime=name,
            seed=seed,
            real=0,
            synthetic=one.synthetic,
            job=_job(config, f"without-{name}" if name != "everything" else name, one, seed),
        )
        for name, one in data.items()
        for seed in config.seeds
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
    """Makes trials; subsets are drawn by the run's seed, and a smaller one is part of a larger."""

    def __init__(self, config: StudyConfig, sets: StudySets) -> None:
        self.config, self.sets = config, sets
        self.renders = data_of(sets.synthetic, real=0, synthetic=len(sets.synthetic.images))
        if sets.real is not None and "mixed" in config.regimes:
            _require_mixable(sets)
            mixed_counts(1, 1, config.real_share)

    def regimes(self, seed: int) -> Iterator[Trial]:
        synthetic = self.renders.synthetic
        if "synthetic" in self.config.regimes:
            yield Trial(
                part="regimes", regime="synthetic", seed=seed, real=0, synthetic=synthetic, job=self._synthetic(seed)
            )
        if self.sets.real is None:
            return
        for fraction, count in real_counts(self.config.fractions, len(self.sets.real.images)).items():
            photographs = _some(self.sets.real, count, seed)
            for regime in self.config.regimes:
                if regime != "synthetic":
                    yield self._trial_with_real(regime, photographs, count, seed, fraction)

    def _trial_with_real(self, regime: str, photographs: Any, count: int, seed: int, fraction: float) -> Trial:
        is_empty = regime != "mixed" and not photographs.label_count
        return Trial(
            part="regimes",
            regime=regime,
            seed=seed,
            real=count,
            synthetic=0 if regime == "real" else self.renders.synthetic,
            fraction=fraction,
            job=None if is_empty else self._with_real(regime, photographs, count, seed),
            why=f"the {count} photographs of seed {seed} hold nothing labelled" if is_empty else "",
        )

    def sizes(self, seed: int) -> Iterator[Trial]:
        for size in sorted(set(self.config.sizes)):
            if size == self.renders.synthetic:
                job = self._synthetic(seed)
            else:
                data = data_of(_some(self.sets.synthetic, size, seed), real=0, synthetic=size)
                job = _job(self.config, f"synthetic-{size}", data, seed)
            yield Trial(part="sizes", regime="synthetic", seed=seed, real=0, synthetic=size, job=job)

    def _synthetic(self, seed: int) -> Job:
        # What synthetic+real begins from with a budget for each stage, so it stays on the machine of that regime.
        return _job(self.config, "synthetic", self.renders, seed, unit=f"seed {seed}")

    def _with_real(self, regime: str, photographs: Any, count: int, seed: int) -> Job:
        config = self.config
        if regime == "mixed":
            return _job(config, f"mixed-{count}", self._mixed(photographs, count, seed), seed)
        data = data_of(photographs, real=count, synthetic=0)
        if regime == "real":
            return _job(config, f"real-{count}", data, seed)
        total = config.budget == "total"
        later = min(max(round(config.training.steps * config.finetune_share), 1), config.training.steps - 1)
        first = self._synthetic(seed)
        if total:
            steps = config.training.steps - later
            first = _job(config, "pretrain", self.renders, seed, unit=f"seed {seed}", steps=steps)
        changes = {"steps": later if total else config.training.steps, "lr": config.finetune_lr or config.training.lr}
        return _job(config, f"synthetic-real-{count}", data, seed, unit=f"seed {seed}", init=first, **changes)

    def _mixed(self, photographs: Any, count: int, seed: int) -> Data:
        share, style = self.config.real_share, self.config.training.box_style
        renders: Any = self.sets.synthetic
        both: Any = mixed(photographs, renders, real_share=share, style=style, seed=seed)
        return data_of(both, real=count, synthetic=self.renders.synthetic)


def _some(split: Any, count: int, seed: int) -> Any:
    """Images of a split of any task; all of them are images and labels in a frozen dataclass."""
    return some_images(split, count, seed)


def _job(
    config: StudyConfig, name: str, data: Data, seed: int, *, unit: str = "", init: Job | None = None, **changes: Any
) -> Job:
    training = config.training.model_copy(update={"seed": seed, **changes})
    training.require_end_of_warmup()
    weights = config.weights if init is None else None
    name = f"{name}-seed{seed}"
    return Job(name=name, config=training, data=data, init=init, weights=weights, unit=unit or name)


def _with_starts(job: Job | None) -> tuple[Job, ...]:
    return () if job is None else (*_with_starts(job.init), job)


def _require_mixable(sets: StudySets) -> None:
    if any(split is None or split.label_form != "objects" for split in (sets.real, sets.synthetic)):
        raise UsageError(f"sets of {sets.task} cannot be mixed yet", hint="--regimes real,synthetic,synthetic+real")
