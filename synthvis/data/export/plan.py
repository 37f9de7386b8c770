"""What an export is asked for, and what of the set its form can't hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from synthvis.data.contents import Content
from synthvis.data.derived.box_style import BoxStyle, in_style
from synthvis.data.derived.subset import some_images
from synthvis.data.export.classes import with_same_classes
from synthvis.data.export.settings import ExportSettings
from synthvis.data.export.survey import survey
from synthvis.data.formats.base import DataFormat, NamedSplit
from synthvis.data.formats.registry import all_formats, format_named
from synthvis.data.split import Split
from synthvis.errors import UsageError

__all__ = ["ExportPlan", "LostLabels", "plan_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLabels:
    """Labels of one kind that the form cannot hold.

    Attributes:
        content: Their kind.
        count: How many objects or images have such a label.
    """

    content: Content
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """An export before anything is written.

    Attributes:
        settings: What is asked for.
        form: The form, with what it knows of these splits.
        source: Name by which the set was opened.
        kind: "real" or "synthetic".
        splits: The splits with the names of their pictures.
        objects: Labelled objects of all splits, ignore regions left out.
        lost: What the form cannot hold.
        hidden: Objects that `min_visible` left out.
    """

    settings: ExportSettings
    form: DataFormat
    source: str
    kind: str
    splits: tuple[NamedSplit, ...]
    objects: int
    lost: tuple[LostLabels, ...]
    hidden: int

    @property
    def images(self) -> int:
        """Images of all splits."""
        return sum(len(one) for one in self.splits)

    def to_dict(self) -> dict[str, Any]:
        """Counts and what is lost."""
        return {
            "source": self.source,
            "kind": self.kind,
            **self.settings.to_dict(),
            "images_by_split": {one.name: len(one) for one in self.splits},
            "objects": self.objects,
            "left_out": {one.content.value: one.count for one in self.lost},
            "hidden_objects_left_out": self.hidden,
            "remarks": list(self.form.remarks),
        }


def plan_of(splits: Sequence[Split], settings: ExportSettings, *, source: str) -> ExportPlan:
    """What an export of splits will write.

    Args:
        splits: Whole splits, each with a name of its own.
        settings: What is taken of them.
        source: Name by which the set can be opened.

    Raises:
        UsageError: There is no such form or class, it cannot be written, or cannot hold such labels at all.
    """
    form = _writable(settings.format)
    if not splits:
        raise UsageError("nothing to export: no split has an image")
    chosen = [_chosen(split, settings) for split in splits]
    for split in chosen:
        form.check_writable(split)
    shown = with_same_classes([_seen(split, settings.min_visible) for split in chosen])
    found = survey(shown, form)
    objects = found.counts[Content.BOXES]
    return ExportPlan(
        settings=settings,
        form=form.prepared(found.splits, settings),
        source=source,
        kind=splits[0].kind,
        splits=found.splits,
        objects=objects,
        lost=_lost(found.counts, form.holds),
        hidden=sum(one.object_count for one in chosen) - objects if settings.min_visible else 0,
    )


def _writable(name: str) -> DataFormat:
    form = format_named(name)
    if not form.can_write:
        able = ", ".join(other for other, one in all_formats().items() if one.can_write)
        raise UsageError(f"nothing can be exported to the format {name}", hint=f"formats that can be written: {able}")
    return form


def _chosen(split: Split, settings: ExportSettings) -> Split:
    chosen = split.of_classes(settings.classes) if settings.classes else split
    if settings.images is not None:
        chosen = some_images(chosen, min(settings.images, len(chosen)), settings.seed)
    return in_style(chosen, BoxStyle(kind=settings.boxes))


def _seen(split: Split, min_visible: float) -> Split:
    if not min_visible:
        return split
    return split.with_objects(lambda one: one.is_crowd or one.visible_fraction >= min_visible)


def _lost(counts: Counter[Content], holds: frozenset[Content]) -> tuple[LostLabels, ...]:
    return tuple(
        LostLabels(content=content, count=counts[content])
        for content in Content
        if counts[content] and content not in holds
    )
