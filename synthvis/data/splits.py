"""Which split of a set is meant, and whether two splits have pictures in common."""

from __future__ import annotations

from typing import Protocol

__all__ = ["JOINS", "share_pictures", "train_split_of"]

JOINS = "+"
"""Between the names of splits that are read as one."""


class _Found(Protocol):
    @property
    def default_split(self) -> str: ...

    @property
    def splits(self) -> tuple[str, ...]: ...


class _Split(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def split(self) -> str: ...


def train_split_of(found: _Found, typed: str) -> str:
    """The split to learn from of what was typed: the one it names, as in fruit:val, else train where there is one."""
    is_named = ":" in typed and typed.rpartition(":")[2] == found.default_split
    return found.default_split if is_named or "train" not in found.splits else "train"


def share_pictures(one: _Split, other: _Split) -> bool:
    """Whether both have a split in common: a render may bear the name of the real set that it imitates."""
    parts = set(one.split.split(JOINS)) & set(other.split.split(JOINS))
    return (one.kind, one.name) == (other.kind, other.name) and bool(parts)
