"""Messages about loose values: short, one place named, no more choices than one reads."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel, ConfigDict, model_validator

from synthvis.config.validate import nearest, validate
from synthvis.errors import RecipeError, UsageError
from synthvis.objects.registry import OBJECT_TYPES, object_type_named


class Range(BaseModel):
    model_config = ConfigDict(extra="forbid")

    low: int
    high: int
    name: str = ""

    @model_validator(mode="after")
    def _rises(self) -> Range:
        if self.low > self.high:
            raise ValueError("Low is above high")
        return self


def message(values: object) -> str:
    with pytest.raises(RecipeError) as caught:
        validate(Range, values, where="cam.yaml")
    return str(caught.value)


def test_what_concerns_the_whole_has_no_empty_key_and_no_quote_of_the_whole() -> None:
    assert message({"low": 3, "high": 1}) == "cam.yaml: low is above high"


def test_a_long_value_is_quoted_in_part() -> None:
    said = message({"low": 3, "high": "x" * 100_000})
    assert said.startswith("cam.yaml: high: ")
    assert len(said) < 200


def test_of_many_choices_the_nearest_are_named_and_the_command_that_lists_all() -> None:
    names = [f"thing_{number}" for number in range(86)]
    said = nearest("qqq", names, listed_by="synthvis scenes ls")
    assert said.count("thing_") == 5
    assert said.endswith("(`synthvis scenes ls` lists all 86)")
    assert nearest("thing_7x", names) == "; did you mean 'thing_7'?"
    assert nearest("qqq", names[:3]) == "; choose from thing_0, thing_1, thing_2"


def test_an_unknown_kind_of_object_is_answered_in_a_line() -> None:
    with pytest.raises(UsageError) as caught:
        object_type_named("zzzzzz" * 100)
    first, hint = str(caught.value).splitlines()
    assert len(first) < 400
    # Own kinds of other tests are registered as well.
    assert int(re.findall(r"lists all (\d+)", first)[0]) >= len(OBJECT_TYPES)
    assert "synthvis scenes ls" in hint
