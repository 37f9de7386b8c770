"""The border at which JSON comes in: what no file may hold, and what is said of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthvis.errors import SynthvisError
from synthvis.formats.json_file import FileModel, Name, Number, ShallowObject, read_json, read_values


class Thing(FileModel):
    """A file of a test."""

    name: Name = ""
    value: Number = 0.0
    free: ShallowObject = {}  # noqa: RUF012


def refusal(path: Path, content: bytes | None = None) -> str:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SynthvisError) as found:
        read_json(path, Thing, what="a thing", hint="make it again")
    assert "\n" not in found.value.what and found.value.hint == "make it again"
    assert len(found.value.what) < len(str(path)) + 300
    return found.value.what


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b'{"name": "a"', "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b'{"value": NaN}', "NaN"),
        (b'{"value": -Infinity}', "-Infinity"),
        (b'{"value": 1e999}', "too large"),
        (b'{"value": ' + b"9" * 5000 + b"}", "does not fit in 64 bits"),
        (b'{"value": 1e300}', "value: "),
        (b'{"name": "\\ud800"}', "surrogate"),
        (b'{"name": "a\\u0000b"}', "NUL"),
        (b'{"name": "' + b"x" * 100_000 + b'"}', "name: "),
        (b'{"value": "1"}', "value: input should be a valid number, found '1'"),
        (b'{"value": true}', "value: "),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b'{"free": ' + b'{"a": ' * 30 + b"1" + b"}" * 31, "nested"),
        (b'{"' + b"k" * 100_000 + b'": 1, "value": null}', "value: "),
        (b"[]", "valid dictionary"),
    ],
)
def test_what_no_file_may_hold(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal(tmp_path / "thing.json", content)


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "absent.json")
    assert "no regular file" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "no regular file" in refusal(tmp_path / "pipe")
    assert "NUL" in refusal(tmp_path / "a\0b")


def test_a_pair_of_surrogates_is_one_character(tmp_path: Path) -> None:
    path = tmp_path / "thing.json"
    path.write_bytes(b'{"name": "\\ud83c\\udf4e", "value": 3, "more": [1]}')
    assert read_json(path, Thing, what="a thing", hint="").name == "\N{RED APPLE}"
    # Plain values keep their order, and keys that the model does not name.
    assert list(read_values(path, Thing, what="a thing", hint="").items()) == [
        ("name", "\N{RED APPLE}"), ("value", 3), ("more", [1]),
    ]  # fmt: skip


def test_a_long_file_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "thing.json").write_bytes(b" " * 2000)
    with pytest.raises(SynthvisError, match="2,000 bytes"):
        read_json(tmp_path / "thing.json", Thing, what="a thing", hint="", max_bytes=1000)
