"""What cannot be right together is refused with the name of both."""

from __future__ import annotations

import pytest

from synthvis.config.load import load_recipe
from synthvis.errors import RecipeError

BENT = "camera.distortion={k1: [-0.1, -0.1]}"


def test_labels_that_know_no_lens_are_refused_with_distortion() -> None:
    with pytest.raises(RecipeError, match=r"nocs cannot follow camera\.distortion"):
        load_recipe("fruit", [BENT, "labels.extra=[nocs, boundary]"])
    assert load_recipe("fruit", [BENT, "labels.extra=[boundary]"]).labels.extra == ("boundary",)
    assert load_recipe("fruit", ["labels.extra=[nocs]"]).labels.extra == ("nocs",)
