"""Parts of one dataset that were made apart, put together to the bytes of a single run."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.dataset.assemble import assemble, coco_info, read_quarantine, write_quarantine
from synthvis.dataset.layout import SPLITS, DatasetLayout, write_bytes_atomic, write_json_atomic
from synthvis.dataset.lock import hold_folder, remove_half_written
from synthvis.dataset.manifest import RenderedDataset, open_rendered, read_manifest, reserve_dataset
from synthvis.dataset.output import DATASET, check_output_folder
from synthvis.dataset.own_meshes import take_over_own_meshes
from synthvis.dataset.part import Part, part_facts, read_part, shard_of
from synthvis.errors import DatasetError
from synthvis.formats.atomic import link_or_copy

__all__ = ["MergeSummary", "merge_parts"]

RECORDS, MESHES = "records", "meshes"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeSummary:
    """What a merge did.

    Attributes:
        added: Images taken over.
        already_there: Images of the parts that the target had, with equal records.
        by_split: Images of the whole dataset by split.
        expected: Images of the whole as the parts say, or the largest number there is.
        missing: Numbers up to that which no part has.
        shards: Those of the parts that lack images of their own, "2/3", with how many.
        commands: What to type to make what is missing; empty where no part says how it was made.
    """

    added: int
    already_there: int
    by_split: dict[str, int]
    expected: int
    missing: tuple[int, ...]
    shards: dict[str, int]
    commands: tuple[str, ...]


def merge_parts(
    parts: Sequence[Path], root: Path, *, on_image: Callable[[int, int], None] = lambda done, total: None
) -> MergeSummary:
    """Bring the images of all parts into `root` and write its annotations. Files are linked where the disk allows it.

    Stopped anywhere, the same call goes on: an image counts once its record is there, and that comes last.

    Args:
        parts: Dataset folders of one recipe and seed.
        root: Folder of the whole; may hold some of the images already.
        on_image: Told of images done and images in all.

    Raises:
        DatasetError: A part is no dataset or one of another recipe, seed or version, two parts disagree about an
            image, or `root` holds something else.
    """
    opened = [open_rendered(part) for part in parts]
    _check_same_content(opened)
    if root.resolve() in {part.root.resolve() for part in opened}:
        raise DatasetError(f"{root} is one of the parts", hint="choose another folder with --out")
    check_output_folder(root, DATASET)
    with hold_folder(root):
        reserve_dataset(root, read_manifest(opened[0].layout.manifest))
        remove_half_written(root)
        take_over_own_meshes(opened[0].layout, DatasetLayout(root))
        return _merge(opened, DatasetLayout(root), on_image)


def _check_same_content(parts: Sequence[RenderedDataset]) -> None:
    for other in parts[1:]:
        if other.content_hash != parts[0].content_hash:
            raise DatasetError(
                f"{other.root} and {parts[0].root} are of different recipes, seeds or versions",
                hint="parts must come from one command with different --shard",
            )


def _merge(
    parts: Sequence[RenderedDataset], layout: DatasetLayout, on_image: Callable[[int, int], None]
) -> MergeSummary:
    records = [
        (part, split, record)
        for part in parts
        for split in SPLITS
        for record in sorted((part.root / RECORDS / split).glob("[!.]*.json"))
    ]
    added = 0
    for number, (part, split, record) in enumerate(records, start=1):
        added += _take_over(part, split, record, layout)
        on_image(number, len(records))
    quarantine = {index: reason for part in parts for index, reason in read_quarantine(part.layout).items()}
    there = {int(path.stem) for split in SPLITS for path in (layout.root / RECORDS / split).glob("[!.]*.json")}
    write_quarantine(layout, {index: reason for index, reason in quarantine.items() if index not in there})
    by_split = assemble(layout, parts[0].categories, coco_info(parts[0].recipe.name, parts[0].seed))
    known = [part for part in map(read_part, [layout, *(part.layout for part in parts)]) if part is not None]
    expected = max([*(part.n for part in known), *there], default=0)
    asked = {"asked": part_facts(Part(n=expected))} if known else {}
    write_json_atomic(layout.run_facts, {"merged_from": len(parts), "images_by_split": by_split, **asked})
    missing = tuple(sorted(set(range(1, expected + 1)) - there))
    shards = _shards_of(missing, known, parts[0].seed)
    return MergeSummary(
        added=added,
        already_there=len(records) - added,
        by_split=by_split,
        expected=expected,
        missing=missing,
        shards=shards,
        commands=_commands_for(missing, shards, [part for part in known if part.command]),
    )


def _shards_of(missing: Sequence[int], known: Sequence[Part], seed: int) -> dict[str, int]:
    """Images that each shard lacks, by its name; nothing where the parts do not say how many shards there are."""
    kinds = {(part.n, part.count, part.grouping) for part in known if part.count > 1}
    if len(kinds) != 1:
        return {}
    ((n, count, grouping),) = kinds
    lacking = Counter(shard_of(image, n=n, count=count, grouping=grouping, seed=seed) for image in missing)
    return {f"{index}/{count}": lacking[index] for index in sorted(lacking)}


def _commands_for(missing: Sequence[int], shards: Iterable[str], made: Sequence[Part]) -> tuple[str, ...]:
    """What to type for each shard: the command of its part, or that of another part with another folder."""
    if not (missing and made):
        return ()
    own = {f"{part.index}/{part.count}": part.command for part in made}
    if not shards:
        return tuple(shlex.join(words) for words in own.values())
    return tuple(shlex.join(own.get(shard) or _for_shard(made[0], shard)) for shard in shards)


def _for_shard(part: Part, shard: str) -> list[str]:
    words = list(part.command)
    folder = words[words.index("--out") + 1 : words.index("--out") + 2] if "--out" in words else []
    number = shard.partition("/")[0]
    for option, value in (("--shard", shard), ("--out", f"{''.join(folder) or 'part'}-shard-{number}")):
        position = words.index(option) if option in words else len(words)
        words[position : position + 2] = [option, value]
    return words


def _take_over(part: RenderedDataset, split: str, record: Path, layout: DatasetLayout) -> bool:
    """Bring one image over; False where the target has it. Its record comes last."""
    target = layout.root / RECORDS / split / record.name
    content = record.read_bytes()
    if target.exists():
        if target.read_bytes() != content:
            look = f"synthvis check {shlex.quote(str(part.root))}"
            raise DatasetError(
                f"image {int(record.stem)} of {part.root} differs from the one in {layout.root}",
                hint=f"`{look}`; images of equal number must come from equal runs",
            )
        return False
    for folder in sorted(
        path for path in part.root.iterdir() if path.name not in (RECORDS, MESHES) and (path / split).is_dir()
    ):
        for file in (folder / split).glob(f"{record.stem}.*"):
            link_or_copy(file, layout.root / folder.name / split / file.name)
    write_bytes_atomic(target, content)
    return True
