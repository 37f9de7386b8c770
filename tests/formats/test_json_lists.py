"""Lists that stay in their JSON file: what the standard library reads of it, wherever a piece of the file ends."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from synthvis.formats import json_lists
from synthvis.formats.json_lists import ListOnDisk, load_with_lists_on_disk

SOUND = {
    "two lists": b'{"info": {"a": [1, 2]}, "images": [{"id": 1}, {"id": 2}], "empty": [ ], "others": [[1], "x", 3]}',
    "spaces": b' \n{ "images"\t: [\r\n {"id" : 1 } ,\n 17 , -2.50e-3\n] , "n" : 12 }\n ',
    "letters": '{"é🍎": ["ü\\u00fc", "\\ud83c\\udf4e", {"ä": "€"}], "name": "é🍎"}'.encode(),
    "half a surrogate pair": b'{"a": ["\\ud83c"]}',
    "braces in texts": b'{"a": ["]", "}", "\\"],[", "\\\\"], "b": "[{"}',
    "numbers": b'{"a": [0, 123456789012345678901234567890, 1e400, NaN, -Infinity, 0.1], "b": 0.30000000000000004}',
    "a key twice": b'{"a": [1, 2], "a": [3], "b": [1], "b": "text"}',
    "nothing": b"{}",
    "a signature": b'\xef\xbb\xbf{"a": ["\xc3\xa9"], "b": 1}',
    "two bytes a letter": '{"a": [1, "é"]}'.encode("utf-16"),
    "a list": b"[1, 2]",
    "a number": b"17",
}

DAMAGED = {
    "empty": b"",
    "cut in a list": b'{"a": [1, 2',
    "cut in a text": b'{"a": ["x',
    "cut behind a comma": b'{"a": [1,',
    "a comma too many": b'{"a": [1, ]}',
    "a comma before the end": b'{"a": [1],}',
    "no comma": b'{"a": [1 2]}',
    "no colon": b'{"a" [1]}',
    "a key that is no text": b"{1: [1]}",
    "text behind the end": b'{"a": [1]} x',
    "a letter that is none": b'{"a": ["\xff"]}',
    "a cut letter": b'{"a": ["\xc3"]}',
    "a bare line break": b'{"a": ["x\ny"]}',
}


@pytest.fixture(params=[1, 2, 3, 7, 64, 1 << 18])
def piece_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lists, "PIECE_BYTES", request.param)


def plain(value: Any) -> Any:
    """Comparable: NaN differs from itself."""
    if isinstance(value, list | ListOnDisk):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return "nan" if isinstance(value, float) and math.isnan(value) else value


@pytest.mark.usefixtures("piece_bytes")
@pytest.mark.parametrize("content", SOUND.values(), ids=SOUND)
def test_a_sound_file_is_what_the_standard_library_reads(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    assert plain(load_with_lists_on_disk(path)) == plain(json.loads(content))


@pytest.mark.usefixtures("piece_bytes")
@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_refused_as_by_the_standard_library(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(ValueError) as theirs:
        json.loads(content)
    with pytest.raises(ValueError) as ours:
        load_with_lists_on_disk(path)
    assert str(ours.value) == str(theirs.value)


def test_elements_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": [{"b": 1}, {"b": 2}, {"b": 3}]}')
    found = load_with_lists_on_disk(path)["a"]
    assert isinstance(found, ListOnDisk) and len(found) == 3
    assert found[1] == {"b": 2} and found[1] is not found[1]
    assert found[-1] == {"b": 3} and found[1:] == [{"b": 2}, {"b": 3}]
    with pytest.raises(IndexError):
        found[3]
    path.write_text('{"a": [{"b": 1}, {"b": 7}, {"b": 3}]}')
    assert found[1] == {"b": 7}
