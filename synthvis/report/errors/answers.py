"""Where the labels lie that a run's predictions are held against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from synthvis.data.coco_split import CocoSplit
from synthvis.data.image_folder import FolderSplit, find_folder, read_folder_split
from synthvis.data.keypoint_split import KeypointSplit, read_keypoint_split
from synthvis.data.map_folder import MapKind, MapSplit, find_map_folder, read_map_split
from synthvis.data.map_kinds import DEPTH_MAPS, KNOWN_DEPTH, KNOWN_NORMALS, NORMAL_MAPS
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.real import KEYPOINT_FILES, KNOWN, find_real, read_split
from synthvis.data.semantic_split import SemanticSplit, find_semantic, read_semantic
from synthvis.errors import RealDataError

__all__ = ["SetOnDisk"]

KNOWN_MAPS: dict[str, tuple[MapKind, dict[str, str]]] = {
    "depth": (DEPTH_MAPS, KNOWN_DEPTH),
    "normals": (NORMAL_MAPS, KNOWN_NORMALS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOnDisk:
    """A set that was measured on.

    Attributes:
        name: As the evaluation has it: that of a named set of photographs, or of a folder.
        root: Folder of a rendered dataset; None for photographs, which are found by their name.
        split: The split.

    Every reader raises RealDataError where the set is not there or has no such split.
    """

    name: str
    root: Path | None
    split: str | None

    @property
    def place(self) -> str:
        """What a finder takes."""
        return str(self.root) if self.root is not None else self.name

    def boxes(self) -> CocoSplit:
        """With the objects' boxes."""
        return with_sound_pictures(read_split(find_real(self.place), self.split))

    def keypoints(self) -> KeypointSplit:
        """With the objects' keypoints."""
        return with_sound_pictures(read_keypoint_split(find_real(self.place, files=KEYPOINT_FILES), self.split))

    def classes(self) -> CocoSplit | FolderSplit:
        """Class folders, or a COCO set whose objects are classified."""
        if self.root is not None or self.name in KNOWN:
            return self.boxes()
        found = find_folder(self.name)
        if found is None:
            raise RealDataError(f"no set called '{self.name}'", hint="it is found by name only")
        return with_sound_pictures(read_folder_split(found, self.split))

    def maps(self, task: str) -> MapSplit | SemanticSplit:
        """Pictures with a map of depth, normals or classes."""
        if task not in KNOWN_MAPS:
            return with_sound_pictures(read_semantic(find_semantic(self.place), self.split))
        kind, known = KNOWN_MAPS[task]
        return with_sound_pictures(read_map_split(find_map_folder(self.place, kind, known), self.split))
