from __future__ import annotations

import pickle

import pytest

from synthvis import errors


def test_exit_codes() -> None:
    codes = {name: getattr(errors, name).exit_code for name in errors.__all__}
    two = {"UsageError", "RecipeError"}
    assert {name for name, code in codes.items() if code == 2} == two
    assert {name for name, code in codes.items() if code == 3} == {"ChecksFoundProblems"}
    assert all(code == 1 for name, code in codes.items() if name not in two | {"ChecksFoundProblems"})


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_in_the_tree_and_survives_a_process_border(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, errors.SynthvisError)
    assert name in (errors.__doc__ or "")
    error = pickle.loads(pickle.dumps(kind("what", hint="do this")))
    assert type(error) is kind
    assert str(error) == "what\n  -> do this"


def test_without_hint_the_message_is_one_line() -> None:
    assert str(errors.DatasetError("no dataset in x")) == "no dataset in x"
