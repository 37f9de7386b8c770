"""Where the films of a MOTChallenge set lie, and what their seqinfo.ini says."""

from __future__ import annotations

import configparser
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from synthvis.data.coco.files import is_safe_file_name
from synthvis.errors import RealDataError

__all__ = ["GROUND_TRUTH", "LABELS", "PICTURES", "SEQINFO", "FilmFolder", "films_in", "splits_in", "text_of_seqinfo"]

GROUND_TRUTH, LABELS, PICTURES, SEQINFO = "gt/gt.txt", "gt/labels.txt", "img1", "seqinfo.ini"

WHOLE = "all"
"""The split of a folder that holds films and no splits."""

MAX_INI_BYTES = 1_000_000
MAX_FPS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFolder:
    """The folder of one film.

    Attributes:
        root: The folder.
        pictures: Where its frames lie.
        fps: Frames a second; None where seqinfo.ini does not say.
    """

    root: Path
    pictures: Path
    fps: float | None

    @classmethod
    def open(cls, root: Path) -> FilmFolder:
        """What seqinfo.ini says of a film; without one, what is usual.

        Raises:
            RealDataError: It cannot be read, or names a folder elsewhere.
        """
        said = _seqinfo(root / SEQINFO)
        folder = said.get("imdir", PICTURES).strip() or PICTURES
        if not is_safe_file_name(folder):
            raise RealDataError(f"{root / SEQINFO}: imDir leads out of the folder of the film", hint="it is img1")
        return cls(root=root, pictures=root / folder, fps=_rate(said.get("framerate", "")))

    @property
    def ground_truth(self) -> Path:
        """Its boxes."""
        return self.root / GROUND_TRUTH

    @property
    def labels(self) -> Path:
        """Names of its classes."""
        return self.root / LABELS


def splits_in(path: Path) -> Mapping[str, Path]:
    """The folder of each split; nothing where there is no film. A film by itself, or films side by side, are one."""
    if _is_film(path) or _film_roots(path):
        return {WHOLE: path}
    return {folder.name: folder for folder in _folders(path) if _film_roots(folder)}


def films_in(folder: Path) -> list[FilmFolder]:
    """The films of a split by name.

    Raises:
        RealDataError: A seqinfo.ini cannot be read.
    """
    roots = [folder] if _is_film(folder) else _film_roots(folder)
    return [FilmFolder.open(root) for root in roots]


def text_of_seqinfo(name: str, *, fps: float | None, frames: int, image_hw: tuple[int, int], suffix: str) -> str:
    """The content of a seqinfo.ini."""
    rate = "" if fps is None else f"frameRate={fps:g}\n"
    return (
        f"[Sequence]\nname={name}\nimDir={PICTURES}\n{rate}seqLength={frames}\n"
        f"imWidth={image_hw[1]}\nimHeight={image_hw[0]}\nimExt={suffix}\n"
    )


def _is_film(path: Path) -> bool:
    return (path / GROUND_TRUTH).is_file()


def _film_roots(path: Path) -> list[Path]:
    return [folder for folder in _folders(path) if _is_film(folder)]


def _folders(path: Path) -> list[Path]:
    try:
        return sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith("."))
    except OSError:
        return []


def _seqinfo(path: Path) -> Mapping[str, str]:
    if not path.is_file():
        return {}
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        if path.stat().st_size > MAX_INI_BYTES:
            raise RealDataError(f"{path} has more than 1 MB")
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        why = getattr(error, "strerror", None) or "it is no INI file"
        raise RealDataError(f"cannot read {path}: {why}", hint="it has the section [Sequence]") from error
    return dict(parser["Sequence"]) if parser.has_section("Sequence") else {}


def _rate(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 < value <= MAX_FPS else None
