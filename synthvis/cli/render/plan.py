"""What `synthvis render --dry-run` shows."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.options import echo_json

if TYPE_CHECKING:
    from synthvis.render.estimate import Estimate
    from synthvis.render.produce import RenderPlan, RenderRequest

__all__ = ["show_plan"]

PROBED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSummary:
    """What a render would do; the fields are those of `--dry-run --json`."""

    recipe: str
    seed: int
    folder: str
    images_to_make: int
    images_there: int
    workers: int
    threads_per_worker: int
    device: str
    content_hash: str
    estimated_mb: float
    free_mb: int
    estimated_minutes: float
    estimated_minutes_low: float
    estimated_minutes_high: float
    estimate_measured: bool
    estimate_source: str


def show_plan(request: RenderRequest, probe: int, *, as_json: bool) -> None:
    """Show what would be rendered, where, and for how long; renders `probe` images to time them.

    Raises:
        DatasetError: The folder holds something else.
        MissingDependency: Images are to be timed, and Blender is not installed.
    """
    from synthvis.render.produce import plan_render
    from synthvis.ui.progress import duration_text

    plan = plan_render(request)
    found = _summary(request, plan, _estimate(request, plan, probe))
    if as_json:
        echo_json(asdict(found))
        return
    click.echo(f"images       {found.images_to_make:,} to make, {found.images_there:,} there already")
    click.echo(f"folder       {found.folder}")
    click.echo(f"workers      {found.workers} with {found.threads_per_worker} threads, device {found.device}")
    click.echo(f"content      {found.content_hash}")
    click.echo(f"disk         about {_size_text(found.estimated_mb)}, {_size_text(found.free_mb)} free")
    minutes = (found.estimated_minutes, found.estimated_minutes_low, found.estimated_minutes_high)
    middle, low, high = (duration_text(60 * one) for one in minutes)
    click.echo(f"time         about {middle} ({low} to {high}): {found.estimate_source}")
    if not found.estimate_measured and plan.missing:
        click.echo(f"             --dry-run --probe {PROBED} renders {PROBED} images to measure it")


def _size_text(megabytes: float) -> str:
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:,.1f} GB"


def _estimate(request: RenderRequest, plan: RenderPlan, images: int) -> Estimate:
    from synthvis.dataset.layout import DatasetLayout
    from synthvis.render.estimate import estimated_time

    if not images or not plan.missing:
        return estimated_time(request.recipe, plan.slots, DatasetLayout(request.root).run_facts)
    from synthvis.render.needs import need_blender
    from synthvis.render.probe import probe

    need_blender()
    return probe(request, plan.slots, images)


def _summary(request: RenderRequest, plan: RenderPlan, estimate: Estimate) -> PlanSummary:
    from synthvis.render.estimate import estimated_bytes_per_image

    images = len(plan.missing)
    existing = next(folder for folder in (request.root, *request.root.absolute().parents) if folder.exists())
    return PlanSummary(
        recipe=request.recipe.name,
        seed=request.seed,
        folder=str(request.root),
        images_to_make=images,
        images_there=len(plan.made),
        workers=plan.slots.count,
        threads_per_worker=plan.slots.threads,
        device=plan.slots.device,
        content_hash=plan.manifest.content_hash,
        estimated_mb=round(images * estimated_bytes_per_image(request.recipe) / 1e6, 1),
        free_mb=round(shutil.disk_usage(existing).free / 1e6),
        estimated_minutes=round(images * estimate.seconds / 60, 1),
        estimated_minutes_low=round(images * estimate.low / 60, 1),
        estimated_minutes_high=round(images * estimate.high / 60, 1),
        estimate_measured=estimate.is_measured,
        estimate_source=estimate.source,
    )
