"""A film: the pictures of one camera in the order of time, whose labelled objects keep their numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Film"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What a set says of a film; its frames are the samples with its number.

    Attributes:
        id: Its number in the split, `Sample.video_id` of its frames.
        name: Of a line of text.
        fps: Frames a second; None where the set does not say.
    """

    id: int
    name: str
    fps: float | None = None
