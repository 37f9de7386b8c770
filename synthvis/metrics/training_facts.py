"""What a network was trained on, as best.json and the evaluations of its run say it: `TrainingFacts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, Strict

from synthvis.conventions import MAX_SEED
from synthvis.data.derived.box_style import BoxKind, BoxStyle
from synthvis.data.derived.crops import ExampleKind
from synthvis.formats.json_file import Count, Flag, Name, Number, Record

__all__ = ["TaskValue", "TrainingFacts"]

Seed = Annotated[int, Strict(), Field(ge=0, le=MAX_SEED)]
Share = Annotated[Number, Field(ge=0, le=1)]

Whole = Annotated[int, Strict(), Field(ge=-(10**15), le=10**15)]

TaskValue = Name | Flag | Whole | Number
"""What a task from outside may say of its training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFacts(Record):
    """What a network was trained on; None is what is not said, or has no meaning for the task.

    Attributes:
        dataset: Name of the set.
        split: Of the set.
        images: Images of the split.
        kind: Whether the images are "synthetic", "real" or "mixed".
        labels: What there was to learn from, as the task counts it.
        recipe: Name of the recipe that the renders were made by.
        recipe_seed: Their seed.
        steps: Steps that were asked for.
        batch: Images a step.
        seed: Of the training.
        model: Name of the backbone.
        boxes: How boxes of renders were drawn.
        box_margin: How far those reach beyond the object, as a share of the box's own side.
        examples: What of a COCO set a classifier learnt from.
        min_visible: Objects of which less is seen were no examples, as a share of the object.
        arch: Name of the architecture, of a task that has several with other inputs.
        map_values: Unit and frame of the numbers of a map.
        weights: "none" where the backbone began untrained.
        tracker: Name of the tracker that joins its boxes.
        tracker_score: From which score on that takes a box for an object.
        init_from: Name of the run whose weights it began with.
        ensemble: Names of the networks that predict together.
        task_values: What a task from outside says, by names of its own.
    """

    __pydantic_config__: ClassVar = ConfigDict(extra="ignore", allow_inf_nan=False)

    dataset: Name | None = None
    split: Name | None = None
    images: Count | None = None
    kind: Name | None = None
    labels: Count | None = None
    recipe: Name | None = None
    recipe_seed: Seed | None = None
    steps: Count | None = None
    batch: Count | None = None
    seed: Seed | None = None
    model: Name | None = None
    boxes: BoxKind | None = None
    box_margin: Share | None = None
    examples: ExampleKind | None = None
    min_visible: Share | None = None
    arch: Name | None = None
    map_values: Name | None = None
    weights: Name | None = None
    tracker: Name | None = None
    tracker_score: Share | None = None
    init_from: Name | None = None
    ensemble: tuple[Name, ...] = ()
    task_values: Mapping[Name, TaskValue] = field(default_factory=dict)

    @property
    def box_style(self) -> BoxStyle:
        """How boxes of renders were drawn; where that is not said, the default."""
        return BoxStyle(kind=self.boxes or "modal", margin=self.box_margin or 0.0)
