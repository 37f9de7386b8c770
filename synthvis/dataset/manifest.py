"""dataset.json: what decides every byte of a dataset, and the promise that one folder holds one dataset."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from synthvis.conventions import SCHEMA_VERSION
from synthvis.dataset.layout import DatasetLayout, write_json_atomic
from synthvis.dataset.output import DATASET, check_output_folder
from synthvis.errors import DatasetError
from synthvis.formats.depth import PNG_1MM, DepthEncoding, encoding_named
from synthvis.formats.json_file import Count, FileModel, Name, ShallowObject, read_json, read_values, validated
from synthvis.objects.spec import Category, KeypointSymmetry

__all__ = [
    "RenderedDataset",
    "deciding_versions",
    "depth_encoding_of",
    "manifest_of",
    "open_rendered",
    "read_manifest",
    "reserve_dataset",
]

DECIDING_PACKAGES = {
    "synthvis": ("synthvis",),
    "bpy": ("bpy",),
    "numpy": ("numpy",),
    "opencv": ("opencv-python", "opencv-python-headless"),
}
"""Packages whose version may change pixels or labels, with the distributions that provide them."""

Pair = Annotated[list[Count], Field(min_length=2, max_length=2)]

DIFFERENCES_SHOWN = 6
VALUE_CHARACTERS_SHOWN = 40


class SymmetryEntry(FileModel):
    """A symmetry of a category's keypoints."""

    cycles: list[list[Count]]
    first: Literal["lowest", "left"]


class CategoryEntry(FileModel):
    """A class of the dataset."""

    id: Count
    name: Name
    supercategory: Name
    keypoints: list[Name]
    skeleton: list[Pair]
    flip_pairs: list[Pair]
    symmetry: list[SymmetryEntry]

    @model_validator(mode="after")
    def _names_its_own_keypoints(self) -> CategoryEntry:
        pairs = [*self.skeleton, *self.flip_pairs, *(cycle for turn in self.symmetry for cycle in turn.cycles)]
        if any(index >= len(self.keypoints) for pair in pairs for index in pair):
            raise ValueError("it names a keypoint that the category does not have")
        return self


class RecipeFacts(FileModel):
    """Keys of the recipe that are shown; whoever renders from it checks all of them."""

    name: Name
    image: dict[Name, Any] = Field(default_factory=dict)
    render: dict[Name, Any] = Field(default_factory=dict)


def _as_recipe(value: dict[str, Any]) -> dict[str, Any]:
    validated(value, RecipeFacts)
    return value


class DepthFacts(FileModel):
    """How depth maps are stored; see `synthvis.formats.depth`."""

    encoding: Name


class VersionedFile(FileModel):
    """A file that says of which version it is."""

    schema_version: Count


class Manifest(VersionedFile):
    """Content of dataset.json."""

    seed: int
    content_hash: Name
    versions: dict[Name, Name]
    recipe: Annotated[ShallowObject, AfterValidator(_as_recipe)]
    depth: DepthFacts
    categories: list[CategoryEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDataset:
    """A dataset folder and what its manifest says.

    Attributes:
        layout: Where the files are.
        recipe: The resolved recipe.
        seed: Dataset seed.
        content_hash: SHA-256 of everything that decides content.
        categories: Classes by id.
        versions: Versions of the deciding packages.
    """

    layout: DatasetLayout
    recipe: Mapping[str, Any]
    seed: int
    content_hash: str
    categories: tuple[Category, ...]
    versions: Mapping[str, str]

    @property
    def root(self) -> Path:
        """The folder."""
        return self.layout.root

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.root.resolve().name

    def annotations(self, task: str, split: str) -> Path:
        """COCO file of a task ("instances" or "keypoints") and split.

        Raises:
            DatasetError: It is not there.
        """
        path = self.layout.annotations(task, split)
        if not path.is_file():
            raise DatasetError(
                f"{path} is missing: the render of {self.root} did not reach its end",
                hint="run the same `synthvis render` command again; it resumes",
            )
        return path


def deciding_versions() -> dict[str, str]:
    """Versions of the packages that decide pixels and labels, read without importing them."""
    return {name: _first_version(distributions) for name, distributions in DECIDING_PACKAGES.items()}


def manifest_of(
    recipe: Mapping[str, Any], seed: int, categories: Sequence[Category], versions: Mapping[str, str]
) -> dict[str, Any]:
    """The content of dataset.json: no clock, host, path or counts, so equal runs have equal bytes."""
    body: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "seed": seed,
        "versions": dict(versions),
        "recipe": dict(recipe),
        "depth": encoding_named((recipe.get("labels") or {}).get("depth", PNG_1MM.name)).facts(),
        "categories": [asdict(category) for category in sorted(categories, key=lambda c: c.id)],
    }
    # Through JSON once, so that tuples and lists compare equal to what a reader gets back.
    plain: dict[str, Any] = json.loads(json.dumps(body))
    return {"content_hash": _content_hash(plain), **plain}


