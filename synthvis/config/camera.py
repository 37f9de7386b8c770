"""What a recipe may say about intrinsics and lens distortion, and whether they go together."""

from __future__ import annotations

import itertools
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from synthvis.errors import UsageError

__all__ = ["Distortion", "Intrinsics", "check_folding"]


def _as_range(value: Any) -> Any:
    """A number is the range from itself to itself."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (value, value)
    return tuple(value) if isinstance(value, list) else value


def _ascending(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"the lower bound {bounds[0]} is above the upper bound {bounds[1]}")
    return bounds


Finite = Annotated[float, Field(allow_inf_nan=False)]
Focal = Annotated[Finite, Field(gt=0)]
NumberOrRange = Annotated[tuple[Finite, Finite], AfterValidator(_ascending), BeforeValidator(_as_range)]
FocalOrRange = Annotated[tuple[Focal, Focal], AfterValidator(_ascending), BeforeValidator(_as_range)]
NONE = (0.0, 0.0)


class Intrinsics(BaseModel):
    """The camera matrix, as a calibration gives it: numbers, or ranges [low, high]."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    width_px: int = Field(ge=32, le=16384, description="Width of the pictures that were calibrated, pixels.")
    height_px: int = Field(ge=32, le=16384, description="Height of the pictures that were calibrated, pixels.")
    fx: FocalOrRange = Field(description="Focal length in pixel widths.")
    fy: FocalOrRange | None = Field(None, description="Focal length in pixel heights, drawn with fx. None: as fx.")
    cx: NumberOrRange | None = Field(
        None, description="Column of the principal point, pixels from the left edge: OpenCV's plus 0.5. None: centre."
    )
    cy: NumberOrRange | None = Field(
        None, description="Row of the principal point, pixels from the top edge: OpenCV's plus 0.5. None: centre."
    )

    def fault(self, image_hw: tuple[int, int]) -> str | None:
        """Why these intrinsics do not suit pictures of `image_hw`, or None."""
        height, width = image_hw
        if abs(width * self.height_px - height * self.width_px) > max(self.width_px, self.height_px):
            own = f"{self.width_px} x {self.height_px}"
            return f"camera.intrinsics are of pictures of {own} pixels, and {width} x {height} has another shape"
        for name, centre, size in (("cx", self.cx, self.width_px), ("cy", self.cy, self.height_px)):
            if centre is not None and (centre[0] < 0 or centre[1] > size):
                return f"camera.intrinsics.{name} {list(centre)} lies outside the picture, 0 to {size}"
        return None

    def scaled(self, image_hw: tuple[int, int]) -> tuple[tuple[float, float], ...]:
        """Ranges of fx, fy, cx, cy in pictures of `image_hw`, pixels."""
        x, y = image_hw[1] / self.width_px, image_hw[0] / self.height_px
        fy = self.fy or self.fx
        cx = self.cx or (self.width_px / 2, self.width_px / 2)
        cy = self.cy or (self.height_px / 2, self.height_px / 2)
        return tuple((low * by, high * by) for (low, high), by in ((self.fx, x), (fy, y), (cx, x), (cy, y)))


class Distortion(BaseModel):
    """OpenCV's lens distortion; numbers, or ranges [low, high]."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    k1: NumberOrRange = Field(NONE, description="Radial, of the 2nd power: below 0 barrel, above 0 pincushion.")
    k2: NumberOrRange = Field(NONE, description="Radial, of the 4th power.")
    p1: NumberOrRange = Field(NONE, description="Tangential, along the columns.")
    p2: NumberOrRange = Field(NONE, description="Tangential, along the rows.")
    k3: NumberOrRange = Field(NONE, description="Radial, of the 6th power.")

    @property
    def ranges(self) -> tuple[tuple[float, float], ...]:
        """Ranges of k1, k2, p1, p2, k3."""
        return (self.k1, self.k2, self.p1, self.p2, self.k3)

    @property
    def is_none(self) -> bool:
        """Whether no draw distorts anything."""
        return not any(value for bounds in self.ranges for value in bounds)


def check_folding(
    distortion: Distortion, intrinsics_px: tuple[tuple[float, float], ...], image_hw: tuple[int, int]
) -> None:
    """Refuse ranges of which some draw would fold the picture over.

    The Jacobian of the distortion is symmetric and linear in the coefficients, so its least eigenvalue is concave in
    them: what holds at the corners of the ranges within one region holds for every draw. The shortest focal length
    sees most.

    Args:
        distortion: Ranges of the coefficients.
        intrinsics_px: Ranges of fx, fy, cx, cy.
        image_hw: Height and width, pixels.

    Raises:
        ValueError: With the corner that folds.
    """
    from synthvis.camera.distortion import MIN_STRETCH, Coefficients, frame_view, least_stretch

    if distortion.is_none:
        return
    (fx, _), (fy, _), *centre = intrinsics_px
    k1, k2, p1, p2, k3 = (sorted(set(bounds)) for bounds in distortion.ranges)
    corners: list[Coefficients] = list(itertools.product(k1, k2, p1, p2, k3))
    try:
        views = [
            frame_view(corner, (fx, fy, cx, cy), image_hw)
            for corner in corners
            for cx, cy in itertools.product(*(sorted(set(bounds)) for bounds in centre))
        ]
    except UsageError as error:
        raise ValueError(error.what) from error
    widest = (
        min(view[0] for view in views),
        min(view[1] for view in views),
        max(view[2] for view in views),
        max(view[3] for view in views),
    )
    for corner in corners:
        if least_stretch(widest, corner) <= MIN_STRETCH:
            raise ValueError(
                f"camera.distortion: some draws of these ranges fold the picture over, such as those near {corner}"
            )
