"""From measurements of many photographs to ranges of the recipe's sensor."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import RealDataError
from synthvis.fit.noise import measure_noise
from synthvis.fit.photographs import Photograph, Unfit, find_photographs, read_photograph, shown_name
from synthvis.fit.reference import SHIPPED, Reference, Scatter, scatter_of
from synthvis.fit.sharpness import Sharpness, measure_sharpness
from synthvis.fit.tone import Tone, cells_of, measure_tone
from synthvis.fit.vignette import vignette_of

__all__ = ["Measured", "SensorFit", "fit_folder", "fit_sensor", "measure", "sensor_yaml"]

Range = tuple[float, float]
QUANTILES = (0.05, 0.95)
WITHIN = 1.645
"""Deviations from the mean to the 5% and 95% points of a normal distribution."""
NARROWEST = {"exposure_ev": 0.1, "white_balance": 0.01, "contrast": 0.04, "saturation": 0.05}
"""Least half width of ranges that scenes blur; of contrast and saturation in the logarithm."""
LIMITS = {"exposure_ev": (-4.0, 2.0), "white_balance": (-0.5, 0.5), "contrast": (0.3, 3.0), "saturation": (0.1, 4.0)}
"""Beyond, it is the scenes and not the sensor."""
FEW = 20
DECIMALS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """What one photograph shows; None where it cannot be told."""

    tone: Tone
    sharpness: Sharpness | None
    noise: tuple[float, float] | None
    """Shot and read."""
    jpeg_quality: int | None
    cells: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorFit:
    """Ranges of a recipe's sensor.

    Attributes:
        sensor: Value of each field of the recipe's sensor that can be told.
        told_by: Number of photographs behind each.
        untold: Why each of the other fields cannot be told.
        found: Photographs in the folder.
        used: Photographs measured.
        left_out: Name and reason of each that could not be read.
    """

    sensor: Mapping[str, Any]
    told_by: Mapping[str, int]
    untold: Mapping[str, str]
    found: int
    used: int
    left_out: tuple[tuple[str, str], ...]


def fit_folder(
    folder: Path,
    *,
    n: int,
    seed: int = 0,
    longest_px: int | None = None,
    reference: Reference = SHIPPED,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> SensorFit:
    """Fit the sensor to up to `n` photographs below `folder`. No label is looked for or read.

    Args:
        folder: Any folder with image files, however deep.
        n: Most photographs to measure.
        seed: Which, where there are more.
        longest_px: Make larger photographs so small first, as training does; None leaves their size.
        reference: What scenes alone contribute.
        on_progress: Called with the photographs done and in all.

    Raises:
        UsageError: There is no photograph.
        RealDataError: None can be read.
    """
    chosen, found = find_photographs(folder, n, seed)
    measured: list[Measured] = []
    left_out: list[tuple[str, str]] = []
    for number, path in enumerate(chosen, 1):
        try:
            measured.append(measure(read_photograph(path, longest_px)))
        except Unfit as reason:
            left_out.append((shown_name(path), str(reason)))
        on_progress(number, len(chosen))
    if not measured:
        name, why = left_out[0]
        raise RealDataError(f"none of {len(left_out)} photographs can be used, such as {name}: {why}")
    return fit_sensor(measured, reference, found=found, left_out=tuple(left_out))


def measure(photograph: Photograph) -> Measured:
    """All that one photograph tells."""
    rgb = photograph.rgb
    return Measured(
        tone=measure_tone(rgb),
        sharpness=measure_sharpness(rgb),
        noise=measure_noise(rgb, None if photograph.scaled else photograph.jpeg_quality),
        jpeg_quality=photograph.jpeg_quality,
        cells=cells_of(rgb),
    )


def fit_sensor(
    measured: Sequence[Measured],
    reference: Reference = SHIPPED,
    *,
    found: int | None = None,
    left_out: tuple[tuple[str, str], ...] = (),
) -> SensorFit:
    """Ranges from the measurements of at least one photograph."""
    values = _values(measured)
    sensor: dict[str, Any] = {}
    untold: dict[str, str] = {}
    for field, (scatter, is_factor) in {
        "exposure_ev": (reference.exposure_ev, False),
        "white_balance": (reference.cast, False),
        "contrast": (reference.log_contrast, True),
        "saturation": (reference.log_saturation, True),
    }.items():
        if values[field]:
            ends = _without_scenes(values[field], scatter, NARROWEST[field])
            sensor[field] = [_rounded(_within(np.exp(end) if is_factor else end, field)) for end in ends]
        else:
            untold[field] = "no photograph shows it"
    sensor["grey_share"] = _rounded(np.mean([one.tone.is_grey for one in measured]))
    for field in ("blur_sigma_px", "sharpen", "shot_noise", "read_noise"):
        if values[field]:
            sensor[field] = [_rounded(end) for end in np.quantile(values[field], QUANTILES)]
        else:
            untold[field] = "no photograph has what it takes: strong edges, or flat parts"
    vignette, why_not = vignette_of([one.cells for one in measured], reference.vignette)
    if vignette is None:
        untold["vignette"] = why_not
    else:
        # Its mean is what many photographs tell together; from none to twice that has the same mean.
        sensor["vignette"] = [0.0, _rounded(min(2 * vignette, 0.8))]
    if values["jpeg_quality"]:
        low, high = np.quantile(values["jpeg_quality"], QUANTILES)
        sensor["jpeg_quality"] = [int(np.clip(round(end), 5, 100)) for end in (low, high)]
    else:
        untold["jpeg_quality"] = "no photograph is a JPEG"
    return SensorFit(
        sensor=sensor,
        told_by={field: len(values.get(field, measured)) for field in sensor},
        untold=untold,
        found=len(measured) if found is None else found,
        used=len(measured),
        left_out=left_out,
    )


def sensor_yaml(fit: SensorFit, folder: Path) -> str:
    """The fit as a part of a recipe, for `synthvis render --sensor` or to paste."""
    lines = [
        f"# Written by `synthvis fit-sensor`: {fit.used} of {fit.found} photographs in {shown_name(folder)}",
        "# Ranges hold what 5% to 95% of the photographs show.",
    ]
    if fit.used < FEW:
        lines.append(f"# {fit.used} photographs are few: take the ranges with a grain of salt.")
    lines.append("sensor:")
    lines += [f"  {field}: {json.dumps(value)}" for field, value in fit.sensor.items()]
    lines += [f"  # {field}: cannot be told; {why}" for field, why in fit.untold.items()]
    return "\n".join(lines) + "\n"


def _values(measured: Sequence[Measured]) -> dict[str, list[float]]:
    """What is known of each field."""
    tones = [one.tone for one in measured]
    return {
        "exposure_ev": [tone.exposure_ev for tone in tones],
        "white_balance": [tone.cast for tone in tones if tone.cast is not None],
        "contrast": [tone.log_contrast for tone in tones if tone.log_contrast is not None],
        "saturation": [tone.log_saturation for tone in tones if tone.log_saturation is not None],
        "blur_sigma_px": [one.sharpness.blur_sigma_px for one in measured if one.sharpness is not None],
        "sharpen": [one.sharpness.sharpen for one in measured if one.sharpness is not None],
        "shot_noise": [one.noise[0] for one in measured if one.noise is not None],
        "read_noise": [one.noise[1] for one in measured if one.noise is not None],
        "jpeg_quality": [one.jpeg_quality for one in measured if one.jpeg_quality is not None],
    }


def _without_scenes(values: Sequence[float], scatter: Scatter, narrowest: float) -> Range:
    """5% and 95% points of the sensor's part: scenes add their mean and their variance to what is measured."""
    seen = scatter_of(values)
    middle = seen.mean - scatter.mean
    half = max(WITHIN * float(np.sqrt(max(seen.deviation**2 - scatter.deviation**2, 0.0))), narrowest)
    return middle - half, middle + half


def _within(value: float, field: str) -> float:
    return float(np.clip(value, *LIMITS[field]))


def _rounded(value: float | np.floating[Any]) -> float:
    return round(float(value), DECIMALS) + 0.0
