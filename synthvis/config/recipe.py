"""What a recipe may say: every field with its unit, its bounds and its meaning."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from synthvis.config.optics import Distortion, Intrinsics, refuse_folding
from synthvis.config.validate import nearest
from synthvis.conventions import DEPTH_ENCODINGS, EXTRA_LABELS
from synthvis.errors import RecipeError

__all__ = [
    "FREE",
    "Camera",
    "Distractors",
    "Image",
    "Labels",
    "Objects",
    "Pictures",
    "Recipe",
    "Render",
    "Sensor",
    "Shake",
    "Split",
    "Stages",
    "World",
    "is_resolved",
]


FREE = "free"
"""The name, among places, of a scene without a place."""

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


def _known_extras(names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in EXTRA_LABELS]
    if unknown:
        raise ValueError(f"no label '{unknown[0]}'{nearest(unknown[0], EXTRA_LABELS)}")
    # In one order and each once, so that equal wishes are equal recipes.
    return tuple(name for name in EXTRA_LABELS if name in names)


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

    later: ClassVar[frozenset[str]] = frozenset()
    """Fields that recipes had not at first. Left out of dumps while they say nothing: a dataset's identity is a hash
    of its dumped recipe, and folders made before are to stay the datasets they are."""

    @model_serializer(mode="wrap")
    def _leave_out_later(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        fields = type(self).model_fields
        for name in self.later:
            if getattr(self, name) == fields[name].get_default(call_default_factory=True):
                values.pop(name, None)
        return values


class Image(_Model):
    """Size of the pictures."""

    width_px: int = Field(320, ge=32, le=4096, description="Width of the pictures, pixels.")
    height_px: int = Field(320, ge=32, le=4096, description="Height of the pictures, pixels.")


class Render(_Model):
    """How Cycles renders."""

    samples: int = Field(8, ge=1, le=4096, description="Paths traced for each pixel.")
    max_bounces: int = Field(3, ge=0, le=32, description="Longest path, in bounces.")
    denoise: bool = Field(True, description="Denoise with Open Image Denoise in its fast setting.")


class World(_Model):
    """Light from infinity, shared by groups of consecutive images."""

    group_size: int = Field(25, ge=1, le=10_000, description="Consecutive images that share stage family and world.")
    hdri_share: Share = Field(0.5, description="Share of groups lit by an environment map; the rest by a colour. 0..1")
    strength: PositiveRange = Field((0.4, 1.3), description="Brightness of the world, relative to its nominal one.")


class Pictures(_Model):
    """A folder of the user's pictures and how often they are shown."""

    folder: str = Field(min_length=1, description="The folder. In a dataset, NAME@DIGEST of it.")
    share: Share = Field(0.5, description="How often one of them is shown. 0..1")


class Stages(_Model):
    """What the objects stand on."""

    weights: SomeWeights = Field(
        {"studio": 1.0, "tabletop": 2.0, "ground": 1.0},
        description="Relative frequency of each stage: studio, tabletop, ground.",
    )
    white_share: Share = Field(0.6, description="Share of studio images on white; the rest black or coloured. 0..1")
    road_share: Share = Field(0.7, description="Share of ground images with a road, markings and verge. 0..1")
    clutter: Share = Field(0.6, description="How much stands in the background: walls, trees, houses. 0..1")


class Objects(_Model):
    """The labelled objects."""

    kinds: SomeWeights = Field(description="Relative frequency of each kind, by registry name.")
    count: CountRange = Field((1, 8), description="Fewest and most draws of a kind in a picture.")
    count_mean: Annotated[Finite, Field(gt=0, le=60)] = Field(
        3.0, description="Mean of the geometric distribution that `count` cuts off; large: all counts alike."
    )
    empty_share: Share = Field(0.03, description="Share of pictures without any labelled object. 0..1")
    same_kind_share: Share = Field(0.4, description="Share of pictures whose objects are all of one kind. 0..1")
    layouts: SomeWeights = Field(
        {"scatter": 1.0, "cluster": 1.0, "pile": 0.7, "row": 0.4},
        description="Relative frequency of each arrangement: scatter, cluster, pile, row.",
    )


