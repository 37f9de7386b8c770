"""Folders of textures, environment maps and photographs: each file decoded once, elsewhere, and stored anew."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from synthvis.assets.folder import PICTURE_SUFFIXES, digest_of, files_in
from synthvis.assets.meshes.importing import key_of, pack_of, read_all
from synthvis.cache import cache_folder
from synthvis.config.recipe import Pictures, Recipe, is_resolved
from synthvis.errors import RecipeError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.scene.pictures import Picture

__all__ = ["ImportedPictures", "import_pictures"]

READER_VERSION = 1
ROLES = {"textures": "texture", "hdris": "hdri", "backgrounds": "texture"}
HDRI_SUFFIXES = frozenset({".hdr", ".exr"})
INDEX = "pictures.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPictures:
    """The folders of pictures that a recipe names.

    Attributes:
        settings: "textures", "hdris", "backgrounds" of the recipe, their folders by NAME@DIGEST.
        folders: The pictures of each folder.
    """

    settings: Mapping[str, Pictures]
    folders: Mapping[str, tuple[Picture, ...]]


def import_pictures(recipe: Recipe, say: Callable[[str], None], folders: Mapping[str, Path]) -> ImportedPictures:
    """The recipe's folders of pictures, read into the cache.

    Args:
        recipe: May name them by path, or by digest where the cache has them.
        say: Told what was left out.
        folders: Folders given beside the recipe, by name.

    Raises:
        RecipeError: A folder is not there or not the same, or holds no usable picture.
        SynthvisError: The cache cannot be written.
    """
    settings: dict[str, Pictures] = {}
    found: dict[str, tuple[Picture, ...]] = {}
    for role, what in ROLES.items():
        wanted: Pictures | None = getattr(recipe, role)
        if wanted is None:
            continue
        reference, pictures = _imported(wanted.folder, what, say, folders)
        found[reference] = tuple(pictures)
        settings[role] = wanted.model_copy(update={"folder": reference})
    return ImportedPictures(settings=settings, folders=found)


def _imported(
    reference: str, what: str, say: Callable[[str], None], folders: Mapping[str, Path]
) -> tuple[str, list[Picture]]:
    name, _, digest = reference.rpartition("@")
    if is_resolved(reference):
        with contextlib.suppress(OSError, ValueError, TypeError):
            rows = json.loads((pack_of(digest) / INDEX).read_bytes())
            return reference, [Picture(str(row[0]), float(row[1])) for row in rows]
        if name not in folders:
            raise RecipeError(
                f"the recipe uses a folder of pictures called {name}, which this machine's cache does not have",
                hint=f"say where it is: --assets /path/to/{name}",
            )
    root = folders[name] if is_resolved(reference) else Path(reference).expanduser()
    now, pictures = _read(root, what, say)
    if is_resolved(reference) and now != digest:
        raise RecipeError(f"{root} is not the folder {name} that the recipe was made with: its files have changed")
    return f"{root.resolve().name}@{now}", pictures


def _read(root: Path, what: str, say: Callable[[str], None]) -> tuple[str, list[Picture]]:
    paths, refused = files_in(root, HDRI_SUFFIXES if what == "hdri" else PICTURE_SUFFIXES)
    digest = digest_of(root, paths, f"pictures {READER_VERSION} {what}")
    pack, suffix = pack_of(digest), ".exr" if what == "hdri" else ".jpg"
    keys = {path: key_of(path) for path in paths}

    def keep(room: Path, number: int, key: str) -> bool:
        answer, facts = room / f"{number}{suffix}", room / f"{number}.json"
        if not facts.is_file():
            return False
        write_bytes_atomic(pack / f"{key}{suffix}", answer.read_bytes())
        write_bytes_atomic(pack / f"{key}.json", facts.read_bytes())
        return True

    missing = {
        key: (path, what)
        for path, key in keys.items()
        if not ((pack / f"{key}.json").is_file() and (pack / f"{key}{suffix}").is_file())
        and not (pack / f"{key}.error").is_file()
    }
    read_all("synthvis.assets.pictures.reader_process", root, pack, missing, keep)
    pictures: list[Picture] = []
    for path, key in keys.items():
        if (pack / f"{key}.error").is_file():
            refused[path] = (pack / f"{key}.error").read_text()
        else:
            aspect = float(json.loads((pack / f"{key}.json").read_bytes())["aspect"])
            pictures.append(Picture((pack / f"{key}{suffix}").relative_to(cache_folder()).as_posix(), aspect))
    for path, reason in refused.items():
        say(f"left out: {root.name}/{path}: {reason}")
    if not pictures:
        raise RecipeError(f"{root} holds no usable picture", hint="environment maps are .hdr or .exr"
                          if what == "hdri" else "pictures are PNG, JPEG, WebP, BMP or TIFF")  # fmt: skip
    write_bytes_atomic(pack / INDEX, json.dumps([(picture.name, picture.aspect) for picture in pictures]).encode())
    return digest, pictures
