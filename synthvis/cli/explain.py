"""`synthvis explain`: the life of one image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from synthvis.cli.shared.options import echo_json, json_option

__all__ = ["command"]

COUNTS_SHOWN = 24
OTHER_FILES = ("scene", "image", "depth", "normals")
"""Files that earlier steps name; those of the labels are all the rest."""

EPILOG = """\b
Examples:
  synthvis explain data/fruit 42
  synthvis explain data/fruit 42 --json | jq .objects
  synthvis explain data/fruit 42 --json | jq -r .remake | sh
"""


@click.command("explain", epilog=EPILOG)
@click.argument("dataset", type=click.Path())
@click.argument("image", type=click.IntRange(min=1))
@json_option
def command(dataset: str, image: int, as_json: bool) -> None:
    """Tell the life of image number IMAGE of DATASET.

    From the seed over the sampled values and the scene to its labels and its COCO entry, with the file behind each step
    and the command that makes this one image again.
    """
    from synthvis.dataset.manifest import open_rendered
    from synthvis.report.provenance import life_of_image

    life = life_of_image(open_rendered(dataset), image)
    if as_json:
        echo_json(life)
    else:
        _tell(life)


def _tell(life: Mapping[str, Any]) -> None:
    files = life["files"]
    click.echo(f"Image {life['image_index']} of {life['dataset']}, split {life['split']}")
    _heading(1, "Seed", "synthvis.seeds")
    _values(life["seed"])
    _heading(2, "Sampled values", files.get("scene", ""))
    _tell_sampled(life["sampled"])
    _heading(3, "Objects", files.get("scene", ""))
    _table(("id", "kind", "class", "position m", "parameters"), [_object_row(item) for item in life["objects"]])
    for kind, mesh in life["own_meshes"].items():
        _tell_mesh(kind, mesh)
    _heading(4, "Render", ", ".join(files[name] for name in ("image", "depth", "normals") if name in files))
    _values(life["sampled"]["render"])
    _heading(5, "Labels", ", ".join(files[name] for name in files if name not in OTHER_FILES))
    columns = ("id", "class", "box x y w h", "area px", "visible", "cut off", "keypoints: seen, hidden, outside")
    _table(columns, [_label_row(label) for label in life["labels"]])
    if life["hidden_instance_ids"]:
        click.echo(f"  in the scene and not seen: {', '.join(map(str, life['hidden_instance_ids']))}")
    if life["unseen_instance_ids"]:
        click.echo(f"  too little contrast to be seen: {', '.join(map(str, life['unseen_instance_ids']))}")
    _heading(6, "COCO entry", life["coco"]["file"])
    _tell_coco(life["coco"])
    _heading(7, "Make this image again", "")
    click.echo(f"  {life['remake']}")


def _heading(number: int, title: str, source: str) -> None:
    click.echo()
    click.secho(f"{number}. {title}", bold=True, nl=False)
    click.echo(f"  ({source})" if source else "")


def _values(values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        click.echo(f"  {key:<24} {_text(value)}")


def _tell_sampled(sampled: Mapping[str, Any]) -> None:
    for name in ("recipe", "environment", "surroundings", "surfaces", "world", "camera", "sensor"):
        value = sampled[name]
        if isinstance(value, Mapping):
            click.echo(f"  {name}")
            for key, inner in value.items():
                click.echo(f"    {key:<22} {_text(inner)}")
        else:
            click.echo(f"  {name:<24} {_text(value)}")
    for number, light in enumerate(sampled["lights"], 1):
        click.echo(f"  light {number:<18} {_text(light)}")


def _tell_mesh(kind: str, mesh: Mapping[str, Any]) -> None:
    """How to get from the object's frame to the coordinates of the user's file."""
    click.echo(f"  own mesh {kind} from {mesh['source']}, {mesh['triangles']} triangles in {mesh['mesh']}")
    click.echo("    cam_from_file = cam_from_object @ object_from_file")
    for name in ("object_from_file", "scale_m_per_unit", "rotation", "shift_m"):
        click.echo(f"    {name:<22} {_text(mesh[name])}")


def _object_row(item: Mapping[str, Any]) -> tuple[str, ...]:
    category = item["category"] or "(distractor)"
    return (str(item["instance_id"]), item["kind"], category, _text(item["position_m"]), _text(item["params"]))


def _label_row(label: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(label["instance_id"]),
        str(label["category"]),
        " ".join(f"{side:g}" for side in label["bbox"]),
        str(label["area"]),
        _percent(label["visible_fraction"]),
        _percent(label["truncation"]),
        f"{label['keypoints_visible']}, {label['keypoints_occluded']}, {label['keypoints_outside']}",
    )


def _tell_coco(coco: Mapping[str, Any]) -> None:
    import json

    click.echo(f"  {json.dumps(_shortened(coco['image']))}")
    for annotation in coco["annotations"]:
        click.echo(f"  {json.dumps(_shortened(annotation))}")


def _shortened(value: Any) -> Any:
    """The value with long run-length codes cut and numbers rounded, for reading."""
    if isinstance(value, Mapping):
        return {key: _shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner) for inner in value]
    if isinstance(value, str) and len(value) > COUNTS_SHOWN:
        return f"{value[:COUNTS_SHOWN]}... ({len(value)} characters)"
    return float(f"{value:.5g}") if isinstance(value, float) else value


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.text import Text

    from synthvis.ui.console import data_console
    from synthvis.ui.fitting import FittingTable

    table = FittingTable(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    from rich.padding import Padding

    data_console().print(Padding(table, (0, 0, 0, 2)) if rows else "  none")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "none"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return f"({', '.join(_text(inner) for inner in value)})"
    return str(value)
