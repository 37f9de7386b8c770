"""`synthvis bench export`: what writing other formats costs."""

from __future__ import annotations

import click

from synthvis.cli.bench.output import echo_json_of, echo_lines
from synthvis.cli.shared.options import json_option

__all__ = ["command"]


@click.command("export", epilog="Example: synthvis bench export data/coco --n 10000 --format yolo --format voc")
@click.argument("dataset")
@click.option("--n", type=click.IntRange(1), default=10_000, show_default=True, help="The number of images to export.")
@click.option(
    "--format", "formats", multiple=True, metavar="NAME",
    help="A format to measure; repeatable.  [default: all that can be written]",
)  # fmt: skip
@json_option
def command(dataset: str, n: int, formats: tuple[str, ...], as_json: bool) -> None:
    """Repeat the images of DATASET until there are N and export them: seconds, memory and size for each format."""
    from synthvis.bench.export import bench_export
    from synthvis.dataset.manifest import open_rendered

    results = []
    for result in bench_export(open_rendered(dataset), n, formats):
        results.append(result)
        if not as_json:
            echo_lines([result])
    if as_json:
        echo_json_of(results)
