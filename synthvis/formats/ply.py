"""Triangle meshes as binary PLY, bit by bit what the arrays hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["ply_bytes"]

HEADER = """ply
format binary_little_endian 1.0
comment {comment}
element vertex {vertices}
property double x
property double y
property double z
element face {faces}
property list uchar int vertex_indices
end_header
"""


def ply_bytes(vertices: NDArray[np.float64], faces: NDArray[np.int32], comment: str) -> bytes:
    """A PLY file.

    Args:
        vertices: (V, 3), stored as doubles.
        faces: (F, 3), counter-clockwise from outside.
        comment: A line for the header: unit and frame.
    """
    header = HEADER.format(comment=" ".join(comment.split()), vertices=len(vertices), faces=len(faces))
    rows = np.empty(len(faces), dtype=[("count", "u1"), ("corners", "<i4", (3,))])
    rows["count"], rows["corners"] = 3, faces
    return header.encode("ascii", "replace") + np.ascontiguousarray(vertices, dtype="<f8").tobytes() + rows.tobytes()
