"""What `synthvis bench render` is asked to measure; needs neither Blender nor the packages of rendering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from synthvis.assets.resolve import resolve
from synthvis.config.load import load_recipe
from synthvis.config.recipe import Recipe
from synthvis.errors import UsageError
from synthvis.formats.json_file import Record
from synthvis.labels.registry import label_names
from synthvis.render.job import Device

__all__ = ["RenderCase", "RenderPlan"]

MIN_IMAGES = 2
"""The first image of a worker is not counted."""

STANDARD_LABELS, ALL_LABELS = "standard", "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderPlan(Record):
    """What would be rendered, as a dry run tells it."""

    recipe: str
    images: int
    size: str
    samples: int
    labels: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderCase:
    """One render to measure.

    Attributes:
        recipe: Name of a shipped recipe, or a YAML file.
        images: Images to make.
        width_px, height_px: Size of an image.
        samples: Cycles samples per pixel.
        labels: "standard", "all", or names of further labels with commas between them.
        device: Where Cycles runs.
        seed: Of the dataset.
        workers: Processes side by side; None: chosen for the machine.
        overrides: Further KEY=VALUE of the recipe.
        assets: Own meshes and folders of them.
        scenes: Own scenes, FILE.py:FUNCTION each.
        against_floor: Also time the bare render call of the same scenes.
    """

    recipe: str
    images: int
    width_px: int
    height_px: int
    samples: int
    labels: str = STANDARD_LABELS
    device: Device = "auto"
    seed: int = 0
    workers: int | None = None
    overrides: tuple[str, ...] = ()
    assets: tuple[Path, ...] = ()
    scenes: tuple[str, ...] = ()
    against_floor: bool = False

    def __str__(self) -> str:
        return f"{self.size}, {self.samples} samples, {self.labels} labels, {self.device}"

    @property
    def size(self) -> str:
        """Width and height as they are typed."""
        return f"{self.width_px}x{self.height_px}"

    @property
    def plan(self) -> RenderPlan:
        """What a dry run tells."""
        return RenderPlan(
            recipe=self.recipe, images=self.images, size=self.size, samples=self.samples, labels=self.labels
        )

    def load_recipe(self, say: Callable[[str], None] = lambda text: None) -> Recipe:
        """The recipe with this case's size, samples and labels; `say` is told what own meshes leave out.

        Raises:
            UsageError: Too few images, or a value that the recipe does not take.
            RecipeError: The recipe or a mesh cannot be used.
        """
        if self.images < MIN_IMAGES:
            raise UsageError(f"--n must be at least {MIN_IMAGES}")
        overrides = [f"image.width_px={self.width_px}", f"image.height_px={self.height_px}"]
        overrides += [f"render.samples={self.samples}", *self.overrides]
        if self.labels != STANDARD_LABELS:
            names = ",".join(label_names(of_films=False)) if self.labels == ALL_LABELS else self.labels
            overrides.append(f"labels.extra=[{names}]")
        return resolve(load_recipe(self.recipe, overrides), self.assets, say, scenes=self.scenes)
