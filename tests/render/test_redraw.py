"""Pictures of nothing are drawn again; a stand-in for Blender shows what each draw is to show."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from synthvis.config.load import load_recipe
from synthvis.errors import RenderError
from synthvis.labels.passes import Passes
from synthvis.render import worker
from synthvis.render.job import RenderJob
from synthvis.scene.sample import sample_scene
from synthvis.scene.serialise import scene_from_json

RECIPE = load_recipe("fruit", ["image.width_px=64", "image.height_px=64", "objects.empty_share=0"])


@pytest.fixture
def made(monkeypatch, tmp_path):
    """Makes image 1 of draws that show nothing (False) or their first object (True); gives its record and scene."""

    def make(*shows: bool):
        rendered = []

        def render(_session, spec, _meshes, _exr, _watch):
            show = shows[len(rendered)]
            rendered.append(spec)
            ids, light = np.zeros((64, 64), np.uint16), np.full((64, 64, 3), 0.4, np.float32)
            if show:
                ids[20:40, 20:40] = next(item.instance_id for item in spec.objects if item.category is not None)
                light[20:40, 20:40] = (0.5, 0.02, 0.02)
            normals = np.tile(np.array((0, 0, -1), np.float32), (64, 64, 1))
            return Passes(rgb=light, depth_m=np.ones((64, 64), np.float32), normal_cam=normals, instance_id=ids)

        monkeypatch.setattr(worker, "_session", lambda *_: SimpleNamespace(device_name="none"))
        monkeypatch.setattr(worker, "_render", render)
        job = RenderJob(
            recipe_json=RECIPE.model_dump_json(), seed=3, image_index=1, split="train", root=str(tmp_path),
            scratch_exr=str(tmp_path / "scratch.exr"), device="cpu", threads=1,
        )  # fmt: skip
        worker.run_job(job)
        record = json.loads((tmp_path / "records/train/000001.json").read_bytes())
        return record, scene_from_json((tmp_path / "scenes/train/000001.json").read_bytes()), rendered

    return make


def test_the_first_draw_that_shows_something_is_kept(made):
    record, scene, rendered = made(False, False, True)
    assert len(rendered) == 3
    assert scene == sample_scene(RECIPE, 3, 1, 2) != sample_scene(RECIPE, 3, 1)
    assert len(record["annotations"]) == 1
    assert record["annotations"][0]["synthvis"]["contrast"] > 1


def test_a_draw_that_shows_something_is_the_image_that_it_always_was(made):
    _, scene, rendered = made(True)
    assert len(rendered) == 1
    assert scene == sample_scene(RECIPE, 3, 1)


def test_what_never_shows_anything_fails_with_the_reason_and_leaves_no_record(made, tmp_path):
    with pytest.raises(RenderError, match=r"drawn 5 times.*none of its \d+ labelled objects can be seen"):
        made(*[False] * 6)
    assert not list(tmp_path.rglob("*.json"))


def test_redraws_keep_place_and_world_and_are_all_different():
    coco = load_recipe("coco")
    draws = [sample_scene(coco, 0, 5, redraw) for redraw in range(3)]
    assert len({(one.environment, one.world) for one in draws}) == 1
    assert len({one.camera for one in draws}) == 3
    assert len({one.sensor.noise_seed for one in draws}) == 3
