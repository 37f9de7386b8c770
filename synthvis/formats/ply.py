"""Triangle meshes as binary PLY, bit by bit what the arrays hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError

__all__ = ["ply_bytes", "read_ply"]

HEADER = """ply
format binary_little_endian 1.0
comment {comment}
element vertex {vertices}
property double x
property double y
property double z
{normals}element face {faces}
property list uchar int vertex_indices
end_header
"""
NORMALS = "property float nx\nproperty float ny\nproperty float nz\n"
VERTEX = [("place", "<f8", (3,))]
FACE = [("count", "u1"), ("corners", "<i4", (3,))]
MAX_HEADER_BYTES = 10_000
END = b"end_header\n"


def ply_bytes(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    comment: str,
    normals: NDArray[np.float64] | None = None,
) -> bytes:
    """A PLY file.

    Args:
        vertices: (V, 3), stored as doubles.
        faces: (F, 3), counter-clockwise from outside.
        comment: A line for the header: unit and frame.
        normals: (V, 3) of the vertices, stored as floats; None: the file has none.
    """
    header = HEADER.format(
        comment=" ".join(comment.split()),
        vertices=len(vertices),
        faces=len(faces),
        normals="" if normals is None else NORMALS,
    )
    points = np.empty(len(vertices), dtype=VERTEX if normals is None else [*VERTEX, ("normal", "<f4", (3,))])
    points["place"] = vertices
    if normals is not None:
        points["normal"] = normals
    rows = np.empty(len(faces), dtype=FACE)
    rows["count"], rows["corners"] = 3, faces
    return header.encode("ascii", "replace") + points.tobytes() + rows.tobytes()


def read_ply(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Vertices (V, 3) and faces (F, 3) of a file that `ply_bytes` wrote without normals.

    Raises:
        DatasetError: It cannot be read, or is another file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    end = content.find(END, 0, MAX_HEADER_BYTES) + len(END)
    lines = content[:end].decode("ascii", "replace").splitlines()
    counts = [line.split()[-1] for line in lines if line.startswith("element ")]
    if len(counts) != 2 or not all(one.isdecimal() and len(one) < 10 for one in counts):
        raise DatasetError(f"{path} is no mesh of a dataset")
    comment = next((line.removeprefix("comment ") for line in lines if line.startswith("comment ")), "")
    vertices, faces = map(int, counts)
    expected = HEADER.format(comment=comment, vertices=vertices, faces=faces, normals="").splitlines()
    middle = end + vertices * np.dtype(VERTEX).itemsize
    if lines != expected or len(content) != middle + faces * np.dtype(FACE).itemsize:
        raise DatasetError(f"{path} is no mesh of a dataset, or is cut short")
    points = np.frombuffer(content[end:middle], dtype=VERTEX)["place"]
    rows = np.frombuffer(content[middle:], dtype=FACE)
    if not np.isfinite(points).all() or (rows["count"] != 3).any() or not _is_within(rows["corners"], vertices):
        raise DatasetError(f"{path} is damaged: a face or a vertex is none")
    return points.astype(np.float64), rows["corners"].astype(np.int32)


def _is_within(corners: NDArray[np.int32], vertices: int) -> bool:
    return not corners.size or bool(corners.min() >= 0 and corners.max() < vertices)
