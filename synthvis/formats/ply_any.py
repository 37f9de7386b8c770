"""Triangle meshes of PLY files by anybody: ASCII or binary little-endian, polygons cut into fans."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import RealDataError

__all__ = ["read_any_ply"]

TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "<i2", "int16": "<i2", "ushort": "<u2",
    "uint16": "<u2", "int": "<i4", "int32": "<i4", "uint": "<u4", "uint32": "<u4", "float": "<f4", "float32": "<f4",
    "double": "<f8", "float64": "<f8",
}  # fmt: skip
MAX_BYTES = 1 << 28
MAX_HEADER_BYTES = 20_000
MAX_ELEMENTS = 4_000_000
MAX_CORNERS = 64
END = b"end_header"
HINT = "wanted is a PLY with vertices x, y, z and faces, ASCII or binary little-endian"


class _Unusable(ValueError):
    """Why a file cannot be used, in a few words."""


@dataclass(slots=True)
class _Element:
    """An element of the header: its count, and its properties; a list has the type of its count before its own."""

    name: str
    count: int
    properties: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def has_list(self) -> bool:
        return any(len(one) == 3 for one in self.properties)


def read_any_ply(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Vertices (V, 3), in the unit of the file, and faces (F, 3).

    Raises:
        RealDataError: It cannot be read, or holds no triangle mesh.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _Unusable("it is too large")
        content = path.read_bytes()
        return _mesh(content)
    except OSError as error:
        raise RealDataError(f"cannot read the model {path}: {error.strerror or error}", hint=HINT) from error
    except (_Unusable, ValueError, IndexError, OverflowError) as error:
        why = str(error) if isinstance(error, _Unusable) else "it is damaged or cut short"
        raise RealDataError(f"the model {path} cannot be used: {why}", hint=HINT) from error


def _mesh(content: bytes) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    is_ascii, elements, start = _header(content)
    vertices: NDArray[np.float64] | None = None
    faces: NDArray[np.int64] | None = None
    rest = content[start:]
    lines = io.BytesIO(rest) if is_ascii else None
    offset = 0
    for element in elements:
        if lines is not None:
            rows = [lines.readline().split() for _ in range(element.count)]
            if element.name == "vertex":
                vertices = _vertices_of_rows(element, rows)
            elif element.name == "face":
                faces = _fans([[int(one) for one in row[1 : 1 + int(row[0])]] for row in rows])
        elif element.has_list:
            found, offset = _binary_lists(element, rest, offset)
            faces = _fans(found) if element.name == "face" else faces
        else:
            kind = np.dtype([(name, TYPES[type_]) for type_, name in element.properties])
            table = np.frombuffer(rest, dtype=kind, count=element.count, offset=offset)
            offset += element.count * kind.itemsize
            if element.name == "vertex":
                vertices = np.stack([table[name].astype(np.float64) for name in "xyz"], axis=1)
    if vertices is None or faces is None or not len(faces):
        raise _Unusable("it has no triangles")
    if not np.isfinite(vertices).all() or faces.min() < 0 or faces.max() >= len(vertices):
        raise _Unusable("a face or a vertex is none")
    return vertices, faces.astype(np.int32)


def _header(content: bytes) -> tuple[bool, list[_Element], int]:
    end = content.find(END, 0, MAX_HEADER_BYTES)
    if not content.startswith(b"ply") or end < 0:
        raise _Unusable("it is no PLY")
    start = content.index(b"\n", end) + 1
    words = [line.split() for line in content[:end].decode("ascii", "replace").splitlines()]
    form = next((line[1] for line in words if line[:1] == ["format"] and len(line) > 1), "")
    if form not in ("ascii", "binary_little_endian"):
        raise _Unusable(f"its format is {form[:40] or 'not stated'}")
    elements: list[_Element] = []
    for line in words:
        if line[:1] == ["element"]:
            elements.append(_Element(line[1], int(line[2])))
            if not 0 <= elements[-1].count <= MAX_ELEMENTS:
                raise _Unusable("it has too many elements")
        elif line[:1] == ["property"] and elements:
            types = line[2:4] if line[1] == "list" else line[1:2]
            if not all(one in TYPES for one in types):
                raise _Unusable(f"a property has the type {' '.join(types)[:40]}")
            elements[-1].properties.append((*types, line[-1]))
    by_name = {one.name: [names[-1] for names in one.properties] for one in elements}
    if not {"x", "y", "z"} <= set(by_name.get("vertex", ())):
        raise _Unusable("its vertices have no x, y and z")
    return form == "ascii", elements, start


def _vertices_of_rows(element: _Element, rows: list[list[bytes]]) -> NDArray[np.float64]:
    names = [one[-1] for one in element.properties]
    columns = [names.index(axis) for axis in "xyz"]
    return np.array([[float(row[column]) for column in columns] for row in rows], dtype=np.float64).reshape(-1, 3)


def _binary_lists(element: _Element, content: bytes, offset: int) -> tuple[list[list[int]], int]:
    """Corners of each face; a list of another property is passed over."""
    found: list[list[int]] = []
    for _ in range(element.count):
        corners: list[int] = []
        for one in element.properties:
            if len(one) == 2:
                offset += np.dtype(TYPES[one[0]]).itemsize
                continue
            size = np.dtype(TYPES[one[0]]).itemsize
            count = int(np.frombuffer(content, TYPES[one[0]], 1, offset)[0])
            offset += size
            values = np.frombuffer(content, TYPES[one[1]], count, offset)
            offset += values.nbytes
            if one[2] in ("vertex_indices", "vertex_index"):
                corners = [int(value) for value in values]
        found.append(corners)
    return found, offset


def _fans(polygons: list[list[int]]) -> NDArray[np.int64]:
    if any(len(one) > MAX_CORNERS for one in polygons):
        raise _Unusable("a face has too many corners")
    fans = [(one[0], one[k], one[k + 1]) for one in polygons for k in range(1, len(one) - 1)]
    return np.array(fans, dtype=np.int64).reshape(-1, 3)
