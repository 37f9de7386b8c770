"""All distances by name. A new one is a module with its `Distance` and a line here, or an entry point of a package."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Mapping

from synthvis.errors import UsageError
from synthvis.gap.distances.distance import Distance, DistanceResult
from synthvis.gap.distances.frechet import FRECHET
from synthvis.gap.distances.kid import KID
from synthvis.gap.distances.mmd_rbf import MMD_RBF
from synthvis.gap.distances.proxy_a import PROXY_A
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.resampling import Draws

__all__ = ["ENTRY_POINTS", "RANKING_DISTANCE", "distances", "distances_of_names"]

ENTRY_POINTS = "synthvis.distances"
"""Group of entry points by which an installed package brings a distance of its own."""

BUILT_IN = (FRECHET, KID, MMD_RBF, PROXY_A)
RANKING_DISTANCE = KID
"""The distance by which classes are ordered."""


def distances() -> Mapping[str, Distance]:
    """Every distance by its name, those of synthvis first.

    Raises:
        UsageError: An installed package brings something that is no distance, or one whose name is taken.
    """
    found = {distance.name: distance for distance in BUILT_IN}
    for entry in sorted(importlib.metadata.entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        distance = _loaded(entry)
        if distance.name in found:
            raise UsageError(
                f"the installed distance {entry.name} calls itself {distance.name}, which is taken",
                hint=f"give the Distance in {entry.value} another name",
            )
        found[distance.name] = distance
    return found


def distances_of_names(names: Iterable[str]) -> tuple[Distance, ...]:
    """The distances of those names in the order of the registry.

    One that is not installed here, as in a file from another machine, comes last under its plain name.
    """
    wanted = dict.fromkeys(names)
    known = distances()
    unknown = [_unknown(name) for name in wanted if name not in known]
    return (*(known[name] for name in known if name in wanted), *unknown)


def _loaded(entry: importlib.metadata.EntryPoint) -> Distance:
    try:
        found = entry.load()
    except Exception as error:  # whatever the module raises, the way out is the same
        raise UsageError(
            f"the installed distance {entry.name} cannot be loaded: {type(error).__name__}: {error}",
            hint=f"mend or uninstall the package that brings {entry.value}",
        ) from error
    if not isinstance(found, Distance):
        raise UsageError(
            f"the entry point {entry.name} of {ENTRY_POINTS} is a {type(found).__name__}, not a Distance",
            hint="docs/explanation/gap.md shows how to bring a distance",
        )
    return found


def _unknown(name: str) -> Distance:
    return Distance(name=name, title=name, source="", explanation="It is not installed here.", compute=_not_installed)


def _not_installed(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> DistanceResult:
    raise UsageError("this distance is not installed")
