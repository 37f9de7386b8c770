"""Looking at data: the quality gate, contact sheets, and what a training feeds its network."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.api.sources import Source, source_text
from synthvis.api.talk import OnProgress
from synthvis.checks.gate import MESH_CHECKED_IMAGES, CheckReport, check_dataset
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import RealDataError, SynthvisError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthvis.api.training import Training
    from synthvis.train.settings import Settings
    from synthvis.viz.annotated_images import AnnotatedImage

__all__ = ["Sheet", "augmented_job", "augmented_sheet", "check", "checked_views", "preview", "sheet_of"]

DEFAULT_VIEWS = ("boxes",)
IMAGES = 24
TILE_PX = 256
JPEG_SUFFIXES = (".jpg", ".jpeg")
JPEG_QUALITY = 85
IMAGES_NAMED = 8
"""So many chosen images are told by the name of the file."""


def check(data: Source, *, full: bool = False, on_image: OnProgress | None = None) -> CheckReport:
    """Put a dataset through the quality gate.

    Every image, mask, box, map, keypoint and pose is looked at, and whether the files agree with each other and load
    in pycocotools. Of a COCO set that synthvis did not render, the report names all that its readers leave out.

    Args:
        data: A dataset, a COCO folder or file, or NAME or NAME:SPLIT of a known set.
        full: Rebuild the meshes of all images, not only of 100, to project the keypoints again.
        on_image: Is called with (images checked, all images).

    Returns:
        What was found; `report.ok` says whether that is nothing.

    Raises:
        DatasetError: There is no dataset.

    Examples:
        >>> import synthvis as sv
        >>> sv.check("data/fruit").ok
        True
    """
    from synthvis.checks.foreign import check_foreign, is_foreign_set

    place = source_text(data)
    if is_foreign_set(place):
        return check_foreign(place)
    return check_dataset(place, mesh_checked_images=None if full else MESH_CHECKED_IMAGES, on_image=on_image)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A contact sheet, chosen and not yet drawn.

    Attributes:
        images: Images to draw, in order.
        views: Names of the views of each.
        tile_px: Longer side of each picture.
        path: File for the sheet.
    """

    images: Sequence[AnnotatedImage]
    views: tuple[str, ...]
    tile_px: int
    path: Path

    def draw(self) -> NDArray[np.uint8]:
        """The sheet, (H, W, 3) uint8, RGB."""
        from synthvis.viz.contact_sheet import contact_sheet

        return contact_sheet(self.images, self.views, tile_px=self.tile_px)

    def write(self) -> Path:
        """Draw the sheet and write it; returns the path.

        Raises:
            SynthvisError: The file cannot be written.
        """
        write_picture(self.path, self.draw())
        return self.path


def preview(
    data: Source,
    n: int = IMAGES,
    *,
    views: Sequence[str] = DEFAULT_VIEWS,
    images: Sequence[int] = (),
    tile_px: int = TILE_PX,
    out: Path | str | None = None,
) -> Path:
    """Draw a contact sheet of a set with its labels.

    Args:
        data: A dataset, or any COCO set: a folder, a file, or NAME:SPLIT.
        n: The number of images, spread over the set.
        views: The views of each image, drawn side by side: boxes, rgb, masks, keypoints, labels, tracks, depth,
            normals, amodal, semantic, instances, pose, and the labels on request that the dataset has, by name.
        images: The number of an image to draw; without it, several are chosen.
        tile_px: The longer side of each picture in the sheet, in pixels.
        out: The PNG or JPEG file to write; None: previews/ in the dataset.

    Returns:
        The file written.

    Raises:
        DatasetError: There is no such set, or a view of it.
        UsageError: No such view or image, or the set is not a rendered one and `out` is None.

    Examples:
        >>> import synthvis as sv
        >>> sv.preview("data/fruit", n=2, views=["boxes", "depth"]).name
        'boxes-depth_n2.png'
    """
    return sheet_of(data, n, views=views, images=images, tile_px=tile_px, out=Path(out) if out else None).write()


def sheet_of(
    data: Source,
    n: int = IMAGES,
    *,
    views: Sequence[str] = DEFAULT_VIEWS,
    images: Sequence[int] = (),
    tile_px: int = TILE_PX,
    out: Path | None = None,
) -> Sheet:
    """The sheet that `preview` draws, chosen; arguments and errors are those of `preview`."""
    views = checked_views(views)
    every, folder = _images(source_text(data), out)
    picked = _picked(every, source_text(data), n, images)
    path = out or folder / _file_name(views, len(picked), images)
    return Sheet(images=picked, views=tuple(views), tile_px=tile_px, path=path)


