"""Predicting on the frames of a video or a camera as they come: no more than a batch of them is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError, counted
from synthvis.formats.video import Video, open_video
from synthvis.inference.following import FollowedVideo, mot_rows
from synthvis.inference.inputs import Camera, VideoFile
from synthvis.inference.journal import EndOfVideo
from synthvis.inference.outputs import DRAWN
from synthvis.inference.resuming import stamp_of
from synthvis.inference.running import RunningPrediction

__all__ = ["predict_on_video"]

UNSURE_FRAMES, UNSURE_SHARE = 2, 0.02
"""Containers state the number of frames by length and rate: a video breaks off where more than so many are missing."""

Image = NDArray[np.uint8]


def predict_on_video(source: VideoFile | Camera, run: RunningPrediction) -> None:
    """Predict on each frame; a video that cannot be read, or not to its end, is noted.

    A camera has no end: Ctrl-C ends it, and what there is counts.

    Raises:
        DatasetError: An output cannot be written.
    """
    stamp = "" if isinstance(source, Camera) else stamp_of(source.path)
    with ExitStack() as stack:
        try:
            video = stack.enter_context(open_video(source.index if isinstance(source, Camera) else source.path))
        except DatasetError as error:
            run.tally.note(source.name, error.what.removeprefix(f"{source.name} is "))
            run.tally.count()
            return
        stated = video.stated_frames
        run.tally.total += min(stated or 0, run.max_frames or stated or 0)
        frames, tracks = _predict_on_frames(source, video, stamp, run)
    fault = _fault(frames, stated, run.max_frames)
    run.tally.note(source.name, fault)
    if frames:
        run.journal.add(EndOfVideo(file=source.name, frames=frames, stamp=stamp, fault=fault, tracks=tracks))


def _predict_on_frames(
    source: VideoFile | Camera, video: Video, stamp: str, run: RunningPrediction
) -> tuple[int, str | None]:
    """Frames that were predicted on, and the file of their tracks."""
    own = run.outputs.names.of(source.parts)
    name = f"{DRAWN}/{own}.mp4" if run.outputs.is_drawn else None
    is_live, count, rows = isinstance(source, Camera), 0, list[str]()
    choice = run.predictor.tracker
    followed = None if choice is None else FollowedVideo(choice, video.fps)
    size = 1 if is_live else run.predictor.pictures_per_batch
    with ExitStack() as stack:
        draw = stack.enter_context(run.outputs.drawing_video(name, video.fps)) if name else None
        try:
            for batch in _batches(islice(video.frames(), run.max_frames), size):
                for frame, seen in zip(batch, run.predictor.of_frames.on_batch(batch), strict=True):
                    found = seen if followed is None else followed.next_frame(seen, frame)
                    if draw is not None:
                        draw(frame, found)
                    record = run.outputs.record(source.name, found, stamp=stamp, drawn=name, frame=count)
                    run.journal.add(record)
                    rows.append(mot_rows(record))
                    count += 1
                    run.tally.count()
        except KeyboardInterrupt:
            if not is_live:
                raise
    return count, run.outputs.write_tracks(own, rows) if followed is not None and count else None


def _batches(frames: Iterable[Image], most: int) -> Iterator[list[Image]]:
    left = iter(frames)
    while batch := list(islice(left, most)):
        yield batch


def _fault(frames: int, stated: int | None, max_frames: int | None) -> str:
    if not frames:
        return "no frame of it can be decoded"
    if stated is None or (max_frames is not None and frames >= max_frames):
        return ""
    missing = stated - frames
    if missing <= max(UNSURE_FRAMES, UNSURE_SHARE * stated):
        return ""
    return f"it breaks off after {counted(frames, 'frame')} of {stated:,}; those are kept"
