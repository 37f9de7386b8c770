"""`synthvis bench merge`: what merging annotations costs."""

from __future__ import annotations

import click

from synthvis.cli.bench.output import echo_json_of, echo_lines
from synthvis.cli.shared.options import json_option

__all__ = ["command"]


@click.command("merge", epilog="Example: synthvis bench merge data/coco --n 10000")
@click.argument("dataset")
@click.option("--n", type=click.IntRange(1), default=10_000, show_default=True, help="The number of images to merge.")
@json_option
def command(dataset: str, n: int, as_json: bool) -> None:
    """Repeat the annotations of DATASET for N images and merge them into COCO files: seconds and memory."""
    from synthvis.bench.merge import bench_merge
    from synthvis.dataset.manifest import open_rendered

    results = [bench_merge(open_rendered(dataset), n)]
    echo_json_of(results) if as_json else echo_lines(results)
