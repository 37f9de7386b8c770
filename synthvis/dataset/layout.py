"""Where everything in a dataset folder is, and how a file gets there whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.conventions import image_stem
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.depth import PNG_1MM, DepthEncoding
from synthvis.labels.map_form import MapForm

__all__ = ["SPLITS", "DatasetLayout", "write_bytes_atomic", "write_json_atomic"]

SPLITS = ("train", "val")


@dataclass(frozen=True, slots=True)
class DatasetLayout:
    """Names of the files under one dataset folder."""

    root: Path
    depth_encoding: DepthEncoding = PNG_1MM
    """How depth maps are stored; `open_dataset` reads it from dataset.json."""

    @property
    def manifest(self) -> Path:
        """Resolved recipe, seed, versions and content hash; equal for equal runs."""
        return self.root / "dataset.json"

    @property
    def run_facts(self) -> Path:
        """Clock, host, speed, failures: the only file that may differ between equal runs."""
        return self.root / "run.json"

    @property
    def quarantine(self) -> Path:
        """Images that could not be made, with the reason."""
        return self.root / "quarantine.json"

    @property
    def previews(self) -> Path:
        """Folder of contact sheets."""
        return self.root / "previews"

    @property
    def meshes(self) -> Path:
        """Folder of the user's own meshes, as rendered."""
        return self.root / "meshes"

    @property
    def mesh_index(self) -> Path:
        """What those meshes are and how they came of the user's files."""
        return self.meshes / "index.json"

    def annotations(self, task: str, split: str) -> Path:
        """COCO file of a task ("instances" or "keypoints") and split."""
        return self.root / "annotations" / f"{task}_{split}.json"

    def image(self, split: str, image_index: int) -> Path:
        """The JPEG."""
        return self._file("images", split, image_index, "jpg")

    def depth(self, split: str, image_index: int) -> Path:
        """The depth map, stored as `depth_encoding` says."""
        return self._file("depth", split, image_index, self.depth_encoding.suffix)

    def read_depth_m(self, split: str, image_index: int) -> NDArray[np.float32]:
        """(H, W) metres along the optical axis, inf where there is no depth.

        Raises:
            DatasetError: The map cannot be read, or is stored in another form.
        """
        return self.depth_encoding.read(self.depth(split, image_index))

    def normals(self, split: str, image_index: int) -> Path:
        """8-bit RGB PNG, round((n + 1) / 2 * 255) of camera-frame normals; black where nothing was hit."""
        return self._file("normals", split, image_index, "png")

    def semantic(self, split: str, image_index: int) -> Path:
        """8-bit PNG of category ids."""
        return self._file("semantic", split, image_index, "png")

    def instances(self, split: str, image_index: int) -> Path:
        """16-bit PNG of instance ids, distractors included."""
        return self._file("instances", split, image_index, "png")

    def label_map(self, name: str, form: MapForm, split: str, image_index: int) -> Path:
        """The map of a label on request, in the folder of its name."""
        return self._file(name, split, image_index, form.suffix)

    def scene(self, split: str, image_index: int) -> Path:
        """The scene spec."""
        return self._file("scenes", split, image_index, "json")

    def record(self, split: str, image_index: int) -> Path:
        """The image's own annotations, written last: an image counts as made once its record is there."""
        return self._file("records", split, image_index, "json")

    def _file(self, folder: str, split: str, image_index: int, suffix: str) -> Path:
        return self.root / folder / split / f"{image_stem(image_index)}.{suffix}"


def write_json_atomic(path: Path, value: Mapping[str, Any]) -> None:
    """Write `value` as JSON, atomically and with a stable layout, so equal values are equal bytes."""
    write_bytes_atomic(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())
