"""Distances between the features of two sets: one module each, and the registry that everything goes over."""

from synthvis.gap.distances.distance import Distance, DistanceResult, resampled
from synthvis.gap.distances.registry import distances
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.resampling import Draws, NullLevel

__all__ = ["Distance", "DistanceResult", "Draws", "FeatureRows", "NullLevel", "distances", "resampled"]
