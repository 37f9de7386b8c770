"""What lies in a folder of assets, or in one file, found without following anything out of it or opening a mesh."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.metadata
import os
import re
import stat
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from synthvis.assets.manifest import MANIFEST_NAME, Entry, read_manifest
from synthvis.errors import RecipeError
from synthvis.objects.object_type import ObjectType

__all__ = [
    "MESH_SUFFIXES",
    "PICTURE_SUFFIXES",
    "AssetFile",
    "AssetFolder",
    "absolute",
    "digest_of",
    "files_in",
    "name_of",
    "scan",
]

MESH_SUFFIXES = frozenset({".obj", ".stl", ".ply", ".glb", ".gltf", ".blend"})
SOLID_SUFFIXES = frozenset({".step", ".stp", ".iges", ".igs", ".brep", ".fcstd", ".sldprt", ".ipt", ".x_t"})
"""Of CAD programs."""
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
SIDE_SUFFIXES = frozenset({".mtl", ".bin"}) | PICTURE_SUFFIXES

MAX_FILE_BYTES = 256_000_000
MAX_FILES = 50_000
READER_VERSION = 2
"""To be raised when the same file is to give another mesh, so that datasets made before keep their own."""

BLOCK_BYTES = 1 << 20
MAX_SIDE_FILES = 1_000
ENDINGS = ", ".join(sorted(MESH_SUFFIXES))
SPECIAL_FOLDERS = ("/proc", "/sys", "/dev")
"""What the system shows as files there is none."""

REFERENCES = {
    ".obj": re.compile(rb"(?m)^\s*mtllib\s+(.+?)\s*$"),
    ".mtl": re.compile(rb"(?m)^\s*(?:map_\w+|bump|disp|decal|refl)\s+(.+?)\s*$"),
    ".gltf": re.compile(rb'"uri"\s*:\s*"([^"]+)"'),
}
"""Names of other files, by the ending of the file that mentions them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFile:
    """A file that may hold a mesh.

    Attributes:
        kind: Its name in recipes: FOLDER/PATH without suffix; of a file that was given by itself, the file's name.
        path: Relative to the folder, with forward slashes.
        entry: What the folder's manifest says of it.
    """

    kind: str
    path: str
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFolder:
    """A folder of meshes, or a single file.

    Attributes:
        name: Its own name, as kinds carry it.
        root: Where it is; of a single file, the folder that holds it.
        digest: SHA-256, hex, over all of its files that matter.
        files: Those that may hold a mesh, by path.
        left_out: Reason by path.
        types: Types of object by kind, of a Python file; None: meshes.
    """

    name: str
    root: Path
    digest: str
    files: tuple[AssetFile, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    types: Mapping[str, ObjectType] | None = None


def scan(root: Path) -> AssetFolder:
    """Look through a folder of meshes, or at a single mesh file.

    Raises:
        RecipeError: There is no such folder or file, it holds no mesh, its name is no name, or its manifest is wrong.
    """
    name = name_of(root)
    if root.is_file():
        return _single(root, name)
    found, left_out = files_in(root, MESH_SUFFIXES | SIDE_SUFFIXES | {".yaml"})
    found = [path for path in found if path == MANIFEST_NAME or not path.endswith(".yaml")]
    manifest = read_manifest(root)
    files: dict[str, AssetFile] = {}
    for path in found:
        entry = manifest.entry_for(path)
        if Path(path).suffix.lower() not in MESH_SUFFIXES or entry.skip:
            continue
        kind = f"{name}/{path.rsplit('.', 1)[0]}"
        if kind in files:
            left_out[path] = f"{files[kind].path} has the same name but for its ending"
        else:
            files[kind] = AssetFile(kind=kind, path=path, entry=entry)
    if not files:
        raise RecipeError(f"{root} holds no mesh{_reasons(left_out)}", hint=_other_hint(root))
    return AssetFolder(
        name=name, root=root, digest=digest_of(root, found, _salt()), files=tuple(files.values()), left_out=left_out
    )


def _other_hint(path: Path) -> str:
    """What to do with a file that is no mesh, or a folder without one."""
    files = [path] if path.is_file() else path.iterdir()
    solid = next((file.name for file in sorted(files) if file.suffix.lower() in SOLID_SUFFIXES), None)
    if solid is None:
        return f"meshes are {ENDINGS} files"
    stem = solid.rpartition(".")[0]
    return (
        f"{solid} holds solids without triangles: make a mesh of it, with `gmsh {solid} -2 -o {stem}.stl` "
        "(pip install gmsh), or in FreeCAD by File > Export"
    )


def _single(path: Path, name: str) -> AssetFolder:
    """One mesh file; an assets.yaml beside it holds for it, and nothing else of its folder but what it refers to."""
    if path.suffix.lower() not in MESH_SUFFIXES:
        raise RecipeError(f"{path} is no mesh file", hint=_other_hint(path))
    path = path.resolve()
    root = path.parent
    if reason := _fault_of(path, root):
        raise RecipeError(f"cannot use {path}: {reason}")
    entry = read_manifest(root).entry_for(path.name)
    beside = side_files_of(root, path.name)
    salt = f"{_salt()} {entry.model_dump_json(exclude_unset=True)}"
    file = AssetFile(kind=name, path=path.name, entry=entry)
    return AssetFolder(name=name, root=root, digest=digest_of(root, [path.name, *beside], salt), files=(file,))


def side_files_of(root: Path, name: str) -> list[str]:
    """Paths, relative to `root` and sorted, of the files within it that a mesh file refers to by name.

    Args:
        root: Folder of the mesh file.
        name: Its name.
    """
    found: dict[str, None] = {}
    waiting = [name]
    while waiting and len(found) < MAX_SIDE_FILES:
        for reference in _references((root / waiting.pop()), root):
            if reference != name and reference not in found:
                found[reference] = None
                waiting.append(reference)
    return sorted(found)


def _references(path: Path, root: Path) -> Iterator[str]:
    pattern = REFERENCES.get(path.suffix.lower())
    if pattern is None or path.stat().st_size > MAX_FILE_BYTES:
        return
    for match in pattern.finditer(path.read_bytes()):
        text = urllib.parse.unquote(match.group(1).decode(errors="replace").strip()).replace("\\", "/")
        # An option of a map, such as "-s 1 1 1", stands before the name.
        for name in (text, text.rsplit(" ", 1)[-1]):
            with contextlib.suppress(OSError, ValueError):
                if "\0" not in name and (root / name).is_file() and _fault_of(root / name, root) is None:
                    yield os.path.normpath(name).replace(os.sep, "/")
                    break


def name_of(root: Path) -> str:
    """The name of a folder or file, by which recipes call it.

    Raises:
        RecipeError: There is nothing of that path, it is special, or its name will not do.
    """
    path = _located(root, "folder or mesh file")
    name = root.name if path.is_file() else path.name
    if not re.fullmatch(r"[^\W_][\w .+()-]*", name):
        what = "file" if path.is_file() else "folder"
        raise RecipeError(f"{root}: a {what} of assets gives its kinds their name; {name!r} will not do",
                          hint="rename it: letters, digits, spaces and _ . + - ( )")  # fmt: skip
    return name


def absolute(path: Path) -> Path:
    """A path from the root, `..` worked out and links left alone."""
    return Path(os.path.abspath(path.expanduser()))


def _located(root: Path, what: str) -> Path:
    """Where a path of the user's leads, links followed.

    Raises:
        RecipeError: Nowhere, in a circle, to what the system shows as files, or to the whole disk.
    """
    try:
        path = root.resolve(strict=True)
    except FileNotFoundError:
        raise RecipeError(f"no {what} {root}", hint=f"give the path of a {what}") from None
    except (OSError, RuntimeError) as error:
        raise RecipeError(f"{root} cannot be opened: {_reason_of(error)}") from error
    special = next((folder for folder in SPECIAL_FOLDERS if path.is_relative_to(folder)), None)
    if special is not None and not path.is_relative_to("/dev/shm"):
        raise RecipeError(f"{root} lies in {special}, which holds no files of yours", hint="name a folder of your own")
    if path == Path(path.anchor):
        raise RecipeError(f"{root} is the whole disk", hint="name a folder of your own")
    return path


def _reasons(left_out: Mapping[str, str]) -> str:
    shown = "; ".join(f"{path}: {reason}" for path, reason in list(left_out.items())[:3])
    more = f" and {len(left_out) - 3} more" if len(left_out) > 3 else ""
    return f" that can be used ({shown}{more})" if shown else ""


def _salt() -> str:
    return f"meshes {READER_VERSION} {_version('trimesh')}"


def files_in(root: Path, suffixes: frozenset[str]) -> tuple[list[str], dict[str, str]]:
    """Paths of the plain files with these endings, relative to `root` and sorted, and the reason by path of refusals.

    Raises:
        RecipeError: There is no such folder, or far too much in it.
    """
    if not _located(root, "folder").is_dir():
        raise RecipeError(f"{root} is a file, not a folder", hint="give the path of a folder")
    found: list[str] = []
    refused: dict[str, str] = {}

    def note(error: OSError) -> None:
        refused[os.path.relpath(error.filename or root, root)] = _reason_of(error)

    for path in _walk(root, note):
        if path.suffix.lower() not in suffixes or path.name.startswith("."):
            continue
        name = path.relative_to(root).as_posix()
        if reason := _fault_of(path, root):
            refused[name] = reason
        else:
            found.append(name)
        if len(found) > MAX_FILES:
            raise RecipeError(f"{root} holds more than {MAX_FILES:,} files", hint="name a folder below it")
    if MANIFEST_NAME in refused:
        raise RecipeError(f"{root / MANIFEST_NAME}: {refused[MANIFEST_NAME]}")
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


def _walk(root: Path, note: Callable[[OSError], None]) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, followlinks=False, onerror=note):
        folders.sort()
        for name in sorted(names):
            yield Path(folder) / name


def _fault_of(path: Path, root: Path) -> str | None:
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            return "a link that leads out of the folder"
        facts = path.stat()
    except (OSError, RuntimeError) as error:
        return _reason_of(error)
    if not stat.S_ISREG(facts.st_mode):
        return "not a plain file"
    if facts.st_size > MAX_FILE_BYTES:
        return f"{facts.st_size / 1e6:,.0f} MB; the limit is {MAX_FILE_BYTES / 1e6:,.0f} MB"
    if not path.as_posix().isprintable():
        return "a name with unprintable characters"
    return None if os.access(path, os.R_OK) else "you may not read it"


def _reason_of(error: OSError | RuntimeError) -> str:
    # Python says a loop by a RuntimeError where the system says it by a number.
    if isinstance(error, RuntimeError) or error.errno == errno.ELOOP:
        return "links that lead in a circle"
    if error.errno == errno.ENOENT:
        return "a link to nothing"
    return "you may not read it" if error.errno == errno.EACCES else str(error.strerror or error)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "absent"
