"""Optical flow of one picture, as files hold it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import UsageError

__all__ = ["FlowMap"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlowMap:
    """Where the points that a picture shows are in another one.

    Attributes:
        flow_xy_px: (H, W, 2) float32, along x and y, pixels; 0 where there is none.
        is_valid: (H, W) bool, where there is flow.
        is_occluded: (H, W) bool, where the other picture does not show the point; None where nobody says.

    Raises:
        UsageError: The arrays are not of one picture.
    """

    flow_xy_px: NDArray[np.float32]
    is_valid: NDArray[np.bool_]
    is_occluded: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        shape = self.is_valid.shape
        is_one = self.flow_xy_px.shape == (*shape, 2) and (self.is_occluded is None or self.is_occluded.shape == shape)
        if len(shape) != 2 or self.is_valid.size == 0 or not is_one:
            raise UsageError(
                f"a flow of shape {self.flow_xy_px.shape} with a mask of shape {shape}",
                hint="wanted are (H, W, 2) and (H, W) of one picture",
            )

    @classmethod
    def of_nothing(cls, image_hw: tuple[int, int]) -> FlowMap:
        """No flow anywhere: of a frame that has no other one on that side."""
        nowhere = np.zeros(image_hw, dtype=np.bool_)
        return cls(flow_xy_px=np.zeros((*image_hw, 2), dtype=np.float32), is_valid=nowhere, is_occluded=nowhere)

    @property
    def is_matched(self) -> NDArray[np.bool_]:
        """(H, W) bool, where there is flow and nothing says that the other picture does not show the point."""
        return self.is_valid if self.is_occluded is None else self.is_valid & ~self.is_occluded
