"""Features of images and crops as rows, each with the image that it is from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FeatureRows", "squared_distances"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureRows:
    """Features of images or crops.

    Attributes:
        features: (N, D) float64.
        owner: (N,) index of the image in its split.
        images: Images of the split.
        labels: Class of each row; empty strings for whole images.
    """

    features: Floats
    owner: NDArray[np.intp]
    images: int
    labels: tuple[str, ...]

    def of_label(self, label: str) -> FeatureRows:
        """The rows of one class."""
        return self.part(np.array([other == label for other in self.labels], dtype=bool))

    def part(self, chosen: NDArray[np.bool_]) -> FeatureRows:
        """The rows that are chosen, (N,)."""
        return FeatureRows(
            features=self.features[chosen],
            owner=self.owner[chosen],
            images=self.images,
            labels=tuple(label for label, kept in zip(self.labels, chosen, strict=True) if kept),
        )


def squared_distances(first: Floats, second: Floats) -> Floats:
    """(N, M) squared Euclidean distances."""
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)[None] - 2 * first @ second.T
    return np.asarray(np.maximum(squares, 0.0))
