"""Every JSON file that synthvis reads back: parsed under one policy, held against a model, refused in one line.

A file on disk may be cut short by a kill, edited by hand or hostile. What passes here is UTF-8, of bounded size and
depth, holds finite numbers that fit in 64 bits and text that can be written again, and has the shape of its model.
"""

from __future__ import annotations

import json
import math
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, TypeAdapter, ValidationError

from synthvis.errors import SynthvisError, quoted

__all__ = [
    "Count",
    "FileModel",
    "Flag",
    "JsonError",
    "JsonObject",
    "Name",
    "Number",
    "Record",
    "ShallowObject",
    "compact_json",
    "parse_json",
    "read_json",
    "read_values",
    "validated",
]

Content = TypeVar("Content")

JsonObject = Mapping[str, object]
"""An object of a JSON file, of which nothing is known but its keys."""

MAX_BYTES = 1 << 30
MAX_DEPTH = 16
MAX_SHOWN = 80
MAX_SHOWN_KEY = 120
MAX_INTEGER = 2**63
MAX_NAME_CHARS = 4096
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class JsonError(ValueError):
    """Why bytes are no JSON that can be used, in a few words."""


class FileModel(BaseModel):
    """A model of a file: values are taken as they are, keys that it does not name are kept."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, allow_inf_nan=False)


class Record:
    """A frozen dataclass that is written to JSON files and read back by `read_json`.

    Fields are annotated with types that pydantic can check, such as `Name`, `Number`, `Count` and other records.
    """

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values as JSON has them: nested records as objects, tuples as lists."""
        found: dict[str, Any] = _adapter(type(self)).dump_python(self, mode="json")
        return found


def _named(value: str) -> str:
    if "\0" in value:
        raise ValueError("a name cannot hold a NUL character")
    return value


Name = Annotated[str, Strict(), Field(max_length=MAX_NAME_CHARS), AfterValidator(_named)]
"""Text that may be shown or become part of a path."""


Number = Annotated[float, Strict(), Field(ge=-1e15, le=1e15)]
"""A measured value: what is farther from 0 than this is damage, and would overflow in a chart."""

Flag = Annotated[bool, Strict()]

Count = Annotated[int, Strict(), Field(ge=0, le=10**15)]


def _shallow(value: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return value
    raise ValueError(f"it is nested more than {MAX_DEPTH} deep")


ShallowObject = Annotated[dict[str, Any], AfterValidator(_shallow)]
"""An object whose keys are free, such as settings that are shown only."""


def read_json(
    path: Path,
    model: type[Content],
    *,
    what: str,
    hint: str,
    error: Callable[..., SynthvisError] = SynthvisError,
    max_bytes: int = MAX_BYTES,
) -> Content:
    """The content of a JSON file as its model.

    Args:
        path: The file.
        model: A pydantic model, or any type that pydantic can check.
        what: What the file should be, with its article: "an evaluation".
        hint: What to do when it is not.
        error: Class of the error.
        max_bytes: A longer file is refused unread.

    Raises:
        SynthvisError: The file cannot be read, is no JSON, or does not fit the model; one line names the key.
    """
    try:
        return validated(parse_json(_bytes_of(path, max_bytes)), model)
    except JsonError as problem:
        raise _refusal(path, what, problem, hint, error) from problem


def read_values(
    path: Path,
    model: type[Any],
    *,
    what: str,
    hint: str,
    error: Callable[..., SynthvisError] = SynthvisError,
    max_bytes: int = MAX_BYTES,
) -> Any:
    """As `read_json`, but the plain values of the file, in its order, once they fit the model."""
    try:
        value = parse_json(_bytes_of(path, max_bytes))
        validated(value, model)
    except JsonError as problem:
        raise _refusal(path, what, problem, hint, error) from problem
    return value


def compact_json(value: object) -> str:
    """JSON in one line; numbers that are no JSON, NaN and infinities, are a ValueError."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parse_json(content: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        JsonError: It is not UTF-8 or not JSON, is nested too deep, or holds a number or text that has no place in a
            file: NaN, an infinity, an integer beyond 64 bits, half of a surrogate pair.
    """
    try:
        text = content.decode("utf-8")
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_integer)
        if ESCAPED_SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonError(f"it is not UTF-8 (byte {error.start})") from error
    except UnicodeEncodeError as error:
        raise JsonError("it holds half of a surrogate pair, which is no character") from error
    except json.JSONDecodeError as error:
        raise JsonError(f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise JsonError("it is nested too deep") from error
    return value


def validated(value: Any, model: type[Content]) -> Content:
    """`value` as a `model`.

    Raises:
        JsonError: It does not fit; the first wrong key is named.
    """
    try:
        found: Content = _adapter(model).validate_python(value)
    except ValidationError as error:
        raise JsonError(_explained(error)) from error
    except RecursionError as error:
        raise JsonError("it is nested too deep") from error
    return found


def _refusal(
    path: Path, what: str, problem: JsonError, hint: str, error: Callable[..., SynthvisError]
) -> SynthvisError:
    return error(f"{path} cannot be read as {what}: {problem}", hint=hint or None)


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(model: Any) -> TypeAdapter[Any]:
    if model not in _ADAPTERS:
        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]


def _bytes_of(path: Path, max_bytes: int) -> bytes:
    try:
        facts = path.stat()
        # A pipe never ends, a device may not either.
        if not stat.S_ISREG(facts.st_mode):
            raise JsonError("it is no regular file")
        if facts.st_size > max_bytes:
            raise JsonError(f"it has {facts.st_size:,} bytes, more than the {max_bytes:,} that are read")
        return path.read_bytes()
    except OSError as error:
        raise JsonError((error.strerror or type(error).__name__).lower()) from error
    except ValueError as error:
        raise error if isinstance(error, JsonError) else JsonError("its name holds a NUL character") from error


def _refuse_constant(name: str) -> float:
    raise JsonError(f"it holds {name}, which is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonError(f"the number {quoted(text, MAX_SHOWN)} is too large")
    return value


def _integer(text: str) -> int:
    # Digits are counted first: Python refuses to convert thousands of them.
    if len(text) <= 20 and -MAX_INTEGER <= (value := int(text)) < MAX_INTEGER * 2:
        return value
    raise JsonError(f"the integer {quoted(text, MAX_SHOWN)} does not fit in 64 bits")


def _explained(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in problem["loc"] if not str(part).startswith("function-"))
    key = key if len(key) <= MAX_SHOWN_KEY else f"{key[:MAX_SHOWN_KEY]}..."
    start = f"{key.encode('utf-8', 'replace').decode().replace(chr(10), ' ')}: " if key else ""
    if problem["type"] == "missing":
        return f"{start}this key is missing"
    message = str(problem["msg"]).removeprefix("Value error, ")
    found = "" if isinstance(problem["input"], dict | list) else f", found {quoted(problem['input'], MAX_SHOWN)}"
    return f"{start}{message[:1].lower()}{message[1:]}{found}"