class Distractors(_Model):
    """Unlabelled objects."""

    kinds: Weights = Field(default_factory=dict, description="Relative frequency of each kind, by registry name.")
    count: CountRange = Field((0, 4), description="Fewest and most distractors in a picture.")
    background_kinds: Weights = Field(
        default_factory=dict, description="Kinds that stand behind the objects, by registry name."
    )
    background_count: CountRange = Field((0, 0), description="Fewest and most background distractors in a picture.")


class Camera(_Model):
    """Where the camera stands and what its lens is."""

    focal_mm: PositiveRange = Field((28.0, 85.0), description="Focal length, millimetres.")
    sensor_width_mm: Annotated[Finite, Field(gt=0)] = Field(36.0, description="Sensor width, millimetres.")
    fill: PositiveRange = Field(
        (0.3, 1.2), description="Size of the group of objects over the picture's shorter side; above 1 it is cut off."
    )
    distance_m: PositiveRange = Field((0.12, 60.0), description="Bounds of the distance to the target, metres.")
    height_m: PositiveRange = Field((0.02, 60.0), description="Bounds of the camera's height over the floor, metres.")
    elevation_deg: Range = Field((5.0, 75.0), description="Height angle of the camera over the target, degrees.")
    roll_deg: Range = Field((-8.0, 8.0), description="Turn about the optical axis, degrees.")
    off_centre: Share = Field(0.25, description="Largest shift of the target off the centre, over half the picture.")
    defocus_share: Share = Field(0.3, description="Share of pictures with a limited depth of field. 0..1")
    f_number: PositiveRange = Field((1.4, 11.0), description="f-number of those pictures.")
    intrinsics: Intrinsics | None = Field(
        None, description="fx, fy, cx, cy in pixels, in place of focal_mm. None: the lens, centred, with square pixels."
    )
    distortion: Distortion = Field(default_factory=Distortion, description="OpenCV's lens distortion.")

    later: ClassVar[frozenset[str]] = frozenset({"intrinsics", "distortion"})


class Shake(_Model):
    """Camera shake: the whole picture moves while the shutter is open; labels stay sharp."""

    share: Share = Field(0.0, description="Share of pictures that are shaken. 0..1")
    length_px: PositiveRange = Field((1.0, 8.0), description="Length of the path, pixels.")
    angle_deg: Range = Field((0.0, 180.0), description="Its direction, degrees: 0 sideways, 90 down.")
    bend_deg: Range = Field((-40.0, 40.0), description="How far the path turns from end to end, degrees; 0: straight.")


class Sensor(_Model):
    """What the sensor and the file format do to the light."""

    exposure_ev: Range = Field((-0.6, 0.7), description="Exposure around the automatic one, stops.")
    white_balance: Range = Field((-0.12, 0.12), description="Colour cast, blue (-) to red (+), as a share of the gain.")
    contrast: PositiveRange = Field((0.85, 1.25), description="Slope about mid grey.")
    saturation: PositiveRange = Field((0.75, 1.3), description="Colourfulness, 1 is neutral.")
    grey_share: Share = Field(0.02, description="Share of black-and-white pictures. 0..1")
    blur_sigma_px: Range = Field((0.0, 0.9), description="Standard deviation of the blur, pixels.")
    shot_noise: Range = Field((0.0, 0.02), description="Shot noise: standard deviation at full light, 0..1 scale.")
    read_noise: Range = Field((0.0, 0.012), description="Read noise: standard deviation in the dark, 0..1 scale.")
    vignette: Range = Field((0.0, 0.35), description="Light lost in the corners, 0..1.")
    jpeg_quality: Annotated[
        tuple[Annotated[int, Field(ge=5, le=100)], Annotated[int, Field(ge=5, le=100)]], AfterValidator(_ascending)
    ] = Field((55, 95), description="JPEG quality, 5..100.")
    shake: Shake = Field(default_factory=Shake, description="Motion blur of an unsteady camera.")
    least_mean: ShareRange = Field(
        (0.0, 0.0),
        description="Mean light that automatic exposure reaches; 0: highlights decide. Linear, 0..1",
    )

    sharpen: AmountRange = Field(
        (0.0, 0.0), description="Unsharp masking, as cameras and web sites do: share of the detail that is added."
    )

    later: ClassVar[frozenset[str]] = frozenset({"shake", "least_mean", "sharpen"})


