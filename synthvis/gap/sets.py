"""The two sets of a comparison: found, cut to the same classes, and no larger than asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from synthvis.config.validate import nearest
from synthvis.data.benchmarks.known_sets import KNOWN_SETS, known_names
from synthvis.data.contents import Content
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.derived.subset import some_images
from synthvis.data.formats.registry import formats_serving
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.split import Split, class_key
from synthvis.data.splits import train_split_of
from synthvis.errors import RealDataError, UsageError
from synthvis.seeds import rng_for

__all__ = ["Pair", "find_pair"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sets to compare.

    Attributes:
        synthetic: Images of the synthetic set.
        real: Images of the real one.
        found: Both on disk.
        classes: Compared classes, as the real set spells them.
        only_real: Classes that the synthetic set has not.
        only_synthetic: The other way round.
        halves: Both are halves of one set, drawn by chance.
    """

    synthetic: Split
    real: Split
    found: tuple[Dataset, Dataset]
    classes: tuple[str, ...]
    only_real: tuple[str, ...]
    only_synthetic: tuple[str, ...]
    halves: bool


def find_pair(
    synthetic: str,
    real: str,
    *,
    images: int,
    seed: int = 0,
    classes: str | None = None,
    real_root: str | Path | None = None,
) -> Pair:
    """Read both sets.

    A set whose split is not named is read as a trainer would: its train split where it has one. A set compared with
    itself is cut into two halves by chance, which shows what the measures say where there is no gap.

    Args:
        synthetic: A folder, a file, or NAME[:SPLIT] of a known set.
        real: Likewise.
        images: Most images of either, drawn by chance.
        seed: Of the draw.
        classes: Compare these only, names with commas between; None: all that both have.
        real_root: Folder of the named real sets.

    Raises:
        RealDataError: One of them is absent, or has no boxes.
        UsageError: They share no class, or a class that is asked for is not in both.
    """
    ours_found, theirs_found = (_found(text, real_root) for text in (synthetic, real))
    ours, theirs = (_read(*pair) for pair in ((synthetic, ours_found), (real, theirs_found)))
    if ours_found.files[ours.split].labels.resolve() == theirs_found.files[theirs.split].labels.resolve():
        ours, theirs = _halves(ours, seed)
        halves = True
    else:
        halves = False
    shared, only_real, only_synthetic = _classes(ours, theirs, classes)
    return Pair(
        synthetic=some_images(ours, min(images, len(ours.images)), seed),
        real=some_images(theirs, min(images, len(theirs.images)), seed),
        found=(ours_found, theirs_found),
        classes=shared,
        only_real=only_real,
        only_synthetic=only_synthetic,
        halves=halves,
    )


def _found(text: str, real_root: str | Path | None) -> Dataset:
    name = text.rpartition(":")[0] or text
    if name in KNOWN_SETS and name not in known_names(formats_serving(Content.BOXES)) and not Path(text).exists():
        raise RealDataError(
            f"{name} ({KNOWN_SETS[name].about}) has no boxes; `gap` compares sets of labelled objects",
            hint="evaluate a run on it to see what a network loses: `synthvis evaluate --help`",
        )
    return find_dataset(text, real_root, formats=formats_serving(Content.BOXES))


def _read(text: str, found: Dataset) -> Split:
    return with_sound_pictures(found.read(train_split_of(found, text)))


def _halves(split: Split, seed: int) -> tuple[Split, Split]:
    if len(split.images) < 4:
        raise UsageError(f"{split.name} has too few images to compare it with itself", hint="name two sets")
    order = rng_for(seed, 1, "gap/self").permutation(len(split.images)).tolist()
    middle = len(order) // 2
    parts = (sorted(order[:middle]), sorted(order[middle:]))
    first, second = (replace(split, images=tuple(split.images[place] for place in part)) for part in parts)
    return first, second


def _classes(ours: Split, theirs: Split, asked: str | None) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    own = {class_key(name) for name in ours.class_names}
    real = {class_key(name) for name in theirs.class_names}
    shared = [name for name in theirs.class_names if class_key(name) in own]
    if not shared:
        raise UsageError(
            f"{ours.name} and {theirs.name} share no class: {', '.join(ours.class_names[:6])} "
            f"against {', '.join(theirs.class_names[:6])}",
            hint="classes are matched by name; name them alike in the COCO file",
        )
    if asked is not None:
        wanted = [name.strip() for name in asked.split(",") if name.strip()]
        for name in wanted:
            if class_key(name) not in {class_key(one) for one in shared}:
                raise UsageError(f"no class {name!r} in both sets{nearest(name, shared)}")
        shared = [name for name in shared if class_key(name) in {class_key(one) for one in wanted}]
    only_real = tuple(name for name in theirs.class_names if class_key(name) not in own)
    only_synthetic = tuple(name for name in ours.class_names if class_key(name) not in real)
    return tuple(shared), only_real, only_synthetic
