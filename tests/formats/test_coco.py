import contextlib
import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from fake_render import camera, cast_rays, cube_mesh
from fake_scene import BOX, CATEGORIES, PLAIN, at, scene, thing
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvis.camera.distortion import distortion_of
from synthvis.errors import DatasetError
from synthvis.formats.coco import category_entries, merge_records
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.image_record import dump_record, image_record, read_record
from synthvis.formats.rle import decode_mask
from synthvis.labels.image import label_image
from synthvis.objects.spec import Category

TRIPLE = Category(id=9, name="triple", supercategory="thing", keypoints=("a", "b", "c"), skeleton=((0, 1), (1, 2)))
FACTS = {
    "instance_id",
    "kind",
    "amodal_bbox",
    "amodal_segmentation",
    "visible_fraction",
    "truncation",
    "cam_from_object",
}
ALL = {**CATEGORIES, "triple": TRIPLE}
POINTS = {
    "box": ((-0.1, 0, -0.25), (0.1, 0.1, -0.25)),
    "plain": (),
    "triple": ((-0.1, 0, -0.25), (0.1, 0, -0.25), (0, 0, 0.25)),
}


def record(image_index, *objects):
    spec = scene(camera(), *objects, image_index=image_index, seed=5)
    meshes = {o.instance_id: cube_mesh(0.5, POINTS.get(o.category, ())) for o in objects}
    labels = label_image(spec, meshes, cast_rays(spec, meshes), ALL)
    return image_record(spec, labels, "train", f"{image_index:06d}.jpg", ALL)


def some_records():
    yield record(1, thing(1, at(-0.5, 0, 2)), thing(2, at(0.5, 0.1, 2), category="plain"))
    yield record(2)
    yield record(
        3, thing(1, at(0, 0.5, 2), category="triple"), thing(2, at(0.1, 0, 3)), thing(3, at(0, -0.8, 3), category=None)
    )
    yield record(10, thing(4, at(0, 0, 1.6), category="triple"))


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    root = tmp_path_factory.mktemp("coco")
    paths = []
    for value in some_records():
        paths.append(root / f"{value.image.id:06d}.json")
        paths[-1].write_bytes(dump_record(value))
    counts = merge(root, paths[::-1])
    return root, paths, counts


def merge(root, paths):
    return merge_records(
        paths,
        [TRIPLE, PLAIN, BOX],
        {"description": "test"},
        instances_path=root / "out" / "instances.json",
        keypoints_path=root / "out" / "keypoints.json",
    )


def load(path):
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def evaluate(truth, kind, sigmas=None, categories=None):
    """COCOeval of a file against itself: every annotation detected with confidence 1."""
    results = [
        {key: a[key] for key in ("image_id", "category_id", "bbox", "segmentation", "keypoints") if key in a}
        | {"score": 1.0}
        for a in truth.dataset["annotations"]
    ]
    if kind == "keypoints":
        results = [{k: r[k] for k in ("image_id", "category_id", "keypoints", "score")} for r in results]
    if kind == "bbox":
        results = [{k: r[k] for k in ("image_id", "category_id", "bbox", "score")} for r in results]
    with contextlib.redirect_stdout(io.StringIO()):
        run = COCOeval(truth, truth.loadRes(results), kind)
        if sigmas is not None:
            run.params.kpt_oks_sigmas = sigmas
        if categories is not None:
            run.params.catIds = categories
        run.evaluate()
        run.accumulate()
        run.summarize()
    return run.stats


def test_counts_and_order(merged):
    root, _, counts = merged
    assert (counts.images, counts.annotations, counts.keypoint_annotations) == (4, 5, 4)
    value = json.loads((root / "out" / "instances.json").read_bytes())
    assert [entry["id"] for entry in value["images"]] == [1, 2, 3, 10]
    assert [entry["id"] for entry in value["annotations"]] == [1, 2, 3, 4, 5]
    order = [(a["image_id"], a["synthvis"]["instance_id"]) for a in value["annotations"]]
    assert order == sorted(order)
    assert [entry["id"] for entry in value["categories"]] == [7, 9, 200]
    assert not any("keypoints" in a for a in value["annotations"])


def test_keypoints_file_holds_only_kinds_with_keypoints(merged):
    value = json.loads((merged[0] / "out" / "keypoints.json").read_bytes())
    assert [entry["id"] for entry in value["annotations"]] == [1, 2, 3, 4]
    assert [(c["name"], c["keypoints"], c["skeleton"]) for c in value["categories"]] == [
        ("box", ["a", "b"], [[1, 2]]),
        ("triple", ["a", "b", "c"], [[1, 2], [2, 3]]),
    ]
    for entry in value["annotations"]:
        assert entry["num_keypoints"] == sum(v > 0 for v in entry["keypoints"][2::3])


@pytest.mark.parametrize("kind", ["bbox", "segm"])
def test_cocoeval_of_the_truth_against_itself_is_one(merged, kind):
    stats = evaluate(load(merged[0] / "out" / "instances.json"), kind)
    assert stats[0] == pytest.approx(1.0)
    assert stats[8] == pytest.approx(1.0)


@pytest.mark.parametrize(("category", "count"), [(7, 2), (9, 3)])
def test_cocoeval_of_keypoints_is_one(merged, category, count):
    stats = evaluate(load(merged[0] / "out" / "keypoints.json"), "keypoints", np.full(count, 0.05), [category])
    assert stats[0] == pytest.approx(1.0)


