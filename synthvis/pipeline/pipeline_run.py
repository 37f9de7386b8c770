"""A pipeline on its way: what was asked for, resolved, and where everything lies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from synthvis.assets.resolve import resolve
from synthvis.config.pipeline import Pipeline, PipelineStudy
from synthvis.data.split import Split
from synthvis.errors import UsageError
from synthvis.pipeline.callbacks import Callbacks
from synthvis.pipeline.step_cache import StepCache, key_of
from synthvis.render.produce import RenderRequest
from synthvis.study.plan import StudyConfig
from synthvis.train.config import TrainConfig
from synthvis.train.settings import Settings, checked_config, config_from

__all__ = ["PipelineRun", "prepare", "split_facts"]


@dataclass(slots=True, kw_only=True)
class PipelineRun:
    """One pipeline on its way.

    Attributes:
        pipeline: As it was written.
        request: What to render.
        config: How to train.
        classes: What to learn only, as `train --classes`; None: all that the renders have.
        study: What the study is to find out; None without one.
        callbacks: Who is told.
        cache: What is made already.
        real: The real sets that are here, read, by the name in the pipeline.
        absent: Reason for each that is not.
    """

    pipeline: Pipeline
    request: RenderRequest
    config: TrainConfig
    classes: str | None
    study: StudyConfig | None
    callbacks: Callbacks
    cache: StepCache
    real: dict[str, Split] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def dataset(self) -> Path:
        """Folder of the renders."""
        return self.request.root

    @property
    def run_dir(self) -> Path:
        """Folder of the run."""
        return Path(self.pipeline.out) / "runs" / self.pipeline.name

    def gap_dir(self, real: str) -> Path:
        """Folder of the comparison with a real set."""
        return self.run_dir.parent / f"gap-{self.pipeline.name}-{real}"

    def study_dir(self, real: str) -> Path:
        """Folder of the study with a real set."""
        return Path(self.pipeline.out) / "studies" / f"{self.pipeline.name}-{real}"

    @property
    def dataset_key(self) -> str:
        """Of all that decides the renders."""
        return key_of(self.request.recipe.content_hash(), str(self.request.seed), str(self.request.n))

    @property
    def train_key(self) -> str:
        """Of all that decides the weights."""
        return key_of(self.dataset_key, self.config.model_dump_json(), self.classes or "")

    @property
    def weights(self) -> Path:
        """What training leaves."""
        return self.run_dir / "best.safetensors"


def check_training(pipeline: Pipeline) -> None:
    """Refuse settings of the training and the study that are out of their bounds; loads no torch.

    Raises:
        UsageError: One is.
    """
    train = {key: value for key, value in pipeline.train.items() if key != "classes"}
    checked_config(_flat(train))
    if pipeline.study is not None:
        checked_config(_study_settings(pipeline.study, train))


def prepare(pipeline: Pipeline, callbacks: Callbacks) -> PipelineRun:
    """Resolve everything that can be wrong before a minute is spent.

    Raises:
        RecipeError: The recipe is absent or wrong.
        UsageError: A setting of the training or the study is out of its bounds.
    """
    render = pipeline.render
    recipe = resolve(pipeline.resolved_recipe(), say=callbacks.say)
    root = Path(pipeline.out) / "data" / pipeline.name
    request = RenderRequest(
        recipe=recipe,
        seed=render.seed,
        root=root,
        n=render.n * recipe.frames,
        workers=render.workers,
        device=render.device,
    )
    train = dict(pipeline.train)
    classes = train.pop("classes", None)
    return PipelineRun(
        pipeline=pipeline,
        request=request,
        config=config_from(_flat(train)),
        classes=classes,
        study=_study_config(pipeline, train),
        callbacks=callbacks,
        cache=StepCache.read(pipeline.name, Path(pipeline.out) / "runs" / pipeline.name),
    )


def _flat(train: Settings) -> Settings:
    """Settings without the block `model`, whose keys are settings like the others."""
    model = train.get("model") or {}
    if not isinstance(model, Mapping):
        raise UsageError("train.model: expected keys and values")
    return {**model, **{name: value for name, value in train.items() if name != "model"}}


def _study_config(pipeline: Pipeline, train: Settings) -> StudyConfig | None:
    """Regimes take the settings of the training; all of them train the same part of the backbone."""
    study = pipeline.study
    if study is None:
        return None
    return StudyConfig(
        training=config_from(_study_settings(study, train)),
        regimes=study.regimes,
        fractions=study.fractions,
        seeds=study.seeds,
        sizes=study.sizes,
        real_share=study.real_share,
        budget=study.budget,
        finetune_share=study.finetune_share,
        finetune_lr=study.finetune_lr,
    )


def _study_settings(study: PipelineStudy, train: Settings) -> Settings:
    steps = {"steps": study.steps} if study.steps else {}
    settings = {**_flat(train), **_flat(study.train), **steps}
    # From scratch there is nothing to keep.
    return {"transfer": "partial" if settings.get("pretrained", True) else "full", **settings}


def split_facts(split: Split) -> str:
    """What a set must keep for a measurement on it to stay valid."""
    return json.dumps([split.name, split.split, len(split.images), split.label_count])
