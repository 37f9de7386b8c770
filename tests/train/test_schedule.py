"""Learning rates against torch's own schedulers, and the order of images over processes and pieces."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import pytest

pytest.importorskip("torch")

import torch
from pydantic import ValidationError
from torch.optim import lr_scheduler

from synthvis.train.config import TrainConfig
from synthvis.train.engine.schedule import Share, StepSampler, ema_decay, scale_at, snapshot_steps, steps_averaged

pytestmark = pytest.mark.train

STEPS, WARMUP, FINAL = 24, 4, 0.05
FALLING = STEPS - WARMUP

Optimizer = torch.optim.Optimizer
Scheduler = lr_scheduler.LRScheduler

REFERENCES: dict[str, Callable[[Optimizer], Scheduler]] = {
    "constant": lambda it: lr_scheduler.ConstantLR(it, factor=1.0, total_iters=FALLING),
    "step": lambda it: lr_scheduler.MultiStepLR(it, milestones=[10, 15], gamma=0.1),
    "linear": lambda it: lr_scheduler.LinearLR(it, start_factor=1.0, end_factor=FINAL, total_iters=FALLING),
    "cosine": lambda it: lr_scheduler.CosineAnnealingLR(it, T_max=FALLING, eta_min=FINAL),
    "exponential": lambda it: lr_scheduler.ExponentialLR(it, gamma=FINAL ** (1 / FALLING)),
}


def rates(make: Callable[[Optimizer], Scheduler], steps: int) -> list[float]:
    """What torch gives a rate of 1 at each step."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def config(**changes: object) -> TrainConfig:
    fields = {"steps": STEPS, "warmup": WARMUP, "final_lr": FINAL, "lr_milestones": "0.5,0.75"}
    return TrainConfig(**{**fields, **changes})


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("warmup", [0, WARMUP])
def test_a_schedule_is_torchs_after_torchs_warm_up(name: str, warmup: int) -> None:
    def warmed(optimizer: Optimizer) -> Scheduler:
        warm = lr_scheduler.LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)
        return lr_scheduler.SequentialLR(optimizer, [warm, REFERENCES[name](optimizer)], [warmup])

    with warnings.catch_warnings():
        # SequentialLR itself calls a scheduler in a way that torch warns of.
        warnings.simplefilter("ignore", UserWarning)
        expected = rates(warmed if warmup else REFERENCES[name], FALLING + warmup)
    chosen = config(schedule=name, warmup=warmup, steps=FALLING + warmup)
    assert [scale_at(step, chosen) for step in range(chosen.steps)] == pytest.approx(expected, abs=1e-9)


def test_cycles_are_torchs_warm_restarts() -> None:
    restarts = rates(lambda it: lr_scheduler.CosineAnnealingWarmRestarts(it, T_0=5, eta_min=FINAL), FALLING)
    chosen = config(snapshots=4)
    assert [scale_at(step, chosen) for step in range(WARMUP, STEPS)] == pytest.approx(restarts)
    assert snapshot_steps(chosen) == (9, 14, 19, 24)


@pytest.mark.parametrize(("steps", "warmup", "cycles"), [(24, 4, 3), (7, 0, 7), (11, 2, 4), (600, 50, 5), (3, 9, 1)])
def test_every_cycle_leaves_one_snapshot_and_the_last_at_the_end(steps: int, warmup: int, cycles: int) -> None:
    chosen = config(steps=steps, warmup=warmup, snapshots=cycles)
    ends = snapshot_steps(chosen)
    assert len(set(ends)) == cycles and ends[-1] == steps
    scales = [scale_at(step, chosen) for step in range(steps)]
    for end in ends[:-1]:
        assert scales[end] == 1.0 and (end == warmup + 1 or scales[end - 1] < 1.0 or cycles == steps)


def test_the_average_forgets_the_cycle_before() -> None:
    chosen = config(snapshots=4)
    assert [steps_averaged(step, chosen) for step in (0, 5, 8, 9, 10, 14, 23)] == [0, 5, 8, 0, 1, 0, 4]
    assert ema_decay(steps_averaged(9, chosen), 0.995) == pytest.approx(0.1)
    assert steps_averaged(9, config()) == 9


def test_the_inverse_root_is_a_half_after_three_more_warm_ups() -> None:
    chosen = config(schedule="inverse-sqrt", steps=100)
    assert scale_at(WARMUP, chosen) == 1.0
    assert scale_at(4 * WARMUP, chosen) == pytest.approx(0.5)
    # Vaswani et al. scale by the root of the step itself.
    noam = [min((step + 1) ** -0.5, (step + 1) * WARMUP**-1.5) * math.sqrt(WARMUP) for step in range(100)]
    assert [scale_at(step + 1, chosen) for step in range(WARMUP, 99)] == pytest.approx(noam[WARMUP:99])


@pytest.mark.parametrize(("ranks", "accumulate"), [(1, 1), (2, 1), (1, 4), (2, 2)])
def test_processes_and_pieces_share_out_the_same_batches(ranks: int, accumulate: int) -> None:
    whole = list(StepSampler(10, 8, 3, 0, 5))
    length = 8 // (ranks * accumulate)
    shared: list[list[tuple[int, int]]] = [[] for _ in range(5)]
    for rank in range(ranks):
        sampler = StepSampler(10, 8, 3, 0, 5, Share(rank=rank, ranks=ranks, accumulate=accumulate))
        pieces = list(sampler)
        assert len(pieces) == len(sampler) == 5 * accumulate
        assert {len(piece) for piece in pieces} == {length}
        for place, piece in enumerate(pieces):
            shared[place // accumulate] += piece
    assert shared == whole


@pytest.mark.parametrize(
    "wrong",
    [
        {"schedule": "linear", "snapshots": 2},
        {"snapshots": 21},
        {"patience": 2},
        {"nesterov": True},
        {"optimizer": "momentum", "nesterov": True, "momentum": 0},
        {"lr_milestones": "0.5,1.5"},
        {"optimizer": "lamb"},
        {"layer_decay": 0},
    ],
)
def test_options_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        config(**wrong)
