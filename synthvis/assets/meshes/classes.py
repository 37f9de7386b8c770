"""Which class each own mesh is labelled as, with which id and keypoints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from synthvis.assets.folder import AssetFile
from synthvis.assets.manifest import Entry, OwnCategory, OwnSymmetry
from synthvis.assets.meshes.coco_classes import COCO
from synthvis.errors import RecipeError
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.objects.spec import Category, KeypointSymmetry

__all__ = ["FIRST_OWN_ID", "class_name_of", "classes_of"]

FIRST_OWN_ID = 1001
"""Classes that COCO does not have count from here."""

BUILT_IN = {kind.category.name: kind.category for kind in OBJECT_TYPES.values() if kind.category is not None}


def class_name_of(path: str, entry: Entry) -> str | None:
    """Name of the class of a file: what its manifest says, else its own name without numbers; None: unlabelled."""
    if "category" in entry.model_fields_set:
        return entry.category.name if isinstance(entry.category, OwnCategory) else entry.category
    words = re.sub(r"[_\-.\s]+", " ", PurePosixPath(path).stem).lower()
    name = re.sub(r"^[\d ]+|[\d ]+$", "", words)
    return name or words


def classes_of(files: Iterable[AssetFile]) -> dict[str, Category]:
    """The class of every kind that has one; ids depend on the files alone, not on which of them are used.

    Raises:
        RecipeError: Two classes have one id, or a file has keypoints that its class does not have.
    """
    labelled = {file.kind: (name, file) for file in files if (name := class_name_of(file.path, file.entry))}
    own: dict[str, list[AssetFile]] = {}
    for name, file in labelled.values():
        own.setdefault(name, []).append(file)
    new = sorted(name for name in own if name not in COCO and name not in BUILT_IN)
    ids = {name: FIRST_OWN_ID + index for index, name in enumerate(new)}
    made = {name: _class(name, own[name], ids) for name in own}
    _check_shared_ids(made)
    return {kind: made[name] for kind, (name, _) in labelled.items()}


def _class(name: str, files: list[AssetFile], ids: Mapping[str, int]) -> Category:
    points = tuple(dict.fromkeys(point for file in files for point in file.entry.keypoints))
    if name in BUILT_IN:
        if foreign := [point for point in points if point not in BUILT_IN[name].keypoints]:
            known = ", ".join(BUILT_IN[name].keypoints) or "none"
            raise RecipeError(
                f"{files[0].path}: the class {name} comes along and has no keypoint {foreign[0]!r}; it has {known}",
                hint="use these names, or another name for the class",
            )
        return BUILT_IN[name]
    stated = next((file.entry.category for file in files if isinstance(file.entry.category, OwnCategory)), None)
    usual = COCO.get(name)
    number = usual.id if usual else stated.id if stated and stated.id else ids[name]
    group = usual.supercategory if usual else stated.supercategory if stated else "object"
    return Category(
        id=number,
        name=name,
        supercategory=group,
        keypoints=points,
        skeleton=_pairs(points, [pair for file in files for pair in file.entry.skeleton], files[0]),
        flip_pairs=_pairs(points, [pair for file in files for pair in file.entry.flip_pairs], files[0]),
        symmetry=_symmetry(points, [turn for file in files for turn in file.entry.symmetry], files[0]),
    )


def _pairs(points: tuple[str, ...], named: list[tuple[str, str]], file: AssetFile) -> tuple[tuple[int, int], ...]:
    pairs = [_indices(points, pair, file, "a pair") for pair in dict.fromkeys(named)]
    return tuple((one, other) for one, other in pairs)


def _symmetry(points: tuple[str, ...], named: list[OwnSymmetry], file: AssetFile) -> tuple[KeypointSymmetry, ...]:
    return tuple(
        KeypointSymmetry(
            cycles=tuple(_indices(points, cycle, file, "a turn") for cycle in turn.cycles), first=turn.first
        )
        for turn in dict.fromkeys(named)
    )


def _indices(points: tuple[str, ...], names: tuple[str, ...], file: AssetFile, what: str) -> tuple[int, ...]:
    if unknown := [name for name in names if name not in points]:
        raise RecipeError(f"{file.path}: {what} names the keypoint {unknown[0]!r}, which no file of its class has")
    return tuple(points.index(name) for name in names)


def _check_shared_ids(made: Mapping[str, Category]) -> None:
    by_id: dict[int, str] = {category.id: name for name, category in BUILT_IN.items()}
    for name, category in made.items():
        if by_id.setdefault(category.id, name) != name:
            raise RecipeError(f"the classes {by_id[category.id]} and {name} both have id {category.id}")
