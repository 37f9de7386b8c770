"""Which split of a set is meant, and whether two splits are one."""

from __future__ import annotations

from typing import Protocol

__all__ = ["is_same_split", "train_split_of"]


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


def is_same_split(one: _Split, other: _Split) -> bool:
    """Whether both are the same pictures: a render may bear the name of the real set that it imitates."""
    return (one.kind, one.name, one.split) == (other.kind, other.name, other.split)
