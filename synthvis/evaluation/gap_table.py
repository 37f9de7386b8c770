"""The gap of a run in one table: the same model on synthetic and on real images, and what nobody measured.

difference = synthetic - real (points lost on the way to real photographs), ratio = real / synthetic (share that
remains). Both are None where either side is undefined; nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from synthvis.data.split import class_key
from synthvis.dataset.layout import write_json_atomic
from synthvis.evaluation.not_measured import not_measured
from synthvis.evaluation.run_folder import has_evaluations, read_evaluations
from synthvis.formats.json_file import Name, Number, Record
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import ClassMeasures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import MissingResult, typed_path

__all__ = ["Comparison", "GapTable", "RealScore", "current_gap", "gap_table", "write_gap"]


NO_SETS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Record):
    """A metric on renders and on photographs.

    Attributes:
        synthetic: Its value on renders.
        real: Its value on photographs.
        difference: Synthetic minus real.
        ratio: Real over synthetic; None where synthetic is 0.
    """

    synthetic: Number | None
    real: Number | None
    difference: Number | None
    ratio: Number | None

    @classmethod
    def of(cls, synthetic: float | None, real: float | None) -> Comparison:
        """Both values with their difference and ratio."""
        is_known = synthetic is not None and real is not None
        return cls(
            synthetic=synthetic,
            real=real,
            difference=synthetic - real if synthetic is not None and real is not None else None,
            ratio=real / synthetic if is_known and synthetic and real is not None else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RealScore(Record):
    """What a run scored on a set of photographs, beside what it scored on renders.

    Attributes:
        evaluation: On the photographs.
        metrics: That both sides have, by name, the headline first.
        per_class: By class of the photographs, then by metric.
    """

    evaluation: Evaluation
    metrics: Mapping[Name, Comparison] = field(default_factory=dict)
    per_class: Mapping[Name, Mapping[Name, Comparison]] = field(default_factory=dict)

    @property
    def headline(self) -> Comparison:
        """The metric by which the task is judged."""
        return self.metrics[self.evaluation.headline]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapTable(Record):
    """What a run scored on renders and on photographs.

    Attributes:
        synthetic: On renders; None where it was not measured.
        real: On each set of photographs.
        not_measured: What is not known, why, and how to find out.
        other_renders: On further sets of renders, which photographs are not compared with.
    """

    synthetic: Evaluation | None
    real: tuple[RealScore, ...]
    not_measured: tuple[MissingResult, ...] = ()
    other_renders: tuple[Evaluation, ...] = ()

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """On renders first, then on photographs."""
        renders = [self.synthetic] if self.synthetic else []
        return (*renders, *self.other_renders, *(one.evaluation for one in self.real))

    def __str__(self) -> str:
        lines = [str(one) for one in self.evaluations] or ["nothing was measured"]
        return "\n".join(lines)


def write_gap(run_dir: Path, photographs: Mapping[str, str]) -> GapTable:
    """Compare the evaluations in a run folder and write gap.json next to them.

    Args:
        run_dir: The run folder.
        photographs: Named sets of photographs by task, for the command that measures on them.

    Raises:
        SynthvisError: An evaluation cannot be read.
    """
    table = current_gap(run_dir, photographs)
    write_json_atomic(run_dir / "gap.json", table.to_dict())
    return table


def current_gap(run_dir: Path, photographs: Mapping[str, str]) -> GapTable:
    """The table of the evaluations that are in a run folder now; arguments as of `write_gap`.

    Raises:
        SynthvisError: An evaluation cannot be read.
    """
    # A run that had nothing to be measured on still says so.
    evaluations = read_evaluations(run_dir) if has_evaluations(run_dir) else ()
    return gap_table(evaluations, typed_path(run_dir), photographs)


def gap_table(evaluations: Sequence[Evaluation], run: str, photographs: Mapping[str, str] = NO_SETS) -> GapTable:
    """Renders beside photographs.

    Args:
        evaluations: Of one run.
        run: The run folder as the user would type it, for the commands of what was not measured.
        photographs: Named sets of photographs by task, to measure on.
    """
    synthetic = _main_synthetic(evaluations)
    real = [one for one in evaluations if one.kind == "real"]
    return GapTable(
        synthetic=_without_curves(synthetic) if synthetic else None,
        real=tuple(_beside(synthetic, one) for one in real),
        not_measured=tuple(not_measured(synthetic, real, run, photographs)),
        other_renders=tuple(
            _without_curves(one) for one in evaluations if one.kind == "synthetic" and one is not synthetic
        ),
    )


def _main_synthetic(evaluations: Sequence[Evaluation]) -> Evaluation | None:
    """That of the set which was trained on, or the one named "synthetic"; else the first."""
    found = [one for one in evaluations if one.kind == "synthetic"]
    return min(found, key=lambda one: one.set not in ("synthetic", one.training.dataset), default=None)


def _without_curves(evaluation: Evaluation) -> Evaluation:
    """What is long stays in the file of the evaluation."""
    draws_less = replace(evaluation.bootstrap, draws={})
    return replace(evaluation, bootstrap=draws_less, pr_curves={}, mask_pr_curves={}, confusion={}, reliability=())


def _beside(synthetic: Evaluation | None, real: Evaluation) -> RealScore:
    there = real.metrics if synthetic is None else synthetic.metrics
    names = dict.fromkeys([real.headline, *(name for name in real.metrics if name in there)])
    ours = {class_key(name): row for name, row in synthetic.per_class.items()} if synthetic else {}
    return RealScore(
        evaluation=_without_curves(real),
        metrics={name: _compared(name, synthetic.metrics if synthetic else {}, real.metrics) for name in names},
        per_class={name: _class_beside(ours.get(class_key(name)), row) for name, row in real.per_class.items()},
    )


def _class_beside(synthetic: ClassMeasures | None, real: ClassMeasures) -> dict[str, Comparison]:
    ours = synthetic.metrics if synthetic else {}
    return {name: _compared(name, ours, real.metrics) for name in real.metrics}


def _compared(name: str, synthetic: Mapping[str, MetricValue], real: Mapping[str, MetricValue]) -> Comparison:
    nothing = MetricValue(None)
    return Comparison.of(synthetic.get(name, nothing).value, real.get(name, nothing).value)
