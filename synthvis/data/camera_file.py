"""The camera of pictures without labels: a JSON file as BOP's camera.json, for pictures of any size of its shape."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from synthvis.data.camera import Camera
from synthvis.errors import UsageError
from synthvis.formats.json_file import FileModel, Number, read_json

__all__ = ["CameraFile", "read_camera_file"]

HINT = (
    'wanted is {"fx": 504, "fy": 504, "cx": 326, "cy": 230, "width": 640, "height": 480}, in pixels; the middle of '
    "the top left pixel is (0, 0), as in OpenCV and BOP"
)
PIXEL_MIDDLE = 0.5
SHAPE_TOLERANCE = 0.01

Size = Annotated[int, Field(ge=1, le=100_000)]
Focal = Annotated[Number, Field(gt=0)]


class _CameraJson(FileModel):
    fx: Focal
    fy: Focal
    cx: Number
    cy: Number
    width: Size
    height: Size
    distortion: Annotated[list[Number], Field(min_length=5, max_length=5)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFile:
    """A calibrated camera and the size of the pictures for which it holds.

    Attributes:
        fx: Focal length along the columns, pixels.
        fy: Along the rows.
        cx: Principal point; the middle of the top left pixel is (0.5, 0.5).
        cy: Likewise.
        image_hw: Height and width, pixels.
        distortion: k1, k2, p1, p2, k3 of OpenCV; None: there is none.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    image_hw: tuple[int, int]
    distortion: tuple[float, ...] | None = None

    def for_picture(self, image_hw: tuple[int, int]) -> Camera:
        """The camera of a picture of another size and the same shape.

        Raises:
            UsageError: It has another shape, so it was cut, and nobody knows where.
        """
        x, y = image_hw[1] / self.image_hw[1], image_hw[0] / self.image_hw[0]
        if abs(x / y - 1) > SHAPE_TOLERANCE:
            raise UsageError(
                f"--camera is of pictures of {self.image_hw[1]}x{self.image_hw[0]} px, and one has "
                f"{image_hw[1]}x{image_hw[0]}",
                hint="a picture of another shape was cut or turned: calibrate for it",
            )
        K = np.array([[self.fx * x, 0, self.cx * x], [0, self.fy * y, self.cy * y], [0, 0, 1]])
        distortion = None if self.distortion is None else np.array(self.distortion)
        return Camera(K=K, distortion=distortion, world_from_cam=None)


def read_camera_file(path: Path) -> CameraFile:
    """The camera in a file.

    Raises:
        UsageError: It is absent, or no such file.
    """
    if not path.is_file():
        raise UsageError(f"--camera {path}: there is no such file", hint=HINT)
    found = read_json(path, _CameraJson, what="a camera", hint=HINT, error=UsageError)
    return CameraFile(
        fx=found.fx,
        fy=found.fy,
        cx=found.cx + PIXEL_MIDDLE,
        cy=found.cy + PIXEL_MIDDLE,
        image_hw=(found.height, found.width),
        distortion=None if found.distortion is None else tuple(found.distortion),
    )
