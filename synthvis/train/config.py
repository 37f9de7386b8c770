"""What a training run is asked for, and what is left to the device and the data."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from synthvis.conventions import MAX_SEED
from synthvis.data.derived.box_style import BoxKind, BoxStyle
from synthvis.data.derived.crops import ExampleKind
from synthvis.errors import UsageError
from synthvis.tracking.tracker import DEFAULT_SCORE, DEFAULT_TRACKER
from synthvis.train.views.recipe import RecipeField

__all__ = [
    "DEFAULT_TASK",
    "GPU_DEFAULTS",
    "STEPS_WORTH_TIMING",
    "BatchNormMode",
    "CompileMode",
    "DeviceName",
    "ModelConfig",
    "OptimizerName",
    "Precision",
    "ScheduleName",
    "TrainConfig",
    "TransferName",
]

DeviceName = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]
CompileMode = Literal["auto", "on", "off"]
OptimizerName = Literal["sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw"]
ScheduleName = Literal["constant", "step", "linear", "cosine", "inverse-sqrt", "exponential"]
TransferName = Literal["auto", "linear", "partial", "full"]
BatchNormMode = Literal["auto", "frozen", "learn", "statistics"]

DEFAULT_TASK = "detection"
"""What is learnt where nobody says."""

GPU_DEFAULTS = {"head_channels": 128, "head_convs": 4, "input_size": 512}
"""What a GPU can afford; the defaults of the config are for two CPU cores."""

STEPS_WORTH_TIMING = 200
"""A run on a CPU with fewer steps takes fp32: timing steps of each precision could cost 16 of them."""

WARMUP_STEPS, WARMUP_SHARE = 50, 4


def _parts(value: Any) -> Any:
    """Numbers with commas between, as an option is typed."""
    return [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Share = Annotated[float, Field(gt=0, lt=1)]
Shares = Annotated[tuple[Share, ...], BeforeValidator(_parts)]


class ModelConfig(BaseModel):
    """All that decides the network and its losses; saved beside its weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: str = Field(
        "tf_efficientnet_lite0", description="The name of the backbone; `synthvis models ls` lists them."
    )
    input_size: int = Field(
        320, ge=64, le=2048, multiple_of=32, description="The side of the network's square input, in pixels."
    )
    head_channels: int = Field(
        64, ge=32, le=512, multiple_of=32, description="The number of channels of the FPN and of the heads."
    )
    head_convs: int = Field(2, ge=1, le=8, description="The number of 3x3 convolutions in each head.")
    drop_rate: float = Field(0, ge=0, lt=1, description="The dropout rate between backbone and head.")
    drop_path_rate: float = Field(0, ge=0, lt=1, description="The stochastic-depth rate of the backbone's last block.")
    label_smoothing: float = Field(
        0, ge=0, lt=1, description="The label smoothing: the share of a label that is spread over all classes."
    )
    arch: str = Field("auto", description="The name of the architecture; auto: that of the task.")
    loss: str = Field("auto", description="The name of the loss, where the task has several; auto: that of the task.")


