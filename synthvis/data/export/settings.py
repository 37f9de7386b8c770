"""What an export is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from synthvis.data.derived.box_style import BoxKind

__all__ = ["ExportSettings", "ModelChoice"]

ModelChoice = Literal["each", "class"]
"""3D models of objects that differ: one for each, or one for all of a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings:
    """What is taken over.

    Attributes:
        format: Name of the form.
        classes: Names of classes; empty: all.
        images: How many images of each split, by chance; None: all.
        min_visible: Objects of renders that show a smaller share of themselves are left out.
        boxes: How boxes of renders are drawn.
        seed: Of the choice of images.
        models: Of forms that hold 3D models; None: by their number.
    """

    format: str
    classes: tuple[str, ...] = ()
    images: int | None = None
    min_visible: float = 0.0
    boxes: BoxKind = "modal"
    seed: int = 0
    models: ModelChoice | None = None

    def to_dict(self) -> dict[str, Any]:
        """For export.json."""
        return {
            "format": self.format,
            "classes": list(self.classes),
            "images": self.images,
            "min_visible": self.min_visible,
            "boxes": self.boxes,
            "seed": self.seed,
            "models": self.models,
        }
