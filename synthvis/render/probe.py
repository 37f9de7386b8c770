"""A few images of a render, made and thrown away, to know what the others will cost."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from synthvis.errors import RenderError
from synthvis.render.estimate import Estimate, measured_estimate
from synthvis.render.produce import RenderRequest, render_dataset
from synthvis.render.rates import RunSpeed
from synthvis.render.worker_slots import WorkerSlots

__all__ = ["probe"]


def probe(request: RenderRequest, slots: WorkerSlots, images: int) -> Estimate:
    """Render `images` of the request in a temporary folder and time them.

    They are spread over the whole, as environments and worlds change along it.

    Raises:
        RenderError: None could be made.
    """
    count = min(images, request.n)
    chosen = tuple(1 + index * request.n // count for index in range(count))
    with tempfile.TemporaryDirectory(prefix="synthvis-probe-") as folder:
        small = replace(request, root=Path(folder) / "probe", only=chosen, shard=(1, 1), command=())
        summary = render_dataset(small, lambda progress: nullcontext())
    core_seconds = RunSpeed.of(summary.facts).core_seconds
    if core_seconds is None:
        reason = next(iter(summary.quarantined.values()), "")
        raise RenderError(f"no image of the probe could be made: {reason}")
    made = f"measured on {summary.made} image{'s' * (summary.made != 1)} just now"
    return measured_estimate([core_seconds], slots.threads * slots.count, made)