def test_pycocotools_reads_what_was_labelled(merged):
    truth = load(merged[0] / "out" / "instances.json")
    for entry in truth.loadAnns(truth.getAnnIds()):
        mask = truth.annToMask(entry).astype(bool)
        assert mask.sum() == entry["area"]
        rows, columns = np.nonzero(mask)
        x, y = columns.min(), rows.min()
        assert entry["bbox"] == [x, y, columns.max() + 1 - x, rows.max() + 1 - y]
        whole = decode_mask(entry["synthvis"]["amodal_segmentation"])
        assert (whole | ~mask).all()
        assert entry["iscrowd"] == 0
        assert set(entry["synthvis"]) == FACTS


def test_equal_records_give_equal_bytes_in_any_order(merged, tmp_path):
    root, paths, _ = merged
    merge(tmp_path, paths)
    for name in ("instances.json", "keypoints.json"):
        assert (tmp_path / "out" / name).read_bytes() == (root / "out" / name).read_bytes()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["instances.json", "keypoints.json"]


def test_no_record_at_all_is_still_a_coco_file(tmp_path):
    assert merge(tmp_path, []).images == 0
    assert load(tmp_path / "out" / "instances.json").getImgIds() == []


def test_a_broken_record_stops_the_merge_and_keeps_the_old_files(merged, tmp_path):
    _, paths, _ = merged
    merge(tmp_path, paths)
    before = (tmp_path / "out" / "instances.json").read_bytes()
    bad = tmp_path / "000099.json"
    bad.write_bytes(b'{"image": ')
    with pytest.raises(DatasetError, match=r"000099\.json"):
        merge(tmp_path, [*paths, bad])
    assert (tmp_path / "out" / "instances.json").read_bytes() == before
    assert len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_numbers_that_are_no_json_stop_the_merge_and_keep_the_old_files(merged, tmp_path, number):
    _, paths, _ = merged
    merge(tmp_path, paths)
    before = (tmp_path / "out" / "instances.json").read_bytes()
    record = next(value for value in some_records() if value.annotations)
    values = json.loads(dump_record(record))
    values["annotations"][0]["area"] = number
    bad = tmp_path / "000099.json"
    bad.write_text(json.dumps(values))
    with pytest.raises(DatasetError, match=r"000099\.json"):
        merge(tmp_path, [*paths, bad])
    assert (tmp_path / "out" / "instances.json").read_bytes() == before
    with pytest.raises(ValueError, match="JSON"):
        dump_record(replace(record, annotations=(AnnotationEntry.of(values["annotations"][0]),)))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"image": {}}', b"\xff"])
def test_what_is_no_record_is_refused(tmp_path, content):
    (tmp_path / "1.json").write_bytes(content)
    with pytest.raises(DatasetError, match=r"1\.json"):
        read_record(tmp_path / "1.json")


def test_image_entry(merged):
    image = read_record(merged[1][0]).image
    assert (image.id, image.file_name, image.width, image.height) == (1, "000001.jpg", 64, 64)
    assert image.values["synthvis"]["seed"] == 5
    assert image.values["synthvis"]["K"] == image.K.tolist() == [[64, 0, 32], [0, 64, 32], [0, 0, 1]]


@pytest.mark.parametrize("distortion", [None, (-0.2, 0.01, 0.001, -0.002, 0.003)])
def test_an_image_entry_tells_its_camera(distortion):
    cam = replace(camera(image_hw=(48, 64)), intrinsics_px=(70.25, 66.5, 35.0, 20.0), distortion=distortion)
    spec = scene(cam)
    entry = image_record(spec, label_image(spec, {}, cast_rays(spec, {}), ALL), "train", "000001.jpg", ALL).image
    projector = ImageEntry.of(json.loads(json.dumps(entry.values))).projector
    assert projector.image_hw == (48, 64)
    assert projector.K.tolist() == [[70.25, 0, 35], [0, 66.5, 20], [0, 0, 1]]
    assert projector.distortion == distortion_of(cam)
    assert (projector.distortion and projector.distortion.coefficients) == distortion


@pytest.mark.parametrize(
    "facts",
    [
        {"K": None},
        {"K": [[1, 0], [0, 1]]},
        {"K": [[float("nan"), 0, 0], [0, 1, 0], [0, 0, 1]]},
        {"distortion": None},
        {"distortion": [0.1] * 4},
        {"distortion": [float("nan")] * 5},
        {"distortion": [-9.0, 0, 0, 0, 0]},
    ],
)
def test_an_entry_with_the_numbers_of_no_camera(facts):
    values = dict(record(1).image.values)
    values["synthvis"] = values["synthvis"] | facts
    with pytest.raises(DatasetError, match="the camera of image 1 cannot be used"):
        _ = ImageEntry.of(values).projector


def test_an_entry_without_a_camera():
    with pytest.raises(DatasetError, match="the camera of image 1 cannot be used"):
        _ = ImageEntry.of({"id": 1, "width": 64, "height": 64}).projector


def test_hidden_objects_stay_on_record(tmp_path):
    value = record(1, thing(1, at(0, 0, 3)), thing(2, at(0, 0, 1.25)))
    assert value.hidden_instance_ids == value.unannotated_instance_ids == (1,)


def test_categories_without_keypoints_are_not_in_the_keypoints_file():
    assert [entry["id"] for entry in category_entries([PLAIN, BOX], keypoints=True)] == [7]
    assert [entry["id"] for entry in category_entries([PLAIN, BOX], keypoints=False)] == [7, 200]
