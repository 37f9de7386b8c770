"""The sensor of a recipe, fitted to photographs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.api.sources import Source, source_text
from synthvis.api.talk import OnProgress
from synthvis.config.recipe import Recipe
from synthvis.errors import UsageError
from synthvis.sensor_fit.ranges import SensorFit, fit_folder

if TYPE_CHECKING:
    from synthvis.render.progress import RenderProgress

__all__ = ["draw_sensor_strip", "fit_sensor"]


def fit_sensor(
    photographs: Path | str,
    *,
    n: int = 300,
    seed: int = 0,
    longest_px: int | None = None,
    renders: Source | None = None,
    on_photograph: OnProgress | None = None,
    on_render: OnProgress | None = None,
) -> SensorFit:
    """Fit the sensor of a recipe to a folder of photographs; no label is read.

    Noise, sharpness, exposure, colour cast, contrast, saturation and JPEG quality are measured. A setting that cannot
    be told from what the photographs show is left out, with the reason.

    Args:
        photographs: A folder of photographs; the folders below it are searched too.
        n: The largest number of photographs to measure.
        seed: The seed of the choice, where there are more.
        longest_px: The size in pixels to which longer sides are scaled down first; None: photographs keep their size.
        renders: A rendered dataset of similar scenes, which tells the scenes from the sensor; None: without one.
        on_photograph: Is called with (photographs measured, all photographs).
        on_render: Is called with (renders measured, all renders).

    Returns:
        The ranges: `fit.sensor` is the `sensor:` part of a recipe, and `fit.write("sensor.yaml")` writes it for
        `load_recipe(..., sensor=...)`.

    Raises:
        UsageError: There is no photograph.
        RealDataError: No photograph can be read.
        DatasetError: `renders` is no rendered dataset, or has too few images.

    Examples:
        >>> import synthvis as sv
        >>> fit = sv.fit_sensor("data/fruit/images", n=3)
        >>> fit.used, "jpeg_quality" in fit.sensor
        (3, True)
    """
    from synthvis.sensor_fit.reference import WITHOUT_RENDERS, reference_from

    reference = WITHOUT_RENDERS
    if renders is not None:
        reference = reference_from(Path(source_text(renders)), on_render or _unseen)
    return fit_folder(
        Path(photographs),
        n=n,
        seed=seed,
        longest_px=longest_px,
        reference=reference,
        on_progress=on_photograph or _unseen,
    )


def draw_sensor_strip(
    fit: SensorFit,
    out: Path | str,
    *,
    recipe: Recipe | Path | str | None = None,
    renders: Source | None = None,
    seed: int = 0,
    display: Callable[[RenderProgress], AbstractContextManager[object]] = lambda progress: nullcontext(),
) -> Path:
    """Draw photographs above renders through the sensor of the recipe and through the fitted one; returns `out`.

    Args:
        fit: From `fit_sensor`.
        out: The PNG file.
        recipe: The recipe whose scenes are rendered; None: that of `renders`.
        renders: A rendered dataset.
        seed: The seed of the scenes.
        display: Makes the context in which the images are rendered.

    Raises:
        UsageError: Neither a recipe nor a dataset is given.
        MissingDependency: Blender is not installed.
        RenderError: A scene could not be rendered.
    """
    import json

    from synthvis.config.load import load_recipe, recipe_from
    from synthvis.dataset.manifest import open_rendered
    from synthvis.sensor_fit.strip import write_strip

    if recipe is None:
        if renders is None:
            raise UsageError("--strip shows renders: of which recipe?", hint="add --recipe NAME or --renders DIR")
        recipe = open_rendered(source_text(renders)).layout.manifest
    plain = recipe if isinstance(recipe, Recipe) else load_recipe(str(recipe))
    fitted = [f"sensor.{field}={json.dumps(value)}" for field, value in fit.sensor.items()]
    changed = recipe_from(plain.model_dump(mode="json"), fitted, where="the fitted recipe")
    write_strip(Path(out), (plain, changed), fit.photographs, seed, display)
    return Path(out)


def _unseen(done: int, total: int, /) -> None:
    """Take no note."""
