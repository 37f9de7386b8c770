"""What a render worker is asked and what it answers: plain data that crosses the process border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Device", "JobResult", "RenderJob"]

Device = Literal["auto", "cpu", "gpu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderJob:
    """One image to make.

    Attributes:
        recipe_json: The resolved recipe.
        seed: Dataset seed.
        image_index: Image number, from 1.
        split: "train" or "val".
        root: Dataset folder.
        scratch_exr: Where the worker may put the passes of its current image; reused from image to image.
        device: What Cycles may use.
        threads: CPU threads of this worker.
    """

    recipe_json: str
    seed: int
    image_index: int
    split: str
    root: str
    scratch_exr: str
    device: Device
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """What making one image cost.

    Attributes:
        image_index: Image number.
        pid: The worker process.
        stage_seconds: Wall time by stage: start, sample, build, cycles, read, label, sensor, write.
        rss_mb: Resident memory of the worker after the image.
        peak_rss_mb: Highest resident memory of the worker so far.
        device: What Cycles used, in words.
    """

    image_index: int
    pid: int
    stage_seconds: Mapping[str, float] = field(default_factory=dict)
    rss_mb: float = 0.0
    peak_rss_mb: float = 0.0
    device: str = ""
