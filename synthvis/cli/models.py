"""`synthvis models`: the backbones by name, and what each of their layers costs."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.options import echo_json, json_option

if TYPE_CHECKING:
    from synthvis.train.backbones.catalogue import Backbone
    from synthvis.train.backbones.layer_table import Layer, LayerTable

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis models ls
  synthvis models show resnet50 --depth 1
  synthvis models show runs/fruit
"""

LS_EPILOG = """\b
Examples:
  synthvis models ls
  synthvis models ls --family resnet
  synthvis models ls --json | jq -r '.models[] | select(.pyramid) | .name'
"""

SHOW_EPILOG = """\b
Examples:
  synthvis models show alexnet --input-size 227x227
  synthvis models show resnet152 --depth 2
  synthvis models show dino --json | jq .totals
  synthvis models show runs/fruit --depth 2
"""

COUNTED = (
    "multiply-adds of convolutions, linear layers and matrix products for one image; KB of float32 outputs, "
    "1,024 bytes each"
)


@click.group("models", epilog=EPILOG)
def command() -> None:
    """List the backbones that training knows by name, and show what each layer of one costs."""


@command.command("ls", epilog=LS_EPILOG)
@click.option("--family", help="Only this family, such as resnet.")
@json_option
def ls(family: str | None, as_json: bool) -> None:
    """List backbones: strides of their feature maps, where their weights come from, licence of the weights.

    A detector needs maps at strides 8, 16 and 32; any network gives a vector to classify by. Other names of timm work
    as well.
    """
    from synthvis.train.backbones.catalogue import of_family

    found = of_family(family)
    if as_json:
        echo_json({"models": [_facts(one) for one in found]})
        return
    from synthvis.ui.console import data_console
    from synthvis.ui.tables import plain_table

    table = plain_table("Backbones", ("name", "family", "maps at strides", "for", "weights", "licence of weights"))
    for column in table.columns:
        column.justify = "left"
    for one in found:
        use = "detection, classification" if one.has_pyramid else "classification"
        here = " (installed)" if one.is_packaged else ""
        strides = " ".join(map(str, one.strides or ()))
        table.add_row(one.name, one.family, strides, use, one.weights_source + here, one.licence or "not stated")
    data_console().print(table)


@command.command("show", epilog=SHOW_EPILOG)
@click.argument("name", metavar="NAME|RUN")
@click.option(
    "--input-size", "size", metavar="HxW", help="Size of the image, px.  [default: that of the weights or the run]"
)
@click.option("--depth", type=click.IntRange(1), help="One row for layers that share so many parts of their names.")
@json_option
def show(name: str, size: str | None, depth: int | None, as_json: bool) -> None:
    """Show each layer of a backbone or of a trained RUN: output, memory, parameters, multiply-adds.

    NAME is one of `models ls`, any of timm, or torchvision:NAME. Nothing is downloaded.
    """
    table = _table_of(name, _size_of(size))
    if depth is not None:
        table = table.at_depth(depth)
    if as_json:
        echo_json(_as_dict(table))
    else:
        _print_table(table)


def _size_of(text: str | None) -> tuple[int, int] | None:
    from synthvis.errors import UsageError

    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,5})(?:x(\d{1,5}))?", text)
    if match is None or "0" in (match[1].lstrip("0") or "0", (match[2] or match[1]).lstrip("0") or "0"):
        raise UsageError(f"--input-size {text} is no size", hint="height and width in pixels, such as 227x227")
    return int(match[1]), int(match[2] or match[1])


def _table_of(name: str, image_hw: tuple[int, int] | None) -> LayerTable:
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.errors import UsageError
    from synthvis.train.backbones.names import require_known

    path = Path(name)
    is_run = os.sep in name or name.endswith(".safetensors") or path.is_dir()
    if not is_run:
        require_known(name)
    start_torch()
    from synthvis.train.backbones.layer_table import classifier_table, run_table

    if not is_run:
        return classifier_table(name, image_hw)
    from synthvis.train.engine.checkpoint import load_trained

    trained = load_trained(path)
    side = trained.model.input_size
    if image_hw is not None and image_hw[0] != image_hw[1]:
        raise UsageError("a trained network takes square images", hint=f"--input-size {image_hw[0]}x{image_hw[0]}")
    title = f"{path.name}: {trained.task}, {trained.model.backbone}, {len(trained.classes)} classes"
    return run_table(trained.network, image_hw[0] if image_hw else side, title)


def _print_table(table: LayerTable) -> None:
    from synthvis.ui.console import data_console
    from synthvis.ui.tables import plain_table

    height, width = table.image_hw
    columns = ("layer", "type", "output", "memory KB", "weights K", "biases K", "MFLOP")
    shown = plain_table(f"{table.title}, input 3x{height}x{width}", columns)
    shown.columns[1].justify = "left"
    for layer in table.layers:
        shown.add_row(layer.name, layer.kind, "x".join(map(str, layer.output_shape)), *_costs(layer))
    shown.add_section()
    shown.add_row("total", f"{table.parameters:,} parameters", "", *_costs(table))
    console = data_console()
    console.print(shown)
    console.print(f"MFLOP: {COUNTED}")


def _costs(one: Layer | LayerTable) -> tuple[str, ...]:
    return (
        _short(one.memory_bytes / 1024),
        _short(one.weights / 1e3),
        _short(one.biases / 1e3),
        _short(one.multiply_adds / 1e6),
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.95 or value == 0 else f"{value:.2g}"


def _facts(one: Backbone) -> dict[str, Any]:
    return {
        "name": one.name,
        "family": one.family,
        "library": one.library,
        "model": one.timm_name if one.library == "timm" else one.model,
        "strides": list(one.strides or ()),
        "pyramid": one.has_pyramid,
        "weights": one.weights_source,
        "packaged_here": one.is_packaged,
        "licence": one.licence,
    }


def _as_dict(table: LayerTable) -> dict[str, Any]:
    def costs(one: Layer | LayerTable) -> dict[str, Any]:
        return {
            "memory_bytes": one.memory_bytes,
            "weights": one.weights,
            "biases": one.biases,
            "parameters": one.parameters,
            "multiply_adds": one.multiply_adds,
        }

    layers = [
        {"name": one.name, "type": one.kind, "output_shape": list(one.output_shape), **costs(one)}
        for one in table.layers
    ]
    return {
        "network": table.title,
        "input_hw": list(table.image_hw),
        "counted": COUNTED,
        "layers": layers,
        "totals": costs(table),
    }
