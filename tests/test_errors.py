from __future__ import annotations

import pickle

import pytest

from synthvis import errors

KINDS = [name for name in errors.__all__ if name[0].isupper()]


def test_exit_codes() -> None:
    codes = {name: getattr(errors, name).exit_code for name in KINDS}
    two, three = {"UsageError", "RecipeError"}, {"ChecksFoundProblems", "SomeInputsFailed"}
    assert {name for name, code in codes.items() if code == 2} == two
    assert {name for name, code in codes.items() if code == 3} == three
    assert all(code == 1 for name, code in codes.items() if name not in two | three)


@pytest.mark.parametrize("name", KINDS)
def test_every_error_is_in_the_tree_and_survives_a_process_border(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, errors.SynthvisError)
    assert name in (errors.__doc__ or "")
    error = pickle.loads(pickle.dumps(kind("what", hint="do this")))
    assert type(error) is kind
    assert str(error) == "what\n  -> do this"


def test_without_hint_the_message_is_one_line() -> None:
    assert str(errors.DatasetError("no dataset in x")) == "no dataset in x"


@pytest.mark.parametrize(
    "value", ["a" * 201, "b" * 10**6, {"name": ["c" * 300] * 9}, b"\0" * 400, [[[]]] * 999, 10**300]
)
def test_a_quote_shows_both_ends_and_is_never_longer_than_allowed(value: object) -> None:
    for most in (200, 80, 21):
        text = errors.quoted(value, most)
        assert len(text) == most
        assert "..." in text if len(repr(value)) > most else text == repr(value)
        assert (text[0], text[-1]) == (repr(value)[0], repr(value)[-1])


@pytest.mark.parametrize("value", ["short", 3, None, {"a": 1}, ""])
def test_what_is_short_is_quoted_whole(value: object) -> None:
    assert errors.quoted(value) == repr(value)


def test_a_quote_can_be_printed_whatever_it_is() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in ("\ud800", deep, 10**5000):
        shown = errors.quoted(value)
        assert len(shown.encode("utf-8")) > 0 and "\n" not in shown


def test_numbers_agree_with_their_nouns() -> None:
    said = [errors.counted(number, "image") for number in (0, 1, 2, 2000)]
    assert said == ["0 images", "1 image", "2 images", "2,000 images"]
    assert errors.counted(3, "box", "boxes") == "3 boxes"
