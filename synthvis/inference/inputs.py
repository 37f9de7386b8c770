"""What a user names to predict on: pictures, folders of them, patterns, videos, the number of a camera."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import UsageError, counted, shown_name
from synthvis.formats.images import PICTURE_SUFFIXES
from synthvis.formats.video import VIDEO_SUFFIXES

__all__ = ["Camera", "Input", "PictureFile", "VideoFile", "find_inputs", "name_of"]

WILDCARDS = "*?["
DATASET_SIGN = "dataset.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture.

    Attributes:
        path: As it was named, or below the folder that was named.
        parts: Folders and name below what was named, by which its outputs are called.
    """

    path: Path
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its path as it may be printed."""
        return shown_name(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFile:
    """A video; attributes as those of a picture."""

    path: Path
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its path as it may be printed."""
        return shown_name(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera of this machine by its number."""

    index: int

    @property
    def name(self) -> str:
        """As messages and results call it."""
        return f"camera {self.index}"

    @property
    def parts(self) -> tuple[str, ...]:
        """By which its outputs are called."""
        return (f"camera-{self.index}",)


Input = PictureFile | VideoFile | Camera


def find_inputs(words: Sequence[str], *, not_below: Path | None = None) -> tuple[Input, ...]:
    """Everything that the words name, each file once: words in their order, files of a folder by name.

    A folder stands for the pictures in it and in its folders; what begins with a dot and links to folders are passed
    over. Files are not opened.

    Args:
        words: Files, folders, patterns such as "photos/*.jpg", or the number of a camera.
        not_below: A folder whose files are outputs, and no inputs.

    Raises:
        UsageError: A word names nothing, or a folder holds no picture.
    """
    if not words:
        raise UsageError("nothing to predict on", hint="name pictures, a folder, a video, or the number of a camera")
    several = len(words) > 1
    found: dict[object, Input] = {}
    for word in words:
        for one in _named(word, several, not_below):
            found.setdefault(one.index if isinstance(one, Camera) else _identity(one.path), one)
    return tuple(found.values())


def name_of(words: Sequence[str]) -> str:
    """A short name of what is predicted on, for a folder of outputs.

    That of the first input without its ending; of several files of one folder, that of the folder.
    """
    first = words[0] if words else ""
    if _is_camera(first):
        return f"camera-{first}"
    while any(sign in first for sign in WILDCARDS) and not Path(first).exists():
        first = os.path.dirname(first)
    path = Path(first or ".").resolve()
    parents = {Path(word).resolve().parent if Path(word).is_file() else None for word in words}
    if len(words) > 1 and len(parents) == 1 and None not in parents:
        return path.parent.name
    return path.stem if path.is_file() else path.name


def _named(word: str, several: bool, not_below: Path | None) -> Iterator[Input]:
    path = Path(word)
    if _is_camera(word):
        yield Camera(index=int(word))
    elif word and path.is_dir():
        yield from _pictures_of(path, several, not_below)
    elif word and path.exists():
        yield _file(path, (path.name,))
    elif any(sign in word for sign in WILDCARDS):
        yield from _matching(word, not_below)
    else:
        raise UsageError(
            f"'{shown_name(word)}' is no file, folder, pattern or number of a camera",
            hint="name pictures, a folder, a pattern such as 'photos/*.jpg', a video, or 0 for the first camera",
        )


def _is_camera(word: str) -> bool:
    return word.isascii() and word.isdigit() and not Path(word).exists()


def _matching(pattern: str, not_below: Path | None) -> Iterator[Input]:
    files = [path for path in _like(pattern) if path.is_file() and not _is_below(path, not_below)]
    if not files:
        raise UsageError(f"no file is like '{shown_name(pattern)}'", hint="** stands for any number of folders")
    # Files of one name lie in different folders: these tell their outputs apart.
    root = os.path.commonpath([path.parent for path in files])
    yield from (_file(path, path.relative_to(root).parts if root else path.parts) for path in files)


def _like(pattern: str) -> list[Path]:
    """Paths that are like a pattern, by name; what begins with a dot only where the pattern says so."""
    anchor = Path(pattern).anchor
    rest = pattern.removeprefix(anchor)
    wants_hidden = _is_hidden(Path(rest))
    try:
        found = sorted(Path(anchor).glob(rest))
    except (ValueError, NotImplementedError) as error:
        raise UsageError(f"'{shown_name(pattern)}' is no pattern: {error}") from error
    return [path for path in found if wants_hidden or not _is_hidden(path)]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") and part.strip(".") for part in path.parts)


def _pictures_of(folder: Path, several: bool, not_below: Path | None) -> Iterator[Input]:
    if (folder / DATASET_SIGN).is_file():
        hint = f"name its pictures: {shown_name(folder / 'images' / 'val')}"
        raise UsageError(f"{shown_name(folder)} is a rendered dataset, which holds maps besides pictures", hint=hint)
    before = (folder.resolve().name,) if several else ()
    count = videos = 0
    for path in _files_below(folder, not_below):
        suffix = path.suffix.lower()
        videos += suffix in VIDEO_SUFFIXES
        if suffix in PICTURE_SUFFIXES:
            count += 1
            yield PictureFile(path=path, parts=(*before, *path.relative_to(folder).parts))
    if not count:
        there = f" (but {counted(videos, 'video')}: name them)" if videos else ""
        endings = ", ".join(sorted(PICTURE_SUFFIXES))
        raise UsageError(f"no picture in {shown_name(folder)}{there}", hint=f"pictures end in {endings}")


def _files_below(folder: Path, not_below: Path | None) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders[:] = sorted(name for name in _visible(folders) if not _is_below(here / name, not_below))
        yield from (here / name for name in sorted(_visible(names)))


def _visible(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if not name.startswith("."))


def _is_below(path: Path, folder: Path | None) -> bool:
    return folder is not None and path.resolve().is_relative_to(folder.resolve())


def _file(path: Path, parts: tuple[str, ...]) -> Input:
    kind = VideoFile if path.suffix.lower() in VIDEO_SUFFIXES else PictureFile
    return kind(path=path, parts=parts)


def _identity(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
