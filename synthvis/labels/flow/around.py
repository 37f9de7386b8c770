"""A frame of a film with the frames before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.flow.motion import Motion, motion_between

__all__ = ["FramesAround"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FramesAround:
    """What the labels of a film's frame are made of, besides the frame itself.

    Attributes:
        here: The frame.
        before: The one before it; None: it is the first.
        after: The one after it; None: it is the last.
    """

    here: FrameGeometry
    before: FrameGeometry | None = None
    after: FrameGeometry | None = None

    @cached_property
    def forward(self) -> Motion | None:
        """Motion until the next frame."""
        return None if self.after is None else motion_between(self.here, self.after)

    @cached_property
    def backward(self) -> Motion | None:
        """Motion back to the frame before."""
        return None if self.before is None else motion_between(self.here, self.before)
