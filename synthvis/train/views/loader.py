"""Batches of views for the loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from synthvis.train.config import TrainConfig
from synthvis.train.engine.child_processes import LOADERS, without_own_threads
from synthvis.train.engine.schedule import Share, StepSampler
from synthvis.train.views.mixing import BatchMix, KeyedViews

__all__ = ["AugmentedDataset", "Batch", "train_loader"]

PREFETCHED, PREFETCHED_FOR_CUDA = 2, 4
"""Batches that each worker has ready."""

Batch = tuple[Tensor, list[dict[str, Tensor]]]
"""Images (N, 3, S, S) uint8 and, for each, its targets by name, as the task's network takes them."""


class AugmentedDataset(Protocol):
    """Augmented views of labelled images, keyed by (epoch, index); a view depends on (seed, epoch, index) only."""

    def __len__(self) -> int:
        """Images."""

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        """An entry image, (3, S, S) uint8, and the targets."""


def train_loader(
    views: AugmentedDataset,
    config: TrainConfig,
    first_step: int,
    workers: int,
    *,
    share: Share | None = None,
    device: torch.device | None = None,
) -> DataLoader[Any]:
    """Pieces of batches from `first_step` on; the same for any number of workers.

    Args:
        views: What is to be learnt from.
        config: Of the run.
        first_step: From 0.
        workers: Loader processes; 0 loads between the steps.
        share: Of each batch, what this process takes; all of it where there is none.
        device: A CUDA device is fed from pinned memory, and further ahead.
    """
    sampler = StepSampler(len(views), config.batch, config.seed, first_step, config.steps, share or Share())
    on_cuda = device is not None and device.type == "cuda"
    mix = _mix_of(config)
    return DataLoader(
        views if mix is None else KeyedViews(views),  # type: ignore[arg-type]  # keyed by more than a number
        batch_sampler=sampler,
        collate_fn=collate if mix is None else MixedCollate(mix),
        num_workers=workers,
        persistent_workers=workers > 0,
        prefetch_factor=(PREFETCHED_FOR_CUDA if on_cuda else PREFETCHED) if workers else None,
        pin_memory=on_cuda,
        multiprocessing_context=LOADERS if workers else None,
        worker_init_fn=without_own_threads if workers else None,
    )


def collate(views: Sequence[dict[str, Tensor]]) -> Batch:
    """One batch of views."""
    images = torch.stack([view["image"] for view in views])
    return images, [{name: value for name, value in view.items() if name != "image"} for view in views]


@dataclass(frozen=True, slots=True)
class MixedCollate:
    """`collate` after the views of the batch have been mixed."""

    mix: BatchMix

    def __call__(self, keyed: Sequence[tuple[tuple[int, int], dict[str, Tensor]]]) -> Batch:
        """One batch of views, each with its key."""
        return collate(self.mix(keyed[0][0], [view for _, view in keyed]))


def _mix_of(config: TrainConfig) -> BatchMix | None:
    recipe = config.augment_recipe
    if recipe is None or not recipe.mixes:
        return None
    return BatchMix(recipe=recipe, seed=config.seed, boxes_follow=config.boxes == "modal")
