"""Which 3D model each object of an export has, decided before any scene is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synthvis.data.export.settings import ModelChoice
from synthvis.data.formats.base import NamedSplit
from synthvis.data.formats.bop.rendered_source import RenderedSource
from synthvis.errors import counted

__all__ = ["EACH_UP_TO", "ModelPlan", "plan_models"]

EACH_UP_TO = 1000
"""Objects: more of them share a model a class, unless the user wants otherwise."""

MEGABYTES_A_MODEL = 0.08
"""Of the types of object that come along, 0.0 to 0.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlan:
    """Numbers of models: first those of the user's meshes, one a mesh; then one for each object, or one a class.

    Attributes:
        choice: Which of both.
        own: By kind, of the user's meshes.
        classes: By class; empty where each object has its own.
        before: Objects in all images before one, by split and image id; empty where classes have models.
        objects: How many there are.
    """

    choice: ModelChoice
    own: Mapping[str, int]
    classes: Mapping[str, int] = field(default_factory=dict)
    before: Mapping[tuple[str, int], int] = field(default_factory=dict)
    objects: int

    def is_shared(self, kind: str) -> bool:
        """Whether several objects have the model of one of this kind."""
        return self.choice == "class" or kind in self.own

    def id_of(self, kind: str, class_name: str, split: str, image_id: int, position: int) -> int:
        """Number of the model of an object, from 1 on.

        Args:
            kind: Its type.
            class_name: Its class.
            split: Of its image.
            image_id: Of its image.
            position: Its place among the objects of the image.
        """
        if kind in self.own:
            return self.own[kind]
        if self.choice == "class":
            return self.classes[class_name]
        return len(self.own) + 1 + self.before[split, image_id] + position

    @property
    def remark(self) -> str:
        """What is written, in a line."""
        own = f"one for each of {counted(len(self.own), 'own mesh', 'own meshes')}, and " if self.own else ""
        if self.choice == "each":
            others = "each other object" if self.own else f"each of {counted(self.objects, 'object')}"
            return f"models: {own}one for {others}"
        size = max(1, round(MEGABYTES_A_MODEL * self.objects))
        return (
            f"models: {own}one a class, of a typical object: its shape is not that of the others; "
            f"--models each writes one for each object (about {size:,} MB)"
        )


def plan_models(splits: Sequence[NamedSplit], source: RenderedSource, wanted: ModelChoice | None) -> ModelPlan:
    """The models of the objects of some splits.

    Args:
        splits: All that will be written.
        source: The dataset.
        wanted: What the user chose; None: each has its own while they are few.
    """
    own = {kind: number for number, kind in enumerate(source.own_meshes, start=1)}
    objects = sum(one.split.object_count for one in splits)
    choice: ModelChoice = wanted or ("each" if objects <= EACH_UP_TO else "class")
    if choice == "class":
        names = list(splits[0].split.category_ids)
        classes = {name: number for number, name in enumerate(names, start=len(own) + 1)}
        return ModelPlan(choice=choice, own=own, classes=classes, objects=objects)
    before, count = {}, 0
    for named in splits:
        for image in named.split:
            before[named.name, image.id] = count
            count += sum(not one.is_crowd for one in image.objects)
    return ModelPlan(choice=choice, own=own, before=before, objects=objects)
