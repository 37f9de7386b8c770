"""`synthvis preview`: a contact sheet of a dataset with its labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from synthvis.cli.shared.help import SettingOption
from synthvis.cli.shared.options import SEED, OutputFile, dry_run_option, echo_json, json_option

__all__ = ["command"]

DEFAULT_VIEWS = "boxes"
IMAGES = 24

EPILOG = """\b
Views: boxes, rgb, masks, keypoints, depth, normals, amodal, semantic, instances, pose, and labels, which is masks,
boxes and keypoints in one; and every label on request that the dataset has. COCO sets that synthvis did not render
have rgb, boxes, masks, keypoints and labels.

\b
Examples:
  synthvis preview data/fruit
  synthvis preview data/fruit --n 6 --what rgb,labels,depth,normals --out sheet.png
  synthvis preview data/fruit --image 42 --size 640
  synthvis preview fruit:train --out photographs.jpg
  synthvis preview data/fruit --augmented --augment-recipe sim2real
  synthvis preview data/fruit --augmented --task keypoints --classes banana
"""


class ViewsOption(click.Option):
    """An option whose help names every label on request, also those of installed packages."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from synthvis.labels.registry import label_names

        self.help = f"Views of each image, side by side; of labels on request: {', '.join(label_names())}."
        return super().get_help_record(ctx)


@click.command("preview", epilog=EPILOG)
@click.argument("dataset", type=click.Path())
@click.option(
    "--n",
    "count",
    type=click.IntRange(1, 400),
    help=f"Number of images.  [default: {IMAGES}; with --augmented: a batch]",
)
@click.option("--what", cls=ViewsOption, default=DEFAULT_VIEWS, show_default=True)
@click.option("--image", "image_ids", type=click.IntRange(min=1), multiple=True, help="Show this image; repeatable.")
@click.option(
    "--size",
    "tile_px",
    type=click.IntRange(32, 2048),
    default=256,
    show_default=True,
    metavar="PX",
    help="Longer side of each picture in the sheet, in pixels.",
)
@click.option("--out", type=OutputFile(), help="PNG or JPEG to write  [DATASET/previews/...].")
@click.option("--augmented", is_flag=True, help="Show what `synthvis train` would feed the network first.")
@click.option("--task", cls=SettingOption, prefix="With --augmented: ")
@click.option("--classes", help="With --augmented: only these, as in `synthvis train`.  [default: all]")
@click.option("--augment", type=float, cls=SettingOption, prefix="With --augmented: ")
@click.option("--augment-recipe", metavar="NAME|FILE", cls=SettingOption, prefix="With --augmented: ")
@click.option("--match-photos", metavar="DIR", cls=SettingOption, prefix="With --augmented: ")
@click.option("--input-size", type=int, cls=SettingOption, prefix="With --augmented: ")
@click.option("--batch", type=int, cls=SettingOption, prefix="With --augmented: ")
@click.option("--seed", type=SEED, cls=SettingOption, prefix="With --augmented: ")
@json_option
@dry_run_option
def command(
    dataset: str,
    count: int | None,
    what: str,
    image_ids: tuple[int, ...],
    tile_px: int,
    out: Path | None,
    augmented: bool,
    as_json: bool,
    dry_run: bool,
    **settings: Any,
) -> None:
    """Draw a contact sheet of DATASET with its labels and print the path of the picture.

    DATASET is a folder that `synthvis render` made, or any other COCO set: a folder, or a real set's split such as
    fruit:train. Each class has a colour, named in the legend below the pictures.
    """
    if augmented:
        _draw_augmented(dataset, settings, count, tile_px, out, as_json, dry_run)
        return
    _refuse_settings(settings)
    from synthvis.api.looking import sheet_of

    views = [name.strip() for name in what.split(",") if name.strip()]
    sheet = sheet_of(dataset, count or IMAGES, views=views, images=image_ids, tile_px=tile_px, out=out)
    if not dry_run:
        sheet.write()
    if as_json:
        shown = [item.image_id for item in sheet.images]
        echo_json({"path": str(sheet.path), "images": shown, "views": list(sheet.views)})
    else:
        click.echo(sheet.path)


def _draw_augmented(
    data: str, settings: dict[str, Any], count: int | None, tile_px: int, out: Path | None, as_json: bool, dry_run: bool
) -> None:
    from synthvis.api.looking import augmented_job, augmented_sheet
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.ui.left_out import show_left_out

    job = augmented_job(data, settings)
    show_left_out((job.train,))
    start_torch()
    path = augmented_sheet(job, data, count, tile_px, out, draw=not dry_run)
    if as_json:
        echo_json({"path": str(path)})
    else:
        click.echo(path)


def _refuse_settings(settings: dict[str, Any]) -> None:
    from synthvis.errors import UsageError

    typed = [name for name, value in settings.items() if value is not None]
    if typed:
        raise UsageError(f"--{typed[0].replace('_', '-')} is for --augmented", hint="add --augmented")
