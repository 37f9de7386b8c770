"""YAML as users expect it: YAML 1.2 numbers and booleans, no repeated keys, no code, no bombs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from synthvis.errors import RecipeError

__all__ = ["parse_yaml", "read_yaml"]

MAX_BYTES = 1_000_000
MAX_VALUES = 20_000
"""Most values in a file once its aliases are written out."""


class _Loader(yaml.SafeLoader):
    """SafeLoader whose numbers and booleans follow YAML 1.2 and whose mappings refuse a repeated key."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, list | dict):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key '{key}' stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Decimal, with leading zeros too: YAML 1.1 has 012 mean ten."""
        return int(str(self.construct_scalar(node)))


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)

# YAML 1.1 reads `no` as False, `1e-3` as a string and `12:30` as 750; YAML 1.2 (section 10.3) does not.
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|nan)$", "-+.0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
_Loader.yaml_implicit_resolvers.setdefault("", []).append(("tag:yaml.org,2002:null", re.compile(r"^$")))


def read_yaml(path: Path) -> Any:
    """Content of a YAML file.

    Raises:
        RecipeError: The file is absent, too large, not text, not YAML, or asks for code to run.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RecipeError(f"{path} has {size:,} bytes; a recipe has a few thousand")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path} is not a text file") from error
    except OSError as error:
        raise RecipeError(f"cannot read {path}: {error.strerror}") from error
    return parse_yaml(text, where=str(path))


def parse_yaml(text: str, *, where: str) -> Any:
    """Value of a YAML text; `where` names its origin in errors.

    Raises:
        RecipeError: It is not YAML, repeats a key, or asks for code to run.
    """
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader
        size = _values_in(value, {})
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        spot = f"{where}:{mark.line + 1}" if mark else where
        raise RecipeError(f"{spot}: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise RecipeError(f"{where}: not YAML ({str(error).splitlines()[0]})") from error
    if size > MAX_VALUES:
        raise RecipeError(f"{where}: {size:,} values once its aliases are written out; a recipe has a few hundred")
    return value


def _values_in(value: Any, known: dict[int, int]) -> int:
    """Count of the values in a tree, each alias counted in full but walked once.

    Raises:
        ValueError: A collection holds itself, or a value is none that JSON has.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return 1
    if not isinstance(value, list | dict):
        raise ValueError(f"a value of type {type(value).__name__}; write it as text or number")
    if id(value) in known:
        if not known[id(value)]:
            raise ValueError("an alias refers to what it stands in")
        return known[id(value)]
    known[id(value)] = 0
    known[id(value)] = 1 + sum(_values_in(one, known) for one in (value.values() if isinstance(value, dict) else value))
    return known[id(value)]
