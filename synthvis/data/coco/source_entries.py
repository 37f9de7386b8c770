"""What a COCO file says beyond what samples carry, read again where a split is exported, so that nothing is lost.

Rendered files hold the amodal mask, the pose, truncation and more of each object under `synthvis`; samples, of which a
training holds hundreds of thousands, do not carry them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from synthvis.conventions import NAMESPACE
from synthvis.errors import DatasetError

__all__ = ["SourceEntries", "source_entries"]

JsonObject = Mapping[str, object]

NOTHING: JsonObject = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntries:
    """Entries of the file that a split was read from.

    Attributes:
        info: Its "info".
        images: Image entries by id.
        categories: Category entries by id.
        objects: What stands under `synthvis` of each object, by image id and instance id.
    """

    info: JsonObject = field(default_factory=dict)
    images: Mapping[int, JsonObject] = field(default_factory=dict)
    categories: Mapping[int, JsonObject] = field(default_factory=dict)
    objects: Mapping[tuple[int, int], JsonObject] = field(default_factory=dict)

    def facts_of(self, image_id: int, instance_id: int | None) -> JsonObject:
        """What only the file knows of an object; empty where it has no number."""
        return NOTHING if instance_id is None else self.objects.get((image_id, instance_id), NOTHING)


def source_entries(path: Path | None) -> SourceEntries:
    """The entries of a COCO file, those left out that have no id; None: nothing.

    Raises:
        DatasetError: It cannot be read any more.
    """
    if path is None:
        return SourceEntries()
    try:
        return _entries(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise DatasetError(f"cannot read {path} again: {error.strerror or error}") from error


@lru_cache(maxsize=1)
def _entries(path: Path, changed_ns: int) -> SourceEntries:
    """Kept for the next part of the same split; a file that has changed is read again."""
    try:
        # NaN and infinities are no JSON and cannot be written again.
        content = json.loads(path.read_bytes(), parse_constant=lambda _: None)
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(f"cannot read {path} again: {str(error)[:200]}") from error
    whole = content if isinstance(content, dict) else {}
    info = whole.get("info")
    return SourceEntries(
        info=info if isinstance(info, dict) else {},
        images=_by_id(whole.get("images")),
        categories=_by_id(whole.get("categories")),
        objects=dict(_objects(whole.get("annotations"))),
    )


def _by_id(entries: object) -> dict[int, JsonObject]:
    return {number: entry for entry in _dicts(entries) if isinstance(number := entry.get("id"), int)}


def _objects(entries: object) -> Iterator[tuple[tuple[int, int], JsonObject]]:
    for entry in _dicts(entries):
        facts, image_id = entry.get(NAMESPACE), entry.get("image_id")
        instance_id = facts.get("instance_id") if isinstance(facts, dict) else None
        if isinstance(facts, dict) and isinstance(image_id, int) and isinstance(instance_id, int):
            yield (image_id, instance_id), facts


def _dicts(entries: object) -> Iterator[dict[str, object]]:
    yield from (entry for entry in (entries if isinstance(entries, list) else ()) if isinstance(entry, dict))
