"""Random faults over small renders: after the rerun the dataset must equal that of an uninterrupted run, byte for byte.

    python tests/endurance/random_faults.py --faults 30
    python tests/endurance/random_faults.py --faults 20 --films

Not collected by pytest: it takes too long. docs/results/reliability.md has the counts.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

IMAGES = 9
RECIPE = """\
name: endurance
image: {width_px: 96, height_px: 96}
render: {samples: 1}
world: {group_size: 3}
free_environment: {weights: {studio: 1, tabletop: 1, ground: 1}}
objects: {kinds: {apple: 1, orange: 1, banana: 1, cup: 1, traffic_cone: 1}, count: [1, 5]}
distractors: {kinds: {sprig: 1, box: 1}, count: [0, 2]}
split: {val_every: 4}
"""
FILMS = 3
MOTION = "motion: {frames: 3, fps: 10, moving_share: [1, 1]}\n"
NOT_CONTENT = {"run.json", ".render.lock", "quarantine.json"}
IMAGE_LIMIT_S = 12.0
RUN_LIMIT_S = 240.0
SMALL_DISK_BYTES = 1 << 20
LEFT_BYTES = (40_000, 300_000)
"""Room that is left on the small disk; the whole dataset takes some 350 kB."""


@dataclass
class Outcome:
    """What one fault came to."""

    kind: str
    first_exit: int | None
    reruns: int
    differing: list[str] = field(default_factory=list)

    @property
    def survived(self) -> bool:
        """Nothing lost, nothing changed."""
        return not self.differing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", choices=sorted(FAULTS), default=sorted(FAULTS))
    parser.add_argument("--films", action="store_true", help="films instead of images")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "recipe.yaml").write_text(RECIPE + (MOTION if arguments.films else ""))
        started = time.monotonic()
        _finish(home, home / "reference")
        run_s = time.monotonic() - started
        wanted = _digests(home / "reference")
        outcomes = []
        for number in range(arguments.faults):
            kind = arguments.kinds[number % len(arguments.kinds)]
            outcomes.append(_one(home, kind, run_s, wanted, rng))
            print(number + 1, outcomes[-1], flush=True)
    _report(outcomes)
    return int(not all(outcome.survived for outcome in outcomes))


def _one(home: Path, kind: str, run_s: float, wanted: dict[str, str], rng: random.Random) -> Outcome:
    root = home / f"faulty-{rng.getrandbits(32):08x}"
    first_exit = FAULTS[kind](home, root, run_s, rng)
    reruns = _finish(home, root)
    outcome = Outcome(kind, first_exit, reruns, _differing(_digests(root), wanted))
    shutil.rmtree(root)
    return outcome


def _command(home: Path, root: Path, *more: str) -> list[str]:
    recipe = home / "recipe.yaml"
    count = FILMS if MOTION in recipe.read_text() else IMAGES
    command = [sys.executable, "-m", "synthvis", "render", "--recipe", str(recipe), "--n", str(count)]
    return [*command, "--seed", "3", "--workers", "2", "--device", "cpu", "--out", str(root), "--no-check", *more]


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # A shell may have told its background jobs to ignore Ctrl-C.
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def _finish(home: Path, root: Path) -> int:
    """Run until the dataset is complete, as a user would, and say how often that took."""
    for attempt in range(1, 4):
        with _start(_command(home, root)) as process:
            if process.wait(RUN_LIMIT_S) == 0:
                return attempt
    raise SystemExit(f"{root} does not get finished")


def _wait_for_moment(process: subprocess.Popen[bytes], run_s: float, rng: random.Random) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(rng.uniform(0.2, run_s))


def _hit_parent(signal_number: int) -> Callable[[Path, Path, float, random.Random], int | None]:
    def fault(home: Path, root: Path, run_s: float, rng: random.Random) -> int | None:
        with _start(_command(home, root)) as process:
            _wait_for_moment(process, run_s, rng)
            with suppress(ProcessLookupError):
                process.send_signal(signal_number)
            return process.wait(RUN_LIMIT_S)

    return fault


def _hit_worker(signal_number: int) -> Callable[[Path, Path, float, random.Random], int | None]:
    def fault(home: Path, root: Path, run_s: float, rng: random.Random) -> int | None:
        with _start(_command(home, root, "--timeout", str(IMAGE_LIMIT_S))) as process:
            _wait_for_moment(process, run_s, rng)
            children = _children(process.pid)
            if children:
                with suppress(ProcessLookupError):
                    os.kill(rng.choice(children), signal_number)
            return process.wait(RUN_LIMIT_S)

    return fault


def _fill_disk(home: Path, root: Path, run_s: float, rng: random.Random) -> int | None:
    """A file system that has room for some of the images only, and then for all."""
    root.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_BYTES}", "tmpfs", str(root)], check=True)
    try:
        (root / ".ballast").write_bytes(b"0" * (SMALL_DISK_BYTES - rng.randrange(*LEFT_BYTES)))
        with _start(_command(home, root)) as process:
            first_exit = process.wait(RUN_LIMIT_S)
        (root / ".ballast").unlink()
        kept = home / f"{root.name}-kept"
        shutil.copytree(root, kept)
    finally:
        subprocess.run(["umount", str(root)], check=True)
    shutil.rmtree(root)
    kept.rename(root)
    return first_exit


def _damage_file(home: Path, root: Path, run_s: float, rng: random.Random) -> int | None:
    """Cut, empty or remove a file of a finished image, as a lost power supply may."""
    with _start(_command(home, root)) as process:
        first_exit = process.wait(RUN_LIMIT_S)
    files = sorted(path for path in root.glob("*/*/*") if path.is_file())
    victim = rng.choice(files)
    damage = rng.choice(("remove", "empty", "cut record"))
    if damage == "remove":
        victim.unlink()
    elif damage == "empty":
        victim.write_bytes(b"")
    else:
        record = rng.choice(sorted(root.glob("records/*/*.json")))
        record.write_bytes(record.read_bytes()[: rng.randrange(1, 200)])
    return first_exit


def _children(pid: int) -> list[int]:
    """Processes that `pid` started: its workers, and the tracker that Python keeps beside them."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = entry.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == pid:
                found.append(int(entry.parent.name))
    return found


def _digests(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file() and path.name not in NOT_CONTENT)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _differing(mine: dict[str, str], wanted: dict[str, str]) -> list[str]:
    return sorted(name for name in mine.keys() | wanted.keys() if mine.get(name) != wanted.get(name))


def _report(outcomes: Sequence[Outcome]) -> None:
    counts = Counter((outcome.kind, outcome.survived) for outcome in outcomes)
    print(f"{'fault':<16}{'times':>6}{'equal after the rerun':>24}")
    for kind in sorted({outcome.kind for outcome in outcomes}):
        print(f"{kind:<16}{counts[kind, True] + counts[kind, False]:>6}{counts[kind, True]:>24}")


FAULTS: dict[str, Callable[[Path, Path, float, random.Random], int | None]] = {
    "kill-parent": _hit_parent(signal.SIGKILL),
    "kill-worker": _hit_worker(signal.SIGKILL),
    "stop-worker": _hit_worker(signal.SIGSTOP),
    "ctrl-c": _hit_parent(signal.SIGINT),
    "terminate": _hit_parent(signal.SIGTERM),
    "disk-full": _fill_disk,
    "damaged-file": _damage_file,
}

if __name__ == "__main__":
    sys.exit(main())
