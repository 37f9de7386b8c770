"""`assets.yaml`: what the files of a folder are, as far as they do not say so themselves."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from synthvis.config.finish import HexColor, Material
from synthvis.config.validate import validate
from synthvis.config.yaml_reader import read_yaml
from synthvis.conventions import MATERIALS

__all__ = ["MANIFEST_NAME", "AssetManifest", "Entry", "OwnCategory", "OwnRestPose", "OwnSymmetry", "read_manifest"]

MANIFEST_NAME = "assets.yaml"

Axis = Literal["x", "-x", "y", "-y", "z", "-z"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Length = Annotated[Finite, Field(gt=0)]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OwnCategory(_Model):
    """A class, where its name alone does not say enough."""

    name: Name = Field(description="Name of the class.")
    id: int | None = Field(None, ge=1, le=65535, description="Its id; none: COCO's, or the next one above 1000.")
    supercategory: Name = Field("object", description="Name of its group.")


class OwnRestPose(_Model):
    """A way to lie on a support."""

    name: Name = Field(description='E.g. "upright".')
    weight: Length = Field(1.0, description="Relative frequency.")
    tilt_deg: tuple[Finite, Finite] = Field((0.0, 0.0), description="Range of the tilt from the upright pose, degrees.")
    axis: Literal["any", "x", "y"] = Field("any", description="Horizontal axis of the tilt, in the object's frame.")


class OwnSymmetry(_Model):
    """Keypoints that a turn of the object exchanges without a change of its looks."""

    cycles: tuple[tuple[Name, ...], ...] = Field(
        min_length=1, description="Keypoints around the object's axis, seen from its top against the clock."
    )
    first: Literal["lowest", "left"] = Field("lowest", description="Which one is named first in a picture.")

    @model_validator(mode="after")
    def _turn_together(self) -> Self:
        names = [name for cycle in self.cycles for name in cycle]
        if len({len(cycle) for cycle in self.cycles}) > 1 or len(self.cycles[0]) < 2:
            raise ValueError("cycles of a turn have one length, of two keypoints or more")
        if len(set(names)) < len(names):
            raise ValueError("a keypoint is in one cycle of a turn only")
        return self


class Entry(_Model):
    """What may be said of a file, or of all."""

    category: Name | OwnCategory | None = Field(None, description="Class; null: unlabelled; absent: from the name.")
    unit: Literal["m", "cm", "mm", "in"] | None = Field(None, description="Unit of the coordinates.")
    size_m: Length | tuple[Length, Length, Length] | None = Field(
        None, description="Longest side, or depth (x), width (y) and height (z) once upright; wins over `unit`."
    )
    up: Axis | None = Field(None, description="Axis of the file that points up.")
    front: Axis | None = Field(None, description="Axis of the file to which the front looks; none: no front.")
    keypoints: dict[Name, tuple[Finite, Finite, Finite]] = Field(
        default_factory=dict, description="Points by name, in the coordinates of the file."
    )
    skeleton: tuple[tuple[Name, Name], ...] = Field((), description="Pairs of keypoints to join.")
    flip_pairs: tuple[tuple[Name, Name], ...] = Field((), description="Pairs that swap when mirrored.")
    symmetry: tuple[OwnSymmetry, ...] = Field((), description="Keypoints that look alike, so that the view names them.")
    rest_poses: tuple[OwnRestPose, ...] = Field((), description="Ways to lie; none: upright.")
    materials: tuple[Material, ...] = Field(
        (), description=f"What it is made of, where the file does not say: {', '.join(MATERIALS)}."
    )
    colors: tuple[HexColor, ...] = Field(
        (), description="sRGB hex codes to choose from, where the file has no colour of its own."
    )
    smooth: bool = Field(True, description="Shade smooth, with an edge where faces meet sharply.")
    skip: bool = Field(False, description="Leave the file out.")


class AssetManifest(Entry):
    """The whole file: values for all, then values by file name or pattern, later ones first."""

    files: dict[str, Entry] = Field(default_factory=dict, description="Values by path within the folder, or pattern.")

    def entry_for(self, path: str) -> Entry:
        """What holds for the file at `path`, relative to the folder, with forward slashes."""
        said: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set - {"files"}}
        for pattern, entry in self.files.items():
            if fnmatch.fnmatchcase(path, pattern):
                said |= {name: getattr(entry, name) for name in entry.model_fields_set}
        return Entry.model_validate(said)


def read_manifest(folder: Path) -> AssetManifest:
    """The manifest of a folder; an empty one where there is none.

    Raises:
        RecipeError: Names every wrong key.
    """
    path = folder / MANIFEST_NAME
    if not path.exists():
        return AssetManifest()
    return validate(AssetManifest, read_yaml(path) or {}, where=str(path))
