"""Outputs never collide and never leave their folder, whatever the inputs are called."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from synthvis.inference.output_names import OutputNames, is_inside, safe_name


def test_names_are_those_of_the_inputs_and_differ() -> None:
    names = OutputNames()
    inputs = [("a", "b.jpg"), ("c", "b.jpg"), ("b.jpg",), ("b.png",), ("B.jpg",), ("b-2.jpg",), ("b",)]
    assert [names.of(parts) for parts in inputs] == ["a/b", "c/b", "b", "b-2", "B-3", "b-2-2", "b-4"]
    assert OutputNames(["a/b"]).of(("a", "b.jpg")) == "a/b-2"


def test_hostile_names() -> None:
    cases = {
        ("..", "..", "etc", "passwd"): "etc/passwd", ("/", "x.jpg"): "x", (): "picture", ("..",): "picture",
        ("a\nb\x00.jpg",): "a_b_", ("C:\\x|y?.jpg",): "C__x_y_", (".hidden.jpg",): "hidden", ("~", "-rf.jpg"): "~/-rf",
        ("a%d.jpg",): "a_d", ("übung 1.jpg",): "übung 1", ("\u202egpj.exe.jpg",): "_gpj.exe", (" . ", "a.jpg"): "_/a",
        (os.fsdecode(b"\xff\xfe.jpg"),): "__", ("a.jpg", "b.jpg"): "a.jpg_/b",
    }  # fmt: skip
    assert {parts: OutputNames().of(parts) for parts in cases} == cases
    assert len(OutputNames().of(("é" * 300 + ".jpg",)).encode()) <= 120
    assert [safe_name(text) for text in ("", ".", "..", "/", "a/b")] == ["_", "_", "_", "_", "a_b"]


@given(st.lists(st.lists(st.text(max_size=8), max_size=4).map(tuple), max_size=12))
def test_any_names_stay_inside_and_apart(inputs: list[tuple[str, ...]]) -> None:
    names = OutputNames()
    folder = Path("/out/drawn")
    files = [f"{names.of(tuple(part.replace('/', '') for part in parts))}.jpg" for parts in inputs]
    assert len({name.casefold() for name in files}) == len(inputs)
    for name in files:
        assert is_inside(name)
        assert Path(os.path.normpath(folder / name)).is_relative_to(folder)
    # No file is where another one needs a folder.
    assert not {name.casefold() for name in files} & {
        str(parent).casefold() for name in files for parent in Path(name).parents
    }


def test_stored_names_that_leave_the_folder_are_seen() -> None:
    assert is_inside("drawn/a.jpg")
    assert [name for name in ("/etc/x", "../x", "a/../../x", "", "a\\..\\x", "a\0b") if is_inside(name)] == []