class TrainConfig(BaseModel):
    """One training run. The same config and data give the same steps on the same machine.

    With precision auto, the load of the machine at the start decides; config.json of the run holds what was taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str = Field(DEFAULT_TASK, description="The task; docs/how_to/tasks has a page for each.")
    model: ModelConfig = ModelConfig()
    steps: int = Field(600, ge=1, le=10_000_000, description="The number of optimizer steps.")
    batch: int = Field(
        16, ge=1, le=65_536, description="The number of images in each step, over all microbatches and processes."
    )
    accumulate: int = Field(
        1, ge=1, le=1024, description="The number of microbatches into which a process divides its part of a batch."
    )
    optimizer: OptimizerName = Field("adamw", description="The update rule.")
    lr: float | None = Field(
        None, gt=0, le=10, description="The peak learning rate of new layers; none: that of the optimizer."
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="The momentum of the optimizer named momentum.")
    nesterov: bool = Field(False, description="Use Nesterov momentum.")
    backbone_lr_factor: float | None = Field(
        None, ge=0, le=1, description="The learning rate of the backbone, as a share of lr; none: by transfer."
    )
    pretrained: bool = Field(
        True, description="Start from pretrained weights of the backbone; false: from random ones."
    )
    layer_decay: float = Field(
        1, gt=0, le=1, description="The factor on the learning rate for each stage further from the heads."
    )
    transfer: TransferName = Field(
        "auto",
        description="The trained part of the backbone: none (linear), its last stages (partial), or all (full).",
    )
    trainable_stages: int | None = Field(
        None,
        ge=0,
        le=8,
        description="The number of last stages of the backbone to train; 0 freezes it; none: by transfer.",
    )
    batchnorm: BatchNormMode = Field(
        "auto",
        description="The training of the backbone's batch normalisation; auto: frozen, or learn where it is untrained.",
    )
    weight_decay: float = Field(0.05, ge=0, le=1, description="The weight decay; norms and biases have none.")
    schedule: ScheduleName = Field("cosine", description="The learning-rate schedule.")
    warmup: int | None = Field(
        None,
        ge=0,
        description="The number of steps of linear warm-up; none: 50, or a quarter of the steps where that is less.",
    )
    final_lr: float = Field(0.01, gt=0, le=1, description="The last learning rate, as a share of lr.")
    lr_milestones: Shares = Field(
        (0.62, 0.85), description="The points at which the step schedule falls, as shares of the run."
    )
    lr_drop: float = Field(0.1, gt=0, lt=1, description="The factor of each fall of the step schedule.")
    snapshots: int = Field(
        0, ge=0, le=100, description="The number of cosine cycles, each of which saves its weights; 0: none."
    )
    patience: int = Field(
        0, ge=0, description="The number of evaluations without an improvement after which training stops; 0: never."
    )
    clip_norm: float = Field(5.0, gt=0, description="The norm to which gradients are clipped.")
    ema: float = Field(0.995, ge=0, lt=1, description="The decay of the moving average of the weights; 0 turns it off.")
    augment: float = Field(1.0, ge=0, le=2, description="The strength of the augmentation, 0 to 2; 0 turns it off.")
    augment_recipe: RecipeField | None = Field(None, description="A recipe of augmentations, in place of a strength.")
    match_photos: str | None = Field(
        None, description="A folder of unlabelled photographs whose colours the renders take on."
    )
    boxes: BoxKind = Field(
        "modal",
        description="The target boxes of renders: around visible parts (modal) or whole objects (amodal); "
        "body and amodal-body leave out stalks, stems and leaves.",
    )
    box_margin: float = Field(
        0, ge=0, le=0.2, description="The margin of the target boxes of renders, as a share of their sides."
    )
    min_visible: float = Field(
        0.15, ge=0, le=1, description="The smallest visible share of an object that is a target."
    )
    seed: int = Field(0, ge=0, le=MAX_SEED, description="The seed of the weights, the order and the augmentation.")
    workers: int = Field(-1, ge=-1, le=64, description="The number of loader processes; -1: by the device.")
    precision: Precision = Field(
        "auto", description="The numerical precision; auto: bf16 on CUDA, the fastest on a CPU."
    )
    threads: int = Field(
        0,
        ge=0,
        le=1024,
        description="The number of threads of torch on a CPU; 0: found with the precision, or torch's own.",
    )
    compile: CompileMode = Field("auto", description="Whether the backbone is compiled; auto: on CUDA for a long run.")
    device: DeviceName = Field("auto", description="The device to train on.")
    eval_every: int = Field(
        0, ge=0, description="The number of steps between evaluations on the val split of the data; 0: only at the end."
    )
    examples: ExampleKind = Field(
        "crops", description="For classification on COCO data: classify crops of objects, or whole images."
    )

    tracker: str = Field(
        DEFAULT_TRACKER,
        description="The tracker that joins boxes of frames: bytetrack, sort, bytetrack-reid, or one of a package.",
    )
    tracker_score: float = Field(
        DEFAULT_SCORE, ge=0, le=1, description="The score from which on the tracker takes a box for an object."
    )

    @property
    def warmup_steps(self) -> int:
        """Steps of the warm-up. A short run must not spend most of itself below its learning rate."""
        return min(WARMUP_STEPS, self.steps // WARMUP_SHARE) if self.warmup is None else self.warmup

    @property
    def batchnorm_mode(self) -> BatchNormMode:
        """What batch normalisation does; statistics that were never measured have to be."""
        if self.batchnorm != "auto":
            return self.batchnorm
        return "frozen" if self.pretrained else "learn"

    def require_end_of_warmup(self) -> None:
        """Refuse a warm-up that takes the whole run.

        Raises:
            UsageError: The learning rate would never be reached.
        """
        if self.warmup and self.warmup >= self.steps:
            raise UsageError(
                f"--warmup {self.warmup} with --steps {self.steps}: the run ends before its learning rate is reached",
                hint="leave --warmup out (it is then a quarter of the steps, at most 50), or take more --steps",
            )

    @property
    def box_style(self) -> BoxStyle:
        """How the boxes of renders are drawn for this run, as targets and to measure it on renders."""
        return BoxStyle(kind=self.boxes, margin=self.box_margin)

    @model_validator(mode="after")
    def _of_one_piece(self) -> Self:
        """Options that mean nothing without another are slips."""
        if self.nesterov and (self.optimizer != "momentum" or not self.momentum):
            raise ValueError("nesterov is a form of the optimizer momentum; its momentum must be above 0")
        if self.snapshots and self.schedule != "cosine":
            raise ValueError("snapshots are taken at the ends of cosine cycles: the schedule must be cosine")
        if self.snapshots > max(1, self.steps - self.warmup_steps):
            raise ValueError("more snapshots than steps after the warm-up")
        if self.patience and not self.eval_every:
            raise ValueError("patience counts evaluations: it needs eval_every")
        return self
