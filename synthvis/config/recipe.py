"""What a recipe may say: every field with its unit, its bounds and its meaning."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from synthvis.config.camera import Distortion, Intrinsics, check_folding
from synthvis.config.finish import Finish
from synthvis.config.motion import Motion
from synthvis.config.validate import nearest
from synthvis.conventions import DEPTH_ENCODINGS
from synthvis.errors import RecipeError

__all__ = [
    "FREE",
    "Camera",
    "Distractors",
    "FreeEnvironment",
    "Image",
    "Labels",
    "Objects",
    "Pictures",
    "Recipe",
    "Render",
    "Sensor",
    "Shake",
    "Split",
    "World",
    "is_resolved",
]


FREE = "free"
"""The name, among environments, of a scene without one of its own."""

RESOLVED = re.compile(r"[^/\\]+@[0-9a-f]{16,64}")


def is_resolved(reference: str) -> bool:
    """Whether a reference to something of the user's is NAME@DIGEST, as datasets hold it, not a path."""
    return RESOLVED.fullmatch(reference) is not None


Bounds = TypeVar("Bounds", bound=tuple[float, float])


def _ascending(bounds: Bounds) -> Bounds:
    if bounds[0] > bounds[1]:
        raise ValueError(f"the lower bound {bounds[0]} is above the upper bound {bounds[1]}")
    return bounds


def _some_weight(weights: dict[str, float]) -> dict[str, float]:
    if not any(weights.values()):
        raise ValueError("at least one weight must be above 0")
    return weights


LAYOUTS = ("scatter", "cluster", "pile", "row", "bin", "drop", "hand")


def _known_layouts(weights: dict[str, float]) -> dict[str, float]:
    for name in weights:
        if name not in LAYOUTS:
            raise ValueError(f"no layout is called '{name:.40}'{nearest(name, LAYOUTS)}")
    return weights


def _known_depth(name: str) -> str:
    if name not in DEPTH_ENCODINGS:
        raise ValueError(f"no way to store depth is called '{name:.40}'{nearest(name, DEPTH_ENCODINGS)}")
    return name


