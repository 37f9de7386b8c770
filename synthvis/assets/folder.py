"""What lies in a folder of assets, found without following anything out of it and without opening a mesh."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from synthvis.assets.sheet import SHEET_NAME, Entry, read_sheet
from synthvis.errors import RecipeError

__all__ = ["MESH_SUFFIXES", "PICTURE_SUFFIXES", "AssetFile", "AssetFolder", "digest_of", "files_in", "scan"]

MESH_SUFFIXES = frozenset({".obj", ".stl", ".ply", ".glb", ".gltf", ".blend"})
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
SIDE_SUFFIXES = frozenset({".mtl", ".bin"}) | PICTURE_SUFFIXES

MAX_FILE_BYTES = 256_000_000
MAX_FILES = 50_000
READER_VERSION = 1
"""To be raised when the same file is to give another mesh, so that datasets made before keep their own."""

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFile:
    """A file that may hold a mesh.

    Attributes:
        kind: Its name in recipes: FOLDER/PATH without suffix.
        path: Relative to the folder, with forward slashes.
        entry: What the folder's sheet says of it.
    """

    kind: str
    path: str
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFolder:
    """A folder of meshes.

    Attributes:
        name: Its own name, as kinds carry it.
        root: Where it is.
        digest: SHA-256, hex, over all of its files that matter.
        files: Those that may hold a mesh, by path.
        left_out: Reason by path.
    """

    name: str
    root: Path
    digest: str
    files: tuple[AssetFile, ...]
    left_out: dict[str, str] = field(default_factory=dict)


def scan(root: Path) -> AssetFolder:
    """Look through a folder of meshes.

    Raises:
        RecipeError: There is no such folder, its name is no name, or its sheet is wrong.
    """
    found, left_out = files_in(root, MESH_SUFFIXES | SIDE_SUFFIXES | {".yaml"})
    found = [path for path in found if path == SHEET_NAME or not path.endswith(".yaml")]
    sheet = read_sheet(root)
    name = root.resolve().name
    if not re.fullmatch(r"[A-Za-z0-9][\w.+-]*", name):
        raise RecipeError(f"{root}: a folder of assets gives its kinds their name; {name!r} will not do",
                          hint="rename it: letters, digits, _ . + -")  # fmt: skip
    files: dict[str, AssetFile] = {}
    for path in found:
        entry = sheet.entry_for(path)
        if Path(path).suffix.lower() not in MESH_SUFFIXES or entry.skip:
            continue
        kind = f"{name}/{path.rsplit('.', 1)[0]}"
        if kind in files:
            left_out[path] = f"{files[kind].path} has the same name but for its ending"
        else:
            files[kind] = AssetFile(kind=kind, path=path, entry=entry)
    salt = f"meshes {READER_VERSION} {_version('trimesh')}"
    return AssetFolder(
        name=name, root=root, digest=digest_of(root, found, salt), files=tuple(files.values()), left_out=left_out
    )


def files_in(root: Path, suffixes: frozenset[str]) -> tuple[list[str], dict[str, str]]:
    """Paths of the plain files with these endings, relative to `root` and sorted, and the reason by path of refusals.

    Raises:
        RecipeError: There is no such folder, or far too much in it.
    """
    if not root.is_dir():
        raise RecipeError(f"no folder {root}", hint="give the path of a folder of assets")
    found: list[str] = []
    refused: dict[str, str] = {}
    for path in _walk(root):
        if path.suffix.lower() not in suffixes or path.name.startswith("."):
            continue
        name = path.relative_to(root).as_posix()
        if reason := _fault_of(path, root):
            refused[name] = reason
        else:
            found.append(name)
        if len(found) > MAX_FILES:
            raise RecipeError(f"{root} holds more than {MAX_FILES:,} files", hint="name a folder below it")
    if SHEET_NAME in refused:
        raise RecipeError(f"{root / SHEET_NAME}: {refused[SHEET_NAME]}")
    return sorted(found), refused


def digest_of(root: Path, paths: list[str], salt: str) -> str:
    """SHA-256, hex, over the names and bytes of files, and `salt`."""
    whole = hashlib.sha256(salt.encode())
    for path in paths:
        content = hashlib.sha256()
        try:
            with (root / path).open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    content.update(block)
        except OSError as error:
            raise RecipeError(f"cannot read {root / path}: {error.strerror}") from error
        whole.update(f"{path}\0{content.hexdigest()}\n".encode())
    return whole.hexdigest()


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders.sort()
        for name in sorted(names):
            yield Path(folder) / name


def _fault_of(path: Path, root: Path) -> str | None:
    if not path.resolve().is_relative_to(root.resolve()):
        return "a link that leads out of the folder"
    if not path.is_file():
        return "not a plain file"
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        return f"{size / 1e6:,.0f} MB; the limit is {MAX_FILE_BYTES / 1e6:,.0f} MB"
    if path.as_posix().isprintable() is False:
        return "a name with unprintable characters"
    return None


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "absent"