def augmented_job(data: Source, settings: Settings) -> Training:
    """The training whose first images `augmented_sheet` draws; torch is not loaded for it.

    Args:
        data: What a training takes.
        settings: Its settings, `classes` among them; None where one is left to the default.

    Raises:
        RealDataError: There is no such data.
        UsageError: A setting is out of its bounds.
    """
    from synthvis.api.training import training_of

    others = {name: value for name, value in settings.items() if name != "classes"}
    classes = settings.get("classes")
    return training_of(data, classes=None if classes is None else str(classes), settings=others)


def augmented_sheet(
    job: Training, data: str, count: int | None = None, tile_px: int = TILE_PX, out: Path | None = None, *, draw: bool
) -> Path:
    """Draw the first images of a training as its network gets them, augmented; returns the file.

    Args:
        job: The training.
        data: What it was made of.
        count: Images; None: the first batch.
        tile_px: Side of a tile, pixels.
        out: File to write; None: among the previews of the dataset.
        draw: Write the file; else only find out which it would be.

    Raises:
        UsageError: The data is no dataset and no file is named.
    """
    from synthvis.train.registry import task_named
    from synthvis.train.views.augment import recipe_of
    from synthvis.train.views.shown import first_views
    from synthvis.viz.batch_sheet import batch_sheet

    config = job.final_config()
    path = out or _previews_of(data) / f"augmented_{config.task}_{recipe_of(config).name or 'recipe'}.png"
    if draw:
        views = first_views(task_named(config.task), job.train, config, count or config.batch)
        write_picture(path, batch_sheet(views, tile_px))
    return path


def write_picture(path: Path, image_rgb: NDArray[np.uint8]) -> None:
    """Write (H, W, 3) uint8 as JPEG or PNG, by the name of the file.

    Raises:
        SynthvisError: The file cannot be written.
    """
    from synthvis.formats.images import write_jpeg, write_png

    try:
        if path.suffix.lower() in JPEG_SUFFIXES:
            write_jpeg(path, image_rgb, JPEG_QUALITY)
        else:
            write_png(path, image_rgb)
    except OSError as error:
        raise SynthvisError(f"cannot write {path}: {error.strerror}", hint="choose another file with --out") from error


def _previews_of(data: str) -> Path:
    """The previews of a dataset; what is drawn of photographs belongs where its owner says."""
    if not (Path(data) / "dataset.json").is_file():
        raise UsageError(f"{data} is no rendered dataset, so its preview has no place", hint="name a file with --out")
    return open_rendered(data).layout.previews


def _images(data: str, out: Path | None) -> tuple[list[AnnotatedImage], Path]:
    """Every image of the set, and the folder of its previews."""
    from synthvis.data.benchmarks.known_sets import is_known_set
    from synthvis.data.contents import Content
    from synthvis.data.dataset import find_dataset
    from synthvis.data.formats.registry import formats_serving
    from synthvis.viz.annotated_images import select_images, select_set_images

    if (Path(data) / "dataset.json").is_file():
        layout = open_rendered(data).layout
        return select_images(layout, 0), layout.previews
    try:
        found = find_dataset(data, formats=formats_serving(Content.BOXES, Content.KEYPOINTS))
    except RealDataError:
        if not is_known_set(data):
            open_rendered(data)
        raise
    images = select_set_images(found, 0)
    if out is None:
        raise UsageError(f"{data} is not a dataset that synthvis rendered", hint="name the picture with --out FILE")
    return images, out.parent


def checked_views(views: Sequence[str]) -> list[str]:
    """The names of views, refused where one is unknown."""
    from synthvis.viz.contact_sheet import known_views

    known = known_views()
    unknown = [name for name in views if name not in known]
    if unknown or not views:
        near = difflib.get_close_matches(unknown[0], known, n=1) if unknown else []
        hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(known)}"
        what = f"--views {','.join(views)!r}: no view {unknown[0]!r}" if unknown else "--views names no view"
        raise UsageError(what, hint=hint)
    return list(views)


def _picked(every: list[AnnotatedImage], data: str, count: int, image_ids: Sequence[int]) -> list[AnnotatedImage]:
    from synthvis.viz.annotated_images import evenly_spread

    if not image_ids:
        return evenly_spread(every, count)
    by_id = {item.image_id: item for item in every}
    absent = [image_id for image_id in image_ids if image_id not in by_id]
    if absent:
        raise UsageError(
            f"{data} has no image {absent[0]}", hint=f"it has {len(by_id)} images, {min(by_id)} to {max(by_id)}"
        )
    return [by_id[image_id] for image_id in image_ids]


def _file_name(views: Sequence[str], count: int, image_ids: Sequence[int]) -> str:
    chosen = "-".join(str(image_id) for image_id in image_ids[:IMAGES_NAMED])
    return f"{'-'.join(views)}_{chosen or f'n{count}'}.png"
