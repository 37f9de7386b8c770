"""The pool against workers that die, hang, fail, fill the disk and lose their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from synthvis.errors import MissingDependency, RenderError
from synthvis.render.pool import DiskFull, PoolSettings, SlotSettings, make_images
from synthvis.render.process import is_disk_full
from synthvis.render.progress import RenderProgress

HERE = Path(__file__).parent


class Rig:
    """A pool over fake jobs in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.troubles: dict[int, str] = {}
        self.progress = RenderProgress(total=0, slots=4)

    def run(self, images: int, *, slots: int = 1, group_size: int = 4, **settings: float) -> dict[int, str]:
        import fake_jobs

        def job_for(image_index: int, slot: int) -> object:
            return fake_jobs.FakeJob(image_index, str(self.folder), self.troubles.get(image_index, ""))

        slot_settings = tuple(SlotSettings(log_path=self.folder / f"worker-{number}.log") for number in range(slots))
        pool = PoolSettings(slots=slot_settings, **{"timeout_s": 20.0, "start_allowance_s": 0.0, **settings})  # type: ignore[arg-type]
        groups = [range(first, min(first + group_size, images + 1)) for first in range(1, images + 1, group_size)]
        return make_images(groups, fake_jobs.run, job_for, pool, self.progress)

    def made(self) -> set[int]:
        return {int(path.name.split("-")[1]) for path in self.folder.glob("made-*")}

    def pids(self, image_index: int) -> list[int]:
        return [int(line) for line in (self.folder / f"attempts-{image_index}").read_text().split()]


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.syspath_prepend(str(HERE))
    return Rig(tmp_path)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()


def wait_until(true: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_all_images_are_made_and_no_worker_is_left(rig: Rig) -> None:
    assert rig.run(6, slots=2) == {}
    assert rig.made() == {1, 2, 3, 4, 5, 6}
    assert all(gone(rig.pids(index)[0]) for index in range(1, 7))


def test_an_idle_slot_takes_half_of_a_busy_one(rig: Rig) -> None:
    rig.troubles = dict.fromkeys(range(1, 9), "slow")
    rig.run(8, slots=2, group_size=8)
    assert len({rig.pids(index)[0] for index in range(1, 9)}) == 2


@pytest.mark.parametrize("trouble", ["kill", "exit", "raise"])
def test_a_failure_is_retried_in_a_fresh_worker(rig: Rig, trouble: str) -> None:
    rig.troubles = {2: f"once:{trouble}"}
    assert rig.run(3) == {}
    assert rig.made() == {1, 2, 3}
    first, second = rig.pids(2)
    assert first != second


def test_an_image_that_always_kills_its_worker_is_quarantined_and_the_others_are_made(rig: Rig) -> None:
    rig.troubles = {2: "kill"}
    quarantined = rig.run(4, retries=1)
    assert list(quarantined) == [2]
    assert "SIGKILL" in quarantined[2]
    assert rig.made() == {1, 3, 4}
    assert len(rig.pids(2)) == 2


def test_an_exception_is_named_in_the_quarantine(rig: Rig, capfd: pytest.CaptureFixture[str]) -> None:
    rig.troubles = {1: "raise"}
    assert rig.run(2, retries=0) == {1: "ValueError: bad luck"}
    assert "noise" not in "".join(capfd.readouterr())
    assert rig.progress.count("error") == 1


def test_a_hanging_image_is_stopped_at_its_time_limit(rig: Rig) -> None:
    rig.troubles = {1: "hang"}
    quarantined = rig.run(2, retries=0, timeout_s=0.5)
    assert "longer than 0.5 s" in quarantined[1]
    assert rig.made() == {2}
    assert gone(rig.pids(1)[0])


def test_the_first_image_of_a_worker_may_take_longer(rig: Rig) -> None:
    rig.troubles = {1: "slow", 2: "slow"}
    assert list(rig.run(2, retries=0, timeout_s=0.05, start_allowance_s=5.0)) == [2]


def test_workers_are_recycled(rig: Rig) -> None:
    rig.run(4, recycle_after=2)
    pids = [rig.pids(index)[0] for index in range(1, 5)]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert rig.progress.count("recycled") == 1


@pytest.mark.parametrize("trouble", ["full", "wrapped full"])
def test_a_full_disk_stops_the_run_and_quarantines_nothing(rig: Rig, trouble: str) -> None:
    rig.troubles = {3: trouble}
    with pytest.raises(DiskFull, match="no space left"):
        rig.run(5)
    assert rig.made() == {1, 2}
    assert len(rig.pids(3)) == 1


def test_an_error_no_retry_can_mend_ends_the_run_at_once(rig: Rig) -> None:
    rig.troubles = {1: "missing"}
    with pytest.raises(MissingDependency, match="no bpy") as caught:
        rig.run(3)
    assert caught.value.hint == "install it"
    assert rig.made() == set()


def test_when_nothing_works_the_run_gives_up_early(rig: Rig) -> None:
    rig.troubles = dict.fromkeys(range(1, 31), "raise")
    with pytest.raises(RenderError, match="none of the first 8 images"):
        rig.run(30, retries=0)


def test_killing_workers_from_outside_loses_nothing(rig: Rig) -> None:
    rig.troubles = dict.fromkeys(range(1, 9), "slow")
    killed: list[int] = []

    def kill_some() -> None:
        for index in (2, 5):
            path = rig.folder / f"attempts-{index}"
            if wait_until(path.exists):
                killed.append(rig.pids(index)[0])
                os.kill(killed[-1], signal.SIGKILL)

    killer = threading.Thread(target=kill_some)
    killer.start()
    assert rig.run(8, slots=2) == {}
    killer.join()
    assert len(killed) == 2
    assert rig.made() == set(range(1, 9))


def test_workers_die_with_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent("""
        import sys
        from pathlib import Path
        import fake_jobs
        from synthvis.render.pool import SlotSettings, PoolSettings, make_images
        from synthvis.render.progress import RenderProgress

        if __name__ == "__main__":
            folder = Path(sys.argv[1])
            settings = PoolSettings(slots=(SlotSettings(log_path=folder / "worker-0.log"),))
            job = fake_jobs.FakeJob(1, str(folder), "hang")
            make_images([[1]], fake_jobs.run, lambda image, slot: job, settings, RenderProgress(1, 1))
        """)
    )
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    with subprocess.Popen([sys.executable, script, tmp_path], env=environment, stderr=subprocess.DEVNULL) as parent:
        started = tmp_path / "attempts-1"
        assert wait_until(lambda: started.exists() and bool(started.read_text().strip()))
        worker = int(started.read_text())
        parent.kill()
    assert wait_until(lambda: gone(worker), 5)


def test_disk_full_is_recognised_through_causes() -> None:
    assert is_disk_full(RuntimeError("Error: No space left on device"))
    assert not is_disk_full(OSError(13, "Permission denied"))
    assert not is_disk_full(None)
