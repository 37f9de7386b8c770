"""The types of object and the environments that recipes can name, and pictures of them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.api.talk import Notify, notify_of
from synthvis.errors import UsageError
from synthvis.objects.object_type import ObjectType

if TYPE_CHECKING:
    from synthvis.assets.object_import import ImportResult
    from synthvis.config.recipe import Recipe
    from synthvis.render.progress import RenderProgress
    from synthvis.scene.environments.environment import Environment

__all__ = ["draw_sheet", "draw_types", "environments", "import_meshes", "object_types", "sheet_recipes"]

SAMPLES = 12
TILE_PX = 224
CLOSER = 2
"""Objects are rendered so many times larger than their tiles, and cut out."""


def object_types() -> Mapping[str, ObjectType]:
    """The types of object that recipes can name, by name; those without a category are distractors.

    Returns:
        The built-in types, and those of installed packages.

    Examples:
        >>> import synthvis as sv
        >>> sv.object_types()["banana"].category.name
        'banana'
    """
    from synthvis.objects.registry import object_type_named, object_type_names

    return {name: object_type_named(name) for name in object_type_names()}


def environments() -> Mapping[str, Environment]:
    """The environments that recipes can name, by name.

    Returns:
        Each with its description.

    Examples:
        >>> import synthvis as sv
        >>> "desk" in sv.environments()
        True
    """
    from synthvis.scene.environments.registry import ENVIRONMENTS

    return dict(ENVIRONMENTS)


def import_meshes(assets: Sequence[Path | str]) -> ImportResult:
    """Read meshes of your own, and find out what types of object they give.

    Args:
        assets: Mesh files, folders of them, or Python files with types of object; these files are run.

    Returns:
        `result.kinds` by name, `result.left_out` with reasons, `result.notes` with what was assumed.

    Raises:
        RecipeError: A file or folder is not there.

    Examples:
        >>> import synthvis as sv
        >>> result = sv.import_meshes(["meshes"])  # doctest: +SKIP
        >>> list(result.kinds)  # doctest: +SKIP
        ['meshes/part']
    """
    from synthvis.assets.object_import import import_folders
    from synthvis.assets.references import open_assets

    return import_folders([open_assets(Path(folder)) for folder in assets])


def draw_types(
    names: str | Sequence[str],
    out: Path | str,
    n: int = SAMPLES,
    *,
    seed: int = 0,
    tile_px: int = TILE_PX,
    assets: Sequence[Path | str] = (),
    workers: int | None = None,
    notify: Notify | None = None,
) -> Path:
    """Render samples of types of object or of environments, and draw them as one sheet.

    A script that calls this needs `if __name__ == "__main__":`.

    Args:
        names: Names of types and environments, or "path/to/FILE.py:FUNCTION" of environments of your own.
        out: The PNG file.
        n: The number of samples of each.
        seed: The seed of the samples.
        tile_px: The side of each picture in the sheet, in pixels.
        assets: Meshes of your own, or folders of them.
        workers: The number of worker processes; None: as many as the machine carries.
        notify: Takes sentences about what was left out; None: the logger `synthvis`.

    Returns:
        The file written.

    Raises:
        UsageError: Nothing has such a name.
        MissingDependency: Blender is not installed.
        RenderError: A sample could not be rendered.
        SynthvisError: The file cannot be written.

    Examples:
        >>> import synthvis as sv
        >>> sv.draw_types(["cup", "bottle"], "kitchen.png", n=6)  # doctest: +SKIP
    """
    recipes = sheet_recipes([names] if isinstance(names, str) else names, tile_px, assets, notify)
    return draw_sheet(recipes, Path(out), n, seed=seed, tile_px=tile_px, workers=workers)


def sheet_recipes(
    names: Sequence[str],
    tile_px: int = TILE_PX,
    assets: Sequence[Path | str] = (),
    notify: Notify | None = None,
) -> dict[str, Recipe]:
    """The recipe that shows each name by itself; arguments and errors are those of `draw_types`."""
    return {name: _recipe_of(name, tile_px, [Path(one) for one in assets], notify_of(notify)) for name in names}


def draw_sheet(
    recipes: Mapping[str, Recipe],
    out: Path,
    n: int = SAMPLES,
    *,
    seed: int = 0,
    tile_px: int = TILE_PX,
    workers: int | None = None,
    display: Callable[[RenderProgress], AbstractContextManager[object]] = lambda progress: nullcontext(),
) -> Path:
    """Render `n` samples of each recipe and draw them as one sheet; arguments and errors are those of `draw_types`."""
    from synthvis.api.looking import write_picture
    from synthvis.render.needs import need_blender
    from synthvis.render.samples import render_samples
    from synthvis.viz.grouped_sheet import close_up, grouped_sheet

    need_blender()
    rows = render_samples(recipes, count=n, seed=seed, workers=workers, watch=display)
    tiles = [[close_up(one.image_rgb, one.boxes_xywh_px, tile_px) for one in row] for row in rows]
    write_picture(out, grouped_sheet(tiles))
    return out


def _recipe_of(name: str, tile_px: int, assets: Sequence[Path], notify: Notify) -> Recipe:
    from synthvis.assets.resolve import resolve
    from synthvis.config.shelf import place_recipe, shelf_recipe
    from synthvis.objects.registry import object_type_named, object_type_names
    from synthvis.scene.environments.registry import ENVIRONMENTS

    if ".py:" in name:
        return resolve(place_recipe(Path(name).name, tile_px), assets, notify, scenes=[name])
    if name in ENVIRONMENTS:
        return place_recipe(name, tile_px)
    if name not in object_type_names() and (near := difflib.get_close_matches(name, ENVIRONMENTS, n=1)):
        raise UsageError(f"no type of object or environment is called {name}", hint=f"did you mean {near[0]}?")
    if assets and name not in object_type_names():
        return resolve(shelf_recipe(name, CLOSER * tile_px), assets, notify)
    return shelf_recipe(object_type_named(name).name, CLOSER * tile_px)
