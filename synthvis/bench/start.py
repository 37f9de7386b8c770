"""How long the command line takes to answer, beside a Python that does nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from synthvis.bench.result import BenchResult
from synthvis.formats.json_file import Record

__all__ = ["CommandTime", "StartBench", "bench_start"]

TARGET_MS = 250
HELP, PYTHON = ("-m", "synthvis", "--help"), ("-c", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTime(Record):
    """Wall time of a command over several tries, milliseconds."""

    min_ms: float
    median_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBench(BenchResult):
    """How long commands take.

    Attributes:
        tries: How often each was started.
        help: `synthvis --help`.
        python: A Python that does nothing.
        ratio: The first over the second, by their shortest times.
        target_ms: What the help should stay below.
    """

    tries: int
    help: CommandTime
    python: CommandTime
    ratio: float
    target_ms: int = TARGET_MS

    def lines(self) -> Sequence[str]:
        """One for each command, and their ratio."""
        named = (("synthvis --help", self.help), ("python alone", self.python))
        return [
            *(
                f"{name}: minimum {one.min_ms:.0f} ms, median {one.median_ms:.0f} ms of {self.tries} tries"
                for name, one in named
            ),
            f"{self.ratio:.1f} times a Python that does nothing; the target is {self.target_ms} ms or less",
        ]


def bench_start(tries: int) -> StartBench:
    """Start both commands `tries` times, in turns so that what else runs burdens both."""
    times_ms: tuple[list[float], list[float]] = ([], [])
    for _ in range(tries):
        for found, words in zip(times_ms, (HELP, PYTHON), strict=True):
            found.append(_run_ms(words))
    ours, bare = (CommandTime(min_ms=min(found), median_ms=median(found)) for found in times_ms)
    return StartBench(tries=tries, help=ours, python=bare, ratio=ours.min_ms / bare.min_ms)


def _run_ms(words: Sequence[str]) -> float:
    begin_s = time.perf_counter()
    subprocess.run([sys.executable, *words], capture_output=True, check=True)
    return 1000 * (time.perf_counter() - begin_s)
