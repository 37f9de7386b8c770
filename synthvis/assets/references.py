"""Folders, mesh files and Python files of the user's: by path, or by NAME@DIGEST out of the cache."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from synthvis.assets.folder import AssetFile, AssetFolder, scan
from synthvis.assets.manifest import Entry
from synthvis.assets.meshes.importing import pack_of
from synthvis.assets.own_types import PYTHON_SUFFIX, allowed_types, types_of_file
from synthvis.config.recipe import is_resolved
from synthvis.errors import RecipeError, SynthvisError
from synthvis.formats.atomic import write_bytes_atomic

__all__ = ["found_assets", "known_folder", "open_assets"]


def open_assets(path: Path) -> AssetFolder:
    """A folder of meshes, a mesh file, or a Python file, which is run.

    Raises:
        RecipeError: There is no such folder or file, or nothing usable in it.
        UsageError: The Python file does not work.
    """
    return types_of_file(path) if path.suffix.lower() == PYTHON_SUFFIX and not path.is_dir() else scan(path)


def known_folder(reference: str) -> AssetFolder:
    """What the cache knows of a folder or file by NAME@DIGEST.

    Raises:
        RecipeError: Nothing.
    """
    return _by_digest(reference, {})


def found_assets(references: Sequence[str], more: Sequence[Path]) -> Iterable[AssetFolder]:
    """What a recipe names, then what is given beside it; the cache notes what is in each.

    Args:
        references: Paths, or NAME@DIGEST.
        more: Paths; one that the recipe names by digest must be the very same.

    Raises:
        RecipeError: Something is not there or not the same, two have one name, or Python is named and not given.
        SynthvisError: The cache cannot be written.
    """
    given = {folder.name: folder for folder in map(open_assets, more)}
    if len(given) < len(more):
        raise RecipeError(
            "two of --assets have one name", hint="rename one; kinds are called FOLDER/FILE, or FILE of a single file"
        )
    seen: set[str] = set()
    for reference in references:
        folder = _by_digest(reference, given) if is_resolved(reference) else _named(Path(reference), given)
        if folder.name in seen:
            raise RecipeError(f"two folders of assets are called {folder.name}", hint="rename one")
        seen.add(folder.name)
        _remember(folder)
        yield folder
    for name, folder in given.items():
        if name not in seen:
            _remember(folder)
            yield folder


def _named(path: Path, given: Mapping[str, AssetFolder]) -> AssetFolder:
    """A folder or file that a recipe names by path; Python is run where the user gives that file, too."""
    if path.suffix.lower() != PYTHON_SUFFIX:
        return scan(path.expanduser())
    if path.name not in given:
        what = f"the recipe names the Python file {path}; code is run only when you say so"
        raise RecipeError(what, hint=f"--assets {path}")
    return given[path.name]


def _by_digest(reference: str, given: Mapping[str, AssetFolder]) -> AssetFolder:
    name, _, digest = reference.rpartition("@")
    if name in given:
        if given[name].digest != digest:
            raise RecipeError(
                f"{given[name].root} is not the folder {name} that the recipe was made with: its files have changed",
                hint=f"the recipe's has digest {digest[:12]}, this one {given[name].digest[:12]}",
            )
        return given[name]
    if name.endswith(PYTHON_SUFFIX):
        return allowed_types(name, digest)
    try:
        catalogue = json.loads((pack_of(digest) / "catalogue.json").read_bytes())
        files = tuple(
            AssetFile(kind=kind, path=path, entry=Entry.model_validate_json(entry)) for kind, path, entry in catalogue
        )
        return AssetFolder(name=name, root=Path(name), digest=digest, files=files)
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"the recipe uses a folder of assets called {name}, which this machine's cache does not have",
            hint=f"say where it is: --assets /path/to/{name}",
        ) from error


def _remember(folder: AssetFolder) -> None:
    """Note in the cache what is in a folder, so that its digest is enough to open it again."""
    path = pack_of(folder.digest) / "catalogue.json"
    if folder.types is not None or path.is_file():
        return
    rows = [(file.kind, file.path, file.entry.model_dump_json(exclude_unset=True)) for file in folder.files]
    try:
        write_bytes_atomic(path, json.dumps(rows).encode())
    except OSError as error:
        hint = "choose another folder for the cache: SYNTHVIS_CACHE=/somewhere"
        raise SynthvisError(f"cannot write to the cache {path.parent}: {error.strerror or error}", hint=hint) from error
