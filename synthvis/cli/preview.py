"""`synthvis preview`: a contact sheet of a dataset with its labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli._options import SEED, OutputFile, dry_run_option, echo_json, json_option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthvis.report.picked import Picked

__all__ = ["command"]

DEFAULT_VIEWS = "boxes"
IMAGES = 24
JPEG_SUFFIXES = (".jpg", ".jpeg")
JPEG_QUALITY = 85

EPILOG = """\b
Views: boxes, rgb, masks, keypoints, depth, normals, amodal, semantic, instances, pose, and labels, which is masks,
boxes and keypoints in one; where the dataset has them, nocs, box3d, occlusion_order and boundary. COCO sets that
synthvis did not render have rgb, boxes, masks, keypoints and labels.

\b
Examples:
  synthvis preview data/fruit
  synthvis preview data/fruit --n 6 --what rgb,labels,depth,normals --out sheet.png
  synthvis preview data/fruit --image 42 --tile 640
  synthvis preview fruit:train --out photographs.jpg
  synthvis preview data/fruit --as-trained --augment-recipe sim2real
  synthvis preview data/fruit --as-trained --task keypoints --classes banana
"""


@click.command("preview", epilog=EPILOG)
@click.argument("dataset", type=click.Path())
@click.option(
    "--n", "count", type=click.IntRange(1, 400), help=f"Number of images.  [default: {IMAGES}; as trained: a batch]"
)
@click.option("--what", default=DEFAULT_VIEWS, show_default=True, help="Views of each image, side by side.")
@click.option("--image", "image_ids", type=click.IntRange(min=1), multiple=True, help="Show this image; repeatable.")
@click.option(
    "--tile",
    "tile_px",
    type=click.IntRange(32, 2048),
    default=256,
    show_default=True,
    help="Longer side of each picture in the sheet, pixels.",
)
@click.option("--out", type=OutputFile(), help="PNG or JPEG to write  [DATASET/previews/...].")
@click.option("--as-trained", is_flag=True, help="Show what `synthvis train` would feed the network first.")
@click.option("--task", help="As trained: the task, as in `synthvis train`.  [default: detection]")
@click.option("--classes", help="As trained: only these, as in `synthvis train`.  [default: all]")
@click.option("--augment", type=float, help="As trained: strength of augmentation, 0 to 2.  [default: 1]")
@click.option("--augment-recipe", metavar="NAME|FILE", help="As trained: augmentation part by part.")
@click.option("--match-photos", metavar="DIR", help="As trained: photographs whose look the renders take on.")
@click.option("--image-size", type=int, help="As trained: side of the square input, pixels.  [default: 320]")
@click.option("--batch", type=int, help="As trained: images in each step.  [default: 16]")
@click.option("--seed", type=SEED, help="As trained: seed of order and augmentation.  [default: 0]")
@json_option
@dry_run_option
def command(
    dataset: str,
    count: int | None,
    what: str,
    image_ids: tuple[int, ...],
    tile_px: int,
    out: Path | None,
    as_trained: bool,
    as_json: bool,
    dry_run: bool,
    **settings: Any,
) -> None:
    """Draw a contact sheet of DATASET with its labels and print the path of the picture.

    DATASET is a folder that `synthvis render` made, or any other COCO set: a folder, or a real set's split such as
    fruit:train. Each class has a colour, named in the legend below the pictures.
    """
    if as_trained:
        _as_trained(dataset, settings, count, tile_px, out, as_json, dry_run)
        return
    _refuse_settings(settings)
    views = _views(what)
    from synthvis.report.contact_sheet import contact_sheet

    every, folder = _images(dataset, out)
    picked = _picked(every, dataset, count or IMAGES, image_ids)
    path = out or folder / _file_name(views, len(picked), image_ids)
    if not dry_run:
        _write(path, contact_sheet(picked, views, tile_px=tile_px))
    if as_json:
        echo_json({"path": str(path), "images": [item.image_id for item in picked], "views": list(views)})
    else:
        click.echo(path)


def _images(dataset: str, out: Path | None) -> tuple[list[Picked], Path]:
    """Every image of the set, and the folder of its previews."""
    from synthvis.data.real import KNOWN, find_real
    from synthvis.dataset.manifest import open_dataset
    from synthvis.errors import RealDataError, UsageError
    from synthvis.report.picked import pick_images, pick_of_coco

    if (Path(dataset) / "dataset.json").is_file():
        layout = open_dataset(dataset).layout
        return pick_images(layout, 0), layout.previews
    try:
        found = find_real(dataset)
    except RealDataError:
        if dataset.partition(":")[0] not in KNOWN:
            open_dataset(dataset)
        raise
    images = pick_of_coco(found, 0)
    if out is None:
        raise UsageError(f"{dataset} is not a dataset that synthvis rendered", hint="name the picture with --out FILE")
    return images, out.parent


def _as_trained(
    data: str, settings: dict[str, Any], count: int | None, tile_px: int, out: Path | None, as_json: bool, dry_run: bool
) -> None:
    from synthvis.cli._as_trained import draw_as_trained

    path, sheet = draw_as_trained(data, settings, count, tile_px, out, dry_run=dry_run)
    if sheet is not None:
        _write(path, sheet)
    if as_json:
        echo_json({"path": str(path)})
    else:
        click.echo(path)


def _refuse_settings(settings: dict[str, Any]) -> None:
    from synthvis.errors import UsageError

    typed = [name for name, value in settings.items() if value is not None]
    if typed:
        raise UsageError(f"--{typed[0].replace('_', '-')} is for --as-trained", hint="add --as-trained")


def _write(path: Path, sheet: NDArray[np.uint8]) -> None:
    from synthvis.errors import SynthvisError
    from synthvis.formats.images import write_jpeg, write_png

    try:
        if path.suffix.lower() in JPEG_SUFFIXES:
            write_jpeg(path, sheet, JPEG_QUALITY)
        else:
            write_png(path, sheet)
    except OSError as error:
        raise SynthvisError(f"cannot write {path}: {error.strerror}", hint="choose another file with --out") from error


def _views(what: str) -> list[str]:
    from synthvis.errors import UsageError
    from synthvis.report.contact_sheet import VIEWS

    views = [name.strip() for name in what.split(",") if name.strip()]
    unknown = [name for name in views if name not in VIEWS]
    if unknown or not views:
        import difflib

        near = difflib.get_close_matches(unknown[0], VIEWS, n=1) if unknown else []
        hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(VIEWS)}"
        raise UsageError(f"--what {what!r}: no view {unknown[0]!r}" if unknown else "--what names no view", hint=hint)
    return views


def _picked(every: list[Picked], dataset: str, count: int, image_ids: tuple[int, ...]) -> list[Picked]:
    from synthvis.errors import UsageError
    from synthvis.report.picked import spread_over

    if not image_ids:
        return spread_over(every, count)
    by_id = {item.image_id: item for item in every}
    absent = [image_id for image_id in image_ids if image_id not in by_id]
    if absent:
        raise UsageError(
            f"{dataset} has no image {absent[0]}", hint=f"it has {len(by_id)} images, {min(by_id)} to {max(by_id)}"
        )
    return [by_id[image_id] for image_id in image_ids]


def _file_name(views: list[str], count: int, image_ids: tuple[int, ...]) -> str:
    images = "-".join(str(image_id) for image_id in image_ids[:8]) if image_ids else f"n{count}"
    return f"{'-'.join(views)}_{images}.png"
