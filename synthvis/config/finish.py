"""What own meshes are made of, where their files do not say."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from synthvis.config.validate import nearest
from synthvis.conventions import MATERIALS

__all__ = ["Finish", "HexColor", "Material"]


def _known_material(name: str) -> str:
    if name not in MATERIALS:
        raise ValueError(f"no material is called '{name:.40}'{nearest(name, MATERIALS)}")
    return name


Material = Annotated[str, AfterValidator(_known_material)]
HexColor = Annotated[str, Field(pattern=r"^#?[0-9a-fA-F]{6}$")]


class Finish(BaseModel):
    """What own meshes are made of, where neither their files nor an assets.yaml say so."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    materials: tuple[Material, ...] = Field(
        (), description=f"Each as likely: {', '.join(MATERIALS)}. Empty: matt or glossy plastic."
    )
    colors: tuple[HexColor, ...] = Field(
        (), description="sRGB hex codes, each as likely. Empty: those that the material has."
    )
