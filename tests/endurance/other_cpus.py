"""The tests that compute, as other CPUs would compute them.

    python tests/endurance/other_cpus.py check      # make check-cpus: the tests that compute, under each of CPUS
    python tests/endurance/other_cpus.py margins    # make margins: how far trainings end from their bounds

A library that chooses its code by instruction set can be told to take that of an older CPU. Results differ in the last
digits, and a training of a few steps carries the difference on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, stdev

REPOSITORY = Path(__file__).resolve().parents[2]
COMPUTING = ("tests/train", "tests/gap", "tests/metrics", "tests/sensor_fit", "tests/labels")
MARGIN_SPREADS = 3.0
SEEDS = 5


@dataclass(frozen=True)
class Cpu:
    """A CPU to compute like, and what goes on beside the tests."""

    name: str
    environment: dict[str, str]
    threads: int = 1
    busy: int = field(default=0)
    """Processes that keep a core busy meanwhile."""


def _like(
    aten: str, onednn: str, openblas: str, mkl: str, numpy_without: str = "", opencv_without: str = ""
) -> dict[str, str]:
    return {
        "ATEN_CPU_CAPABILITY": aten,
        "ONEDNN_MAX_CPU_ISA": onednn,
        "OPENBLAS_CORETYPE": openblas,
        "MKL_ENABLE_INSTRUCTIONS": mkl,
        "NPY_DISABLE_CPU_FEATURES": numpy_without,
        "OPENCV_CPU_DISABLE": opencv_without,
    }


# numpy refuses to leave out a feature that the CPU lacks, so that the names are filtered by /proc/cpuinfo.
WIDE = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
CPUS = (
    Cpu("sse", _like("default", "SSE41", "Prescott", "SSE4_2", f"AVX F16C FMA3 AVX2 {WIDE}", "AVX,AVX2,AVX512-SKX")),
    Cpu("avx2, 2 threads", _like("avx2", "AVX2", "Haswell", "AVX2", WIDE, "AVX512-SKX"), threads=2),
    Cpu("avx512", _like("avx512", "AVX512_CORE", "SkylakeX", "AVX512")),
    Cpu("avx512 with bf16, 2 threads", _like("avx512", "AVX512_CORE_BF16", "SkylakeX", "AVX512"), threads=2),
    Cpu("this one, beside other work", {}, threads=2, busy=2),
)


def main() -> int:
    """Run what is asked for; 1 when a test fails or a bound is too near."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["check", "margins"])
    parser.add_argument("--cpu", action="append", help="only CPUs whose name begins like this")
    parser.add_argument("--workers", type=int, default=2, help="pytest processes")
    parser.add_argument("tests", nargs="*", help="tests to run instead of those that compute")
    asked = parser.parse_intermixed_args()
    cpus = [cpu for cpu in CPUS if not asked.cpu or cpu.name.startswith(tuple(asked.cpu))]
    return (check if asked.what == "check" else margins)(cpus, asked.tests, asked.workers)


def check(cpus: list[Cpu], tests: list[str], workers: int) -> int:
    """Run the tests under each CPU and print a line for each."""
    lines, failed = [], False
    for cpu in cpus:
        print(f"== {cpu.name}", flush=True)
        start_s = time.monotonic()
        code, last = _pytest(cpu, [*(tests or COMPUTING), "-n", str(workers), "--dist", "loadfile"])
        failed |= code != 0
        lines.append(f"{cpu.name:<30} {last}, {time.monotonic() - start_s:.0f} s in all")
    print("\n".join(["", *lines]))
    return int(failed)


def margins(cpus: list[Cpu], tests: list[str], workers: int) -> int:
    """Run the tests that end in a bound on a training, for each CPU and seed, and print where the bounds lie."""
    chosen = tests or sorted(
        str(path) for path in (REPOSITORY / "tests").rglob("test_*.py") if "margins import" in path.read_text()
    )
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "margins.jsonl"
        for cpu in cpus:
            extra = {"SYNTHVIS_TEST_SEEDS": str(SEEDS), "SYNTHVIS_MARGINS_FILE": str(log)}
            words = ["-k", "seed0 or seed1 or seed2 or seed3 or seed4", "-n", str(workers), "--dist", "loadfile"]
            _, last = _pytest(cpu, [*chosen, *words], extra)
            print(f"== {cpu.name}: {last}", flush=True)
        return _print_margins([json.loads(line) for line in log.read_text().splitlines()])


def _print_margins(rows: list[dict[str, object]]) -> int:
    found: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for row in rows:
        found[(row["test"], row["name"], row["bound"], row["above"])].append(float(str(row["value"])))
    near = 0
    print(f"{'lowest':>8} {'mean':>8} {'highest':>8} {'spread':>8} {'bound':>8} {'away':>6}  test")
    for (test, name, bound, above), values in sorted(found.items(), key=str):
        spread, mean = stdev(values), fmean(values)
        away = (mean - float(str(bound))) * (1 if above else -1) / max(spread, 1e-12)
        near += away < MARGIN_SPREADS
        numbers = (
            f"{min(values):8.3f} {mean:8.3f} {max(values):8.3f} {spread:8.4f} {bound:8.3f} {min(away, 999.9):6.1f}"
        )
        print(f"{numbers}  {test} {name} ({len(values)} runs){' TOO NEAR' if away < MARGIN_SPREADS else ''}")
    return int(near > 0)


def _pytest(cpu: Cpu, words: list[str], extra: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and last line of pytest; its output is shown where it fails."""
    with ExitStack() as beside:
        for _ in range(cpu.busy):
            other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            beside.callback(other.wait)
            beside.callback(other.kill)
        environment = {
            **os.environ,
            **_known(cpu.environment),
            "SYNTHVIS_TEST_THREADS": str(cpu.threads),
            **(extra or {}),
        }
        environment["OMP_NUM_THREADS"] = str(cpu.threads)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    lines = done.stdout.strip().splitlines() or done.stderr.strip().splitlines() or ["no output"]
    if done.returncode and not extra:
        print(done.stdout[-20_000:], done.stderr[-2_000:], flush=True)
    return done.returncode, lines[-1]


def _known(environment: dict[str, str]) -> dict[str, str]:
    """The settings less what this CPU or this numpy does not have."""
    import numpy as np

    umath = getattr(np, "_core", None) or np.core
    optional = set(umath._multiarray_umath.__cpu_dispatch__) & {
        name for name, there in umath._multiarray_umath.__cpu_features__.items() if there
    }
    without = " ".join(name for name in environment.get("NPY_DISABLE_CPU_FEATURES", "").split() if name in optional)
    return {name: value for name, value in {**environment, "NPY_DISABLE_CPU_FEATURES": without}.items() if value}


if __name__ == "__main__":
    sys.exit(main())
