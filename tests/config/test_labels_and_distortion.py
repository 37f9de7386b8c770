"""Labels on request go with any lens that goes with the picture."""

from __future__ import annotations

import pytest

from synthvis.config.load import load_recipe
from synthvis.errors import RecipeError
from synthvis.labels.registry import label_names

ALL = f"labels.extra=[{', '.join(label_names())}]"


@pytest.mark.parametrize("k1", ["[-0.1, -0.1]", "[-0.2, 0.1]", 0.3])
def test_all_labels_go_with_distortion(k1: object) -> None:
    recipe = load_recipe("fruit", [f"camera.distortion={{k1: {k1}}}", ALL])
    assert recipe.labels.extra == label_names()
    assert not recipe.camera.distortion.is_none


def test_a_lens_that_folds_the_picture_is_still_refused() -> None:
    with pytest.raises(RecipeError, match="folds the picture over"):
        load_recipe("fruit", ["camera.distortion={k1: -0.9}", ALL])
