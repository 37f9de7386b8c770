"""What a recipe may say about films: frames, what moves, how the camera moves, how long the shutter is open."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from synthvis.config.validate import nearest

__all__ = ["CAMERA_MOVES", "MAX_FRAMES", "MOVES", "Motion"]

MOVES = ("fall", "slide", "fly", "walk", "drive")
"""Ways in which things move."""
CAMERA_MOVES = ("still", "pan", "hand_held", "drive", "orbit")
"""Ways in which the camera moves."""
MAX_FRAMES = 10_000


def _ascending(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"the lower bound {bounds[0]} is above the upper bound {bounds[1]}")
    return bounds


def _known(names: tuple[str, ...], *, some: bool) -> AfterValidator:
    def check(weights: dict[str, float]) -> dict[str, float]:
        for name in weights:
            if name not in names:
                raise ValueError(f"nothing moves by '{name:.40}'{nearest(name, names)}")
        if some and not any(weights.values()):
            raise ValueError("at least one weight must be above 0")
        return weights

    return AfterValidator(check)


Finite = Annotated[float, Field(allow_inf_nan=False)]
Weight = Annotated[Finite, Field(ge=0)]
Share = Annotated[Finite, Field(ge=0, le=1)]
ShareRange = Annotated[tuple[Share, Share], AfterValidator(_ascending)]
Degrees = Annotated[Finite, Field(ge=0, le=360)]
DegreeRange = Annotated[tuple[Degrees, Degrees], AfterValidator(_ascending)]


class Motion(BaseModel):
    """Films in place of single images: `--n` counts films, and things and the camera move."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    frames: int = Field(30, ge=1, le=MAX_FRAMES, description="Frames of a film.")
    fps: Annotated[Finite, Field(gt=0, le=1000)] = Field(10.0, description="Frames a second.")
    moves: Annotated[dict[str, Weight], _known(MOVES, some=False)] = Field(
        {"fall": 1.0, "slide": 1.0, "fly": 1.0, "walk": 2.0, "drive": 2.0},
        description="Relative frequency of each way to move, where a thing has several: fall (dropped), slide (pushed; "
        "round things roll), fly (thrown), walk (people), drive (cars). Empty: only the camera moves.",
    )
    moving_share: ShareRange = Field(
        (0.3, 0.8), description="Share of the things that can move in one of these ways and do; drawn for each film."
    )
    camera: Annotated[dict[str, Weight], _known(CAMERA_MOVES, some=True)] = Field(
        {"still": 1.0, "pan": 1.0, "hand_held": 1.5, "drive": 1.0, "orbit": 1.0},
        description="Relative frequency of each way in which the camera moves: still, pan (it turns where it is), "
        "hand_held, drive (it travels forward or sideways), orbit (around what it looks at).",
    )
    turn_deg: DegreeRange = Field(
        (8.0, 40.0), description="Angle through which a camera that pans or orbits turns in a film, degrees."
    )
    travel_share: ShareRange = Field(
        (0.1, 0.4),
        description="Way of a camera that drives, as a share of its distance from what it looks at.",
    )
    shutter_share: ShareRange = Field(
        (0.1, 0.5),
        description="Share of the time between two frames in which the shutter is open, which blurs what moves; "
        "drawn for each film; 0: no blur.",
    )
    readout_share: ShareRange = Field(
        (0.0, 0.0),
        description="Share of the time between two frames that the sensor takes from its first row to its last "
        "(rolling shutter); drawn for each film; 0: all rows at once.",
    )
