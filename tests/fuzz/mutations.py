"""Damaged inputs: seeded mutations of valid files, as bytes and as JSON values, and the rule a reader must keep.

`make fuzz` runs these tests with 10,000 inputs a reader, the suite with 500 (SYNTHVIS_FUZZ_INPUTS). A failure prints
the number of the input; the same number gives the same input on every machine.
"""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from synthvis.errors import SynthvisError

INPUTS = int(os.environ.get("SYNTHVIS_FUZZ_INPUTS", "500"))
MAX_MESSAGE_CHARS = 600
"""Room for a path, a key, a hint and at most 200 characters of what was found."""

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf"),
    float("-inf"), "", "0", "\ud800", "\x00", "x" * 100_000, "../../etc/passwd", [], {}, [[]], [None], {"": None},
    [1, "a", None],
)  # fmt: skip


def mutated_bytes(content: bytes, inputs: int = INPUTS) -> Iterator[bytes]:
    """`inputs` damaged copies of `content`: flipped, cut, doubled, overwritten, and with bytes put in."""
    for number in range(inputs):
        draw = random.Random(number)
        damaged = bytearray(content)
        for _ in range(draw.choice((1, 1, 1, 2, 8))):
            _damage(damaged, draw)
        yield bytes(damaged)


def _damage(content: bytearray, draw: random.Random) -> None:
    place = draw.randrange(len(content) + 1)
    match draw.randrange(6):
        case 0 if content:
            content[place % len(content)] ^= 1 << draw.randrange(8)
        case 1:
            del content[place:]
        case 2:
            content[place:place] = draw.randbytes(draw.choice((1, 4, 64)))
        case 3:
            content[place : place + draw.choice((1, 4, 64))] = b""
        case 4:
            content[place:place] = content[: draw.choice((1, 16, 256))]
        case _:
            content[place : place + 4] = draw.choice((b"\xff\xfe\xfd\xfc", b"\x00" * 4, b"-1e9", b'"":[', b"NaN "))


def mutated_json(value: Any, inputs: int = INPUTS) -> Iterator[bytes]:
    """`inputs` JSON texts of `value` in which some values, keys or bytes are not what they should be."""
    as_text = json.dumps(value).encode()
    for number in range(inputs):
        draw = random.Random(number)
        kind = draw.randrange(10)
        if number % 100 == 1:
            yield b"[" * 100_000 + b"]" * 100_000
        elif kind == 0:
            yield _one_damaged(as_text, draw)
        else:
            changed = copy.deepcopy(value)
            for _ in range(draw.choice((1, 1, 1, 3))):
                changed = mutated_value(changed, draw)
            yield json.dumps(changed).encode()


def _one_damaged(content: bytes, draw: random.Random) -> bytes:
    damaged = bytearray(content)
    _damage(damaged, draw)
    return bytes(damaged)


def mutated_value(value: Any, draw: random.Random) -> Any:
    """`value`, of dictionaries and lists, with one entry changed in place: another, renamed, doubled or gone."""
    places = list(_places(value))
    if not places:
        return draw.choice(ODD_VALUES)
    holder, key = draw.choice(places)
    match draw.randrange(4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[f"{key}x"] = holder.pop(key)
        case 2 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        case _:
            holder[key] = copy.deepcopy(draw.choice(ODD_VALUES))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def refusals(read: Callable[[Path], object], path: Path, inputs: Iterator[bytes]) -> int:
    """Write each input to `path` and read it: a reader accepts it or raises a short SynthvisError.

    Returns:
        How many were refused. A reader that accepts everything is none.
    """
    refused = 0
    for number, content in enumerate(inputs):
        path.write_bytes(content)
        try:
            read(path)
        except SynthvisError as error:
            refused += 1
            assert "\n" not in error.what, f"input {number}: {error.what[:300]!r}"
            assert len(str(error)) <= MAX_MESSAGE_CHARS, f"input {number}: {len(str(error))} characters"
        except Exception as error:
            raise AssertionError(f"input {number} ({content[:200]!r}): {type(error).__name__}") from error
    return refused
