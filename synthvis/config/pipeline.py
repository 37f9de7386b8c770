"""A pipeline file: render, check, train, evaluate, gap, study and report from one page of YAML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from synthvis.config.load import load_recipe, recipe_from, resolve, shipped_path
from synthvis.config.recipe import Recipe
from synthvis.config.validate import apply_overrides, validate
from synthvis.config.yaml_reader import read_yaml
from synthvis.conventions import MAX_SEED

__all__ = ["Pipeline", "PipelineGap", "PipelineRender", "PipelineStudy", "load_pipeline", "pipeline_path"]


Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PipelineRender(_Model):
    """The render step."""

    n: int = Field(100, ge=1, le=10_000_000, description="Number of images.")
    seed: int = Field(0, ge=0, le=MAX_SEED, description="Dataset seed.")
    workers: int | None = Field(None, ge=1, le=1024, description="Worker processes; none: chosen from the machine.")
    device: Literal["auto", "cpu", "gpu"] = Field("auto", description="What Cycles may use.")


class PipelineGap(_Model):
    """The comparison of the renders with the real sets, as `synthvis gap` makes it."""

    images: int = Field(500, ge=4, description="Most images of a set.")
    crops: int = Field(600, ge=12, description="Most objects of a set.")
    features: bool = Field(True, description="Distances of a network's features.")
    backbone: str = Field("tf_efficientnet_lite0", description="Network of the features.")
    long_side: int | None = Field(None, ge=32, description="Common size of all pictures, px; none: from the sets.")
    seed: int = Field(0, ge=0, le=MAX_SEED, description="Seed of all draws.")


class PipelineStudy(_Model):
    """The study of what the renders are worth, as `synthvis study` makes it; settings are those of `train`."""

    real: str = Field("", description="Photographs to train on; empty: the first of eval_on that is here.")
    regimes: tuple[str, ...] = Field(("real", "synthetic", "synthetic+real", "mixed"), description="Ways to train.")
    fractions: tuple[float, ...] = Field((1, 10, 50, 100), description="Shares of the photographs, per cent.")
    seeds: tuple[Seed, ...] = Field((0, 1), description="Training seeds.")
    sizes: tuple[int, ...] = Field((), description="Numbers of renders to train on alone.")
    steps: int | None = Field(None, ge=1, description="Steps of a regime; none: those of `train`.")
    budget: Literal["total", "stage"] = Field("total", description="Steps are those of a regime, or of each stage.")
    finetune_share: float = Field(0.5, gt=0, lt=1, description="Share that synthetic+real keeps for photographs.")
    finetune_lr: float | None = Field(None, gt=0, le=1, description="Learning rate of that stage; none: the same.")
    real_share: float = Field(0.5, gt=0, lt=1, description="Share of photographs among the views of mixed.")
    train: dict[str, Any] = Field(default_factory=dict, description="Settings that differ from those of `train`.")
    ablate: tuple[str, ...] = Field((), description="Randomisers to switch off, one at a time.")
    ablate_images: int | None = Field(None, ge=2, description="Renders of each ablation; none: as many as the set.")


class Pipeline(_Model):
    """The whole loop in one file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$", description="Name, also of the folders data/ and runs/.")
    description: str = Field("", max_length=2000, description="What it is for, its minutes and the number to expect.")
    recipe: str | dict[str, Any] = Field(description="Name or path of a recipe, or a recipe written out.")
    set: tuple[str, ...] = Field((), description="Overrides of the recipe, as in --set.")
    render: PipelineRender = Field(default_factory=PipelineRender, description="The render step.")
    train: dict[str, Any] = Field(default_factory=dict, description="Options of the trainer, as in its config.")
    eval_on: tuple[str, ...] = Field((), description="Real sets to evaluate on; one that is absent is reported so.")
    gap: PipelineGap | None = Field(None, description="Compare the renders with the real sets; none: do not.")
    study: PipelineStudy | None = Field(None, description="Find out what the renders are worth; none: do not.")
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
    path = pipeline_path(name_or_path)
    values = read_yaml(path)
    if isinstance(values, dict):
        values = apply_overrides(Pipeline, values, overrides)
    return validate(Pipeline, values, where=str(path))


def pipeline_path(name_or_path: str) -> Path:
    """The file of a shipped pipeline, or of the user's own.

    Raises:
        RecipeError: There is none.
    """
    # `pipelines/smoke.yaml` works from anywhere, as the documentation shows it, not only in a checkout.
    shipped = name_or_path.removeprefix("pipelines/").removesuffix(".yaml")
    if name_or_path.startswith("pipelines/") and "/" not in shipped:
        return shipped_path(shipped, "pipeline")
    return resolve(name_or_path, "pipeline")
