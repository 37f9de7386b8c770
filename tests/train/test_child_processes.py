"""Killed processes: who is left ends soon, leaves nothing behind, and says what to do."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch")

from synthvis.data.dataset import find_dataset
from synthvis.errors import LoaderEnded
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine import child_processes
from synthvis.train.engine.checkpoint import resume_state
from synthvis.train.engine.child_processes import FIRST_PROCESS, sweep_semaphores, temporary_folder
from synthvis.train.engine.feed import loader_failures_named
from synthvis.train.engine.loop import StepLog, TrainingJob, train_network

pytestmark = pytest.mark.train

WAIT_S = 60.0
"""For what takes a second on a quiet machine."""

PARENT = """
import time
from pathlib import Path
from synthvis.train.engine.child_processes import LOADERS, starting_loaders

def fill(queue):
    queue.put(b"x" * 10_000_000)

if __name__ == "__main__":
    with starting_loaders():
        queue = LOADERS.Queue()
        child = LOADERS.Process(target=fill, args=(queue,))
        child.start()
    while queue.empty():
        time.sleep(0.01)
    print(child.pid, flush=True)
    time.sleep(600)
"""
"""A loader at its end with a batch that nobody fetches: without an eye on its parent it waits for ever."""


@pytest.fixture
def family(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process and its loader, which has filled its pipe."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert parent.stdout is not None
    yield parent, int(parent.stdout.readline())
    os.killpg(parent.pid, signal.SIGKILL) if parent.poll() is None else None
    parent.wait()
    parent.stdout.close()


def ends(process: int) -> bool:
    """Whether it does, before patience."""
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
def test_a_loader_ends_when_its_parent_is_killed(family: tuple[subprocess.Popen[str], int]) -> None:
    parent, loader = family
    parent.kill()
    assert ends(loader)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="semaphores are files on Linux only")
def test_semaphores_of_a_group_that_was_killed_at_once_are_swept_by_the_next_run(
    family: tuple[subprocess.Popen[str], int],
) -> None:
    parent, _ = family
    mine = f"sem.{child_processes._owned(child_processes.SEMAPHORES)}-{parent.pid}-*"
    # While it lives they are left alone.
    sweep_semaphores()
    assert list(Path("/dev/shm").glob(mine))
    os.killpg(parent.pid, signal.SIGKILL)
    parent.wait()
    sweep_semaphores()
    assert not list(Path("/dev/shm").glob(mine))


def test_temporary_folders_of_killed_processes_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_processes.tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    prefix = child_processes._owned("synthvis-bench")
    names = {f"{prefix}-{gone.pid}-a": False, f"{prefix}-{os.getpid()}-b": True, "synthvis-bench-mine": True}
    for name in names:
        (tmp_path / name / "inside").mkdir(parents=True)
    with temporary_folder("bench") as folder:
        assert folder.parent == tmp_path and folder.is_dir()
        assert {name: (tmp_path / name).exists() for name in names} == names
    assert not folder.exists()


def test_a_further_process_ends_with_the_first_one(tmp_path: Path) -> None:
    """Started by a process that is gone already, before it has imported torch."""
    code = "from synthvis.train.engine import child_processes as own; own.end_with_first_process(); "
    code += "import time; time.sleep(600)"
    environment = os.environ | {FIRST_PROCESS: "1", "RANK": "1"}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, timeout=WAIT_S, check=False)
    assert ended.returncode == 1


@pytest.mark.slow
def test_a_killed_loader_is_said_and_the_state_before_it_is_saved(squares: Path, tmp_path: Path) -> None:
    split = find_dataset(squares).read("train")
    model = ModelConfig(input_size=64, head_channels=32, head_convs=1)

    def kill(line: StepLog) -> None:
        for process in multiprocessing.active_children():
            os.kill(process.pid, signal.SIGKILL)

    def plan(workers: int, **more: object) -> TrainingJob:
        fields = {"model": model, "steps": 40, "batch": 2, "trainable_stages": 0, "device": "cpu"}
        return TrainingJob(config=TrainConfig(workers=workers, **fields), data=split, run_dir=tmp_path, **more)

    with pytest.raises(LoaderEnded, match=r"a loader process of the training (was killed|ended)") as caught:
        train_network(plan(1, on_step=kill))
    assert "same command again to resume" in str(caught.value.hint)
    assert not multiprocessing.active_children()
    done = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert 1 <= len(done) < 40
    state = resume_state(tmp_path)
    assert state is not None and state.step == len(done)


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (RuntimeError("DataLoader worker (pid 7) is killed by signal: Killed. "), "was killed"),
        (RuntimeError("DataLoader worker (pid(s) 7) exited unexpectedly"), "ended"),
        (ConnectionResetError(104, "Connection reset by peer"), "ended"),
        (EOFError(), "ended"),
    ],
)
def test_what_torch_says_of_a_lost_loader_is_put_in_one_line(error: Exception, named: str) -> None:
    with pytest.raises(LoaderEnded, match=named), loader_failures_named():
        raise error


@pytest.mark.parametrize("error", [RuntimeError("shape mismatch"), FileNotFoundError("x.png")])
def test_other_errors_stay_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)), loader_failures_named():
        raise error
