"""The categories of a COCO file that can be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from synthvis.data.left_out import LeftOutCounter
from synthvis.data.sample import KeypointNames
from synthvis.data.split import class_key
from synthvis.errors import RealDataError, quoted

__all__ = ["FORMAT_HINT", "SHOWN_CHARS", "CocoCategory", "categories_of", "short"]

FORMAT_HINT = "see https://cocodataset.org/#format-data: images, annotations and categories, boxes as [x, y, w, h]"
MAX_NAME_CHARS = 200
SHOWN_CHARS = 80
"""Of one entry in a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoCategory:
    """A category that can be used."""

    id: int
    name: str
    keypoints: KeypointNames | None


def categories_of(entries: Iterable[object], counter: LeftOutCounter) -> dict[int, CocoCategory]:
    """Those that can be used by id; the others are counted.

    Raises:
        RealDataError: A number has two names, two share a name, or keypoints of one are none.
    """
    found: dict[int, CocoCategory] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            counter.add("categories", "not an object", quoted(entry, SHOWN_CHARS))
        elif type(number := entry.get("id")) is not int:
            counter.add("categories", "id is not a whole number", quoted(number, SHOWN_CHARS))
        elif not _is_name(name := entry.get("name")):
            counter.add("categories", "name is not a line of text", f"category {short(number)}")
        elif number not in found:
            found[number] = CocoCategory(id=number, name=name, keypoints=_keypoint_names(entry, name))
        elif found[number].name == name:
            counter.add("categories", "listed twice", f"category {short(number)}")
        else:
            names = f"{quoted(found[number].name, SHOWN_CHARS)} and {quoted(name, SHOWN_CHARS)}"
            raise RealDataError(f"category {short(number)} has two names, {names}", hint="give each class its own id")
    if len({class_key(category.name) for category in found.values()}) < len(found):
        raise RealDataError("two categories share a name", hint="classes are told apart by name: merge or rename them")
    return found


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= MAX_NAME_CHARS and value.isprintable() and bool(value.strip())


def _keypoint_names(category: Mapping[Any, Any], name: str) -> KeypointNames | None:
    if not category.get("keypoints"):
        return None
    try:
        names = tuple(str(point) for point in category["keypoints"])
        pairs = tuple((int(a), int(b)) for a, b in category.get("flip_pairs") or ())
        sigmas = tuple(float(sigma) for sigma in category.get("sigmas") or ())
    except (TypeError, ValueError, OverflowError) as error:
        raise RealDataError(f"keypoints of {name}: {str(error)[:SHOWN_CHARS]}", hint=FORMAT_HINT) from error
    if isinstance(category["keypoints"], str) or not all(map(_is_name, names)) or len(set(names)) < len(names):
        raise RealDataError(f"keypoints of {name} are not different names", hint=FORMAT_HINT)
    if not all(0 <= index < len(names) for pair in pairs for index in pair):
        raise RealDataError(f"flip_pairs of {name} name a keypoint that it has not")
    if sigmas and (len(sigmas) != len(names) or not all(0 < sigma < 10 for sigma in sigmas)):
        raise RealDataError(f"sigmas of {name} are not one positive number a keypoint")
    return KeypointNames(names=names, flip_pairs=pairs, sigmas=sigmas)


def short(value: object) -> str:
    """A number from a file, for a message."""
    return quoted(value, 24)
