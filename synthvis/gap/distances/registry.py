"""All distances by name. A new one is a module with its `Distance` and a line here, or an entry point of a package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from synthvis.errors import UsageError
from synthvis.gap.distances.distance import Distance, DistanceResult
from synthvis.gap.distances.frechet import FRECHET
from synthvis.gap.distances.kid import KID
from synthvis.gap.distances.mmd_rbf import MMD_RBF
from synthvis.gap.distances.proxy_a import PROXY_A
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.resampling import Draws
from synthvis.plugins import with_installed

__all__ = ["ENTRY_POINTS", "RANKING_DISTANCE", "distances", "distances_of_names"]

ENTRY_POINTS = "synthvis.distances"
"""Group of entry points by which an installed package brings a distance of its own."""

HOW = "docs/explanation/gap.md shows how to bring a distance"
BUILT_IN = (FRECHET, KID, MMD_RBF, PROXY_A)
RANKING_DISTANCE = KID
"""The distance by which classes are ordered."""


def distances() -> Mapping[str, Distance]:
    """Every distance by its name, those of synthvis first.

    Raises:
        UsageError: An installed package brings something that is no distance, or one whose name is taken.
    """
    return with_installed(ENTRY_POINTS, Distance, BUILT_IN, what="distance", hint=HOW)


def distances_of_names(names: Iterable[str]) -> tuple[Distance, ...]:
    """The distances of those names in the order of the registry.

    One that is not installed here, as in a file from another machine, comes last under its plain name.
    """
    wanted = dict.fromkeys(names)
    known = distances()
    unknown = [_unknown(name) for name in wanted if name not in known]
    return (*(known[name] for name in known if name in wanted), *unknown)


def _unknown(name: str) -> Distance:
    return Distance(name=name, title=name, source="", explanation="It is not installed here.", compute=_not_installed)


def _not_installed(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> DistanceResult:
    raise UsageError("this distance is not installed")
