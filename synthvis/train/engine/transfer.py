"""How much of a pretrained backbone learns, and at which rate; decided from the data and the device where not asked."""

from __future__ import annotations

from synthvis.errors import UsageError
from synthvis.train.config import TrainConfig, TransferName
from synthvis.train.engine.optimizers import FULL_BACKBONE_SHARE, PARTIAL_BACKBONE_SHARE, peak_lr

__all__ = ["auto_transfer", "settled"]

STAGES = {"linear": 0, "partial": 2, "full": 8}
"""Stages that learn; no backbone has more than eight."""

LINEAR_BELOW_IMAGES = 50
LINEAR_BELOW_LABELS = 200
FULL_FROM_IMAGES = 5_000
"""With 900 renders all of the backbone did worse on photographs than its last stages (docs/results/photographs.md)."""


def auto_transfer(images: int, labels: int, device: str) -> tuple[TransferName, str]:
    """The policy for a training set, and why in half a sentence.

    Few labels would only be learnt by heart by a large network, so then its features stay (Yosinski et al. 2014,
    Kornblith et al. 2019). On a CPU the early stages, which work on the largest maps, cost more than they bring.

    Args:
        images: Of the training split.
        labels: To learn from in them: objects, or images.
        device: "cuda" or "cpu".
    """
    data = f"{images:,} images with {labels:,} labels"
    if images < LINEAR_BELOW_IMAGES and labels < LINEAR_BELOW_LABELS:
        return "linear", f"{data} are fewer than {LINEAR_BELOW_IMAGES} and {LINEAR_BELOW_LABELS}"
    if device == "cpu":
        return "partial", f"{data} are enough for the last stages, and the early ones cost a CPU most of a step"
    if images < FULL_FROM_IMAGES:
        return "partial", f"{data} are enough for the last stages; all of it wants {FULL_FROM_IMAGES:,} images"
    return "full", f"{data} are enough for all of it, and {device} affords it"


def settled(
    config: TrainConfig, *, images: int, labels: int, device: str, there: TrainConfig | None = None
) -> tuple[TrainConfig, str | None]:
    """The config with its open questions answered: stages that learn, the backbone's share, the learning rate.

    What is asked for stays. A run that goes on keeps what it began with, whatever the data or the device are now.

    Args:
        config: As asked for.
        images: Of the training split.
        labels: To learn from in them.
        device: "cuda" or "cpu".
        there: Config of the run that goes on.

    Returns:
        The config, and a line that says what was chosen and why; None where nothing was.

    Raises:
        UsageError: An untrained backbone is to stay as it is.
    """
    if there is not None and (config.transfer == "auto" or config.trainable_stages is not None):
        kept = {
            name: getattr(there, name)
            for name in ("trainable_stages", "backbone_lr_factor", "lr")
            if getattr(config, name) is None
        }
        config = config.model_copy(update=kept)
    policy, why = config.transfer, None
    if not config.pretrained:
        _require_all_to_learn(config)
        policy, why = "full", "an untrained backbone: all of it learns, at the rate of the heads (--weights none)"
    elif config.trainable_stages is None and policy == "auto":
        policy, reason = auto_transfer(images, labels, device)
        why = f"transfer {policy}: {reason} (--transfer, --trainable-stages)"
    answers = {
        "warmup": config.warmup_steps,
        "trainable_stages": STAGES.get(policy),
        "backbone_lr_factor": _backbone_share(policy, pretrained=config.pretrained),
        "lr": peak_lr(config),
    }
    config = config.model_copy(update={"batchnorm": config.batchnorm_mode})
    missing = {name: value for name, value in answers.items() if getattr(config, name) is None}
    return config.model_copy(update=missing), why


def _backbone_share(policy: TransferName, *, pretrained: bool) -> float:
    if not pretrained:
        return 1.0
    return FULL_BACKBONE_SHARE if policy == "full" else PARTIAL_BACKBONE_SHARE


def _require_all_to_learn(config: TrainConfig) -> None:
    """Random layers that never learn are no network."""
    frozen = config.trainable_stages is not None and config.trainable_stages < STAGES["full"]
    if config.transfer in ("linear", "partial") or frozen:
        raise UsageError(
            "an untrained backbone has to learn as a whole",
            hint="with --weights none: --transfer full, or leave it out",
        )
