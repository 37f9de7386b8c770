"""Which images of a dataset are made, and the merge of their records into COCO files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from synthvis.conventions import image_stem
from synthvis.dataset.layout import SPLITS, DatasetLayout, write_json_atomic
from synthvis.errors import DatasetError, SynthvisError
from synthvis.formats.coco import merge_records
from synthvis.formats.image_record import read_record
from synthvis.formats.json_file import Count, FileModel, JsonObject, read_json
from synthvis.labels.registry import labels_named
from synthvis.objects.spec import Category

__all__ = ["COMPANIONS", "assemble", "coco_info", "made_images", "read_quarantine", "write_quarantine"]

COMPANIONS = (("images", "jpg"), ("depth", "png"), ("normals", "png"), ("semantic", "png"), ("instances", "png"))
"""Folder and suffix of each file that belongs to an image besides its scene and its record."""

ALL_FILES = (*COMPANIONS, ("scenes", "json"), ("records", "json"))


class FailedImage(FileModel):
    """An image that could not be made."""

    image_index: Count
    reason: str


class QuarantineFile(FileModel):
    """Content of quarantine.json."""

    images: list[FailedImage]


def made_images(
    layout: DatasetLayout, wanted: Iterable[int], split_of: Callable[[int], str], label_names: Iterable[str] = ()
) -> set[int]:
    """The images of `wanted` whose record is sound and whose files are all there and not empty.

    Args:
        layout: The dataset.
        wanted: Image numbers.
        split_of: Split of an image number.
        label_names: Labels that the recipe asks for by name; those that are files must be there too.
    """
    folders = [folder for folder, _ in ALL_FILES] + [
        label.name for label in labels_named(label_names) if label.map_form is not None
    ]
    present = {(folder, split): _stems(layout.root / folder / split) for folder in folders for split in SPLITS}
    made = set()
    for index in wanted:
        stem, split = image_stem(index), split_of(index)
        complete = all(stem in present[folder, split] for folder in folders)
        if complete and _is_sound(layout.record(split, index), index):
            made.add(index)
    return made


def assemble(layout: DatasetLayout, categories: Sequence[Category], info: JsonObject) -> dict[str, int]:
    """Write the COCO files of every split from the records that are there.

    Returns:
        Images by split.

    Raises:
        DatasetError: A record is broken.
    """
    counts = {}
    for split in SPLITS:
        folder = layout.root / "records" / split
        merged = merge_records(
            folder.glob("[!.]*.json"),
            categories,
            info,
            instances_path=layout.annotations("instances", split),
            keypoints_path=layout.annotations("keypoints", split),
        )
        counts[split] = merged.images
    return counts


def coco_info(recipe_name: str, seed: int) -> JsonObject:
    """The "info" of a dataset's COCO files: equal for equal runs."""
    return {"description": f"synthvis {recipe_name}", "seed": seed}


def read_quarantine(layout: DatasetLayout) -> dict[int, str]:
    """Image numbers that could not be made, with the reason; a damaged file counts as none."""
    try:
        found = read_json(layout.quarantine, QuarantineFile, what="a list of failed images", hint="")
    except SynthvisError:
        return {}
    return {entry.image_index: entry.reason for entry in found.images}


def write_quarantine(layout: DatasetLayout, reasons: Mapping[int, str]) -> None:
    """Write quarantine.json, or remove it when nothing is in quarantine."""
    if not reasons:
        layout.quarantine.unlink(missing_ok=True)
        return
    entries = [{"image_index": index, "reason": reasons[index]} for index in sorted(reasons)]
    write_json_atomic(layout.quarantine, {"images": entries})


def _stems(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name.partition(".")[0] for entry in entries if entry.stat().st_size > 0}
    except FileNotFoundError:
        return set()


def _is_sound(path: Path, image_index: int) -> bool:
    try:
        return read_record(path).image.id == image_index
    except DatasetError:
        return False
