"""From measurements of many photographs to ranges of the recipe's sensor."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.config.recipe import Sensor
from synthvis.errors import RealDataError, shown_name
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.sensor_fit.measured import Measured, estimates_of, measure
from synthvis.sensor_fit.photographs import Unfit, find_photographs, read_photograph
from synthvis.sensor_fit.recovery import ENDS, HAS_ZERO, LOGARITHMIC, Recovery, doubt_of, spread_of, too_doubtful
from synthvis.sensor_fit.reference import WITHOUT_RENDERS, Reference
from synthvis.sensor_fit.vignette import vignette_of

__all__ = ["SensorFit", "SensorValue", "fit_folder", "fit_measured"]

Float = NDArray[np.float64]
SensorValue = float | list[float] | list[int]
"""A value of a recipe's sensor, most of them a range."""

QUANTILES = (0.05, 0.95)
WITHIN = 1.645
"""Deviations from the mean to the 5% and 95% points of a normal distribution."""
MAX_BEYOND = 0.25
"""Share of photographs that may read at an end of an estimator."""
MIN_PHOTOGRAPHS = 8
MAX_VIGNETTE = 0.8
FEW = 20
DECIMALS = 3
NO_RENDERS = "; --renders DIR, a rendered dataset of like scenes, tells more of them apart"
NO_VIGNETTE = "; --renders DIR with 40 renders of like scenes and more would tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorFit:
    """Ranges of a recipe's sensor.

    Attributes:
        sensor: Value of each field of the recipe's sensor that can be told.
        told_by: Number of photographs behind each.
        known_to: By how much each range as a whole may be off, in its unit (of factors: of the logarithm).
        untold: Why each of the other fields cannot be told.
        found: Photographs in the folder.
        used: Photographs measured.
        left_out: Name and reason of each that could not be read.
        folder: The folder of the photographs.
        photographs: Those that were chosen of it.

    Examples:
        >>> import synthvis as sv
        >>> sv.fit_sensor("data/fruit/images", n=2).to_yaml().splitlines()[-1].startswith("  # ")
        True
    """

    sensor: Mapping[str, SensorValue]
    told_by: Mapping[str, int]
    known_to: Mapping[str, float]
    untold: Mapping[str, str]
    found: int
    used: int
    left_out: tuple[tuple[str, str], ...]
    folder: Path = Path()
    photographs: tuple[Path, ...] = ()

    def to_yaml(self) -> str:
        """The fit as a part of a recipe, for `synthvis render --sensor` or to paste."""
        lines = [
            f"# Written by `synthvis fit-sensor`: {self.used} of {self.found} photographs in {shown_name(self.folder)}",
            "# Ranges hold what 5% to 95% of the photographs show, less what their scenes and the estimates add.",
        ]
        if self.used < FEW:
            lines.append(f"# {self.used} photographs are few: take the ranges with a grain of salt.")
        lines.append("sensor:")
        lines += [_line(self, field) for field in self.sensor]
        lines += [f"  # {field}: left out; {why}" for field, why in self.untold.items()]
        return "\n".join(lines) + "\n"

    def write(self, path: Path | str) -> Path:
        """Write the YAML; returns the path.

        Raises:
            OSError: The file cannot be written.
        """
        write_bytes_atomic(Path(path), self.to_yaml().encode())
        return Path(path)

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return {
            "sensor": dict(self.sensor),
            "told_by": dict(self.told_by),
            "known_to": dict(self.known_to),
            "untold": dict(self.untold),
            "found": self.found,
            "used": self.used,
            "left_out": [{"file": name, "reason": reason} for name, reason in self.left_out],
        }


