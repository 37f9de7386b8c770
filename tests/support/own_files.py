"""Tiny files of own assets, sound and hostile, made where they are needed."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path

import cv2
import numpy as np

CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=np.float64)
SIDES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
FACES = np.array([face for a, b, c, d in SIDES for face in ((a, b, c), (a, c, d))])
"""A cube of side 1 in twelve triangles, wound from outside."""


def cube_obj(side: float = 0.1, *, head: str = "", material: str = "") -> str:
    """A cube as OBJ with a corner at the origin; every corner has a place in the picture."""
    lines = [
        head,
        *(f"v {x} {y} {z}" for x, y, z in CORNERS * side),
        "vt 0.1 0.1",
        "vt 0.9 0.1",
        "vt 0.9 0.9",
        material,
    ]
    lines += [f"f {a + 1}/1 {b + 1}/2 {c + 1}/3" for a, b, c in FACES]
    return "\n".join(lines) + "\n"


def cube_stl(side: float = 0.1) -> bytes:
    """A cube as binary STL."""
    triangles = (CORNERS * side)[FACES]
    rows = b"".join(struct.pack("<12fH", 0, 0, 0, *triangle.ravel(), 0) for triangle in triangles)
    return b"\0" * 80 + struct.pack("<I", len(triangles)) + rows


def cube_ply(side: float = 0.1, rgb: tuple[int, int, int] = (255, 0, 0)) -> str:
    """A cube as ASCII PLY with one colour on all vertices."""
    head = ["ply", "format ascii 1.0", f"element vertex {len(CORNERS)}", *(f"property float {axis}" for axis in "xyz")]
    head += [f"property uchar {name}" for name in ("red", "green", "blue")]
    head += [f"element face {len(FACES)}", "property list uchar int vertex_indices", "end_header"]
    rows = [f"{x} {y} {z} {rgb[0]} {rgb[1]} {rgb[2]}" for x, y, z in CORNERS * side]
    return "\n".join([*head, *rows, *(f"3 {a} {b} {c}" for a, b, c in FACES)]) + "\n"


def cube_gltf(side: float = 0.1, *, buffer_uri: str | None = None, image_uri: str | None = None) -> dict[str, object]:
    """A cube as glTF, its buffer inside it unless another place is named."""
    vertices, faces = (CORNERS * side).astype("<f4"), FACES.astype("<u2")
    uv = CORNERS[:, :2].astype("<f4")
    content = vertices.tobytes() + faces.tobytes() + uv.tobytes()
    starts = np.cumsum([0, vertices.nbytes, faces.nbytes])
    uri = buffer_uri or "data:application/octet-stream;base64," + base64.b64encode(content).decode()
    views = [{"buffer": 0, "byteOffset": int(start), "byteLength": size}
             for start, size in zip(starts, (vertices.nbytes, faces.nbytes, uv.nbytes), strict=True)]  # fmt: skip
    floats = {"componentType": 5126, "count": 8}
    tree: dict[str, object] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 2}, "indices": 1, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [0, 0.5, 0, 1], "roughnessFactor": 0.3}}],
        "buffers": [{"uri": uri, "byteLength": len(content)}],
        "bufferViews": views,
        "accessors": [
            {"bufferView": 0, "type": "VEC3", "min": [0, 0, 0], "max": [side] * 3, **floats},
            {"bufferView": 1, "type": "SCALAR", "componentType": 5123, "count": faces.size},
            {"bufferView": 2, "type": "VEC2", **floats},
        ],
    }
    if image_uri:
        tree |= {"images": [{"uri": image_uri}], "textures": [{"source": 0}]}
        tree["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    return tree


def cube_glb(side: float = 0.1) -> bytes:
    """A cube as binary glTF."""
    tree = cube_gltf(side)
    content = base64.b64decode(str(tree["buffers"][0]["uri"]).split(",")[1])  # type: ignore[index]
    tree["buffers"] = [{"byteLength": len(content)}]
    words = json.dumps(tree).encode()
    words += b" " * (-len(words) % 4)
    content += b"\0" * (-len(content) % 4)
    chunks = struct.pack("<II", len(words), 0x4E4F534A) + words + struct.pack("<II", len(content), 0x004E4942) + content
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def picture(path: Path, rgb: tuple[int, int, int] = (0, 0, 255), size: int = 8) -> None:
    """A PNG of one colour."""
    cv2.imwrite(str(path), np.full((size, size, 3), rgb[::-1], dtype=np.uint8))


def textured_cube(folder: Path, name: str = "box") -> None:
    """NAME.obj with NAME.mtl and NAME.png."""
    picture(folder / f"{name}.png")
    (folder / f"{name}.mtl").write_text(f"newmtl m\nKd 1 1 1\nmap_Kd {name}.png\n")
    (folder / f"{name}.obj").write_text(cube_obj(head=f"mtllib {name}.mtl", material="usemtl m"))
