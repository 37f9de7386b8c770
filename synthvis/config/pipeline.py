"""A pipeline file: render, check, train, evaluate and report from one page of YAML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from synthvis.config.load import load_recipe, recipe_from, resolve, shipped_path
from synthvis.config.recipe import Recipe
from synthvis.config.validate import apply_overrides, validate
from synthvis.config.yaml_reader import read_yaml

__all__ = ["Pipeline", "PipelineRender", "load_pipeline"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PipelineRender(_Model):
    """The render step."""

    n: int = Field(100, ge=1, le=10_000_000, description="Number of images.")
    seed: int = Field(0, ge=0, description="Dataset seed.")
    workers: int | None = Field(None, ge=1, le=1024, description="Worker processes; none: chosen from the machine.")
    device: Literal["auto", "cpu", "gpu"] = Field("auto", description="What Cycles may use.")


class Pipeline(_Model):
    """The whole loop in one file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$", description="Name, also of the folders data/ and runs/.")
    description: str = Field("", max_length=2000, description="What it is for, its minutes and the number to expect.")
    recipe: str | dict[str, Any] = Field(description="Name or path of a recipe, or a recipe written out.")
    set: tuple[str, ...] = Field((), description="Overrides of the recipe, as in --set.")
    render: PipelineRender = Field(default_factory=PipelineRender, description="The render step.")
    train: dict[str, Any] = Field(default_factory=dict, description="Options of the trainer, as in its config.")
    real_eval: tuple[str, ...] = Field((), description="Real sets to evaluate on; one that is absent is reported so.")
    out: str = Field("", description="Parent folder of data/ and runs/; empty: the current folder.")

    def resolved_recipe(self) -> Recipe:
        """The recipe with its overrides.

        Raises:
            RecipeError: The recipe is absent or wrong.
        """
        if isinstance(self.recipe, str):
            return load_recipe(self.recipe, self.set)
        return recipe_from(self.recipe, self.set, where=f"recipe of pipeline {self.name}")


def load_pipeline(name_or_path: str, overrides: Sequence[str] = ()) -> Pipeline:
    """The pipeline of that shipped name or path, with `a.b=c` overrides.

    Raises:
        RecipeError: Names the file and every wrong key.
    """
    # `pipelines/smoke.yaml` works from anywhere, as the documentation shows it, not only in a checkout.
    shipped = name_or_path.removeprefix("pipelines/").removesuffix(".yaml")
    if name_or_path.startswith("pipelines/") and "/" not in shipped:
        path = shipped_path(shipped, "pipeline")
    else:
        path = resolve(name_or_path, "pipeline")
    values = read_yaml(path)
    if isinstance(values, dict):
        values = apply_overrides(Pipeline, values, overrides)
    return validate(Pipeline, values, where=str(path))
