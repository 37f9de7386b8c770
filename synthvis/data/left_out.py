"""What of a set from outside was left out when it was read, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["LeftOut", "LeftOutCounter", "LeftOutRow", "Part", "splits_that_lost"]

Part = Literal["images", "annotations", "categories", "videos"]
Treatment = Literal["left out", "clipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRow:
    """One reason.

    Attributes:
        part: List of the COCO file, or the pictures of a folder.
        treatment: What was done: entries are left out, boxes that reach out of their picture are clipped.
        reason: Why, in a few words.
        count: Entries that it holds for.
        example: The first of them.
    """

    part: Part
    treatment: Treatment
    reason: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """All reasons of one split, in the order in which they were met."""

    rows: tuple[LeftOutRow, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows)

    def __add__(self, other: LeftOut) -> LeftOut:
        return LeftOut((*self.rows, *other.rows))

    def to_json(self) -> list[dict[str, object]]:
        """A list of objects, one a reason."""
        return [asdict(row) for row in self.rows]

    def lines(self) -> list[str]:
        """One line of text a reason."""
        return [f"{row.count} {row.part} {row.treatment}: {row.reason} (first: {row.example})" for row in self.rows]

    def first_of(self, part: Part) -> str:
        """The first reason for which entries of a part were left out, with its example, for an error message."""
        row = next(row for row in self.rows if row.part == part)
        return f"{row.reason} ({row.example})"


class LeftOutCounter:
    """Counts entries by reason while a file is read."""

    def __init__(self) -> None:
        self._counts: dict[tuple[Part, Treatment, str], int] = {}
        self._examples: dict[tuple[Part, Treatment, str], str] = {}

    def add(self, part: Part, reason: str, example: str, treatment: Treatment = "left out") -> None:
        """Count one entry."""
        key = (part, treatment, reason)
        self._counts[key] = self._counts.get(key, 0) + 1
        self._examples.setdefault(key, example)

    def result(self) -> LeftOut:
        """What was counted so far."""
        return LeftOut(
            tuple(
                LeftOutRow(part=key[0], treatment=key[1], reason=key[2], count=count, example=self._examples[key])
                for key, count in self._counts.items()
            )
        )


def splits_that_lost(splits: Iterable[Any]) -> dict[str, LeftOut]:
    """What was left out of each split that lost something, by NAME:SPLIT. None among the splits is passed over."""
    return {f"{split.name}:{split.split}": split.left_out for split in splits if split is not None and split.left_out}
