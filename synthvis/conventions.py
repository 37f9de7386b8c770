"""The conventions every module keeps; `docs/reference/conventions.md` says them in words.

Camera frame: OpenCV, x right, y down, z forward. World frame: z up. Lengths in metres, angles in radians inside
and in degrees where a user reads or writes them. Pixel (column 0, row 0) has its centre at (0.5, 0.5); boxes are
half-open [x, x + w) x [y, y + h) from the top-left origin. `a_from_b` maps coordinates of frame b to frame a.
"""

from __future__ import annotations

SCHEMA_VERSION = 3
"""Version of the files in a dataset; a reader refuses a newer one."""

MAX_SEED = 2**63 - 1
"""Largest seed that a user may ask for: what a signed integer of 64 bits holds, in numpy, torch and JSON readers."""

NAMESPACE = "synthvis"
"""The one key under which COCO files carry facts that pycocotools does not know."""

BACKGROUND_ID = 0
"""Instance and semantic value of pixels that show no object."""

DEPTH_ENCODINGS = ("png_1mm", "png_0.1mm", "npy_m")
"""Ways to store depth, as recipes and dataset.json call them; `synthvis.formats.depth` tells each."""

MATERIALS = ("plastic", "brushed metal", "cast iron", "painted", "transparent", "wood", "rubber")
"""What own meshes without a material may be made of, as recipes and assets.yaml call it;
`synthvis.objects.mesh.stuffs` makes surfaces of the words."""

OPENCV_FROM_BLENDER_CAMERA = ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0))
"""Rotation from Blender's camera frame (x right, y up, z backward) to OpenCV's."""


def image_stem(image_index: int) -> str:
    """File stem of image `image_index`, e.g. 42 -> "000042"; images count from 1."""
    return f"{image_index:06d}"
