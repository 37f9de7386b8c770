"""MMD with a Gaussian kernel."""

from __future__ import annotations

from synthvis.gap.distances.distance import Distance, DistanceResult
from synthvis.gap.distances.kernels import kernel_distance, median_bandwidth, rbf_kernel
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.resampling import Draws
from synthvis.metrics.resampling import number

__all__ = ["MMD_RBF"]


def _measured(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> DistanceResult:
    bandwidth = median_bandwidth(synthetic.features, real.features)
    return kernel_distance(
        synthetic,
        real,
        draws,
        lambda first, second: rbf_kernel(first, second, bandwidth),
        {"bandwidth": number(bandwidth)},
    )


MMD_RBF = Distance(
    name="mmd_rbf",
    title="MMD² (RBF)",
    scale=1000.0,
    source="Gretton et al., A kernel two-sample test, 2012",
    explanation="Squared MMD with a Gaussian kernel at the median distance between rows, unbiased.",
    compute=_measured,
)
"""Maximum mean discrepancy, squared."""
