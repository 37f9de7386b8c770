"""Where labelled sets are: the registry of real benchmarks, and any COCO folder or file that a user names."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from synthvis.data.coco_reader import read_coco_split
from synthvis.data.coco_split import CocoSplit, EmptySplit
from synthvis.errors import RealDataError

__all__ = [
    "INSTANCE_FILES",
    "KEYPOINT_FILES",
    "KNOWN",
    "RealSet",
    "cache_root",
    "find_real",
    "named_roots",
    "read_split",
]

INSTANCE_FILES = ("instances_",)
KEYPOINT_FILES = ("keypoints_", "person_keypoints_")
"""How the names of annotation files begin."""

KNOWN = {
    "coco": "COCO val2017, 80 classes",
    "fruit": "web photographs of apples, oranges and bananas",
    "cones": "traffic cones on roads, grass and snow",
    "coco-masks": "COCO pictures with all their instance masks",
}
"""Benchmarks that have a name."""

PARTS_OF_SETS = {"coco-masks": ("coco", "masks2017")}
"""Sets that lie in the folder of another: that folder, and the name of images and annotations in it."""

YEAR = "2017"


@dataclass(frozen=True, slots=True, kw_only=True)
class RealSet:
    """A labelled set on disk.

    Attributes:
        name: Its short name.
        kind: "real", or "synthetic" for a dataset that synthvis rendered.
        annotations: COCO file by split ("train", "val").
        image_dirs: Image folder by split.
    """

    name: str
    kind: str
    annotations: Mapping[str, Path]
    image_dirs: Mapping[str, Path]
    default_split: str = "val"

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of its splits."""
        return tuple(sorted(self.annotations))


def cache_root() -> Path:
    """Folder into which `synthvis fetch` puts benchmarks."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "synthvis"


def find_real(
    name_or_path: str | Path, root: str | Path | None = None, *, files: tuple[str, ...] = INSTANCE_FILES
) -> RealSet:
    """Find a set by its registered name, or as a COCO folder or file. `NAME:SPLIT` sets the default split.

    Args:
        name_or_path: "fruit", "fruit:train", a folder, or a JSON file.
        root: Folder that holds the named sets; the default is SYNTHVIS_REAL, then the cache.
        files: How the wanted files of a folder begin.

    Raises:
        RealDataError: Nothing is there, with what to type.
    """
    text = str(name_or_path)
    path = Path(text)
    if text in KNOWN:
        return _named(text, root, files)
    if path.is_file():
        return _from_file(path)
    if path.is_dir():
        return _from_folder(path, path.resolve().name, files)
    base, _, split = text.rpartition(":")
    if base and split.isidentifier():
        found = find_real(base, root, files=files)
        _require_split(found, split)
        return RealSet(
            name=found.name,
            kind=found.kind,
            annotations=found.annotations,
            image_dirs=found.image_dirs,
            default_split=split,
        )
    raise _unknown(text)


def read_split(found: RealSet, split: str | None = None) -> CocoSplit:
    """Read one split of a set.

    Raises:
        RealDataError: There is no such split, or its file is not COCO.
    """
    chosen = split or found.default_split
    _require_split(found, chosen)
    try:
        return read_coco_split(
            found.annotations[chosen], found.image_dirs[chosen], name=found.name, split=chosen, kind=found.kind
        )
    except EmptySplit as error:
        others = sorted(found.annotations.keys() - {chosen})
        if not others:
            raise
        hint = f"it also has: {', '.join(others)}; choose one with --split, or write NAME:SPLIT"
        raise EmptySplit(error.what, hint=hint) from error


def _require_split(found: RealSet, split: str) -> None:
    if split not in found.annotations:
        raise RealDataError(
            f"{found.name} has no split '{split}'", hint=f"it has: {', '.join(sorted(found.annotations))}"
        )


def _named(name: str, root: str | Path | None, files: tuple[str, ...]) -> RealSet:
    roots = named_roots(root)
    for folder in roots:
        if (found := _below(folder, name, files)) is not None:
            return found
    whole = PARTS_OF_SETS.get(name, (name, None))[0]
    fetch = "`synthvis fetch coco` downloads it, or " if name == "coco" else ""
    raise RealDataError(
        f"no photographs of '{name}' in {', '.join(map(str, roots))}",
        hint=f"{fetch}set SYNTHVIS_REAL (or --real-root) to the folder that holds "
        f"{whole}/annotations and {whole}/images",
    )


def _below(folder: Path, name: str, files: tuple[str, ...]) -> RealSet | None:
    whole, part = PARTS_OF_SETS.get(name, (name, None))
    if part is None:
        return _from_folder(folder / name, name, files) if (folder / name / "annotations").is_dir() else None
    annotations = folder / whole / "annotations" / f"instances_{part}.json"
    if not annotations.is_file():
        return None
    images = _image_dir(folder / whole, annotations)
    return RealSet(name=name, kind="real", annotations={"val": annotations}, image_dirs={"val": images})


def named_roots(root: str | Path | None = None) -> list[Path]:
    """Folders that may hold the named sets: `root` alone, or SYNTHVIS_REAL and the cache."""
    if root:
        return [Path(root)]
    named = os.environ.get("SYNTHVIS_REAL")
    return [*([Path(named)] if named else []), cache_root()]


def _from_folder(root: Path, name: str, files: tuple[str, ...]) -> RealSet:
    paths = sorted(path for begin in files for path in (root / "annotations").glob(f"{begin}*.json"))
    if not paths:
        raise RealDataError(
            f"{root} is no COCO folder: it has no annotations/{files[0]}*.json",
            hint=f"name a folder with annotations/{files[0]}val.json and images/val, or the JSON file itself",
        )
    annotations = {_split_name(path): path for path in paths}
    return RealSet(
        name=name,
        kind="synthetic" if (root / "dataset.json").is_file() else "real",
        annotations=annotations,
        image_dirs={split: _image_dir(root, path) for split, path in annotations.items()},
        default_split="val" if "val" in annotations else min(annotations),
    )


def _from_file(path: Path) -> RealSet:
    split = _split_name(path)
    inside = path.parent.name == "annotations"
    root = path.parent.parent if inside else path.parent
    return RealSet(
        name=root.resolve().name if inside else path.stem,
        kind="synthetic" if (root / "dataset.json").is_file() else "real",
        annotations={split: path},
        image_dirs={split: _image_dir(root, path)},
        default_split=split,
    )


def _split_name(path: Path) -> str:
    return _bare_stem(path).removesuffix(YEAR) or path.stem


def _bare_stem(path: Path) -> str:
    begin = next((begin for begin in (*INSTANCE_FILES, *KEYPOINT_FILES) if path.stem.startswith(begin)), "")
    return path.stem.removeprefix(begin)


def _image_dir(root: Path, annotations: Path) -> Path:
    full, short = _bare_stem(annotations), _split_name(annotations)
    candidates = [root / "images" / full, root / full, root / "images" / short, root / short, root / "images"]
    return next((folder for folder in candidates if folder.is_dir()), root)


def _unknown(text: str) -> RealDataError:
    near = difflib.get_close_matches(text, KNOWN, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"names: {', '.join(KNOWN)}; or a COCO folder or JSON file"
    return RealDataError(f"no set called '{text}', and no such folder or file", hint=hint)
