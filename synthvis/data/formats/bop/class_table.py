"""Which class the objects of a BOP set belong to: models_info.json names it, else its number does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthvis.data.formats.bop.layout import models_info_path
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.split import class_key
from synthvis.errors import RealDataError, quoted
from synthvis.formats.json_file import Name, read_json

__all__ = ["CATEGORY_ID", "CLASS_NAME", "FORMAT_HINT", "ClassTable", "read_class_table"]

CLASS_NAME, CATEGORY_ID = "name", "category_id"
"""Keys of an entry of models_info.json that BOP does not have, and tools pass over."""

FORMAT_HINT = "see bop_datasets_format.md of https://github.com/thodan/bop_toolkit"
MAX_NAME_CHARS = 200
MAX_MODEL_DIGITS = 9
MAX_CATEGORY_ID = 10**9
SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable:
    """Names of classes by the number of a model.

    Attributes:
        names: By model.
        category_ids: By name, of those that have one.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    category_ids: Mapping[str, int] = field(default_factory=dict)

    def name_of(self, model_id: int) -> str:
        """Class of the objects of a model."""
        return self.names.get(model_id, f"obj_{model_id:06d}")

    def ids_with(self, model_ids: Iterable[int]) -> dict[str, int]:
        """Number of each class, those of models that the table does not have too, in the order of these numbers.

        The set's own numbers; of a class without one, the least number of its models; from 1 on where two would share
        one.

        Raises:
            RealDataError: Two classes have one name but for case, spaces, underscores and hyphens.
        """
        models: dict[str, int] = {}
        for number in sorted({*self.names, *model_ids}):
            models.setdefault(self.name_of(number), number)
        if len({class_key(name) for name in models}) < len(models):
            raise RealDataError("two classes share a name", hint="classes are told apart by name: rename them")
        ids = {name: self.category_ids.get(name, number) for name, number in models.items()}
        if len(set(ids.values())) < len(ids):
            ids = {name: number for number, name in enumerate(models, start=1)}
        return dict(sorted(ids.items(), key=lambda pair: pair[1]))


def read_class_table(root: Path, counter: LeftOutCounter) -> ClassTable:
    """The classes that models_info.json names; none where there is no such file.

    Raises:
        RealDataError: It is no such file.
    """
    path = models_info_path(root)
    if path is None:
        return ClassTable()
    entries = read_json(path, dict[Name, Any], what="models_info.json", hint=FORMAT_HINT, error=RealDataError)
    names: dict[int, str] = {}
    category_ids: dict[str, int] = {}
    for key, entry in entries.items():
        if not _is_model_number(key) or not isinstance(entry, dict):
            counter.add("categories", "no number of a model", quoted(key, SHOWN_CHARS))
            continue
        name = entry.get(CLASS_NAME)
        if name is not None and not _is_class_name(name):
            counter.add("categories", "name is not a line of text", f"model {key}")
            name = None
        names[int(key)] = name or f"obj_{int(key):06d}"
        number = entry.get(CATEGORY_ID)
        if type(number) is int and 0 <= number <= MAX_CATEGORY_ID:
            category_ids.setdefault(names[int(key)], number)
    return ClassTable(names=names, category_ids=category_ids)


def _is_model_number(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) <= MAX_MODEL_DIGITS


def _is_class_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME_CHARS and value.isprintable()
