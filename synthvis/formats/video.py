"""Video files and cameras: the only place that talks to OpenCV's video readers and writers. Frames are RGB here.

OpenCV is loaded when a video is opened.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError, shown_name

__all__ = ["PART", "VIDEO_SUFFIXES", "Video", "VideoWriter", "open_video", "writing_video"]

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".ogv"})

CODEC = "mp4v"
"""MPEG-4 part 2: the packages of OpenCV for Python bring no encoder of H.264."""

USUAL_FPS, MAX_FPS = 25.0, 240.0
"""Taken where a camera or a damaged header states no sound rate."""

PART = ".part.mp4"
"""Ending of a video that is being written; its name begins with a dot."""

SILENT = 0
"""Of OpenCV's levels."""

Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Video:
    """An open video file or camera.

    Attributes:
        name: For messages.
        fps: Frames a second.
        stated_frames: As many as the header states; None of a camera, and where it states none.
    """

    name: str
    fps: float
    stated_frames: int | None
    capture: Any

    def frames(self) -> Iterator[Frame]:
        """Each frame as (H, W, 3) uint8 RGB, until the video ends or no further frame can be decoded."""
        while True:
            is_there, frame = self.capture.read()
            if not is_there or frame is None:
                return
            yield np.ascontiguousarray(frame[:, :, ::-1], dtype=np.uint8)


@contextmanager
def open_video(source: Path | int) -> Iterator[Video]:
    """Open a video file, or a camera by its number.

    Raises:
        DatasetError: It cannot be opened.
    """
    cv2 = _quiet_opencv()
    name = f"camera {source}" if isinstance(source, int) else shown_name(source)
    # With FFmpeg alone: other readers take a % in a name for the number of a picture.
    place = (source,) if isinstance(source, int) else (str(source.absolute()), cv2.CAP_FFMPEG)
    with _without_warnings():
        capture = cv2.VideoCapture(*place)
    try:
        if not capture.isOpened():
            why = "not there, or in use" if isinstance(source, int) else "no video that can be read"
            raise DatasetError(f"{name} is {why}")
        count, fps = capture.get(cv2.CAP_PROP_FRAME_COUNT), capture.get(cv2.CAP_PROP_FPS)
        is_known = not isinstance(source, int) and math.isfinite(count) and count > 0
        yield Video(
            name=name,
            fps=fps if math.isfinite(fps) and 0 < fps <= MAX_FPS else USUAL_FPS,
            stated_frames=int(count) if is_known else None,
            capture=capture,
        )
    finally:
        capture.release()


@dataclass(slots=True, kw_only=True, eq=False)
class VideoWriter:
    """Takes the frames of a video, one after the other; the first decides its size."""

    path: Path
    fps: float
    _writer: Any = None
    _size_hw: tuple[int, int] = (0, 0)

    def write(self, frame_rgb: Frame) -> None:
        """Append (H, W, 3) uint8 RGB.

        Raises:
            DatasetError: The file cannot be written, or the frame is of another size than the first.
        """
        if self._writer is None:
            self._open(frame_rgb)
        if frame_rgb.shape[:2] != self._size_hw:
            raise DatasetError(f"{self.path}: frames of a video are of one size")
        # The codec stores pairs of rows and columns.
        height, width = self._size_hw
        even = np.pad(frame_rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        self._writer.write(np.ascontiguousarray(even[:, :, ::-1]))

    def _open(self, frame_rgb: Frame) -> None:
        cv2 = _quiet_opencv()
        height, width = frame_rgb.shape[:2]
        self._size_hw = (height, width)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        size = (width + width % 2, height + height % 2)
        code = cv2.VideoWriter.fourcc(*CODEC)
        self._writer = cv2.VideoWriter(str(self.path), cv2.CAP_FFMPEG, code, self.fps, size)
        if not self._writer.isOpened():
            raise DatasetError(f"cannot write the video {self.path}", hint="look at the folder, or draw nothing")

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.release()


@contextmanager
def writing_video(path: Path, fps: float) -> Iterator[VideoWriter]:
    """Write an MP4 beside `path` that takes its place when the block ends well, and vanishes when not.

    A block that writes no frame leaves no file.
    """
    part = path.with_name(f".{path.name}{PART}")
    writer = VideoWriter(path=part, fps=fps)
    try:
        yield writer
        writer.close()
        if part.exists():
            os.replace(part, path)
    finally:
        writer.close()
        part.unlink(missing_ok=True)


def _quiet_opencv() -> Any:
    """OpenCV, its FFmpeg told to print nothing: of a damaged file the caller says in one line what FFmpeg would."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    import cv2

    return cv2


@contextmanager
def _without_warnings() -> Iterator[None]:
    import cv2

    # OpenCV 5 has moved it.
    logging: Any = cv2 if hasattr(cv2, "setLogLevel") else import_module("cv2.utils.logging")
    before = logging.getLogLevel()
    logging.setLogLevel(SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(before)
