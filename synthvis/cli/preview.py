"""`synthvis preview`: a contact sheet of a dataset with its labels."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.api_help import ApiOption, Argument, given
from synthvis.cli.shared.help import SettingOption
from synthvis.cli.shared.options import dry_run_option, echo_json, json_option
from synthvis.cli.shared.values import NAMES, SEED, OutputFile

if TYPE_CHECKING:
    from synthvis.train.settings import Settings

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.looking:preview")
setting = partial(click.option, cls=SettingOption, prefix="With --augmented: ")

EPILOG = """\b
The view labels shows masks, boxes and keypoints in one picture. COCO sets that synthvis did not render have the
views rgb, boxes, masks, keypoints, labels and, of films, tracks.

\b
Examples:
  synthvis preview data/fruit
  synthvis preview data/fruit --n 6 --views rgb,labels,depth,normals --out sheet.png
  synthvis preview data/fruit --image 42 --size 640
  synthvis preview fruit:train --out photographs.jpg
  synthvis preview data/films --film 2 --views rgb,instances
  synthvis preview pets --views tracks --out tracks.jpg
  synthvis preview data/fruit --augmented --augment-recipe sim2real
  synthvis preview data/fruit --augmented --task keypoints --classes banana
"""


class ViewsOption(ApiOption):
    """An option whose help names every label on request, also those of installed packages."""

    def described(self) -> Argument:
        """The words of the API, and the names."""
        from synthvis.labels.registry import label_names

        found = super().described()
        return replace(found, help=f"{found.help.rstrip('.')}: {', '.join(label_names())}.")


@click.command("preview", epilog=EPILOG)
@click.argument("dataset", type=click.Path())
@option("--n", type=click.IntRange(1, 400))
@option("--views", cls=ViewsOption, type=NAMES, metavar="VIEW,VIEW")
@option("--image", "image_ids", argument="images", type=click.IntRange(min=1), multiple=True)
@click.option(
    "--film", type=click.IntRange(min=1), metavar="N", help="Write film N as an MP4 video and as a strip of its frames."
)
@option("--size", "tile_px", argument="tile_px", type=click.IntRange(32, 2048), metavar="PX")
@option("--out", type=OutputFile())
@click.option("--augmented", is_flag=True, help="Show the first images of a training as the network receives them.")
@setting("--task")
@click.option("--classes", metavar="A,B", help="With --augmented: the classes to learn, as in `synthvis train`.")
@setting("--augment", type=float)
@setting("--augment-recipe", metavar="NAME|FILE")
@setting("--match-photos", metavar="DIR")
@setting("--input-size", type=int)
@setting("--batch", type=int)
@setting("--seed", type=SEED)
@json_option
@dry_run_option
def command(
    dataset: str, n: int | None, views: tuple[str, ...] | None, image_ids: tuple[int, ...], film: int | None,
    tile_px: int | None, out: Path | None, augmented: bool, as_json: bool, dry_run: bool, **settings: Any,
) -> None:  # fmt: skip
    """Draw a contact sheet of DATASET with its labels, and print the path of the picture.

    DATASET is a rendered dataset or any other COCO set: a folder, a file, or a split of a real set such as fruit:train.
    Each class has a colour, which the legend below the pictures names.
    """
    if film is not None:
        if augmented or n is not None or image_ids:
            raise click.UsageError("--film draws a whole film: leave out --augmented, --n and --image")
        _check_settings(settings)
        _show_film(dataset, film, out, as_json=as_json, dry_run=dry_run, **given(views=views, tile_px=tile_px))
        return
    if augmented:
        path = _draw_augmented(dataset, settings, out, dry_run=dry_run, **given(count=n, tile_px=tile_px))
        content: dict[str, object] = {"path": str(path)}
    else:
        _check_settings(settings)
        from synthvis.api.looking import sheet_of

        chosen = given(n=n, views=views, tile_px=tile_px)
        sheet = sheet_of(dataset, images=image_ids, out=out, **chosen)
        path = sheet.path if dry_run else sheet.write()
        shown = [item.image_id for item in sheet.images]
        content = {"path": str(path), "images": shown, "views": list(sheet.views)}
    if as_json:
        echo_json(content)
    else:
        click.echo(path)


def _draw_augmented(data: str, settings: Settings, out: Path | None, *, dry_run: bool, **chosen: int) -> Path:
    from synthvis.api.looking import augmented_job, augmented_sheet
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.ui.left_out import show_left_out

    job = augmented_job(data, settings)
    show_left_out((job.train,))
    start_torch()
    return augmented_sheet(job, data, out=out, draw=not dry_run, **chosen)


def _show_film(data: str, film: int, out: Path | None, *, as_json: bool, dry_run: bool, **chosen: Any) -> None:
    from synthvis.api.filming import film_sheet

    if out is not None and out.suffix.lower() != ".mp4":
        raise click.UsageError(f"--out {out}: a film is an MP4; name a file that ends with .mp4")
    sheet = film_sheet(data, film, out=out, **chosen)
    if not dry_run:
        sheet.write()
    if as_json:
        frames = [item.image_id for item in sheet.frames]
        echo_json({"path": str(sheet.video), "strip": str(sheet.strip), "images": frames, "views": list(sheet.views)})
        return
    click.echo(f"{sheet.video}\n{sheet.strip}")


def _check_settings(settings: Settings) -> None:
    typed = [name for name, value in settings.items() if value is not None]
    if typed:
        raise click.UsageError(f"--{typed[0].replace('_', '-')} needs --augmented")
