"""`synthvis scenes`: the kinds of object and the environments that recipes can name, and what they look like."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import assets_option, dry_run_option, echo_json, json_option, workers_option
from synthvis.cli.shared.values import SEED, OutputFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synthvis.objects.object_type import ObjectType

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.object_types:draw_types")

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


@click.group("scenes", epilog=EPILOG)
def command() -> None:
    """List the types of object and the environments that recipes can name, and draw samples of them."""


@command.command("ls", epilog=LS_EPILOG)
@assets_option
@json_option
def ls(assets: tuple[Path, ...], as_json: bool) -> None:
    """List the environments, then the types of object: name, class with its COCO id, number of keypoints.

    Types without a class are distractors. With --assets, only the types of those files are listed, and what was left
    out of them, why, and what was assumed.
    """
    if assets:
        _list_assets(assets, as_json=as_json)
        return
    from synthvis.api.object_types import environments, object_types

    found = environments()
    types = object_types().values()
    if as_json:
        rows = [{"name": one.name, "description": one.description} for one in found.values()]
        echo_json({"environments": rows, "kinds": [_as_dict(one) for one in types]})
        return
    from synthvis.ui.console import data_console
    from synthvis.ui.fitting import FittingTable

    table = FittingTable("environment", "", box=None)
    for environment in found.values():
        table.add_row(environment.name, environment.description)
    data_console().print(table, "")
    _print_types(types)


def _print_types(types: Iterable[ObjectType]) -> None:
    from synthvis.ui.console import data_console
    from synthvis.ui.fitting import FittingTable

    table = FittingTable("type", "class", "id", "keypoints", box=None)
    for one in types:
        category = one.category
        if category is None:
            table.add_row(one.name, "-", "", "")
        else:
            table.add_row(one.name, category.name, str(category.id or ""), str(len(category.keypoints) or ""))
    data_console().print(table)


def _list_assets(assets: tuple[Path, ...], *, as_json: bool) -> None:
    from synthvis.api.object_types import import_meshes

    result = import_meshes(assets)
    if as_json:
        rows = [{**_as_dict(one), "notes": list(result.notes[one.name])} for one in result.kinds.values()]
        echo_json({"kinds": rows, "left_out": dict(result.left_out)})
        return
    _print_types(result.kinds.values())
    for name in result.kinds:
        if result.notes[name]:
            say(f"{name}: {'; '.join(result.notes[name])}")
    for name, reason in result.left_out.items():
        say(f"left out: {name}: {reason}")


@command.command("show", epilog=SHOW_EPILOG)
@click.argument("names", nargs=-1, required=True, metavar="TYPE|ENVIRONMENT...")
@option("--n", type=click.IntRange(1, 400))
@option("--seed", type=SEED)
@option("--size", "tile_px", argument="tile_px", type=click.IntRange(48, 1024), metavar="PX")
@assets_option
@workers_option
@click.option("--out", type=OutputFile(), help="The PNG file to write.  [default: NAME.png]")
@json_option
@dry_run_option
def show(
    names: tuple[str, ...], n: int | None, seed: int | None, tile_px: int | None, assets: tuple[Path, ...],
    workers: int | None, out: Path | None, as_json: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Render samples of each TYPE or ENVIRONMENT as one sheet, and print the path of the PNG file.

    An ENVIRONMENT may also be path/to/file.py:function; the file is run.
    """
    from synthvis.api.object_types import SAMPLES, draw_sheet, sheet_recipes
    from synthvis.ui.progress import ProgressDisplay

    recipes = sheet_recipes(names, assets=assets, notify=say, **given(tile_px=tile_px))
    path = out or Path(f"{_file_stem(names[0])}.png")
    if not dry_run:
        draw_sheet(
            recipes, path, workers=workers,
            display=lambda progress: ProgressDisplay(progress.view, enabled=not as_json),
            **given(n=n, seed=seed, tile_px=tile_px),
        )  # fmt: skip
    if as_json:
        echo_json({"path": str(path), "names": list(names), "samples": n or SAMPLES})
    else:
        click.echo(path)


def _file_stem(name: str) -> str:
    """A file name for a type of object, an environment or path/to/file.py:function."""
    plain = Path(name).name if ".py:" in name else name
    return re.sub(r"[^\w.-]+", "_", plain).strip("_") or "scenes"


def _as_dict(one: ObjectType) -> dict[str, object]:
    category = one.category
    return {
        "name": one.name,
        "category": category.name if category else None,
        "category_id": category.id if category else None,
        "keypoints": list(category.keypoints) if category else [],
    }
