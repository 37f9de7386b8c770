"""What an augmentation recipe may say: one part an augmentation, each with its share and its ranges."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from synthvis.config.validate import nearest, validate
from synthvis.errors import RecipeError

__all__ = [
    "AugmentRecipe",
    "Blur",
    "CopyPaste",
    "CutMix",
    "Cutout",
    "Flip",
    "Fourier",
    "Greyscale",
    "HistogramMatch",
    "IouCrop",
    "Jitter",
    "Jpeg",
    "MixUp",
    "Mosaic",
    "Noise",
    "RandAugment",
    "RecipeField",
    "ResizedCrop",
    "Rotate",
    "Scale",
    "Shear",
    "load_augment_recipe",
    "named_recipes",
]

FOLDER = Path(__file__).with_name("recipes")
BASE_KEY = "base"


def _within(low: float, high: float) -> AfterValidator:
    """A pair that ascends and stays between two bounds."""

    def check(pair: tuple[Any, Any]) -> tuple[Any, Any]:
        if not low <= pair[0] <= pair[1] <= high:
            raise ValueError(f"expected two numbers that ascend between {low:g} and {high:g}")
        return pair

    return AfterValidator(check)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    share: float = Field(ge=0, le=1, description="Share of the views to which it is done.")


class Flip(_Part):
    """Mirror left and right; keypoints of a pair change places."""


class IouCrop(_Part):
    """Crop that still shows an object well (Liu et al. 2016, SSD); objects with their centre outside are dropped."""

    side: Annotated[tuple[float, float], _within(0.05, 1)] = Field((0.4, 1.0), description="Sides, share of the image.")
    min_iou: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        (0.3, 0.5, 0.7, 0.9, 1.0), min_length=1, description="IoU of crop and some box, one by chance; 1: no crop."
    )


class ResizedCrop(_Part):
    """Crop of a random area and aspect (Szegedy et al. 2015)."""

    area: Annotated[tuple[float, float], _within(0.01, 1)] = Field((0.35, 1.0), description="Share of the image.")
    aspect: Annotated[tuple[float, float], _within(0.1, 10)] = Field((0.75, 1.333), description="Width over height.")


class Scale(_Part):
    """Size of the image in its square; above 1 the square shows a part of it (Ghiasi et al. 2021)."""

    factor: Annotated[tuple[float, float], _within(0.1, 4)] = Field((0.6, 1.0), description="1 fills the square.")


class Rotate(_Part):
    """Turn about the centre; boxes become the hull of their turned corners."""

    degrees: Annotated[tuple[float, float], _within(-180, 180)] = Field((-10, 10), description="Clockwise is positive.")


class Shear(_Part):
    """Slant along x."""

    degrees: Annotated[tuple[float, float], _within(-60, 60)] = Field((-8, 8), description="Angle of the slant.")


class Jitter(_Part):
    """Brightness, contrast, saturation and hue, in an order by chance."""

    brightness: float = Field(0.3, ge=0, le=1, description="Factor 1 +- this.")
    contrast: float = Field(0.3, ge=0, le=1, description="Factor 1 +- this.")
    saturation: float = Field(0.3, ge=0, le=1, description="Factor 1 +- this.")
    hue: float = Field(0.03, ge=0, le=0.5, description="Shift +- this, in turns of the colour circle.")


class Greyscale(_Part):
    """No colour."""


class RandAugment(_Part):
    """A few operations by chance, all of one magnitude (Cubuk et al. 2020)."""

    ops: int = Field(2, ge=1, le=8, description="Operations.")
    magnitude: int = Field(9, ge=0, le=30, description="Strength of each.")
    geometric: bool = Field(False, description="Shear, shift and turn too; only where no label has a place.")


class Blur(_Part):
    """Gaussian blur."""

    sigma_px: Annotated[tuple[float, float], _within(0.05, 10)] = Field((0.3, 1.5), description="Of the input square.")


class Noise(_Part):
    """Noise of a sensor: variance = shot^2 x + read^2 in linear light x of 0 to 1 (Foi et al. 2008)."""

    shot_noise: Annotated[tuple[float, float], _within(0, 0.3)] = Field(
        (0, 0.063), description="Standard deviation at full light, 0..1 scale; each variance between is as likely."
    )
    read_noise: Annotated[tuple[float, float], _within(0, 0.1)] = Field(
        (0, 0.003), description="Standard deviation in the dark, 0..1 scale."
    )


class Jpeg(_Part):
    """Artefacts of JPEG."""

    quality: Annotated[tuple[int, int], _within(1, 100)] = Field((40, 95), description="As OpenCV counts it.")


class Cutout(_Part):
    """Grey rectangles (DeVries & Taylor 2017)."""

    holes: Annotated[tuple[int, int], _within(1, 32)] = Field((1, 3), description="Rectangles.")
    side: Annotated[tuple[float, float], _within(0.01, 1)] = Field((0.1, 0.3), description="Share of the square.")
    drop_hidden: float = Field(0.7, ge=0, le=1, description="Objects hidden by more than this are no targets.")


class HistogramMatch(_Part):
    """Levels of each channel become those of a photograph (Gonzalez & Woods, histogram specification)."""

    blend: Annotated[tuple[float, float], _within(0, 1)] = Field((0.2, 0.8), description="Weight of the result.")


class Fourier(_Part):
    """Low frequencies take the amplitude of a photograph (Yang & Soatto 2020)."""

    beta: Annotated[tuple[float, float], _within(0, 0.5)] = Field((0.003, 0.012), description="Share of each axis.")


class MixUp(_Part):
    """Weighted mean of two images (Zhang et al. 2018); classes become soft, boxes are those of both."""

    alpha: float = Field(1.5, gt=0, le=100, description="The weight is drawn from Beta(alpha, alpha).")


class CutMix(_Part):
    """A rectangle of another image (Yun et al. 2019); classification only."""

    alpha: float = Field(1.0, gt=0, le=100, description="The area that stays is drawn from Beta(alpha, alpha).")


class Mosaic(_Part):
    """Four views around a point (Bochkovskiy et al. 2020); boxes only."""

    zoom: Annotated[tuple[float, float], _within(1, 2)] = Field((1.0, 2.0), description="2: all four, at half size.")


class CopyPaste(_Part):
    """Objects of another view, cut out by their masks (Ghiasi et al. 2021); boxes with masks only."""

    objects: Annotated[tuple[int, int], _within(1, 100)] = Field((1, 4), description="Objects to paste.")
    drop_hidden: float = Field(0.7, ge=0, le=1, description="Objects hidden by more than this are no targets.")


class AugmentRecipe(BaseModel):
    """What is done to a view. A part that is absent or null is not done; parts are done in the order of the keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field("", max_length=80, description="Name, for people.")
    description: str = Field("", max_length=500, description="What it is for.")
    histogram_match: HistogramMatch | None = Field(None, description="Needs photographs.")
    fourier: Fourier | None = Field(None, description="Needs photographs.")
    flip: Flip | None = Field(None, description="Mirror.")
    iou_crop: IouCrop | None = Field(None, description="Crop around objects.")
    resized_crop: ResizedCrop | None = Field(None, description="Crop of any part.")
    rotate: Rotate | None = Field(None, description="Turn.")
    shear: Shear | None = Field(None, description="Slant.")
    scale: Scale | None = Field(None, description="Size in the square.")
    random_offset: bool = Field(True, description="Lay the image anywhere in its square; false: at the top left.")
    min_left: float = Field(0.1, ge=0, le=1, description="Objects that keep less of their box in view are no targets.")
    jitter: Jitter | None = Field(None, description="Colour jitter.")
    greyscale: Greyscale | None = Field(None, description="Greyscale.")
    randaugment: RandAugment | None = Field(None, description="RandAugment.")
    blur: Blur | None = Field(None, description="Blur.")
    noise: Noise | None = Field(None, description="Sensor noise.")
    jpeg: Jpeg | None = Field(None, description="JPEG.")
    cutout: Cutout | None = Field(None, description="Cutout.")
    mosaic: Mosaic | None = Field(None, description="Mosaic.")
    copy_paste: CopyPaste | None = Field(None, description="Copy-paste.")
    mixup: MixUp | None = Field(None, description="Mixup.")
    cutmix: CutMix | None = Field(None, description="CutMix.")

    @property
    def needs_photos(self) -> bool:
        """Whether a part takes something from photographs."""
        return self.histogram_match is not None or self.fourier is not None

    @property
    def mixes(self) -> bool:
        """Whether a part mixes images of a batch."""
        return any((self.mosaic, self.copy_paste, self.mixup, self.cutmix))


