"""What a training run is asked for, and what is left to the device."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from synthvis.dataset.box_style import BoxKind, BoxStyle

__all__ = ["DeviceName", "ModelConfig", "Precision", "TrainConfig"]

DeviceName = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]


class ModelConfig(BaseModel):
    """All that decides the shape of the network; saved beside its weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: str = Field("tf_efficientnet_lite0", description="Name of a timm model that can give feature maps.")
    image_size: int = Field(320, ge=64, le=2048, multiple_of=32, description="Side of the square input, pixels.")
    head_channels: int = Field(64, ge=32, le=512, multiple_of=32, description="Channels of the FPN and the heads.")
    head_convs: int = Field(2, ge=1, le=8, description="3x3 convolutions in each head.")
    arch: str = Field("auto", description="Architecture by name; auto takes the task's own.")


class TrainConfig(BaseModel):
    """One training run. The same config and data give the same steps on the same machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str = Field("detection", description="What is learnt.")
    model: ModelConfig = ModelConfig()
    steps: int = Field(600, ge=1, le=10_000_000, description="Optimizer steps.")
    batch: int = Field(16, ge=1, le=4096, description="Images a step.")
    lr: float = Field(1e-3, gt=0, le=1, description="Peak learning rate of FPN and heads (AdamW).")
    backbone_lr_factor: float = Field(0.2, ge=0, le=1, description="Learning rate of the backbone, as a share of lr.")
    trainable_stages: int = Field(2, ge=0, le=8, description="Last stages of the backbone that learn; 0 freezes it.")
    weight_decay: float = Field(0.05, ge=0, le=1, description="AdamW weight decay.")
    warmup: int = Field(50, ge=0, description="Steps of linear warm-up.")
    clip_norm: float = Field(5.0, gt=0, description="Largest norm of the gradient.")
    ema: float = Field(0.995, ge=0, lt=1, description="Decay of the moving average of the weights; 0 turns it off.")
    augment: float = Field(1.0, ge=0, le=2, description="Strength of augmentation; 0 turns it off.")
    boxes: BoxKind = Field("modal", description="Targets around what shows, or around whole objects, hidden parts too.")
    box_margin: float = Field(
        0, ge=0, le=0.2, description="Target boxes of renders reach this share of a side further."
    )
    min_visible: float = Field(0.15, ge=0, le=1, description="Objects that show less of themselves are no targets.")
    seed: int = Field(0, ge=0, description="Seed of weights, order and augmentation.")
    workers: int = Field(-1, ge=-1, le=64, description="Loader processes; -1 leaves it to the device.")
    precision: Precision = Field("auto", description="Arithmetic; auto takes bf16 where the hardware has it.")
    device: DeviceName = Field("auto", description="Where to train.")
    eval_every: int = Field(0, ge=0, description="Steps between evaluations on the dataset's own val; 0: at the end.")

    @property
    def box_style(self) -> BoxStyle:
        """How the boxes of renders are drawn for this run, as targets and to measure it on renders."""
        return BoxStyle(kind=self.boxes, margin=self.box_margin)
