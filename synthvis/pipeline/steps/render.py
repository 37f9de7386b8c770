"""Render the dataset, or what is missing of it."""

from __future__ import annotations

from synthvis.errors import DatasetError, RenderError, counted
from synthvis.pipeline.pipeline_run import PipelineRun
from synthvis.render.needs import need_blender
from synthvis.render.produce import RenderPlan, plan_render, render_dataset

__all__ = ["plan_of", "render"]


def render(run: PipelineRun) -> str:
    """Raises RenderError where images could not be made."""
    plan, key = plan_of(run), run.dataset_key
    if not plan.missing and run.cache.is_fresh("render", key):
        return f"up to date: {len(plan.made):,} images in {run.dataset}"
    need_blender()
    summary = render_dataset(run.request, run.callbacks.rendering)
    if summary.quarantined:
        index, reason = next(iter(summary.quarantined.items()))
        raise RenderError(
            f"{counted(len(summary.quarantined), 'image')} could not be made; image {index}: {reason}",
            hint=f"{run.dataset / 'quarantine.json'} lists them; the same command tries them again",
        )
    run.cache.record("render", key)
    return f"{summary.made:,} images made, {summary.already_there:,} there before, in {run.dataset}"


def plan_of(run: PipelineRun) -> RenderPlan:
    """What is to be rendered; a folder that is taken is refused with the option that this command has."""
    try:
        return plan_render(run.request)
    except DatasetError as error:
        hint = "choose another parent folder with --set out=FOLDER, or another name with --set name=NAME"
        raise DatasetError(error.what, hint=hint) from error
