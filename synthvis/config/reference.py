"""Every key of a model with its values, default and meaning, read off the model, for reference pages and the CLI."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

__all__ = ["Key", "Section", "keys_of", "sections_of"]

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One value that may be set.

    Attributes:
        path: As it is written after `--set`, e.g. "camera.fill".
        values: What it may be, e.g. "[low, high], each > 0".
        default: As YAML; None where a value must be given.
        meaning: The description of the field.
    """

    path: str
    values: str
    default: str | None
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The keys of one model.

    Attributes:
        path: Key of the model itself, empty for the outermost.
        intro: What it is about.
        default: As for a key, of a section that may be left out as a whole; None otherwise.
        keys: In the order of the fields.
    """

    path: str
    intro: str
    default: str | None
    keys: tuple[Key, ...]


def keys_of(model: type[BaseModel]) -> tuple[Key, ...]:
    """All keys of a model and the models within it."""
    return tuple(key for section in sections_of(model) for key in section.keys)


def sections_of(model: type[BaseModel]) -> tuple[Section, ...]:
    """The keys by section: first those of the model itself, then each model within it, in the order of the fields."""
    schema = model.model_json_schema()
    return tuple(_sections("", schema, schema.get("$defs", {}), default=None, meaning=""))


def _sections(path: str, schema: Schema, models: Schema, *, default: str | None, meaning: str) -> Iterator[Section]:
    keys, inner = [], []
    for name, field in schema["properties"].items():
        key = f"{path}.{name}" if path else name
        found = _model_in(field, models)
        if found is None:
            keys.append(_key(key, field, is_needed=name in schema.get("required", ())))
            continue
        left_out = "null" if field.get("default", ...) is None else None
        inner.append((key, found, left_out, str(field.get("description", ""))))
    intro = " ".join(dict.fromkeys(filter(None, (meaning, _first_paragraph(schema)))))
    yield Section(path=path, intro=intro, default=default, keys=tuple(keys))
    for key, found, left_out, about in inner:
        yield from _sections(key, found, models, default=left_out, meaning=about)


def _model_in(field: Schema, models: Schema) -> Schema | None:
    """The model that a field holds, if it holds one: by itself or as an alternative to null."""
    for option in (field, *field.get("allOf", ()), *field.get("anyOf", ())):
        name = str(option.get("$ref", "")).removeprefix("#/$defs/")
        if name and "properties" in models[name]:
            found: Schema = models[name]
            return found
    return None


def _first_paragraph(schema: Schema) -> str:
    return " ".join(str(schema.get("description", "")).split("\n\n")[0].split())


def _key(path: str, field: Schema, *, is_needed: bool) -> Key:
    default = None if is_needed else json.dumps(field.get("default", {}), ensure_ascii=False)
    return Key(path=path, values=_values(field), default=default, meaning=str(field.get("description", "")))


def _values(field: Schema) -> str:
    if "anyOf" in field:
        return " or ".join(_values(option) for option in field["anyOf"])
    if "enum" in field or "const" in field:
        return ", ".join(json.dumps(value).strip('"') for value in field.get("enum", [field.get("const")]))
    kind = str(field.get("type", "value"))
    if kind == "array" and "prefixItems" in field:
        low = field["prefixItems"][0]
        bounds = _bounds(low)
        whole = " of whole numbers" if low["type"] == "integer" else ""
        return f"[low, high]{whole}" + (f", each {bounds}" if bounds else "")
    if kind == "array":
        return "list of " + {"string": "names"}.get(str(field["items"].get("type")), "numbers")
    if kind == "object":
        return "{name: weight}, each " + _bounds(field["additionalProperties"]) if _is_weights(field) else "table"
    names = {"integer": "whole number", "number": "number", "boolean": "true, false", "string": "text"}
    return ", ".join(filter(None, (names.get(kind, kind), _bounds(field))))


def _is_weights(field: Schema) -> bool:
    return isinstance(field.get("additionalProperties"), Mapping) and "type" in field["additionalProperties"]


def _bounds(field: Schema) -> str:
    """E.g. "0 to 1", "> 0", ">= 1", "multiple of 32"."""
    low, high = field.get("minimum"), field.get("maximum")
    above, below = field.get("exclusiveMinimum"), field.get("exclusiveMaximum")
    parts = [f"{_number(low)} to {_number(high)}"] if low is not None and high is not None else []
    if not parts:
        signs = ((">=", low), (">", above), ("<=", high), ("<", below))
        parts = [f"{sign} {_number(value)}" for sign, value in signs if value is not None]
    if "multipleOf" in field:
        parts.append(f"a multiple of {field['multipleOf']}")
    return ", ".join(parts)


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e5 else f"{value:,.0f}".replace(",", " ")
