"""Every benchmark is registered, has a command of its name, and returns a typed result."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

import synthvis.bench
from synthvis.bench.merge import MergeBench
from synthvis.bench.registry import BENCHMARKS
from synthvis.bench.start import CommandTime, StartBench
from synthvis.cli.bench.command import command

ROOM = Path(synthvis.bench.__file__).parent
NAMES = [benchmark.name for benchmark in BENCHMARKS]


def test_every_module_with_a_result_is_registered_under_its_name() -> None:
    with_results = {path.stem for path in ROOM.glob("*.py") if "(BenchResult):" in path.read_text()}
    assert with_results == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_has_a_command_with_help_and_json(name: str) -> None:
    done = CliRunner().invoke(command, [name, "--help"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "--json" in done.stdout
    assert import_module(f"synthvis.cli.bench.{name}").command is command.commands[name]


def test_the_group_lists_all_and_knows_no_other() -> None:
    listed = CliRunner().invoke(command, ["--help"], catch_exceptions=False).stdout
    assert all(f"\n  {name} " in listed for name in NAMES)
    assert CliRunner().invoke(command, ["registry"]).exit_code == 2


def test_a_result_is_plain_values_and_lines() -> None:
    merged = MergeBench(images=2_000, objects=5, seconds=1.5, copy_s=0.5, megabytes=3.0, memory_growth_mb=-0.25)
    values = {"images": 2000, "objects": 5, "seconds": 1.5, "copy_s": 0.5, "megabytes": 3.0, "memory_growth_mb": -0.25}
    assert json.loads(json.dumps(merged.to_dict())) == values
    assert merged.lines()[0].startswith("2,000 images with 5 objects: 1.5 s, 3 MB")
    started = StartBench(
        tries=3, help=CommandTime(min_ms=200.0, median_ms=210.0), python=CommandTime(min_ms=20.0, median_ms=21.0),
        ratio=10.0,
    )  # fmt: skip
    assert started.to_dict()["help"] == {"min_ms": 200.0, "median_ms": 210.0}
    assert started.lines()[0] == "synthvis --help: minimum 200 ms, median 210 ms of 3 tries"
