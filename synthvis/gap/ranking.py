"""Several recipes against one real set: their order by each distance, and whether results on photographs agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from synthvis.data.dataset import Dataset
from synthvis.errors import UsageError
from synthvis.formats.json_file import Count, Name, Number, Record
from synthvis.gap.comparison import SetComparison
from synthvis.gap.correlation import exact_p, spearman
from synthvis.gap.task_gap import find_evaluations
from synthvis.metrics.resampling import number

__all__ = [
    "Correlations",
    "RankCorrelation",
    "RankedRecipe",
    "Ranking",
    "RealReference",
    "RunScore",
    "distances_of",
    "rank_recipes",
    "run_score",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunScore:
    """What a run that was trained on a synthetic set reaches.

    Attributes:
        headline: Metric of its task.
        lower_is_better: Whether that is an error.
        real: On the real set.
        gap: What is lost between the synthetic and the real set, positive where photographs are harder.
    """

    headline: str
    lower_is_better: bool
    real: float | None
    gap: float | None

    @property
    def lost(self) -> float | None:
        """What grows as results on photographs get worse."""
        return self.real if self.real is None or self.lower_is_better else -self.real


@dataclass(frozen=True, slots=True, kw_only=True)
class RealReference(Record):
    """The real set, and the size that all pictures were brought to."""

    set: Name
    split: Name | None
    long_side_px: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRecipe(Record):
    """A synthetic set.

    Attributes:
        set: Its name.
        distances: To the real set, by name, of those that all sets have.
        real: What its run reaches on the real set; None without a run.
        gap: What its run loses between the sets.
    """

    set: Name
    distances: Mapping[Name, Number | None]
    real: Number | None = None
    gap: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCorrelation(Record):
    """Spearman's rank correlation.

    Attributes:
        rho: Positive where the distance orders recipes rightly.
        p: Exact one-sided p of such an order under the null; None for more than eight recipes.
        n: Recipes.
    """

    rho: Number | None
    p: Number | None
    n: Count

    def __str__(self) -> str:
        if self.rho is None:
            return "-"
        p = "" if self.p is None else f", p {self.p:.2f}"
        return f"{self.rho:+.2f} (n {self.n}{p})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlations(Record):
    """Of a distance with what runs lose; None where that is not known of all of them.

    Attributes:
        gap: With what is lost between the synthetic and the real set.
        lost_real: With what is lost on the real set.
    """

    gap: RankCorrelation | None
    lost_real: RankCorrelation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking(Record):
    """Several synthetic sets in their order by each distance.

    Attributes:
        real: The real set.
        headline: Metric of the runs; None without any.
        recipes: In the order in which they were named.
        order: Their names by distance, the nearest to the real set first.
        spearman: Of each distance with what runs lose; empty without runs.
        not_measured: Sentences.
    """

    real: RealReference
    headline: Name | None
    recipes: tuple[RankedRecipe, ...]
    order: Mapping[Name, tuple[Name, ...]]
    spearman: Mapping[Name, Correlations] = field(default_factory=dict)
    not_measured: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(f"{name}: {', '.join(names)}" for name, names in self.order.items())


def distances_of(comparison: SetComparison) -> dict[str, float | None]:
    """All single-number distances of a comparison by name."""
    found: dict[str, float | None] = {"mean_js_bits": comparison.summary.mean_js_bits}
    if comparison.features is None:
        return found
    for part, features in (("images", comparison.features.images), ("crops", comparison.features.crops)):
        found |= {f"{part}/{name}": result.value for name, result in features.distances.items()}
    return found


def run_score(run_dir: Path, synthetic: Dataset, real: Dataset) -> RunScore:
    """Headline on the real set and the gap to the synthetic one, of a run trained on that synthetic set.

    Raises:
        UsageError: The run was not evaluated on both.
    """
    ours, theirs = find_evaluations(run_dir, synthetic, real)
    headline, is_error = theirs.headline, theirs.lower_is_better
    if headline not in ours.metrics:
        raise UsageError(f"{run_dir} was judged by {ours.headline} on {ours.name}, by {headline} on {theirs.name}")
    here, there = ours.metrics[headline].value, theirs.metrics[headline].value
    gap = None if here is None or there is None else number(there - here if is_error else here - there)
    return RunScore(headline=headline, lower_is_better=is_error, real=there, gap=gap)


def rank_recipes(
    real: RealReference,
    names: Sequence[str],
    distances: Sequence[Mapping[str, float | None]],
    scores: Sequence[RunScore] = (),
) -> Ranking:
    """Order the recipes by each distance, and correlate it with their scores where there are any.

    Args:
        real: The real set.
        names: Of the recipes.
        distances: Of each, from `distances_of`.
        scores: Of each, from `run_score`; empty where no runs are given.

    Raises:
        UsageError: The runs are not of one task.
    """
    headlines = {score.headline for score in scores}
    if len(headlines) > 1:
        raise UsageError(f"runs are compared by one metric, these have {', '.join(sorted(headlines))}")
    headline = next(iter(headlines), None)
    shared = [name for name in distances[0] if all(values.get(name) is not None for values in distances)]
    values = {name: [float(of_recipe[name] or 0.0) for of_recipe in distances] for name in shared}
    recipes = tuple(
        RankedRecipe(
            set=name,
            distances={key: number(values[key][position]) for key in shared},
            real=scores[position].real if scores else None,
            gap=scores[position].gap if scores else None,
        )
        for position, name in enumerate(names)
    )
    order = {
        key: tuple(names[position] for position in sorted(range(len(names)), key=lambda position: found[position]))
        for key, found in values.items()
    }
    return Ranking(
        real=real,
        headline=headline,
        recipes=recipes,
        order=order,
        spearman={key: _correlations(found, scores) for key, found in values.items()} if scores else {},
        not_measured=_not_measured(headline),
    )


def _correlations(distances: Sequence[float], scores: Sequence[RunScore]) -> Correlations:
    return Correlations(
        gap=_correlation(distances, [score.gap for score in scores]),
        lost_real=_correlation(distances, [score.lost for score in scores]),
    )


def _correlation(distances: Sequence[float], losses: Sequence[float | None]) -> RankCorrelation | None:
    known = [value for value in losses if value is not None]
    if len(known) < len(losses):
        return None
    return RankCorrelation(rho=number(spearman(distances, known)), p=exact_p(distances, known), n=len(known))


def _not_measured(headline: str | None) -> tuple[str, ...]:
    """What an order by distance leaves out."""
    what = "masks, keypoints, depth and normals: distances are of pictures, boxes and crops, whatever the task"
    if headline is None:
        return (what, "whether the nearest recipe trains best: no --run was given for each set")
    return (what, f"spread between training seeds: each recipe has one run, judged by {headline}")
