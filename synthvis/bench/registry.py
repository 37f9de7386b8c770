"""The benchmarks by name: one module here, and one with its options in `synthvis/cli/bench/`, for each."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BENCHMARKS", "Benchmark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A benchmark.

    Attributes:
        name: What is typed after `synthvis bench`, and the name of its modules.
        summary: What it measures, in a sentence.
    """

    name: str
    summary: str


BENCHMARKS = (
    Benchmark(name="export", summary="Time, memory and size of exporting many images to each format."),
    Benchmark(name="merge", summary="Time and memory that merging annotations into COCO files takes."),
    Benchmark(name="render", summary="Images a second, seconds by stage and memory of a render."),
    Benchmark(name="start", summary="Milliseconds until the command line answers."),
    Benchmark(name="train", summary="Images a second of the training loop, its loader and a plain loop."),
)
