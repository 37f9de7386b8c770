"""What scenes alone make a photograph look like, so that it is not taken for the sensor's doing.

A picture of a red wall has a cast that no sensor made. Measured on renders whose sensor settings are known, the part
that is not the settings' is the scenes': its mean is taken off what photographs show, and its variance off theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.dataset.manifest import open_dataset
from synthvis.errors import DatasetError
from synthvis.fit.photographs import Unfit, read_photograph
from synthvis.fit.tone import Tone, cells_of, measure_tone
from synthvis.fit.vignette import vignette_of
from synthvis.scene.serialise import scene_from_json
from synthvis.types import SensorSpec

__all__ = ["SHIPPED", "Reference", "Scatter", "reference_from", "scatter_of"]

LEAST_RENDERS = 8
MOST_RENDERS = 200


@dataclass(frozen=True, slots=True)
class Scatter:
    """Middle and standard deviation."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The scenes' part of each measurement; see `synthvis.fit.tone.Tone`."""

    exposure_ev: Scatter
    cast: Scatter
    log_contrast: Scatter
    log_saturation: Scatter
    vignette: float = 0.0


SHIPPED = Reference(
    exposure_ev=Scatter(0.0, 0.1),
    cast=Scatter(0.0, 0.09),
    log_contrast=Scatter(0.152, 0.651),
    log_saturation=Scatter(-0.632, 0.619),
)
"""Where no renders are named: the typical photograph, so that contrast 1 and saturation 1 are those of the median of
300 photographs of COCO train2017, scaled to 320 pixels, and their deviations are taken for their scenes'."""


def reference_from(folder: Path, on_progress: Callable[[int, int], None] = lambda _done, _total: None) -> Reference:
    """The scenes' part in renders of a dataset of synthvis, whose sensor settings its scene files hold.

    Raises:
        DatasetError: It is no dataset, or has too few images.
    """
    layout = open_dataset(folder).layout
    images = [
        (split, int(path.stem))
        for split in SPLITS
        for path in sorted((layout.root / "images" / split).glob("[0-9]*.jpg"))
    ][:MOST_RENDERS]
    found: list[tuple[Tone, SensorSpec]] = []
    cells = []
    for number, (split, index) in enumerate(images, 1):
        rendered = _rendered(layout, split, index)
        if rendered is not None:
            rgb, sensor = rendered
            found.append((measure_tone(rgb), sensor))
            cells.append(cells_of(rgb))
        on_progress(number, len(images))
    if len(found) < LEAST_RENDERS:
        raise DatasetError(
            f"{folder} has {len(found)} images with scenes; {LEAST_RENDERS} are the least",
            hint="render more, or leave --renders out",
        )
    vignette, _ = vignette_of(cells, 0.0)
    made = float(np.mean([sensor.vignette for _, sensor in found]))
    return _reference(found, vignette=0.0 if vignette is None else vignette - made)


def _rendered(layout: DatasetLayout, split: str, index: int) -> tuple[NDArray[np.uint8], SensorSpec] | None:
    try:
        spec = scene_from_json(layout.scene(split, index).read_bytes())
        return read_photograph(layout.image(split, index)).rgb, spec.sensor
    except (OSError, DatasetError, Unfit):
        return None


def _reference(found: Sequence[tuple[Tone, SensorSpec]], *, vignette: float) -> Reference:
    cast, contrast, saturation = [], [], []
    for tone, sensor in found:
        red, _, blue = sensor.white_balance_rgb
        if tone.log_contrast is not None:
            contrast.append(tone.log_contrast - float(np.log(sensor.contrast)))
        if sensor.saturation > 0 and tone.cast is not None:
            cast.append(tone.cast - (red - blue) / (red + blue))
        if sensor.saturation > 0 and tone.log_saturation is not None:
            saturation.append(tone.log_saturation - float(np.log(sensor.saturation)))
    return Reference(
        exposure_ev=_scatter([tone.exposure_ev - sensor.exposure_ev for tone, sensor in found]),
        cast=_scatter(cast),
        log_contrast=_scatter(contrast),
        log_saturation=_scatter(saturation),
        vignette=vignette,
    )


def _scatter(values: Sequence[float]) -> Scatter:
    if not values:
        return Scatter(0.0, 0.0)
    return scatter_of(values)


def scatter_of(values: Sequence[float]) -> Scatter:
    """Median, and the deviation of a normal distribution with the same 10% and 90% points.

    Robust, as a few pictures may show anything.
    """
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    return Scatter(float(middle), float(high - low) / 2.563)
