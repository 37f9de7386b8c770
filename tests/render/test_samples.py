"""Pictures for sheets are those that a dataset of the same recipe and seed would have."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from synthvis.config.shelf import place_recipe, shelf_recipe
from synthvis.dataset.layout import DatasetLayout
from synthvis.errors import RenderError
from synthvis.formats.images import read_image_rgb
from synthvis.render import samples
from synthvis.render.produce import RenderRequest, render_dataset
from synthvis.render.samples import render_samples

PIXEL_NOISE = 2.0
"""Mean difference of two renders of one scene, in grey levels."""


@pytest.mark.blender
@pytest.mark.slow
def test_one_worker_makes_the_images_of_several_recipes(tmp_path: Path) -> None:
    recipes = {"orange": shelf_recipe("orange", 48), "desk": place_recipe("desk", 48)}
    rows = render_samples(recipes, count=2, seed=5, workers=1, watch=lambda _: nullcontext())
    assert [len(row) for row in rows] == [2, 2]
    orange = rows[0][0]
    is_orange = orange.image_rgb[..., 0].astype(int) - orange.image_rgb[..., 2] > 60
    x, y, width, height = (round(value) for value in orange.boxes_xywh_px[0])
    assert is_orange[y : y + height, x : x + width].sum() > 0.8 * is_orange.sum() > 100
    request = RenderRequest(recipe=recipes["desk"], seed=5, root=tmp_path / "desk", n=2, workers=1)
    render_dataset(request, lambda _: nullcontext())
    for index, picture in enumerate(rows[1], start=1):
        expected = read_image_rgb(DatasetLayout(request.root).image("train", index))
        assert np.abs(picture.image_rgb.astype(float) - expected).mean() < PIXEL_NOISE
    assert np.abs(rows[1][0].image_rgb.astype(float) - rows[0][0].image_rgb).mean() > PIXEL_NOISE


def test_an_image_that_cannot_be_made_is_named_with_its_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "make_images", lambda *_: {3: "took longer than 9 s"})
    recipes = {name: shelf_recipe(name, 48) for name in ("apple", "orange")}
    with pytest.raises(RenderError, match=r"image 1 of orange could not be made: took longer than 9 s"):
        render_samples(recipes, count=2, seed=0, workers=1, watch=lambda _: nullcontext())