def fit_folder(
    folder: Path,
    *,
    n: int,
    seed: int = 0,
    longest_px: int | None = None,
    reference: Reference = WITHOUT_RENDERS,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> SensorFit:
    """Fit the sensor to up to `n` photographs below `folder`. No label is looked for or read.

    Args:
        folder: Any folder with image files, however deep.
        n: Most photographs to measure.
        seed: Which, where there are more.
        longest_px: Make larger photographs so small first, as training does; None leaves their size.
        reference: What is known of the estimators.
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
    fit = fit_measured(measured, reference, found=found, left_out=tuple(left_out))
    return replace(fit, folder=folder, photographs=tuple(chosen))


def fit_measured(
    measured: Sequence[Measured],
    reference: Reference = WITHOUT_RENDERS,
    *,
    found: int | None = None,
    left_out: tuple[tuple[str, str], ...] = (),
) -> SensorFit:
    """Ranges from the measurements of at least one photograph."""
    contrast = _fitted("contrast", measured, reference)
    others = [field for field in FIELDS if field != "contrast"]
    parts = [contrast, *(_fitted(field, measured, reference, contrast_is_told=bool(contrast.told)) for field in others)]
    parts += [_grey_share(measured), _vignette(measured, reference), _jpeg_quality(measured)]
    order = {field: place for place, field in enumerate(Sensor.model_fields)}
    told = sorted((one for part in parts for one in part.told), key=lambda one: order[one[0]])
    return SensorFit(
        sensor=dict(told),
        told_by={field: part.count for part in parts for field, _ in part.told},
        known_to={field: part.doubt for part in parts for field, _ in part.told if part.doubt is not None},
        untold={field: part.why for part in parts if part.why for field in part.fields},
        found=len(measured) if found is None else found,
        used=len(measured),
        left_out=left_out,
    )


FIELDS: Mapping[str, tuple[str, ...]] = {
    "exposure_ev": ("exposure_ev",),
    "white_balance": ("white_balance",),
    "contrast": ("contrast",),
    "saturation": ("saturation",),
    "blur_sigma_px": ("blur_sigma_px",),
    "sharpen": ("sharpen",),
    "noise": ("shot_noise", "read_noise"),
}
"""Fields of the recipe's sensor by what is estimated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is told of one or two fields, or why nothing is."""

    fields: tuple[str, ...]
    told: tuple[tuple[str, Any], ...] = ()
    why: str = ""
    count: int = 0
    doubt: float | None = None


def _fitted(name: str, measured: Sequence[Measured], reference: Reference, *, contrast_is_told: bool = False) -> _Part:
    """The range of one estimate."""
    fields, recovery = FIELDS[name], reference.recoveries.get(name)
    if recovery is None:
        return _Part(fields=fields, why=reference.untested.get(name, "no render shows it"))
    pairs = [(one, value) for one in measured if (value := estimates_of(one)[name]) is not None]
    if len(pairs) < min(MIN_PHOTOGRAPHS, len(measured)) or not pairs:
        return _Part(fields=fields, why=f"only {len(pairs)} of {len(measured)} photographs show it")
    low_end, high_end = ENDS.get(name, (-math.inf, math.inf))
    inside = [(one, value) for one, value in pairs if low_end < value < high_end]
    beyond = 1 - len(inside) / len(pairs)
    if beyond > MAX_BEYOND:
        return _Part(fields=fields, why=f"{beyond:.0%} of the photographs show more or less of it than can be told")
    values = np.array([value for _, value in inside])
    corrected = _corrected(values, recovery, from_zero=name in HAS_ZERO)
    low, high = (float(end) for end in np.quantile(corrected, QUANTILES))
    why = too_doubtful(name, recovery, len(values), high, contrast_is_told=contrast_is_told)
    if why:
        return _Part(fields=fields, why=why + ("" if reference is not WITHOUT_RENDERS else NO_RENDERS))
    doubt = doubt_of(name, recovery, len(values), contrast_is_told=contrast_is_told)
    if name == "noise":
        told = _noises([one for one, _ in inside], corrected / np.maximum(values, 1e-6))
    else:
        # No narrower than it is known where it lies.
        half = max((high - low) / 2, WITHIN * doubt)
        ends = ((low + high) / 2 - half, (low + high) / 2 + half)
        ends = (max(ends[0], 0.0), ends[1]) if name in HAS_ZERO else ends
        told = ((name, [_rounded(math.exp(end) if name in LOGARITHMIC else end) for end in ends]),)
    return _Part(fields=fields, told=told, count=len(values), doubt=_rounded(doubt, 4))


def _corrected(values: Float, recovery: Recovery, *, from_zero: bool) -> Float:
    """Estimates less the estimator's own offset, and drawn together by what it spreads."""
    middle, seen = float(np.median(values)), spread_of(values)
    kept = math.sqrt(max(1 - (recovery.spread / seen) ** 2, 0.0)) if seen > 0 else 0.0
    result: Float = middle - recovery.offset + kept * (values - middle)
    return np.maximum(result, 0.0) if from_zero else result


def _noises(measured: Sequence[Measured], factors: Float) -> tuple[tuple[str, Any], ...]:
    """Both noises, each photograph's scaled as its total is."""
    pairs = np.array([one.noise for one in measured]) * factors[:, None]
    low, high = np.quantile(pairs, QUANTILES, axis=0)
    return tuple((field, [_rounded(low[place]), _rounded(high[place])]) for place, field in enumerate(FIELDS["noise"]))


def _grey_share(measured: Sequence[Measured]) -> _Part:
    share = _rounded(np.mean([one.tone.is_grey for one in measured]))
    return _Part(fields=("grey_share",), told=(("grey_share", share),), count=len(measured))


def _vignette(measured: Sequence[Measured], reference: Reference) -> _Part:
    fields = ("vignette",)
    if reference.vignette is None:
        return _Part(fields=fields, why="scenes, too, are darker towards their corners" + NO_VIGNETTE)
    vignette, why = vignette_of([one.cells for one in measured], *reference.vignette)
    if vignette is None:
        return _Part(fields=fields, why=why)
    if 2 * vignette >= MAX_VIGNETTE:
        return _Part(fields=fields, why=f"corners lack {vignette:.0%} of the light, which no lens takes")
    # Its mean is what many photographs tell together; from none to twice that has the same mean.
    told = (("vignette", [0.0, _rounded(2 * vignette)]),)
    return _Part(fields=fields, told=told, count=len(measured), doubt=_rounded(reference.vignette[1]))


def _jpeg_quality(measured: Sequence[Measured]) -> _Part:
    found = [one.jpeg_quality for one in measured if one.jpeg_quality is not None]
    if not found:
        return _Part(fields=("jpeg_quality",), why="no photograph is a JPEG")
    ends = [int(np.clip(round(end), 5, 100)) for end in np.quantile(found, QUANTILES)]
    return _Part(fields=("jpeg_quality",), told=(("jpeg_quality", ends),), count=len(found))


def _line(fit: SensorFit, field: str) -> str:
    doubt = fit.known_to.get(field)
    if field in FIELDS["noise"]:
        comment = f"  # together known to {doubt}"
    else:
        comment = "" if doubt is None else f"  # known to {doubt}"
    return f"  {field}: {json.dumps(fit.sensor[field])}{comment}"


def _rounded(value: float | np.floating[Any], decimals: int = DECIMALS) -> float:
    return round(float(value), decimals) + 0.0
