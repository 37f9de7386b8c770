"""What a folder was asked to hold: how many images the whole dataset has, and which part of it this is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthvis.dataset.layout import DatasetLayout, write_json_atomic
from synthvis.formats.json_file import parse_json
from synthvis.scene.groups import Grouping, group_of, groups_in

__all__ = ["Part", "images_of_shard", "keep_part", "part_facts", "read_part", "shard_of"]


SINGLE = Grouping(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a dataset.

    Attributes:
        n: The whole has images 1 to n.
        index: Which of the parts this is, from 1.
        count: Parts in all.
        grouping: Which images share a world.
        command: Words of the command that makes it; empty where none did.
    """

    n: int
    index: int = 1
    count: int = 1
    grouping: Grouping = SINGLE
    command: tuple[str, ...] = ()


def shard_of(image_index: int, *, n: int, count: int, grouping: Grouping, seed: int) -> int:
    """Which of `count` shards, from 1, makes an image of `n`; equal for all machines.

    Shards take turns at the groups of images that share a world, as a change of world costs time. Of fewer groups than
    shards they take turns at the images, so that a shard is empty only where there are fewer images than shards. What
    an image shows does not depend on it.
    """
    if count > groups_in(n, grouping):
        return (image_index - 1) % count + 1
    return (group_of(image_index, grouping, seed) - 1) % count + 1


def images_of_shard(n: int, shard: tuple[int, int], grouping: Grouping, seed: int) -> list[int]:
    """Numbers of the images 1 to n that shard (i, count) makes, ascending."""
    index, count = shard
    return [
        image for image in range(1, n + 1) if shard_of(image, n=n, count=count, grouping=grouping, seed=seed) == index
    ]


def part_facts(part: Part) -> dict[str, Any]:
    """What run.json says of it."""
    facts = {"n": part.n, "shard": [part.index, part.count], "group_size": part.grouping.size}
    return {**facts, **({"film": True} if part.grouping.film else {}), "command": list(part.command)}


def keep_part(layout: DatasetLayout, part: Part) -> None:
    """Bring run.json up to date where nothing but the question has changed; one that cannot be read is left alone."""
    if read_part(layout) == part:
        return
    try:
        facts = parse_json(layout.run_facts.read_bytes())
        write_json_atomic(layout.run_facts, {**facts, "asked": part_facts(part)})
    except (OSError, ValueError, TypeError, RecursionError):
        return


def read_part(layout: DatasetLayout) -> Part | None:
    """What run.json says the folder was asked to hold; None where it does not say."""
    try:
        asked: Mapping[str, Any] = parse_json(layout.run_facts.read_bytes())["asked"]
        n, size, (index, count) = int(asked["n"]), int(asked["group_size"]), map(int, asked["shard"])
        grouping = Grouping(size, film=bool(asked.get("film", False)))
        part = Part(n=n, index=index, count=count, grouping=grouping, command=tuple(map(str, asked["command"])))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None
    return part if min(part.n, part.grouping.size) >= 1 and 1 <= part.index <= part.count else None
