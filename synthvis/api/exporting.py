"""Labelled sets in the formats of other tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthvis.api.sources import Source, source_text
from synthvis.api.talk import OnProgress
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.derived.box_style import BoxKind
from synthvis.data.export.export import ExportResult, export_planned
from synthvis.data.export.plan import ExportPlan
from synthvis.data.export.settings import ExportSettings, ModelChoice
from synthvis.data.formats.registry import all_formats, format_named, formats_serving

__all__ = ["export", "export_to_folder", "plan_export"]


def export(
    data: Source,
    format: str,
    out: Path | str,
    *,
    split: Sequence[str] = (),
    classes: Sequence[str] = (),
    images: int | None = None,
    min_visible: float = 0.0,
    boxes: BoxKind = "modal",
    seed: int = 0,
    models: ModelChoice | None = None,
    real_root: Path | str | None = None,
    on_image: OnProgress | None = None,
) -> Dataset:
    """Write a labelled set in the format of another tool. The same call resumes.

    Pictures are linked where the disk allows it, so that they take no room, else copied.

    Args:
        data: A dataset, a folder or file in any known format, or the name of a known set.
        format: The name of the format, such as yolo or voc.
        out: The folder of the export; it must be empty, not there, or hold the same export.
        split: The splits to export; None: all that have an image.
        classes: The classes to export; None: all.
        images: The number of images to take from each split, by chance; None: all.
        min_visible: The share of itself that an object of a render must show, 0 to 1; `train` takes 0.15.
        boxes: How boxes of renders are drawn: modal, amodal, body or amodal-body.
        seed: The seed of the choice of images.
        models: The 3D models that bop writes: one for each object (each), or one for all objects of a class (class);
            None: each for up to 1,000 objects.
        real_root: Folder of the named real sets; None: that of SYNTHVIS_REAL.
        on_image: Is called with (images written, all images).

    Returns:
        The export, opened.

    Raises:
        UsageError: There is no such format, it cannot be written, or there is no such class.
        DatasetError: The folder holds something else, or a picture is absent.
        RealDataError: There is no such set or split, or the set lacks labels that the format must have.

    Examples:
        >>> import synthvis as sv
        >>> copy = sv.export("data/fruit", "yolo", "data/fruit-yolo")
        >>> copy.format.name, copy.splits
        ('yolo', ('train', 'val'))
    """
    settings = ExportSettings(
        format=format,
        classes=tuple(classes),
        images=images,
        min_visible=min_visible,
        boxes=boxes,
        seed=seed,
        models=models,
    )
    export_to_folder(plan_export(data, settings, split, real_root=real_root), out, on_image=on_image)
    return find_dataset(out, formats=(format,))


def plan_export(
    data: Source, settings: ExportSettings, splits: Sequence[str] = (), *, real_root: Path | str | None = None
) -> ExportPlan:
    """What `export` would write; errors are those of `export`."""
    # A set of VOC, for one, has boxes in one list of images and masks in another.
    first = formats_serving(*format_named(settings.format).wants)
    order = (*first, *(name for name in all_formats() if name not in first))
    return find_dataset(source_text(data), real_root, formats=order).plan_export(settings, splits)


def export_to_folder(plan: ExportPlan, out: Path | str, *, on_image: OnProgress | None = None) -> ExportResult:
    """Write what was planned; errors are those of `export`."""
    return export_planned(plan, Path(out), on_images=on_image or (lambda done, total: None))
