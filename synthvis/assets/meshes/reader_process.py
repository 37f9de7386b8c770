"""The process in which files of strangers are opened: limited in memory, time and what it can write.

`python -m synthvis.assets.meshes.reader_process` takes a JSON request on stdin and leaves, for each file, N.npz or
N.error in the current folder. It dies with what kills it; the caller goes on with the next file.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from synthvis.assets.manifest import Entry
from synthvis.assets.meshes.cleaning import CleanMesh, clean
from synthvis.assets.meshes.file_mesh import NotUsable

__all__ = ["go_through", "main"]

MEMORY_BYTES = 12 << 30
"""Of address space, much of which libraries reserve and never touch."""

WRITTEN_BYTES = 1 << 30


def main() -> None:
    """Read what the request names."""
    go_through(lambda number, root, path, entry: _write_mesh(number, root, path, Entry.model_validate_json(entry)))


def go_through(read: Callable[..., None]) -> None:
    """Call `read` with number, folder and what else the request says of each file, and note how it fails."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    request = json.loads(sys.stdin.read())
    for number, *said in request["files"]:
        try:
            read(number, Path(request["root"]), *said)
        except NotUsable as reason:
            Path(f"{number}.error").write_text(str(reason))
        except MemoryError:
            Path(f"{number}.error").write_text("it needs more memory than such a file should")
        except Exception as error:
            Path(f"{number}.error").write_text(f"it cannot be read ({type(error).__name__}: {str(error)[:100]})")
    # Blender, once loaded, may hang when Python winds up.
    sys.stderr.flush()
    os._exit(0)


def _write_mesh(number: int, root: Path, path: str, entry: Entry) -> None:
    suffix = Path(path).suffix.lower().lstrip(".")
    if suffix == "blend":
        from synthvis.assets.meshes.blend_reader import read_blend as read
    else:
        from synthvis.assets.meshes.trimesh_reader import read_mesh as read
    _write(number, clean(read(root, path), entry, suffix))


def _write(number: int, found: CleanMesh) -> None:
    mesh = found.raw
    arrays: dict[str, Any] = {
        "vertices_m": mesh.vertices,
        "faces": mesh.faces.astype(np.int32),
        "face_slots": mesh.face_slots.astype(np.int32),
    }
    if mesh.corner_uv is not None:
        arrays["corner_uv"] = mesh.corner_uv.astype(np.float32)
    if mesh.colors_rgb is not None:
        arrays["colors_rgb"] = mesh.colors_rgb.astype(np.float32)
    slots = []
    for index, slot in enumerate(mesh.slots):
        said: dict[str, object] = {"name": slot.name, "color_rgb": slot.color_rgb, "roughness": slot.roughness}
        said["metallic"] = slot.metallic
        if slot.picture_rgb is not None and mesh.corner_uv is not None:
            done, png = cv2.imencode(".png", np.ascontiguousarray(slot.picture_rgb[:, :, ::-1]))
            if not done:
                raise NotUsable("a texture cannot be stored")
            arrays[f"picture_{index}"] = np.frombuffer(bytes(png), dtype=np.uint8)
        slots.append(said)
    facts = {
        "slots": slots,
        "keypoints_m": {name: list(map(float, point)) for name, point in found.keypoints_m.items()},
        "frame": found.frame.facts(),
        "notes": found.notes,
    }
    arrays["facts"] = np.array(json.dumps(facts))
    partial = Path(f"{number}.partial.npz")
    np.savez(partial, **arrays)
    partial.rename(f"{number}.npz")


if __name__ == "__main__":
    main()
