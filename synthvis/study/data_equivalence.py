"""How many labelled photographs a synthetic set is worth: where the curve of real training reaches its score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, PlainSerializer, Strict

from synthvis.formats.json_file import Count, Number, Record
from synthvis.metrics.resampling import middle

__all__ = ["DataEquivalence", "data_equivalence_of", "equivalent_images", "never_falling"]

Floats = NDArray[np.float64]
MAX_IMAGES = 10**15
BEYOND = {"more": math.inf, "fewer": -math.inf}
"""JSON has no infinity: what stands for more than were there, and for fewer than were tried."""


def _from_file(value: Any) -> Any:
    if isinstance(value, float) and math.isinf(value):
        return value
    if isinstance(value, str):
        if value not in BEYOND:
            raise ValueError("neither a number nor 'more' or 'fewer'")
        return BEYOND[value]
    if isinstance(value, int | float) and abs(value) > MAX_IMAGES:
        raise ValueError("too large a number")
    return value


def _to_file(value: float) -> float | str:
    return next((word for word, number in BEYOND.items() if value == number), value)


ImageCount = Annotated[float, Strict(), BeforeValidator(_from_file), PlainSerializer(_to_file)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataEquivalence(Record):
    """Photographs that reach the same score: infinite for more than were there, minus infinite for fewer than tried.

    Attributes:
        images: From the means over seeds.
        low: Lower end of the 95% interval; None where nothing was resampled.
        high: Upper end.
        smallest: Fewest photographs that were trained on.
        largest: Most.
        labels_per_image: Of the photographs.
    """

    images: ImageCount
    low: ImageCount | None
    high: ImageCount | None
    smallest: Count
    largest: Count
    labels_per_image: Number = 0.0

    def text_of(self, images: float | None) -> str:
        """One of its counts as text: "more than" or "fewer than" beyond what was tried, empty for None."""
        if images is None:
            return ""
        if math.isinf(images):
            return f"more than {self.largest:,}" if images > 0 else f"fewer than {self.smallest:,}"
        return f"{images:,.0f}"

    def __str__(self) -> str:
        ends = "" if self.low is None else f" [{self.text_of(self.low)}, {self.text_of(self.high)}]"
        return f"{self.text_of(self.images)}{ends} labelled photographs"


def data_equivalence_of(
    counts: Sequence[int], curve: Floats, level: float, curve_draws: Floats, level_draws: Floats
) -> DataEquivalence:
    """The data equivalence of a synthetic set whose score is `level`.

    Args:
        counts: (K,) numbers of photographs, ascending.
        curve: (K,) scores of training on them alone; larger is better.
        level: Score of training on the synthetic set alone.
        curve_draws: (B, K) resampled curves.
        level_draws: (B,) levels on the same resamples.
    """
    pairs = zip(curve_draws, level_draws, strict=True)
    drawn = [equivalent_images(counts, row, one) for row, one in pairs if not (math.isnan(one) or np.isnan(row).any())]
    low, high = middle(np.array(drawn), between=False)
    return DataEquivalence(
        images=equivalent_images(counts, curve, level), low=low, high=high, smallest=counts[0], largest=counts[-1]
    )


def equivalent_images(counts: Sequence[int], curve: Floats, level: float) -> float:
    """Where a curve, made monotone and joined linearly over the logarithm of the count, first reaches `level`.

    Returns:
        Photographs; -inf where even the fewest do better, inf where all of them do worse.
    """
    rising = never_falling(curve)
    if level < rising[0]:
        return -math.inf
    if level > rising[-1]:
        return math.inf
    right = int(np.searchsorted(rising, level, side="left"))
    if rising[right] == level or right == 0:
        return float(counts[right])
    share = (level - rising[right - 1]) / (rising[right] - rising[right - 1])
    return float(counts[right - 1] * (counts[right] / counts[right - 1]) ** share)


def never_falling(values: Floats) -> Floats:
    """The non-decreasing sequence nearest to `values` in squares: pool adjacent violators (Ayer et al. 1955)."""
    pools: list[tuple[float, int]] = []
    for value in values.tolist():
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, left_size), (right, right_size) = pools[-2:]
            size = left_size + right_size
            pools[-2:] = [((left * left_size + right * right_size) / size, size)]
    return np.repeat([value for value, _ in pools], [size for _, size in pools]).astype(np.float64)