def named_recipes() -> tuple[str, ...]:
    """Names of the recipes that come along."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def load_augment_recipe(name_or_path: str) -> AugmentRecipe:
    """The recipe of that name, or of that YAML file.

    A file may begin with `base: NAME`: then it says only what differs, part by part, and null leaves a part out.

    Raises:
        RecipeError: There is none, or it is wrong; names every wrong key.
    """
    from synthvis.config.yaml_reader import read_yaml

    path = _path_of(name_or_path)
    return _recipe_from(read_yaml(path), where=str(path), name=path.stem)


def _path_of(name_or_path: str) -> Path:
    path = Path(name_or_path)
    if name_or_path in named_recipes():
        return FOLDER / f"{name_or_path}.yaml"
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    hint = f"recipes: {', '.join(named_recipes())}, or a file such as mine.yaml"
    raise RecipeError(f"no augmentation recipe {name_or_path!r}{nearest(name_or_path, named_recipes())}", hint=hint)


def _recipe_from(values: Any, *, where: str, name: str) -> AugmentRecipe:
    if isinstance(values, Mapping):
        values = {"name": name, **values}
        base = values.pop(BASE_KEY, None)
        if base is not None:
            values = _over(_base_values(base, where), values)
    return validate(AugmentRecipe, values, where=where)


def _base_values(base: Any, where: str) -> dict[str, Any]:
    if base not in named_recipes():
        raise RecipeError(f"{where}: base: no recipe {base!r}{nearest(str(base), named_recipes())}")
    from synthvis.config.yaml_reader import read_yaml

    values: dict[str, Any] = read_yaml(FOLDER / f"{base}.yaml")
    return values


def _over(base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` over `base`; a part takes from the base the keys that it does not name."""
    both = {
        key: {**base[key], **value}
        for key, value in values.items()
        if isinstance(base.get(key), Mapping) and isinstance(value, Mapping)
    }
    return {**base, **values, **both}


def _resolved(value: Any) -> Any:
    """A recipe from its name, its path, or its written-out keys."""
    if isinstance(value, str):
        return load_augment_recipe(value)
    return _recipe_from(dict(value), where="augment_recipe", name="") if isinstance(value, Mapping) else value


RecipeField = Annotated[AugmentRecipe, BeforeValidator(_resolved)]
"""A field of another model that takes a recipe, its name, its path, or its keys."""
