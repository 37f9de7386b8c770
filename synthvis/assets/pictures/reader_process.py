"""The process in which pictures of strangers are decoded; see `reader`. It leaves N.jpg or N.exr and N.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.assets.meshes.file_mesh import NotUsable
from synthvis.assets.meshes.reader_process import go_through

__all__ = ["main"]

MAX_PX = 2048
"""Longer sides are reduced to this, of environment maps to twice as much."""

SMALLEST_PX = 16
JPEG_QUALITY = 95
HDRI_MEAN = 1.0
"""Environment maps are scaled to this mean, as their files hold any unit."""

BRIGHTEST = 20_000.0
"""Times the mean, at which a map is cut off: the sun is about that."""


def main() -> None:
    """Read what the request names."""
    go_through(_read)


def _read(number: int, root: Path, path: str, what: str) -> None:
    if what == "hdri":
        _write_hdri(number, root / path)
        return
    content = np.fromfile(root / path, dtype=np.uint8)
    pixels = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    if pixels is None:
        raise NotUsable("not a readable picture")
    pixels = _reduced(pixels, MAX_PX)
    done, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise NotUsable("it cannot be stored")
    Path(f"{number}.jpg").write_bytes(bytes(jpeg))
    Path(f"{number}.json").write_text(json.dumps({"aspect": round(pixels.shape[1] / pixels.shape[0], 4)}))


def _write_hdri(number: int, path: Path) -> None:
    import OpenEXR

    light = _light_of(path)
    height, width = light.shape[:2]
    if not 1.9 < width / height < 2.1:
        raise NotUsable(f"{width} x {height} pixels; an environment map is twice as wide as high")
    light = np.clip(np.nan_to_num(light, nan=0.0, posinf=0.0, neginf=0.0), 0.0, None)
    # Rows near the poles cover less of the sphere.
    weight = np.sin((np.arange(height) + 0.5) / height * np.pi)[:, None, None] * np.ones_like(light)
    mean = float(np.average(light, weights=weight))
    if mean <= 0:
        raise NotUsable("it is black")
    light = np.minimum(_reduced(light / mean, 2 * MAX_PX), BRIGHTEST) * HDRI_MEAN
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"RGB": np.ascontiguousarray(light, dtype=np.float32)}).write(f"{number}.exr")
    Path(f"{number}.json").write_text(json.dumps({"aspect": 2.0}))


def _light_of(path: Path) -> NDArray[np.float32]:
    if path.suffix.lower() == ".hdr":
        pixels = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
        if pixels is None or pixels.ndim != 3:
            raise NotUsable("not a readable Radiance picture")
        return np.asarray(pixels[:, :, ::-1], dtype=np.float32)
    import OpenEXR

    with OpenEXR.File(str(path)) as file:
        channels = file.channels()
        found = next((channels[name].pixels for name in ("RGB", "RGBA") if name in channels), None)
        if found is None or found.ndim != 3:
            raise NotUsable(f"it has no RGB but {', '.join(list(channels)[:4]) or 'nothing'}")
        return np.array(found[:, :, :3], dtype=np.float32)


def _reduced(pixels: Any, largest_px: int) -> Any:
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST_PX:
        raise NotUsable(f"{width} x {height} pixels are too few")
    share = min(1.0, largest_px / max(height, width))
    if share == 1.0:
        return pixels
    return cv2.resize(pixels, (round(width * share), round(height * share)), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    main()
