"""`synthvis export`: a labelled set in the format of another tool."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import dry_run_option, echo_json, json_option, real_root_option
from synthvis.cli.shared.progress import counting
from synthvis.cli.shared.values import SEED, OutputFolder
from synthvis.errors import counted

if TYPE_CHECKING:
    from rich.table import Table

    from synthvis.data.export.export import ExportResult
    from synthvis.data.export.plan import ExportPlan

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.exporting:export")

EPILOG = """\b
Examples:
  synthvis export data/fruit --format yolo --out data/fruit-yolo
  synthvis export data/fruit --format voc --out data/fruit-voc --split train --images 500
  synthvis export data/fruit --format coco --out data/apples --classes apple --min-visible 0.15
  synthvis export data/fruit --format bop --out data/fruit-bop --models class
  synthvis export data/fruit --format masks --out data/fruit-masks --dry-run
The formats, and which labels each can hold: `synthvis export --formats`.
"""


def _show_formats(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from synthvis.ui.console import data_console

    data_console().print(_format_table())
    ctx.exit()


@click.command("export", epilog=EPILOG)
@click.argument("dataset", metavar="NAME|DIR|FILE")
@option("--format", required=True, metavar="NAME")
@option("--out", type=OutputFolder("EXPORT"), required=True)
@option("--split", multiple=True, metavar="NAME")
@option("--classes", metavar="A,B,...")
@option("--images", type=click.IntRange(min=1), metavar="N")
@option("--min-visible", type=click.FloatRange(0, 1), metavar="SHARE")
@option("--boxes", type=click.Choice(["modal", "amodal", "body", "amodal-body"]))
@option("--seed", type=SEED)
@option("--models", type=click.Choice(["each", "class"]))
@real_root_option
@click.option(
    "--formats", is_flag=True, is_eager=True, expose_value=False, callback=_show_formats,
    help="List the formats and the labels that each can hold, and exit.",
)  # fmt: skip
@dry_run_option
@json_option
def command(
    dataset: str,
    format: str,
    out: Path,
    split: tuple[str, ...],
    classes: str | None,
    images: int | None,
    min_visible: float | None,
    boxes: str | None,
    seed: int | None,
    models: str | None,
    real_root: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write a labelled set in the format of another tool: YOLO, Pascal VOC, COCO and more.

    The set may be in any format that synthvis reads. Pictures are linked where the disk allows it, else copied. Labels
    that the format cannot hold are named. Run the same command again to resume.
    """
    from synthvis.api.exporting import export_to_folder, plan_export
    from synthvis.data.export.settings import ExportSettings
    from synthvis.ui.left_out import show_left_out

    named = tuple(name.strip() for name in (classes or "").split(",") if name.strip())
    options = given(images=images, min_visible=min_visible, boxes=boxes, seed=seed, models=models)
    plan = plan_export(dataset, ExportSettings(format=format, classes=named, **options), split, real_root=real_root)
    show_left_out(one.split for one in plan.splits)
    if dry_run:
        _say_plan(plan, out, as_json)
        return
    with counting("exporting") as on_image:
        result = export_to_folder(plan, out, on_image=on_image)
    if as_json:
        echo_json({"folder": str(out), "written": result.written, **plan.to_dict()})
        return
    _say_result(result)
    click.echo(out)


def _say_plan(plan: ExportPlan, out: Path, as_json: bool) -> None:
    if as_json:
        echo_json({"folder": str(out), **plan.to_dict()})
        return
    click.echo(f"{out}: {_contents(plan)} as {plan.form.name}: {plan.form.about}")
    _say_lost(plan)


def _say_result(result: ExportResult) -> None:
    from synthvis.data.contents import Content

    plan = result.plan
    if not result.written:
        say(f"nothing to do: all {_contents(plan)} are there")
    elif result.written < plan.images:
        say(f"{counted(result.written, 'image')} written, the others were there; in all {_contents(plan)}")
    else:
        say(f"{_contents(plan)} written as {plan.form.name}")
    _say_lost(plan)
    if plan.form.serves & {Content.BOXES, Content.KEYPOINTS}:
        say(f"look at it with: synthvis preview {shlex.quote(str(result.root))} --out preview.png")


def _contents(plan: ExportPlan) -> str:
    parts = ", ".join(f"{len(one):,} {one.name}" for one in plan.splits)
    objects = f", {counted(plan.objects, 'object')}" if plan.objects else ""
    return f"{counted(plan.images, 'image')} ({parts}){objects}"


def _say_lost(plan: ExportPlan) -> None:
    if plan.hidden:
        least = f"{plan.settings.min_visible:g}"
        say(f"left out: {counted(plan.hidden, 'object')} that show less than {least} of themselves (--min-visible)")
    if plan.lost:
        lost = ", ".join(f"{one.content.value} ({one.count:,})" for one in plan.lost)
        say(f"{plan.form.name} cannot hold: {lost}")
    for remark in plan.form.remarks:
        say(remark)


def _format_table() -> Table:
    from rich import box

    from synthvis.data.contents import Content
    from synthvis.data.formats.registry import all_formats
    from synthvis.ui.fitting import FittingTable

    table = FittingTable(title="Formats that can be written", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("name", no_wrap=True)
    table.add_column("labels that it holds")
    for name, one in all_formats().items():
        if one.can_write:
            table.add_row(name, ", ".join(content.value for content in Content if content in one.holds))
    return table
