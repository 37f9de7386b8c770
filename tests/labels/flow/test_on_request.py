"""Labels of films: made, stored, read back, drawn, and held against depth and poses; and each way to damage them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fake_film import BARREL, crowd, frame_of
from fake_render import camera, cast_rays, cube_mesh
from fake_scene import at, scene, thing

from synthvis.assets.resolve import resolve
from synthvis.camera.projector import projector_of
from synthvis.config.load import load_recipe
from synthvis.errors import RecipeError
from synthvis.labels.flow.around import FramesAround
from synthvis.labels.flow.flow_map import FlowMap
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.flow.on_request import FLOW, FLOW_BACKWARD, SCENE_FLOW
from synthvis.labels.image_labels import ImageLabels
from synthvis.labels.label import Label, LabelInputs
from synthvis.labels.registry import label_names

HW = (60, 80)
NO_FLOW = "pixels have depth and poses, and no flow"


class Picture:
    """As much of an image on disk as these labels look at."""

    image_hw = HW


def film(lens=None, seed=3) -> tuple[LabelInputs, FramesAround]:
    """Inputs of the labels of a frame with another one on both sides, and its frames as a dataset stores them."""
    rng = np.random.default_rng(seed)
    first, second, meshes = crowd(rng, lens)
    passes = [cast_rays(spec, meshes, jitter=rng.uniform(0, 1, (2, *HW))) for spec in (first, second, first)]
    before, here, after = (frame_of(spec, one) for spec, one in zip((first, second, first), passes, strict=True))
    labels = ImageLabels(image_hw=HW, instances=(), semantic=np.zeros(HW, np.uint8), hidden_instance_ids=())
    around = FramesAround(here=here, before=before, after=after)
    inputs = LabelInputs(spec=second, meshes=meshes, passes=passes[1], labels=labels, around=around)
    stored = FramesAround(here=rounded(here), before=rounded(before), after=rounded(after))
    return inputs, stored


def rounded(frame: FrameGeometry) -> FrameGeometry:
    """With the depth of a map in whole millimetres."""
    return replace(frame, depth_m=np.rint(frame.depth_m * 1000).astype(np.float32) / np.float32(1000))


def faults(label: Label, value, around: FramesAround) -> list[str]:
    assert label.check_frames is not None
    return [*label.check(value, Picture()), *label.check_frames(value, around)]


@pytest.fixture(scope="module", params=[None, BARREL], ids=["pinhole", "lens"])
def made(request):
    inputs, stored = film(request.param)
    return {one.name: one.decode(one.encode(one.compute(inputs))) for one in (FLOW, FLOW_BACKWARD, SCENE_FLOW)}, stored


def test_the_labels_agree_with_rounded_depth(made):
    values, stored = made
    for label in (FLOW, FLOW_BACKWARD, SCENE_FLOW):
        assert faults(label, values[label.name], stored) == []
    assert values["flow"].is_occluded.sum() > 50 and values["flow_backward"].is_occluded.sum() > 50


def test_forward_is_to_the_next_frame_and_backward_to_the_one_before(made):
    values, stored = made
    assert faults(FLOW, values["flow_backward"], stored) and faults(FLOW_BACKWARD, values["flow"], stored)


@pytest.mark.parametrize("seed", range(4))
def test_no_false_alarm(seed):
    inputs, stored = film(seed=seed)
    for label in (FLOW, FLOW_BACKWARD, SCENE_FLOW):
        assert faults(label, label.decode(label.encode(label.compute(inputs))), stored) == []


def damaged(flow: FlowMap, **changes) -> FlowMap:
    part = np.s_[20:40, 20:60]
    values = {name: getattr(flow, name).copy() for name in ("flow_xy_px", "is_valid", "is_occluded")}
    for name, change in changes.items():
        values[name][part] = change(values[name][part])
    return FlowMap(**values)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"flow_xy_px": lambda flow: flow + np.float32(0.5)}, "end elsewhere than depth and poses say, by up to 0.5"),
        ({"flow_xy_px": lambda flow: flow[..., ::-1]}, "end elsewhere"),
        ({"flow_xy_px": lambda flow: -flow}, "end elsewhere"),
        ({"is_valid": np.zeros_like}, NO_FLOW),
        ({"is_occluded": np.ones_like}, "are occluded and the other depth map says that they are seen"),
    ],
)
def test_damaged_flow_is_found(made, changes, what):
    values, stored = made
    for label in (FLOW, FLOW_BACKWARD):
        found = faults(label, damaged(values[label.name], **changes), stored)
        assert any(what in one for one in found), found


def test_what_is_hidden_and_called_seen_does_not_come_back(made):
    values, stored = made
    seen = replace(values["flow"], is_occluded=np.zeros(HW, dtype=bool))
    found = faults(FLOW, seen, stored)
    assert any("or the reverse" in one for one in found)
    assert any("leave the picture and are not marked as occluded" in one for one in found)
    assert any("do not come back by the flow back" in one for one in found)


def test_a_camera_that_was_elsewhere_is_found(made):
    values, stored = made
    after = replace(stored.after, world_from_cam=stored.after.world_from_cam + np.eye(4, 4, 3) * 0.02)
    assert faults(FLOW, values["flow"], replace(stored, after=after))
    assert faults(SCENE_FLOW, values["scene_flow"], replace(stored, after=after))


def test_an_object_that_was_elsewhere_does_not_come_back():
    inputs, stored = film()
    poses = dict(stored.after.world_from_object)
    poses[1] = poses[1] + np.eye(4, 4, 3) * 0.1
    found = faults(FLOW, FLOW.compute(inputs), replace(stored, after=replace(stored.after, world_from_object=poses)))
    assert any("end elsewhere" in one for one in found)


def test_scene_flow_by_hand_and_damaged(made):
    values, stored = made
    scene_flow = values["scene_flow"]
    flow, after = values["flow"], stored.after
    # The place plus the scene flow projects to the pixel's centre plus the flow.
    columns, rows = np.meshgrid(np.arange(80) + 0.5, np.arange(60) + 0.5)
    centres = np.stack([columns, rows], axis=-1)
    places = stored.here.projector.rays(centres) * stored.here.depth_m[..., None] + scene_flow
    ends = after.projector.project(places[flow.is_valid])
    # Half a millimetre of rounding at 1 m and nearer, and half a step.
    assert np.abs(ends - (centres + flow.flow_xy_px)[flow.is_valid]).max() < 0.05
    moved = scene_flow.copy()
    moved[30, 30, 1] += 0.01
    assert faults(SCENE_FLOW, moved, stored) == ["1 pixels move otherwise than depth and poses say, by up to 0.010 m"]
    moved[30, 30, 1] = np.nan
    assert "some pixels have scene flow along some axes only" in faults(SCENE_FLOW, moved, stored)


def test_the_ends_of_a_film():
    inputs, stored = film()
    alone = replace(inputs, around=FramesAround(here=inputs.around.here))
    ends = replace(stored, before=None, after=None)
    for label in (FLOW, FLOW_BACKWARD):
        value = label.compute(alone)
        assert not label.encode(value).map.any() and faults(label, value, ends) == []
        assert label.draw(value, Picture()).caption == "no other frame on this side"
        found = faults(label, label.compute(inputs), ends)
        assert any("flow to a frame that is not there" in one for one in found)
    none = SCENE_FLOW.compute(alone)
    assert np.isnan(none).all() and faults(SCENE_FLOW, none, ends) == []
    assert faults(SCENE_FLOW, SCENE_FLOW.compute(inputs), ends)
    assert not SCENE_FLOW.draw(none, Picture()).rgb.any()


def test_marks_that_mean_nothing_are_refused(made):
    pixels = FLOW.encode(made[0]["flow"]).map.copy()
    pixels[3, 4, 2] = 7
    with pytest.raises(ValueError, match="blue is 7"):
        FLOW.decode(replace(FLOW.encode(made[0]["flow"]), map=pixels))


def test_drawings(made):
    values, _ = made
    drawn = FLOW.draw(values["flow"], Picture())
    assert drawn.rgb.shape == (*HW, 3) and "px" in drawn.caption
    drawn = SCENE_FLOW.draw(values["scene_flow"], Picture())
    assert drawn.rgb.any() and "cm" in drawn.caption


def test_they_need_films():
    names = ("flow", "flow_backward", "scene_flow")
    assert set(label_names()) - set(label_names(of_films=False)) == set(names)


def test_a_recipe_without_films_is_refused():
    with pytest.raises(RecipeError, match=r"labels.extra: flow is made of neighbouring frames") as caught:
        resolve(load_recipe("tabletop", ["labels.extra=[nocs, flow]"]))
    assert caught.value.hint is not None and "--frames 30" in caught.value.hint
    assert resolve(load_recipe("tabletop", ["labels.extra=[flow]", "motion.frames=2"])).labels.extra == ("flow",)


def test_a_still_image_has_none():
    spec = scene(camera(), thing(1, at(0, 0, 2)))
    passes = cast_rays(spec, {1: cube_mesh(0.5)})
    labels = ImageLabels(image_hw=(64, 64), instances=(), semantic=np.zeros((64, 64), np.uint8), hidden_instance_ids=())
    inputs = LabelInputs(spec=spec, meshes={}, passes=passes, labels=labels)
    assert inputs.around is None and projector_of(spec.camera).image_hw == (64, 64)
    assert not FLOW.compute(inputs).is_valid.any() and np.isnan(SCENE_FLOW.compute(inputs)).all()
