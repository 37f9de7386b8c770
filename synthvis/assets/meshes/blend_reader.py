"""Meshes of .blend files, by Blender itself with scripts switched off. Runs in the reader's process only."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.assets.meshes.file_mesh import NotUsable, RawMesh, RawSlot, joined

__all__ = ["read_blend"]

MAX_READ_TRIANGLES = 4_000_000
MAX_PICTURE_PX = 2048


def read_blend(root: Path, path: str) -> RawMesh:
    """The triangles and materials of all visible mesh objects of a file.

    Raises:
        NotUsable: Blender cannot open it, or there is no mesh in it.
    """
    content = (root / path).open("rb").read(12)
    # Compressed files begin with gzip's or Zstandard's mark.
    if not content.startswith((b"BLENDER", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        raise NotUsable("not a .blend file")
    try:
        from blender_scenes.blend_reader import read_parts
    except ImportError as error:
        raise NotUsable(f"Blender cannot be loaded ({error})") from error
    try:
        parts = read_parts(str((root / path).resolve()))
    except (RuntimeError, ReferenceError, ValueError) as error:
        raise NotUsable(f"Blender cannot open it ({' '.join(str(error).split())[:100]})") from error
    if sum(len(part.faces) for part in parts) > MAX_READ_TRIANGLES:
        raise NotUsable(f"more than {MAX_READ_TRIANGLES:,} triangles")
    return joined(
        [
            RawMesh(
                vertices=part.vertices,
                faces=part.faces,
                face_slots=part.face_materials,
                slots=tuple(
                    RawSlot(
                        name=name[:60],
                        color_rgb=color,
                        roughness=roughness,
                        metallic=metallic,
                        picture_rgb=None if picture is None else _small(picture),
                    )
                    for name, color, roughness, metallic, picture in part.materials
                ),
                corner_uv=part.corner_uv if any(slot[4] is not None for slot in part.materials) else None,
            )
            for part in parts
        ]
    )


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    share = min(1.0, MAX_PICTURE_PX / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return picture if share == 1.0 else np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
