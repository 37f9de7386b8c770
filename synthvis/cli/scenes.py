"""`synthvis scenes`: the kinds of object and the environments that recipes can name, and what they look like."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.options import SEED, OutputFile, dry_run_option, echo_json, json_option
from synthvis.cli.shared.render_options import assets_option, need_blender, tell, worker_count

if TYPE_CHECKING:
    from synthvis.config.recipe import Recipe
    from synthvis.objects.object_type import ObjectType

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis scenes ls
  synthvis scenes show banana
  synthvis scenes show cup bottle bowl --n 6
  synthvis scenes show desk
"""

LS_EPILOG = """\b
Examples:
  synthvis scenes ls
  synthvis scenes ls --assets ~/meshes
  synthvis scenes ls --assets part.stl
  synthvis scenes ls --json | jq -r '.kinds[] | select(.category_id) | .name'
"""

SHOW_EPILOG = """\b
Examples:
  synthvis scenes show banana
  synthvis scenes show traffic_cone --n 24 --size 320
  synthvis scenes show cup bottle bowl --n 6 --out kitchen.png
  synthvis scenes show desk --size 320
  synthvis scenes show 'meshes/*' --assets ~/meshes
"""


CLOSER = 2
"""Kinds are rendered so many times larger than their tiles, and cut out."""


@click.group("scenes", epilog=EPILOG)
def command() -> None:
    """List the kinds of object and the environments that recipes can name, and draw samples of them."""


@command.command("ls", epilog=LS_EPILOG)
@assets_option
@json_option
def ls(assets: tuple[Path, ...], as_json: bool) -> None:
    """List environments, then kinds: name, class with its COCO id, keypoints; kinds without a class are distractors.

    With --assets only the kinds of those folders, and what was left out of them, why, and what was assumed.
    """
    if assets:
        _list_assets(assets, as_json=as_json)
        return
    from synthvis.objects.registry import object_type_named, object_type_names
    from synthvis.scene.environments.registry import ENVIRONMENTS

    rows = [_facts(object_type_named(name)) for name in object_type_names()]
    environments = [
        {"name": environment.name, "description": environment.description} for environment in ENVIRONMENTS.values()
    ]
    if as_json:
        echo_json({"environments": environments, "kinds": rows})
        return
    from synthvis.ui.console import data_console
    from synthvis.ui.fitting import FittingTable

    table = FittingTable("environment", "", box=None)
    for environment in environments:
        table.add_row(environment["name"], environment["description"])
    data_console().print(table, "")
    _print_kinds(rows)


def _print_kinds(rows: list[dict[str, Any]]) -> None:
    from synthvis.ui.console import data_console
    from synthvis.ui.fitting import FittingTable

    table = FittingTable("kind", "class", "id", "keypoints", box=None)
    for row in rows:
        number = str(row["category_id"] or "")
        table.add_row(row["name"], row["category"] or "-", number, str(len(row["keypoints"]) or ""))
    data_console().print(table)


def _list_assets(folders: tuple[Path, ...], *, as_json: bool) -> None:
    from synthvis.assets.object_import import import_folders
    from synthvis.assets.references import open_assets

    result = import_folders([open_assets(folder) for folder in folders])
    rows = [{**_facts(kind), "notes": list(result.notes[kind.name])} for kind in result.kinds.values()]
    if as_json:
        echo_json({"kinds": rows, "left_out": dict(result.left_out)})
        return
    _print_kinds(rows)
    for row in rows:
        if row["notes"]:
            tell(f"{row['name']}: {'; '.join(row['notes'])}")
    for name, reason in result.left_out.items():
        tell(f"left out: {name}: {reason}")


@command.command("show", epilog=SHOW_EPILOG)
@click.argument("names", nargs=-1, required=True, metavar="KIND|PLACE...")
@click.option("--n", "count", type=click.IntRange(1, 400), default=12, show_default=True, help="Samples of each.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Another seed draws others.")
@click.option(
    "--size",
    "tile_px",
    type=click.IntRange(48, 1024),
    default=224,
    show_default=True,
    metavar="PX",
    help="Side of each picture in the sheet, in pixels.",
)
@assets_option
@click.option("--workers", default="auto", show_default=True, metavar="N|auto", help="Worker processes side by side.")
@click.option("--out", type=OutputFile(), help="PNG to write.  [default: NAME.png]")
@json_option
@dry_run_option
def show(**typed: Any) -> None:
    """Render samples of each KIND or PLACE, one to a tile, and print the path of the PNG.

    A PLACE may also be path/to/file.py:function, which is run.
    """
    recipes = {name: _recipe_of(name, typed["tile_px"], typed["assets"]) for name in typed["names"]}
    path: Path = typed["out"] or Path(f"{_file_stem(typed['names'][0])}.png")
    if not typed["dry_run"]:
        need_blender()
        _draw_sheet(recipes, path, typed)
    if typed["as_json"]:
        echo_json({"path": str(path), "names": list(typed["names"]), "samples": typed["count"]})
    else:
        click.echo(path)


def _file_stem(name: str) -> str:
    """A file name for a kind, an environment or path/to/file.py:function."""
    plain = Path(name).name if ".py:" in name else name
    return re.sub(r"[^\w.-]+", "_", plain).strip("_") or "scenes"


def _recipe_of(name: str, tile_px: int, assets: tuple[Path, ...]) -> Recipe:
    from synthvis.assets.resolve import resolve
    from synthvis.config.shelf import place_recipe, shelf_recipe
    from synthvis.errors import UsageError
    from synthvis.objects.registry import object_type_named, object_type_names
    from synthvis.scene.environments.registry import ENVIRONMENTS

    if ".py:" in name:
        return resolve(place_recipe(Path(name).name, tile_px), assets, tell, scenes=[name])
    if name in ENVIRONMENTS:
        return place_recipe(name, tile_px)
    if name not in object_type_names() and (near := difflib.get_close_matches(name, ENVIRONMENTS, n=1)):
        raise UsageError(f"no kind of object or environment is called {name}", hint=f"did you mean {near[0]}?")
    if assets and name not in object_type_names():
        return resolve(shelf_recipe(name, CLOSER * tile_px), assets, tell)
    return shelf_recipe(object_type_named(name).name, CLOSER * tile_px)


def _draw_sheet(recipes: dict[str, Recipe], path: Path, typed: dict[str, Any]) -> None:
    from synthvis.errors import SynthvisError
    from synthvis.formats.images import write_png
    from synthvis.render.samples import render_samples
    from synthvis.ui.progress import ProgressDisplay
    from synthvis.viz.grouped_sheet import close_up, grouped_sheet

    rows = render_samples(
        recipes,
        count=typed["count"],
        seed=typed["seed"],
        workers=worker_count(typed["workers"]),
        watch=lambda progress: ProgressDisplay(progress.view, enabled=not typed["as_json"]),
    )
    tiles = [[close_up(one.image_rgb, one.boxes_xywh_px, typed["tile_px"]) for one in row] for row in rows]
    try:
        write_png(path, grouped_sheet(tiles))
    except OSError as error:
        raise SynthvisError(f"cannot write {path}: {error.strerror}", hint="choose another file with --out") from error


def _facts(kind: ObjectType) -> dict[str, Any]:
    category = kind.category
    return {
        "name": kind.name,
        "category": category.name if category else None,
        "category_id": category.id if category else None,
        "keypoints": list(category.keypoints) if category else [],
    }
