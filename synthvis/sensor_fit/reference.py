"""The recovery test on a rendered dataset, whose sensor settings are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import DatasetError
from synthvis.scene.serialise import scene_from_json
from synthvis.scene.spec import SceneSpec, SensorSpec
from synthvis.sensor_fit.measured import Measured, estimates_of, measure
from synthvis.sensor_fit.photographs import Unfit, read_photograph
from synthvis.sensor_fit.recovery import SHIPPED, Recovery, recovery_of, total_noise
from synthvis.sensor_fit.sharpness import as_measured
from synthvis.sensor_fit.vignette import vignette_of_scenes

__all__ = ["WITHOUT_RENDERS", "Reference", "reference_from", "reference_of"]

MIN_RENDERS = 24
MAX_RENDERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What is known of the estimators.

    Attributes:
        recoveries: Result of the recovery test by field of the recipe's sensor; a field that is not in it is not told.
        vignette: Mean share of the light that corners lack where there is no vignette, and its doubt; None: unknown.
        untested: Why other fields are not told.
    """

    recoveries: Mapping[str, Recovery]
    vignette: tuple[float, float] | None = None
    untested: Mapping[str, str] = field(default_factory=dict)


WITHOUT_RENDERS = Reference(recoveries=SHIPPED)


def reference_from(folder: Path, on_progress: Callable[[int, int], None] = lambda _done, _total: None) -> Reference:
    """Estimate the settings of the renders of a dataset and compare them with the true ones.

    Raises:
        DatasetError: It is no dataset, or has too few images.
    """
    layout = open_rendered(folder).layout
    images = [
        (split, int(path.stem))
        for split in SPLITS
        for path in sorted((layout.root / "images" / split).glob("[0-9]*.jpg"))
    ][:MAX_RENDERS]
    found: list[tuple[Measured, SceneSpec]] = []
    for number, (split, index) in enumerate(images, 1):
        found += _rendered(layout, split, index)
        on_progress(number, len(images))
    if len(found) < MIN_RENDERS:
        raise DatasetError(
            f"{folder} has {len(found)} images with scenes; {MIN_RENDERS} are the least",
            hint="render more, or leave --renders out",
        )
    return reference_of(found)


def reference_of(found: list[tuple[Measured, SceneSpec]]) -> Reference:
    """The recovery test on measured renders."""
    errors: dict[str, list[float]] = {}
    scenes: dict[str, list[frozenset[str]]] = {}
    others: dict[str, list[frozenset[str]]] = {}
    settings = [dict(_settings_of(spec.sensor)) for _, spec in found]
    high = _high_settings(settings)
    for (measured, spec), true, high_ones in zip(found, settings, high, strict=True):
        for name, estimate in estimates_of(measured).items():
            if estimate is not None and name in true:
                errors.setdefault(name, []).append(estimate - true[name])
                scenes.setdefault(name, []).append(_properties_of(spec))
                others.setdefault(name, []).append(high_ones - {name})
    cells: list[NDArray[np.float32]] = [measured.cells for measured, _ in found]
    made = float(np.mean([spec.sensor.vignette for _, spec in found]))
    return Reference(
        recoveries={
            name: recovery_of(values, scenes[name], others[name])
            for name, values in errors.items()
            if len(values) >= MIN_RENDERS
        },
        vignette=vignette_of_scenes(cells, made),
        untested={
            name: f"only {len(values)} of the renders show it; {MIN_RENDERS} are the least"
            for name, values in errors.items()
            if len(values) < MIN_RENDERS
        },
    )


def _rendered(layout: DatasetLayout, split: str, index: int) -> Iterator[tuple[Measured, SceneSpec]]:
    try:
        spec = scene_from_json(layout.scene(split, index).read_bytes())
        yield measure(read_photograph(layout.image(split, index))), spec
    except (OSError, DatasetError, Unfit):
        return


def _settings_of(sensor: SensorSpec) -> Iterator[tuple[str, float]]:
    """What an estimator should read of a picture with these settings."""
    if sensor.least_mean is None:
        # Else the exposure is what that takes.
        yield "exposure_ev", sensor.exposure_ev
    red, _, blue = sensor.white_balance_rgb
    if sensor.saturation > 0:
        yield "white_balance", (red - blue) / (red + blue)
        yield "saturation", math.log(sensor.saturation)
    yield "contrast", math.log(sensor.contrast)
    net = as_measured(sensor.blur_sigma_px, sensor.sharpen or 0.0)
    yield "blur_sigma_px", net.blur_sigma_px
    yield "sharpen", net.sharpen
    yield "noise", total_noise(sensor.shot_noise, sensor.read_noise)


def _high_settings(settings: Sequence[Mapping[str, float]]) -> list[frozenset[str]]:
    """Names of the settings of each render that are above the median of all renders."""
    names = sorted({name for one in settings for name in one})
    medians = {name: float(np.median([one[name] for one in settings if name in one])) for name in names}
    return [frozenset(name for name, value in one.items() if value > medians[name]) for one in settings]


def _properties_of(spec: SceneSpec) -> frozenset[str]:
    classes = {f"class {item.category}" for item in spec.objects if item.category is not None}
    return frozenset({f"environment {spec.environment}", f"surroundings {spec.surroundings.base.kind}", *classes})