Finite = Annotated[float, Field(allow_inf_nan=False)]
Range = Annotated[tuple[Finite, Finite], AfterValidator(_ascending)]
PositiveRange = Annotated[
    tuple[Annotated[Finite, Field(gt=0)], Annotated[Finite, Field(gt=0)]], AfterValidator(_ascending)
]
CountRange = Annotated[
    tuple[Annotated[int, Field(ge=0, le=60)], Annotated[int, Field(ge=0, le=60)]], AfterValidator(_ascending)
]
Weights = dict[str, Annotated[Finite, Field(ge=0)]]
SomeWeights = Annotated[Weights, AfterValidator(_some_weight)]
Share = Annotated[Finite, Field(ge=0, le=1)]
Amount = Annotated[Finite, Field(ge=0, le=5)]
AmountRange = Annotated[tuple[Amount, Amount], AfterValidator(_ascending)]
ShareRange = Annotated[tuple[Share, Share], AfterValidator(_ascending)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Image(_Model):
    """Size of the pictures."""

    width_px: int = Field(320, ge=32, le=4096, description="Width of the pictures, pixels.")
    height_px: int = Field(320, ge=32, le=4096, description="Height of the pictures, pixels.")


class Render(_Model):
    """How Cycles renders."""

    samples: int = Field(
        8, ge=1, le=4096, description="Light paths traced for each pixel: more cost time and leave less noise."
    )
    max_bounces: int = Field(3, ge=0, le=32, description="How many surfaces a light path may meet after the first.")
    denoise: bool = Field(True, description="Remove the noise of few samples with Open Image Denoise.")


class World(_Model):
    """Light from infinity, shared by groups of images."""

    group_size: int = Field(
        25,
        ge=1,
        le=10_000,
        description="Images that share one environment and one light from infinity; a change of it takes time. Without "
        "effect in films: each film has a world of its own, which lasts for all its frames.",
    )
    hdri_share: Share = Field(
        0.5, description="Share of the groups that an environment map lights; the others have a sky of one colour."
    )
    strength: PositiveRange = Field(
        (0.4, 1.3), description="Brightness of this light: a factor on the environment map or the colour."
    )


class Pictures(_Model):
    """A folder of the user's pictures and how often they are shown."""

    folder: str = Field(min_length=1, description="Path of the folder. In a dataset, NAME@DIGEST of it.")
    share: Share = Field(0.5, description="Share of the images (of hdris: of the groups) that show one of them.")


class FreeEnvironment(_Model):
    """What the objects of free scenes stand on; an environment has its own surroundings."""

    weights: SomeWeights = Field(
        {"studio": 1.0, "tabletop": 2.0, "ground": 1.0},
        description="Relative frequency of each: studio (a seamless backdrop), tabletop, ground.",
    )
    white_share: Share = Field(0.6, description="Share of studio images on white; the others are on black or a colour.")
    road_share: Share = Field(0.7, description="Share of ground images with a road, its markings and its verge.")
    clutter: Share = Field(
        0.6, description="How much stands in the background (walls, trees, houses): 0 nothing, 1 most."
    )


class Objects(_Model):
    """The labelled objects of free scenes; an environment has its own."""

    kinds: SomeWeights = Field(
        description="Relative frequency of each kind, by a name that `synthvis scenes ls` lists or FOLDER/FILE."
    )
    count: CountRange = Field(
        (1, 8), description="Fewest and most labelled objects drawn for an image; a bunch counts as one."
    )
    count_mean: Annotated[Finite, Field(gt=0, le=60)] = Field(
        3.0,
        description="Mean of the geometric distribution of the number of objects, cut off at `count`; far above the "
        "upper bound of `count`, all numbers are about as frequent.",
    )
    empty_share: Share = Field(0.03, description="Share of images without any labelled object.")
    same_kind_share: Share = Field(0.4, description="Share of images whose labelled objects are all of one kind.")
    layouts: Annotated[SomeWeights, AfterValidator(_known_layouts)] = Field(
        {"scatter": 1.0, "cluster": 1.0, "pile": 0.7, "row": 0.4},
        description="Relative frequency of each arrangement: scatter (apart), cluster (close together), pile (on "
        "top of each other), row; and of those that physics decides: bin (heaped in an open box), drop (as they come "
        "to rest when they are dropped on the table), hand (the first is held by a hand, the rest dropped).",
    )


class Distractors(_Model):
    """Unlabelled objects of free scenes; an environment has its own."""

    kinds: Weights = Field(
        default_factory=dict,
        description="Relative frequency of each kind among the objects, by name as in objects.kinds.",
    )
    count: CountRange = Field((0, 4), description="Fewest and most unlabelled objects among the labelled ones.")
    background_kinds: Weights = Field(
        default_factory=dict, description="Relative frequency of each kind behind the objects, by name."
    )
    background_count: CountRange = Field((0, 0), description="Fewest and most objects behind the labelled ones.")


class Camera(_Model):
    """Where the camera stands and what its lens is.

    An environment decides itself where the camera stands.
    """

    focal_mm: PositiveRange = Field(
        (28.0, 85.0), description="Focal length, millimetres, drawn evenly in its logarithm."
    )
    sensor_width_mm: Annotated[Finite, Field(gt=0)] = Field(
        36.0, description="Width of the sensor, millimetres; 36 makes focal_mm that of full frame."
    )
    fill: PositiveRange = Field(
        (0.3, 1.2),
        description="Free scenes: size of the group of objects over the shorter side of the image; above 1: cut off.",
    )
    distance_m: PositiveRange = Field(
        (0.12, 60.0),
        description="Free scenes: bounds of the distance from camera to objects, metres, whatever fill asks.",
    )
    height_m: PositiveRange = Field(
        (0.02, 60.0), description="Free scenes: bounds of the camera's height over the floor, metres."
    )
    elevation_deg: Range = Field(
        (5.0, 75.0), description="Free scenes: angle of the view below the horizontal, degrees; 90 looks straight down."
    )
    roll_deg: Range = Field((-8.0, 8.0), description="Turn of the camera about its optical axis, degrees.")
    off_centre: Share = Field(
        0.25, description="Largest shift of the objects from the image centre, as a share of half the image."
    )
    defocus_share: Share = Field(
        0.3, description="Share of images with a limited depth of field; the others are in focus everywhere."
    )
    f_number: PositiveRange = Field(
        (1.4, 11.0), description="f-number of these images: the smaller, the more is out of focus."
    )
    intrinsics: Intrinsics | None = Field(
        None, description="fx, fy, cx, cy in pixels, in place of focal_mm. None: the lens, centred, with square pixels."
    )
    distortion: Distortion = Field(default_factory=Distortion, description="OpenCV's lens distortion.")


class Shake(_Model):
    """Camera shake: the whole picture moves while the shutter is open; labels stay sharp."""

    share: Share = Field(0.0, description="Share of images that are shaken.")
    length_px: PositiveRange = Field((1.0, 8.0), description="Length of the path of the image on the sensor, pixels.")
    angle_deg: Range = Field((0.0, 180.0), description="Its direction, degrees: 0 sideways, 90 down.")
    bend_deg: Range = Field((-40.0, 40.0), description="How far the path turns from end to end, degrees; 0: straight.")


class Sensor(_Model):
    """What the sensor and the file format do to the light."""

    exposure_ev: Range = Field(
        (-0.6, 0.7), description="Exposure relative to the automatic one, stops: +1 is twice the light."
    )
    white_balance: Range = Field((-0.12, 0.12), description="Colour cast, blue (-) to red (+), as a share of the gain.")
    contrast: PositiveRange = Field((0.85, 1.25), description="Slope of the tone curve about mid grey; 1 is neutral.")
    saturation: PositiveRange = Field((0.75, 1.3), description="Factor on the colourfulness; 1 is neutral, 0 is grey.")
    grey_share: Share = Field(0.02, description="Share of black-and-white images.")
    blur_sigma_px: Range = Field(
        (0.0, 0.9), description="Standard deviation of the Gaussian blur of lens and sensor, pixels."
    )
    shot_noise: Range = Field((0.0, 0.02), description="Shot noise: standard deviation at full light, 0..1 scale.")
    read_noise: Range = Field((0.0, 0.012), description="Read noise: standard deviation in the dark, 0..1 scale.")
    vignette: Range = Field((0.0, 0.35), description="Share of the light that is lost in the corners.")
    jpeg_quality: Annotated[
        tuple[Annotated[int, Field(ge=5, le=100)], Annotated[int, Field(ge=5, le=100)]], AfterValidator(_ascending)
    ] = Field((55, 95), description="Quality of the JPEG file, as libjpeg counts it.")
    shake: Shake = Field(default_factory=Shake, description="Motion blur of an unsteady camera.")
    least_mean: ShareRange = Field(
        (0.0, 0.0),
        description="Least mean linear light of the stored picture, 0 to 1; 0: the highlights alone decide.",
    )

    sharpen: AmountRange = Field(
        (0.0, 0.0), description="Unsharp masking, as cameras and web sites do: share of the detail that is added."
    )


class Split(_Model):
    """Which images are for validation."""

    val_every: int = Field(
        10, ge=0, description="Every n-th image goes into the split val, the others into train; 0: none."
    )


class Labels(_Model):
    """Labels beyond those that every dataset has."""

    extra: tuple[str, ...] = Field(
        (), description="Labels on request, by name: those of the reference of labels, and of installed packages."
    )
    depth: Annotated[str, AfterValidator(_known_depth)] = Field(
        DEPTH_ENCODINGS[0],
        description="How depth is stored: png_1mm (16-bit PNG, to 65.5 m), png_0.1mm (16-bit PNG, to 6.55 m) or "
        "npy_m (float32 metres in a NumPy file).",
    )


def _has_free(environments: Mapping[str, float]) -> bool:
    return not any(environments.values()) or environments.get(FREE, 0.0) > 0


def _says_nothing(part: Labels | Finish) -> bool:
    return part == type(part)()


def _is_none(motion: Motion | None) -> bool:
    return motion is None


class Recipe(_Model):
    """A distribution over scenes. Together with a seed and an image number it decides an image."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$", description="Name, also of the default folder.")
    description: str = Field("", max_length=2000, description="What it is for.")
    assets: tuple[str, ...] = Field(
        (), description="Folders of own meshes; kinds are called FOLDER/FILE. In a dataset, NAME@DIGEST of each."
    )
    finish: Finish = Field(default_factory=Finish, description="What own meshes are made of.", exclude_if=_says_nothing)
    textures: Pictures | None = Field(None, description="Own textures on tables, floors, walls and grounds.")
    hdris: Pictures | None = Field(None, description="Own environment maps (.hdr, .exr); a share of the groups.")
    backgrounds: Pictures | None = Field(None, description="Own photographs far behind the objects.")
    image: Image = Field(default_factory=Image, description="Size of the pictures.")
    render: Render = Field(default_factory=Render, description="How Cycles renders.")
    world: World = Field(default_factory=World, description="Light from infinity.")
    free_environment: FreeEnvironment = Field(default_factory=FreeEnvironment, description="What the objects stand on.")
    environments: Weights = Field(
        default_factory=dict,
        description="Relative frequency of each environment, by a name that `synthvis scenes ls` lists, and of `free`: "
        "objects of objects.kinds on a studio, a table or the ground. Empty: free.",
    )
    objects: Objects | None = Field(
        None, validate_default=True, description="The labelled objects of free scenes; environments bring their own."
    )
    distractors: Distractors = Field(default_factory=Distractors, description="Unlabelled objects.")
    camera: Camera = Field(default_factory=Camera, description="Place and lens of the camera.")
    sensor: Sensor = Field(default_factory=Sensor, description="Sensor and file.")
    split: Split = Field(default_factory=Split, description="Validation images.")
    # Left out of dumps, and so of content hashes, where it asks for nothing: such datasets are what they always were.
    labels: Labels = Field(default_factory=Labels, description="Labels made on request.", exclude_if=_says_nothing)
    motion: Motion | None = Field(
        None, description="Films; without it, each image is of a scene of its own.", exclude_if=_is_none
    )

    @field_validator("objects")
    @classmethod
    def _free_scenes_need_objects(cls, objects: Objects | None, info: ValidationInfo) -> Objects | None:
        if objects is None and _has_free(info.data.get("environments", {"": 1.0})):
            raise ValueError(
                "this key is needed where scenes are free, which is where environments names none or `free`"
            )
        return objects

    @property
    def has_free_scenes(self) -> bool:
        """Whether some pictures are of free scenes: where `environments` names none or `free`."""
        return _has_free(self.environments)

    @property
    def free_objects(self) -> Objects:
        """`objects`, of a recipe that has free scenes.

        Raises:
            RecipeError: It has none.
        """
        if self.objects is None:
            raise RecipeError(f"{self.name}: objects: this key is needed where scenes are free")
        return self.objects

    @property
    def frames(self) -> int:
        """Images that `--n 1` asks for: the frames of a film; 1 without films."""
        return 1 if self.motion is None else self.motion.frames

    @model_validator(mode="after")
    def _camera_suits_the_picture(self) -> Recipe:
        image_hw = (self.image.height_px, self.image.width_px)
        camera = self.camera
        if camera.intrinsics is not None:
            fault = camera.intrinsics.fault(image_hw)
            if fault:
                raise ValueError(fault)
            intrinsics_px = camera.intrinsics.scaled(image_hw)
        else:
            focal_px = camera.focal_mm[0] / camera.sensor_width_mm * max(image_hw)
            centre = ((image_hw[1] / 2, image_hw[1] / 2), (image_hw[0] / 2, image_hw[0] / 2))
            intrinsics_px = ((focal_px, focal_px), (focal_px, focal_px), *centre)
        check_folding(camera.distortion, intrinsics_px, image_hw)
        return self

    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, hex: equal for recipes that decide equal images."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
