"""Films of drawn rectangles whose boxes and tracks are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.images import write_jpeg

HW = (96, 128)
COLOURS = ((220, 60, 50), (60, 90, 220), (240, 220, 60), (70, 200, 90))


@dataclass(frozen=True)
class Mover:
    """A rectangle that goes straight on, in whole pixels: its track, left top in frame 1, step, size and frames."""

    track_id: int
    left: int
    top: int
    step: int
    size: tuple[int, int] = (16, 24)
    frames: range = range(1, 100)
    class_number: int = 1
    is_ignored: bool = False

    def box(self, frame: int) -> tuple[int, int, int, int]:
        """Left, top, width, height in a frame."""
        return self.left + self.step * (frame - 1), self.top, *self.size


def drawn_frame(movers: Sequence[Mover], frame: int, hw: tuple[int, int] = HW) -> NDArray[np.uint8]:
    """The picture of a frame."""
    rng = np.random.default_rng(frame)
    pixels = rng.integers(90, 130, (*hw, 3)).astype(np.uint8)
    for one in movers:
        if frame in one.frames:
            x, y, width, height = one.box(frame)
            colour = COLOURS[one.track_id % len(COLOURS)]
            pixels[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = colour
    return pixels


def write_mot_film(
    folder: Path, movers: Sequence[Mover], frames: int, *, fps: float = 10, labels: Sequence[str] = ()
) -> Path:
    """Write a film in the layout of MOTChallenge by its description alone: boxes count from 1."""
    (folder / "gt").mkdir(parents=True)
    rows = []
    for frame in range(1, frames + 1):
        write_jpeg(folder / "img1" / f"{frame:06d}.jpg", drawn_frame(movers, frame), 90)
        for one in movers:
            if frame in one.frames:
                x, y, width, height = one.box(frame)
                rows.append(
                    f"{frame},{one.track_id},{x + 1},{y + 1},{width},{height},{int(not one.is_ignored)},"
                    f"{one.class_number},1"
                )
    (folder / "gt" / "gt.txt").write_text("".join(f"{row}\n" for row in rows))
    if labels:
        (folder / "gt" / "labels.txt").write_text("".join(f"{name}\n" for name in labels))
    (folder / "seqinfo.ini").write_text(
        f"[Sequence]\nname={folder.name}\nimDir=img1\nframeRate={fps:g}\nseqLength={frames}\n"
        f"imWidth={HW[1]}\nimHeight={HW[0]}\nimExt=.jpg\n"
    )
    return folder
