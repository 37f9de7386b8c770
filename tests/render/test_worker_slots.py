"""How many workers, and where their scratch files go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthvis.errors import UsageError
from synthvis.render import worker_slots
from synthvis.render.worker_slots import choose_worker_slots, scratch_folder


@pytest.mark.parametrize(
    ("cores", "memory_gb", "images", "workers", "threads"),
    [
        (1, 24, 1000, 1, 1),
        (2, 24, 1000, 2, 1),
        (16, 64, 1000, 16, 1),
        (16, 7, 1000, 4, 4),
        (16, 1, 1000, 1, 16),
        (16, 64, 120, 2, 8),
        (2, 24, 20, 1, 2),
    ],
)
def test_cpu_workers_take_a_core_each_where_memory_and_images_allow(
    monkeypatch: pytest.MonkeyPatch, cores: int, memory_gb: int, images: int, workers: int, threads: int
) -> None:
    monkeypatch.setattr(worker_slots, "usable_cores", lambda: cores)
    monkeypatch.setattr(worker_slots, "_memory_bytes", lambda: memory_gb * 10**9)
    chosen = choose_worker_slots("cpu", None, images)
    assert (chosen.count, chosen.threads) == (workers, threads)


def test_each_gpu_gets_a_worker_that_sees_only_that_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5")
    chosen = choose_worker_slots("auto", None, 100)
    assert [environment["CUDA_VISIBLE_DEVICES"] for environment in chosen.environments] == ["2", "5"]
    assert choose_worker_slots("cpu", None, 100).environments[0] == {}


def test_hidden_gpus_stay_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert not any(choose_worker_slots("auto", 1, 100).environments)


def test_there_are_no_more_workers_than_images() -> None:
    assert choose_worker_slots("cpu", 8, 3).count == 3
    assert choose_worker_slots("cpu", 8, 0).count == 1
    with pytest.raises(UsageError, match="at least 1"):
        choose_worker_slots("cpu", 0, 3)


def test_scratch_is_in_the_dataset_when_memory_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_slots, "MEMORY_FOLDER", tmp_path / "absent")
    stale = tmp_path / ".synthvis-scratch-old"
    stale.mkdir()
    with scratch_folder(tmp_path, 1, (64, 64)) as folder:
        assert folder.parent == tmp_path
        assert not stale.exists()
    assert os.listdir(tmp_path) == []


def test_only_dead_runs_lose_their_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, root = tmp_path / "shm", tmp_path / "data"
    memory.mkdir()
    root.mkdir()
    monkeypatch.setattr(worker_slots, "MEMORY_FOLDER", memory)
    dead, young = memory / "synthvis-scratch-dead", memory / "synthvis-scratch-young"
    for folder in (dead, young):
        folder.mkdir()
    with scratch_folder(root, 1, (64, 64)) as live:
        for folder in (dead, live):
            os.utime(folder, (1, 1))
        with scratch_folder(root, 1, (64, 64)):
            assert (dead.exists(), live.exists(), young.exists()) == (False, True, True)
