"""`synthvis models`: the backbones by name, and the cost of each of their layers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption
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
    """List the backbones that training knows by name, and show the cost of each layer of a network."""


@command.command("ls", epilog=LS_EPILOG)
@click.option("--family", cls=ApiOption, of="synthvis.api.networks:backbones")
@json_option
def ls(family: str | None, as_json: bool) -> None:
    """List the backbones: the strides of their feature maps, the tasks that they are for, and their weights.

    A detector needs feature maps at strides 8, 16 and 32; a classifier works with any network. Other names of timm
    work as well.
    """
    from synthvis.api.networks import backbones, tasks_over
    from synthvis.train.registry import tasks

    found = backbones(family)
    if as_json:
        echo_json({"models": [_facts(one) for one in found]})
        return
    from synthvis.ui.console import data_console
    from synthvis.ui.tables import plain_table

    table = plain_table("Backbones", ("name", "family", "maps at strides", "for", "weights", "licence of weights"))
    for column in table.columns:
        column.justify = "left"
    for one in found:
        names = tasks_over(one)
        uses = "all tasks" if len(names) == len(tasks()) else ", ".join(names)
        here = " (installed)" if one.is_packaged else ""
        strides = " ".join(map(str, one.strides or ()))
        table.add_row(one.name, one.family, strides, uses, one.weights_source + here, one.licence or "not stated")
    data_console().print(table)


@command.command("show", epilog=SHOW_EPILOG)
@click.argument("name", metavar="NAME|RUN")
@click.option(
    "--input-size",
    "size",
    metavar="HxW",
    help="The size of the image, in pixels.  [default: that of the weights or the run]",
)
@click.option(
    "--depth", type=click.IntRange(1), help="Add up the layers that share this number of parts of their names."
)
@json_option
def show(name: str, size: str | None, depth: int | None, as_json: bool) -> None:
    """Show the output, memory, parameters and multiply-adds of each layer of a backbone or of a trained RUN.

    NAME is one that `synthvis models ls` lists, any of timm, or torchvision:NAME. Nothing is downloaded.
    """
    from synthvis.api.networks import check_network, layer_table
    from synthvis.cli.shared.torch_start import start_torch

    image_hw = _size_of(size)
    check_network(name)
    start_torch()
    table = layer_table(name, image_hw=image_hw)
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


def _facts(one: Backbone) -> dict[str, object]:
    from synthvis.api.networks import tasks_over

    return {
        "name": one.name,
        "family": one.family,
        "library": one.library,
        "model": one.timm_name if one.library == "timm" else one.model,
        "strides": list(one.strides or ()),
        "pyramid": one.has_pyramid,
        "tasks": list(tasks_over(one)),
        "weights": one.weights_source,
        "packaged_here": one.is_packaged,
        "licence": one.licence,
    }


def _as_dict(table: LayerTable) -> dict[str, object]:
    def costs(one: Layer | LayerTable) -> dict[str, object]:
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