def reserve_dataset(root: Path, manifest: Mapping[str, Any], *, write: bool = True) -> None:
    """Make `root` the home of the dataset that `manifest` describes, or confirm that it is.

    Raises:
        DatasetError: The folder holds another dataset or something else, or cannot be written.
        UsageError: It is no place for a dataset.
    """
    check_output_folder(root, DATASET)
    path = DatasetLayout(root).manifest
    if path.exists():
        _check_same_dataset(root, read_manifest(path), manifest)
    elif write:
        write_json_atomic(path, manifest)


def open_rendered(path: str | Path) -> RenderedDataset:
    """Open a dataset that synthvis rendered.

    Args:
        path: Its folder, which holds dataset.json.

    Returns:
        The dataset; images and labels are read when they are asked for.

    Raises:
        DatasetError: There is no dataset, or its manifest is damaged or from a newer version.
    """
    root = Path(path)
    layout = DatasetLayout(root)
    if not layout.manifest.is_file():
        raise DatasetError(_absence(root), hint=_absence_hint(root))
    manifest = read_manifest(layout.manifest)
    return RenderedDataset(
        layout=DatasetLayout(root, depth_encoding_of(manifest)),
        recipe=manifest["recipe"],
        seed=manifest["seed"],
        content_hash=manifest["content_hash"],
        categories=tuple(_category(entry) for entry in manifest["categories"]),
        versions=manifest["versions"],
    )


def depth_encoding_of(manifest: Mapping[str, Any]) -> DepthEncoding:
    """How the depth maps of a dataset are stored, by its manifest.

    Raises:
        DatasetError: It says something that this version does not know.
    """
    return encoding_named(str(manifest["depth"]["encoding"]))


_REMAKE_HINT = "render the dataset again into a new folder"


def _absence(root: Path) -> str:
    if not root.exists():
        return f"no dataset at {root}: there is no such folder"
    if not root.is_dir():
        return f"no dataset at {root}: it is a file"
    return f"no dataset at {root}: the folder has no dataset.json"


def _absence_hint(root: Path) -> str:
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        return "name the folder that `synthvis render` made: the one with dataset.json in it"
    return f"`synthvis render --out {shlex.quote(str(root))}` makes one there"


def read_manifest(path: Path) -> dict[str, Any]:
    """The content of a dataset.json.

    Raises:
        DatasetError: It is damaged, or from another version.
    """
    shared: dict[str, Any] = {"what": "a dataset manifest", "hint": _REMAKE_HINT, "error": DatasetError}
    # The version comes first: another one may well have another form.
    version = read_json(path, VersionedFile, **shared).schema_version
    if version != SCHEMA_VERSION:
        raise DatasetError(
            f"{path} has schema version {version}; this synthvis reads {SCHEMA_VERSION}",
            hint="install a newer synthvis" if version > SCHEMA_VERSION else _REMAKE_HINT,
        )
    manifest: dict[str, Any] = read_values(path, Manifest, **shared)
    return manifest


def _check_same_dataset(root: Path, there: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    if there.get("content_hash") == asked["content_hash"]:
        return
    old, new = dict(_leaves(there)), dict(_leaves(asked))
    keys = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key) and key != "content_hash"]
    shown = [f"{key} is {_short(old.get(key))} there, {_short(new.get(key))} asked" for key in keys]
    more = f"; and {len(keys) - DIFFERENCES_SHOWN} more" if len(keys) > DIFFERENCES_SHOWN else ""
    raise DatasetError(
        f"{root} holds a different dataset: {'; '.join(shown[:DIFFERENCES_SHOWN])}{more}",
        hint=f"choose another folder, e.g. --out {root}-2, or repeat the command that made {root}",
    )


def _short(value: str | None) -> str:
    return "absent" if value is None else textwrap.shorten(value, VALUE_CHARACTERS_SHOWN, placeholder="...")


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name))
    else:
        yield key, json.dumps(value)


def _category(entry: Mapping[str, Any]) -> Category:
    return Category(
        id=int(entry["id"]),
        name=str(entry["name"]),
        supercategory=str(entry["supercategory"]),
        keypoints=tuple(entry["keypoints"]),
        skeleton=tuple((int(a), int(b)) for a, b in entry["skeleton"]),
        flip_pairs=tuple((int(a), int(b)) for a, b in entry["flip_pairs"]),
        symmetry=tuple(map(_symmetry, entry["symmetry"])),
    )


def _symmetry(entry: Mapping[str, Any]) -> KeypointSymmetry:
    cycles = tuple(tuple(int(index) for index in cycle) for cycle in entry["cycles"])
    return KeypointSymmetry(cycles=cycles, first=entry["first"])


def _content_hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _first_version(distributions: Sequence[str]) -> str:
    for name in distributions:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "absent"
