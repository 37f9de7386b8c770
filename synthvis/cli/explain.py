"""`synthvis explain`: how one image came about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.options import echo_json, json_option

if TYPE_CHECKING:
    from synthvis.objects.spec import ObjectSpec
    from synthvis.report.provenance import ImageProvenance, LabelSummary

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
    """Explain how image number IMAGE of DATASET came about.

    The output goes from the seed through the sampled values and the scene to the labels and the COCO entry, with the
    file behind each step and the command that renders this one image again.
    """
    from synthvis.api.explaining import explain_image

    found = explain_image(dataset, image)
    if as_json:
        echo_json(found.to_dict())
    else:
        _show(found)


def _show(found: ImageProvenance) -> None:
    content = found.to_dict()
    files = {name: str(path) for name, path in found.files.items()}
    click.echo(f"Image {found.image_index} of {found.dataset}, split {found.split}")
    _heading(1, "Seed", "synthvis.seeds")
    _values(content["seed"])
    _heading(2, "Sampled values", files.get("scene", ""))
    _show_sampled(content["sampled"])
    _heading(3, "Objects", files.get("scene", ""))
    _table(("id", "type", "class", "position m", "parameters"), [_object_row(item) for item in found.scene.objects])
    for name, mesh in content["own_meshes"].items():
        _show_mesh(name, mesh)
    _heading(4, "Render", ", ".join(files[name] for name in ("image", "depth", "normals") if name in files))
    _values(content["sampled"]["render"])
    _heading(5, "Labels", ", ".join(files[name] for name in files if name not in OTHER_FILES))
    columns = ("id", "class", "box x y w h", "area px", "visible", "cut off", "keypoints: seen, hidden, outside")
    _table(columns, [_label_row(label) for label in found.labels])
    if found.hidden_instance_ids:
        click.echo(f"  in the scene and not seen: {', '.join(map(str, found.hidden_instance_ids))}")
    if found.unseen_instance_ids:
        click.echo(f"  too little contrast to be seen: {', '.join(map(str, found.unseen_instance_ids))}")
    _heading(6, "COCO entry", str(found.coco.file))
    for entry in (found.coco.image, *found.coco.annotations):
        click.echo(f"  {json.dumps(_shortened(entry))}")
    _heading(7, "Make this image again", "")
    click.echo(f"  {found.remake}")


def _heading(number: int, title: str, source: str) -> None:
    click.echo()
    click.secho(f"{number}. {title}", bold=True, nl=False)
    click.echo(f"  ({source})" if source else "")


def _values(values: Mapping[str, object]) -> None:
    for key, value in values.items():
        click.echo(f"  {key:<24} {_text(value)}")


def _show_sampled(sampled: Mapping[str, Any]) -> None:
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


def _show_mesh(name: str, mesh: Mapping[str, object]) -> None:
    """How to get from the object's frame to the coordinates of the user's file."""
    click.echo(f"  own mesh {name} from {mesh['source']}, {mesh['triangles']} triangles in {mesh['mesh']}")
    click.echo("    cam_from_file = cam_from_object @ object_from_file")
    for key in ("object_from_file", "scale_m_per_unit", "rotation", "shift_m"):
        click.echo(f"    {key:<22} {_text(mesh[key])}")


def _object_row(item: ObjectSpec) -> tuple[str, ...]:
    position = [row[3] for row in item.world_from_object[:3]]
    category = item.category or "(distractor)"
    return (str(item.instance_id), item.kind, category, _text(position), _text(item.params))


def _label_row(label: LabelSummary) -> tuple[str, ...]:
    return (
        str(label.instance_id),
        label.category,
        " ".join(f"{side:g}" for side in label.bbox),
        str(label.area),
        _percent(label.visible_fraction),
        _percent(label.truncation),
        f"{label.keypoints_visible}, {label.keypoints_occluded}, {label.keypoints_outside}",
    )


def _shortened(value: object) -> object:
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


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "none"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return f"({', '.join(_text(inner) for inner in value)})"
    return str(value)
