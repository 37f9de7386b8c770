"""Carry over what a network knows of each class to a network with other classes, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from synthvis.data.split import class_key

__all__ = ["RowLayout", "copy_by_name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLayout:
    """How the classes lie along one axis of a parameter: `anchors` times (background and classes) times `width` rows.

    Attributes:
        anchors: How often the list of classes comes again, anchor after anchor.
        background: Rows of no class before the first class.
        width: Rows of one class, such as four numbers of a box.
        axis: Of the parameter.
    """

    anchors: int = 1
    background: int = 0
    width: int = 1
    axis: int = 0

    def by_class(self, tensor: Tensor) -> Tensor:
        """A view (anchors, background + classes, width, ...) of a parameter."""
        rows = tensor.movedim(self.axis, 0)
        return rows.view(self.anchors, len(rows) // (self.anchors * self.width), self.width, *rows.shape[1:])


def copy_by_name(mine: Any, theirs: Any, my_classes: Sequence[str], their_classes: Sequence[str]) -> None:
    """Copy all parameters of network `theirs` into `mine`; classes that it does not know keep what they had.

    A network names its parameters with rows of classes by prefix in `class_layers`; where they are not simply one row a
    class, its mapping `row_layouts` says of a prefix how they lie.
    """
    layouts: Mapping[str, RowLayout] = getattr(mine, "row_layouts", {})
    state = mine.state_dict()
    pairs = _same_classes(my_classes, their_classes)
    for key, tensor in theirs.state_dict().items():
        if not key.startswith(tuple(mine.class_layers)):
            state[key].copy_(tensor)
            continue
        layout = next((layout for prefix, layout in layouts.items() if key.startswith(prefix)), RowLayout())
        _copy_rows(layout.by_class(state[key]), layout.by_class(tensor), layout.background, pairs)


def _same_classes(my_classes: Sequence[str], their_classes: Sequence[str]) -> list[tuple[int, int]]:
    place_of = {class_key(name): place for place, name in enumerate(their_classes)}
    return [(mine, place_of[class_key(name)]) for mine, name in enumerate(my_classes) if class_key(name) in place_of]


def _copy_rows(mine: Tensor, theirs: Tensor, background: int, pairs: Sequence[tuple[int, int]]) -> None:
    mine[:, :background].copy_(theirs[:, :background])
    for to, source in pairs:
        mine[:, background + to].copy_(theirs[:, background + source])
