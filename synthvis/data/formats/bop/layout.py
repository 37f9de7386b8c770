"""Where the files of a BOP set lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import RealDataError
from synthvis.formats.images import PICTURE_SUFFIXES

__all__ = [
    "MODELS",
    "SCENE_IMAGES",
    "BopScene",
    "bop_splits",
    "file_stem",
    "model_path",
    "models_info_path",
    "scenes_of",
]

SCENE_IMAGES = 1000
"""Images that an export puts into a scene."""

MODELS = "models"
MAX_DIGITS = 9
"""Of the number of a scene or an image."""


@dataclass(frozen=True, slots=True)
class BopScene:
    """The files of one scene.

    Attributes:
        folder: Its folder, whose name is its number.
    """

    folder: Path

    @property
    def number(self) -> int:
        """BOP's scene_id."""
        return int(self.folder.name)

    @property
    def ground_truth(self) -> Path:
        """Object and pose of each object, by image."""
        return self.folder / "scene_gt.json"

    @property
    def info(self) -> Path:
        """Boxes and visible share of each object, by image."""
        return self.folder / "scene_gt_info.json"

    @property
    def cameras(self) -> Path:
        """Intrinsics, unit of depth and place of the camera, by image."""
        return self.folder / "scene_camera.json"

    @property
    def masks(self) -> Path:
        """Masks of whole silhouettes, a file an object."""
        return self.folder / "mask"

    @property
    def visible_masks(self) -> Path:
        """Masks of what shows, a file an object."""
        return self.folder / "mask_visib"

    @property
    def depth(self) -> Path:
        """Depth maps."""
        return self.folder / "depth"

    def pictures(self) -> dict[int, Path]:
        """Pictures by number, of rgb/, else of gray/."""
        found = _numbered(self.folder / "rgb", PICTURE_SUFFIXES)
        return found or _numbered(self.folder / "gray", PICTURE_SUFFIXES)

    def depth_maps(self) -> dict[int, Path]:
        """Depth maps by number."""
        return _numbered(self.depth, frozenset({".png"}))


def file_stem(image: int, position: int | None = None) -> str:
    """Stem of the files of an image, or of the masks of the object at a position of its list."""
    return f"{image:06d}" if position is None else f"{image:06d}_{position:06d}"


def model_path(root: Path, number: int) -> Path:
    """The PLY of a model."""
    return root / MODELS / f"obj_{number:06d}.ply"


def bop_splits(root: Path) -> dict[str, Path]:
    """Folders of scenes of which one at least has ground truth, by name; those of models are none."""
    if not root.is_dir():
        return {}
    folders = (folder for folder in _visible_folders(root) if not folder.name.startswith(MODELS))
    return {folder.name: folder for folder in folders if _has_scenes(folder)}


def scenes_of(split: Path) -> list[BopScene]:
    """The scenes of a split that have ground truth, by number.

    Raises:
        RealDataError: The folder cannot be read.
    """
    try:
        return sorted(_scenes(split), key=lambda scene: scene.number)
    except OSError as error:
        raise RealDataError(f"cannot read {split}: {error.strerror or error}") from error


def models_info_path(root: Path) -> Path | None:
    """models_info.json of the models, else of the first other folder of models; None: there is none."""
    others = sorted(path for path in root.glob(f"{MODELS}*") if path.is_dir())
    return next((path for one in (root / MODELS, *others) if (path := one / "models_info.json").is_file()), None)


def _has_scenes(folder: Path) -> bool:
    try:
        return next(_scenes(folder), None) is not None
    except OSError:
        return False


def _scenes(split: Path) -> Iterator[BopScene]:
    for folder in split.iterdir():
        if _is_number(folder.name) and (folder / "scene_gt.json").is_file():
            yield BopScene(folder)


def _visible_folders(root: Path) -> list[Path]:
    try:
        return sorted(
            path
            for path in root.iterdir()
            if not path.name.startswith(".") and path.name.isprintable() and path.is_dir()
        )
    except OSError:
        return []


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) <= MAX_DIGITS


def _numbered(folder: Path, suffixes: frozenset[str]) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    paths = (path for path in folder.iterdir() if path.suffix.lower() in suffixes and _is_number(path.stem))
    return {int(path.stem): path for path in sorted(paths)}