class Split(_Model):
    """Which images are for validation."""

    val_every: int = Field(10, ge=0, description="Every n-th image is validation; 0: none.")


class Labels(_Model):
    """Labels beyond those that every dataset has."""

    extra: Annotated[tuple[str, ...], AfterValidator(_known_extras)] = Field(
        (), description=f"Further labels, by name: {', '.join(EXTRA_LABELS)}."
    )
    depth: Annotated[str, AfterValidator(_known_depth)] = Field(
        DEPTH_ENCODINGS[0],
        description="How depth is stored: png_1mm (16-bit PNG, to 65.5 m), png_0.1mm (16-bit PNG, to 6.55 m) or "
        "npy_m (float32 metres in a NumPy file).",
    )


def _has_free(places: Mapping[str, float]) -> bool:
    return not any(places.values()) or places.get(FREE, 0.0) > 0


def _asks_for_none(labels: Labels) -> bool:
    return labels == Labels()


class Recipe(_Model):
    """A distribution over scenes. Together with a seed and an image number it decides an image."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$", description="Name, also of the default folder.")
    description: str = Field("", max_length=2000, description="What it is for.")
    assets: tuple[str, ...] = Field(
        (), description="Folders of own meshes; kinds are called FOLDER/FILE. In a dataset, NAME@DIGEST of each."
    )
    textures: Pictures | None = Field(None, description="Own textures on tables, floors, walls and grounds.")
    hdris: Pictures | None = Field(None, description="Own environment maps (.hdr, .exr); a share of the groups.")
    backgrounds: Pictures | None = Field(None, description="Own photographs far behind the objects.")
    image: Image = Field(default_factory=Image, description="Size of the pictures.")
    render: Render = Field(default_factory=Render, description="How Cycles renders.")
    world: World = Field(default_factory=World, description="Light from infinity.")
    stages: Stages = Field(default_factory=Stages, description="What the objects stand on.")
    places: Weights = Field(
        default_factory=dict,
        description="Relative frequency of each place, by name, and of `free`: objects on stages as below. None: free.",
    )
    objects: Objects | None = Field(
        None, validate_default=True, description="The labelled objects of free scenes; places bring their own."
    )
    distractors: Distractors = Field(default_factory=Distractors, description="Unlabelled objects.")
    camera: Camera = Field(default_factory=Camera, description="Place and lens of the camera.")
    sensor: Sensor = Field(default_factory=Sensor, description="Sensor and file.")
    split: Split = Field(default_factory=Split, description="Validation images.")
    # Left out of dumps, and so of content hashes, where it asks for nothing: such datasets are what they always were.
    labels: Labels = Field(default_factory=Labels, description="Labels made on request.", exclude_if=_asks_for_none)

    @field_validator("objects")
    @classmethod
    def _free_scenes_need_objects(cls, objects: Objects | None, info: ValidationInfo) -> Objects | None:
        if objects is None and _has_free(info.data.get("places", {"": 1.0})):
            raise ValueError("this key is needed where scenes are free, which is where places names none or `free`")
        return objects

    @property
    def has_free_scenes(self) -> bool:
        """Whether some pictures are of free scenes: where `places` names none or `free`."""
        return _has_free(self.places)

    @property
    def free_objects(self) -> Objects:
        """`objects`, of a recipe that has free scenes.

        Raises:
            RecipeError: It has none.
        """
        if self.objects is None:
            raise RecipeError(f"{self.name}: objects: this key is needed where scenes are free")
        return self.objects

    @model_validator(mode="after")
    def _optics_suit_the_picture(self) -> Recipe:
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
        refuse_folding(camera.distortion, intrinsics_px, image_hw)
        return self

    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, hex: equal for recipes that decide equal images."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
