"""dataset.json: what decides every byte of a dataset, and the promise that one folder holds one dataset."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from synthvis.conventions import SCHEMA_VERSION
from synthvis.dataset.layout import DatasetLayout, write_json_atomic
from synthvis.dataset.output import DATASET, check_output_folder
from synthvis.dataset.stored_recipe import StoredRecipe
from synthvis.errors import DatasetError
from synthvis.formats.depth import PNG_1MM, DepthEncoding, encoding_named
from synthvis.formats.json_file import Count, FileModel, JsonObject, Name, ShallowObject, read_json
from synthvis.objects.spec import Category, KeypointSymmetry

__all__ = [
    "Manifest",
    "RenderedDataset",
    "deciding_versions",
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


class _SymmetryEntry(FileModel):
    """A symmetry of a category's keypoints."""

    cycles: list[list[Count]]
    first: Literal["lowest", "left"]


class _CategoryEntry(FileModel):
    """A class of the dataset."""

    id: Count
    name: Name
    supercategory: Name
    keypoints: list[Name]
    skeleton: list[Pair]
    flip_pairs: list[Pair]
    symmetry: list[_SymmetryEntry]

    @model_validator(mode="after")
    def _names_its_own_keypoints(self) -> _CategoryEntry:
        pairs = [*self.skeleton, *self.flip_pairs, *(cycle for turn in self.symmetry for cycle in turn.cycles)]
        if any(index >= len(self.keypoints) for pair in pairs for index in pair):
            raise ValueError("it names a keypoint that the category does not have")
        return self


def _named(value: dict[str, object]) -> dict[str, object]:
    StoredRecipe.of(value)
    return value


class _DepthEntry(FileModel):
    """How depth maps are stored; see `synthvis.formats.depth`."""

    encoding: Name


class _VersionedFile(FileModel):
    """A file that says of which version it is."""

    schema_version: Count


class _ManifestFile(_VersionedFile):
    """The form of dataset.json."""

    seed: int
    content_hash: Name
    versions: dict[Name, Name]
    recipe: Annotated[ShallowObject, AfterValidator(_named)]
    depth: _DepthEntry
    categories: list[_CategoryEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Content of dataset.json: no clock, host, path or counts, so equal runs have equal bytes.

    Attributes:
        seed: Dataset seed.
        versions: Versions of the deciding packages.
        recipe: The resolved recipe.
        depth: How depth maps are stored.
        categories: Classes by id.
        content_hash: SHA-256 of everything that decides content, as it stands in the file.
    """

    seed: int
    versions: Mapping[str, str]
    recipe: StoredRecipe
    depth: DepthEncoding
    categories: tuple[Category, ...]
    content_hash: str = ""

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        body = {
            "content_hash": self.content_hash,
            "schema_version": SCHEMA_VERSION,
            "seed": self.seed,
            "versions": dict(self.versions),
            "recipe": dict(self.recipe.values),
            "depth": self.depth.facts(),
            "categories": [asdict(category) for category in self.categories],
        }
        # Through JSON once, so that tuples and lists compare equal to what a reader gets back.
        plain: dict[str, object] = json.loads(json.dumps(body))
        return plain


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
    recipe: StoredRecipe
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


def manifest_of(recipe: JsonObject, seed: int, categories: Sequence[Category], versions: Mapping[str, str]) -> Manifest:
    """The manifest of a dataset.

    Args:
        recipe: Resolved and dumped.
        seed: Dataset seed.
        categories: Its classes.
        versions: Of the deciding packages.

    Raises:
        JsonError: It is no recipe.
        DatasetError: It stores depth in a form that there is not.
    """
    stored = StoredRecipe.of(recipe)
    manifest = Manifest(
        seed=seed,
        versions=versions,
        recipe=stored,
        depth=encoding_named(stored.depth_encoding or PNG_1MM.name),
        categories=tuple(sorted(categories, key=lambda category: category.id)),
    )
    return replace(manifest, content_hash=_content_hash(manifest))


def reserve_dataset(root: Path, manifest: Manifest, *, write: bool = True) -> None:
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
        write_json_atomic(path, manifest.to_dict())


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
        layout=DatasetLayout(root, manifest.depth),
        recipe=manifest.recipe,
        seed=manifest.seed,
        content_hash=manifest.content_hash,
        categories=manifest.categories,
        versions=manifest.versions,
    )


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


def read_manifest(path: Path) -> Manifest:
    """The content of a dataset.json.

    Raises:
        DatasetError: It is damaged, or from another version.
    """
    what = "a dataset manifest"
    # The version comes first: another one may well have another form.
    version = read_json(path, _VersionedFile, what=what, hint=_REMAKE_HINT, error=DatasetError).schema_version
    if version != SCHEMA_VERSION:
        raise DatasetError(
            f"{path} has schema version {version}; this synthvis reads {SCHEMA_VERSION}",
            hint="install a newer synthvis" if version > SCHEMA_VERSION else _REMAKE_HINT,
        )
    stored = read_json(path, _ManifestFile, what=what, hint=_REMAKE_HINT, error=DatasetError)
    return Manifest(
        seed=stored.seed,
        versions=stored.versions,
        recipe=StoredRecipe.of(stored.recipe),
        depth=encoding_named(stored.depth.encoding),
        categories=tuple(map(_category, stored.categories)),
        content_hash=stored.content_hash,
    )


def _check_same_dataset(root: Path, there: Manifest, asked: Manifest) -> None:
    if there.content_hash == asked.content_hash:
        return
    old, new = dict(_leaves(there.to_dict())), dict(_leaves(asked.to_dict()))
    keys = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key) and key != "content_hash"]
    shown = [f"{key} is {_short(old.get(key))} there, {_short(new.get(key))} asked" for key in keys]
    more = f"; and {len(keys) - DIFFERENCES_SHOWN} more" if len(keys) > DIFFERENCES_SHOWN else ""
    raise DatasetError(
        f"{root} holds a different dataset: {'; '.join(shown[:DIFFERENCES_SHOWN])}{more}",
        hint=f"choose another folder, e.g. --out {root}-2, or repeat the command that made {root}",
    )


def _short(value: str | None) -> str:
    return "absent" if value is None else textwrap.shorten(value, VALUE_CHARACTERS_SHOWN, placeholder="...")


def _leaves(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name))
    else:
        yield key, json.dumps(value)


def _category(entry: _CategoryEntry) -> Category:
    return Category(
        id=entry.id,
        name=entry.name,
        supercategory=entry.supercategory,
        keypoints=tuple(entry.keypoints),
        skeleton=tuple((a, b) for a, b in entry.skeleton),
        flip_pairs=tuple((a, b) for a, b in entry.flip_pairs),
        symmetry=tuple(
            KeypointSymmetry(cycles=tuple(map(tuple, one.cycles)), first=one.first) for one in entry.symmetry
        ),
    )


def _content_hash(manifest: Manifest) -> str:
    body = {key: value for key, value in manifest.to_dict().items() if key != "content_hash"}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _first_version(distributions: Sequence[str]) -> str:
    for name in distributions:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "absent"
