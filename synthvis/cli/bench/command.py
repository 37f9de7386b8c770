"""`synthvis bench NAME`: the benchmarks of `synthvis.bench.registry`, each with the options of its module here."""

from __future__ import annotations

from importlib import import_module

import click

from synthvis.bench.registry import BENCHMARKS

EPILOG = """\b
Examples:
  synthvis bench render
  synthvis bench render --n 300 --recipe fruit
  synthvis bench render --against-floor --json
  synthvis bench render --size 320x320 --size 640x480 --samples 4 --samples 16
  synthvis bench render --labels standard --labels nocs,boundary --labels all
  synthvis bench render --scene my_bench.py:workbench --assets ~/meshes
  synthvis bench merge data/coco --n 10000
  synthvis bench export data/coco --n 10000
  synthvis bench train --data data/fruit
  synthvis bench start
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Measure speed: images/s, where the time goes, how long annotations take to merge and commands to answer."""


for _benchmark in BENCHMARKS:
    command.add_command(import_module(f"synthvis.cli.bench.{_benchmark.name}").command)
