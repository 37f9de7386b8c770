"""Renders and photographs as one set to train on, joined by class name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from synthvis.data.derived.box_style import BoxStyle, in_style
from synthvis.data.derived.joined import joined_classes, renumbered
from synthvis.data.sample import Sample
from synthvis.data.split import Split, class_key
from synthvis.errors import UsageError
from synthvis.seeds import rng_for

__all__ = ["MIXED", "mixed", "mixed_counts"]

MIXED = "mixed"
"""Kind of such a set: neither real nor synthetic, so nothing redraws its boxes a second time."""


def mixed(real: Split, synthetic: Split, *, real_share: float = 0.5, style: BoxStyle, seed: int = 0) -> Split:
    """One set of both; an epoch shows each image at least once and `real_share` of its views are photographs.

    The part that is too small for its share is repeated; the last, incomplete repetition is drawn by chance. Every
    entry gets an id of its own, from 1. Class names and category ids are those of `synthetic`, followed by classes
    that only `real` has.

    Args:
        real: Photographs.
        synthetic: Renders.
        real_share: Share of the entries that are photographs, between 0 and 1.
        style: How the boxes of the renders are drawn: done here, since afterwards a box no longer tells whose it is.
            Photographs keep theirs.
        seed: Of the draw of an incomplete repetition.

    Raises:
        UsageError: The share is not between 0 and 1, or a part has no image.
    """
    counts = mixed_counts(len(real.images), len(synthetic.images), real_share)
    names, ids = joined_classes(synthetic.class_names, synthetic.category_ids, real)
    parts = zip((in_style(synthetic, style), real), reversed(counts), ("mixed synthetic", "mixed real"), strict=True)
    entries = [entry for split, count, stream in parts for entry in _repeated(split, count, seed, stream)]
    name_of = {class_key(name): name for name in names}
    images = tuple(renumbered(entry, number, name_of) for number, entry in enumerate(entries, start=1))
    name = f"{synthetic.name}+{real.name}"
    return replace(
        synthetic,
        name=name,
        kind=MIXED,
        split="train",
        images=images,
        class_names=names,
        category_ids=ids,
        left_out=synthetic.left_out + real.left_out,
    )


def mixed_counts(real: int, synthetic: int, real_share: float) -> tuple[int, int]:
    """Entries of photographs and of renders: the fewest that hold every image and keep the share, to half an entry.

    Raises:
        UsageError: The share is not between 0 and 1, or a part has no image.
    """
    if not 0 < real_share < 1:
        raise UsageError(f"a mixed set with a share of {real_share:g} real images", hint="a number between 0 and 1")
    if not (real and synthetic):
        raise UsageError(f"nothing to mix: {real} real and {synthetic} synthetic images")
    odds = real_share / (1 - real_share)
    if real < synthetic * odds:
        return math.floor(synthetic * odds + 0.5), synthetic
    return real, max(synthetic, math.floor(real / odds + 0.5))


def _repeated(split: Split, count: int, seed: int, stream: str) -> Iterator[Sample]:
    whole, rest = divmod(count, len(split.images))
    for _ in range(whole):
        yield from split.images
    for index in sorted(rng_for(seed, 1, stream).permutation(len(split.images))[:rest].tolist()):
        yield split.images[index]
