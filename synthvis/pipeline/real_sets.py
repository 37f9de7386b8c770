"""The real sets of a pipeline: read before anything is rendered, so that a wrong one is not found out after an hour."""

from __future__ import annotations

from synthvis.assets.resolve import catalogue_of
from synthvis.data.benchmarks.known_sets import is_known_set
from synthvis.data.maps.semantic import BACKGROUND
from synthvis.data.split import Split, class_key
from synthvis.errors import RealDataError, UsageError
from synthvis.pipeline.pipeline_run import PipelineRun
from synthvis.train.registry import description_of

__all__ = ["find_real_sets"]


def find_real_sets(run: PipelineRun) -> None:
    """Read what is here into `run.real`; a named set that is not is reported, and stays unmeasured.

    Raises:
        RealDataError: A set that has no name of its own is not there, or one cannot be read.
        UsageError: One shares no class with the recipe.
    """
    task = description_of(run.config.task)
    for name in run.pipeline.eval_on:
        try:
            there = task.find(name)
        except RealDataError as error:
            if not is_known_set(name):
                raise
            run.callbacks.say(f"{error.what}: the gap to it will not be measured\n  {error.hint or ''}".rstrip())
            run.absent[name] = error.what
            continue
        split = task.read(there)
        for line in split.left_out.lines():
            run.callbacks.say(f"{split.name}:{split.split}: {line}")
        _require_shared_class(run, split)
        run.real[name] = split


def _require_shared_class(run: PipelineRun, split: Split) -> None:
    """Classes are known before the renders are; maps of numbers have none."""
    names = [name.partition("/")[0] if split.label_form == "keypoints" else name for name in split.class_names]
    theirs = {class_key(name) for name in names} - {class_key(BACKGROUND)}
    recipe = run.request.recipe
    ours = [category.name for category in catalogue_of(recipe).categories_of(recipe)]
    if theirs and not {class_key(name) for name in ours} & theirs:
        raise UsageError(
            f"real set {split.name} shares no class with the recipe, which makes {', '.join(ours)}",
            hint="classes are matched by name; take the set out of eval_on or choose another recipe",
        )
