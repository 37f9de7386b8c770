"""check, preview and explain as a user types them, on a small dataset made without Blender."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

from synthvis.cli import main
from synthvis.formats.images import read_image_rgb
from synthvis.labels.registry import label_names
from synthvis.viz.contact_sheet import known_views, shows_classes
from synthvis.viz.palette import class_colors


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    return write_fake_dataset(tmp_path_factory.mktemp("sound") / "fruit")


@pytest.fixture
def dataset(sound, tmp_path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "fruit"))


@pytest.fixture(scope="module")
def rich(tmp_path_factory) -> Path:
    return write_fake_dataset(tmp_path_factory.mktemp("rich") / "fruit", label_names())


@pytest.fixture
def run(capsys):
    def typed(*words) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return typed


def test_check_of_a_sound_dataset(run, dataset):
    code, out, err = run("check", dataset)
    assert code == 0
    assert "3 images, 8 annotations, no problems" in out
    assert err == ""


def test_check_of_a_damaged_dataset(run, dataset):
    (dataset / "images/train/000001.jpg").write_bytes(b"[bold]not an image")
    code, out, err = run("check", dataset)
    assert code == 3
    assert "image-file" in out
    assert "1 problem in 3 images" in err
    assert "Traceback" not in err


def test_check_as_json(run, dataset):
    (dataset / "images/train/000001.jpg").unlink()
    code, out, _ = run("check", dataset, "--json")
    report = json.loads(out)
    assert code == 3
    assert (report["ok"], report["images"], report["by_rule"]) == (False, 3, {"image-file": 1})
    assert report["problems"] == [{"rule": "image-file", "image_id": 1, "message": "000001.jpg is missing"}]


def test_check_lists_as_many_problems_as_asked(run, dataset):
    for path in (dataset / "images/train").iterdir():
        path.unlink()
    code, out, _ = run("check", dataset, "--limit", 1)
    assert code == 3
    assert "2 problems, 1 listed: image-file 2" in out


@pytest.mark.parametrize("name", ["check", "preview", "explain"])
@pytest.mark.parametrize("kind", ["absent", "empty", "file", "damaged"])
def test_what_is_no_dataset(run, tmp_path, name, kind):
    root = tmp_path / "d"
    if kind == "file":
        root.write_text("hello")
    elif kind != "absent":
        root.mkdir()
    if kind == "damaged":
        (root / "dataset.json").write_text("{")
    code, out, err = run(name, root, *(["1"] if name == "explain" else []))
    assert code == 1
    assert out == ""
    assert err.startswith("error: ")
    assert "  -> " in err
    assert "Traceback" not in err


def test_preview_prints_the_path_and_draws_boxes(run, dataset):
    code, out, _ = run("preview", dataset)
    path = Path(out.strip())
    assert code == 0
    assert path.parent == dataset / "previews" and path.name == "boxes_n3.png"
    # Three images of one view each, 256 x 192 with a caption below, gaps of 4 and a legend.
    sheet = read_image_rgb(path)
    assert (sheet.shape[1] - 4) % (256 + 4) == 0
    images, legend = (sheet.shape[1] - 4) // 260, sheet[-20:]
    rows = -(-3 // images)
    assert rows * (192 + 16 + 4) + 4 < sheet.shape[0]
    for color in class_colors(["apple", "orange", "banana"]).values():
        assert (legend == color).all(axis=2).any()


PLAIN_VIEWS = ["rgb", "labels", "boxes", "masks", "keypoints", "depth", "normals"]
PLAIN_VIEWS += ["amodal", "semantic", "instances", "pose"]


@pytest.mark.parametrize("view", PLAIN_VIEWS)
def test_every_view(run, dataset, tmp_path, view):
    out_file = tmp_path / "sub" / "sheet.png"
    code, _, _ = run("preview", dataset, "--image", 3, "--views", view, "--size", 64, "--out", out_file)
    assert code == 0
    sheet = read_image_rgb(out_file)
    assert sheet.shape[1] == 64 + 8 and sheet.shape[0] >= 48 + 16 + 8
    assert sheet[4:52, 4:68].std() > 1
    # Where colours are classes there is a legend, and it names those of the image.
    colors = class_colors(["apple", "orange", "banana"]).values()
    assert all((sheet[72:] == color).all(axis=2).any() for color in colors) == shows_classes(view)


def test_every_view_is_tested():
    # Tracks are of films: tests/viz/test_track_view.py.
    assert set(known_views()) == {*PLAIN_VIEWS, "tracks", *label_names()}


@pytest.mark.parametrize("view", label_names())
def test_views_of_labels_on_request(run, dataset, rich, tmp_path, view):
    out_file = tmp_path / "sheet.jpg"
    code, _, _ = run("preview", rich, "--image", 2, "--views", view, "--size", 128, "--out", out_file)
    assert code == 0
    assert out_file.read_bytes().startswith(b"\xff\xd8")
    sheet = read_image_rgb(out_file)
    assert sheet.shape[1] == 128 + 8 and sheet.shape[0] >= 96 + 16 + 8
    assert sheet[4:100, 4:132].std() > 1
    code, _, err = run("preview", dataset, "--views", view)
    assert code == 1
    assert f"no {view} labels" in err and f"labels.extra=[{view}]" in err


FILM_LABELS = ("flow", "flow_backward", "scene_flow")


def test_explain_names_the_files_of_labels_on_request(run, dataset, rich):
    files = {root: json.loads(run("explain", root, 2, "--json")[1])["files"] for root in (dataset, rich)}
    assert files[rich].keys() - files[dataset].keys() == {"nocs", "boundary", *FILM_LABELS}
    assert "nocs/train/000002.png" in run("explain", rich, 2)[1]


def test_preview_as_json_and_dry(run, dataset):
    code, out, _ = run("preview", dataset, "--n", 2, "--json", "--dry-run")
    facts = json.loads(out)
    assert code == 0
    assert len(facts["images"]) == 2
    assert not Path(facts["path"]).exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--views", "mask"], 2, "did you mean masks?"),
        (["--views", ","], 2, "names no view"),
        (["--image", "77"], 2, "it has 3 images, 1 to 3"),
        (["--n", "0"], 2, "--n"),
        (["--out", "/proc/no/sheet.png"], 2, "--out"),
    ],
)
def test_preview_of_nonsense(run, dataset, words, code, said):
    found, _, err = run("preview", dataset, *words)
    assert found == code
    assert said in err
    assert "Traceback" not in err


def test_preview_of_a_damaged_image(run, dataset):
    (dataset / "images/train/000001.jpg").write_bytes(b"no")
    code, _, err = run("preview", dataset)
    assert code == 1
    assert "000001.jpg" in err


def test_preview_shows_normals_in_the_colours_of_the_file(run, dataset, tmp_path):
    out = tmp_path / "normals.png"
    run("preview", dataset, "--image", 1, "--views", "normals", "--size", 64, "--out", out)
    stored = read_image_rgb(dataset / "normals/train/000001.png")
    assert stored.shape == (48, 64, 3)
    assert (read_image_rgb(out)[4:52, 4:68] == stored).all()


def test_preview_of_a_coco_set_of_others(run, dataset, tmp_path):
    (dataset / "dataset.json").unlink()
    out = tmp_path / "sheet.png"
    code, said, _ = run("preview", dataset, "--views", "boxes,labels", "--n", 1, "--out", out)
    assert (code, said.strip()) == (0, str(out))
    assert read_image_rgb(out).shape[1] == 2 * 260 + 4
    code, _, err = run("preview", dataset)
    assert code == 2 and "name the picture with --out FILE" in err
    code, _, err = run("preview", dataset, "--views", "depth", "--out", out)
    assert code == 1 and "rgb, boxes, masks, keypoints, labels" in err
    code, _, err = run("preview", f"{dataset}:test", "--out", out)
    assert code != 0 and "Traceback" not in err


def test_explain_tells_the_whole_life(run, dataset):
    code, out, _ = run("explain", dataset, 3)
    assert code == 0
    for word in ("Seed", "Sampled", "Objects", "Labels", "COCO", "banana", "000003.json", "not seen: 4", "--only 3"):
        assert word in out


def test_explain_as_json(run, dataset):
    code, out, _ = run("explain", dataset, 2, "--json")
    life = json.loads(out)
    assert code == 0
    assert life["seed"]["dataset_seed"] == 7
    assert [item["kind"] for item in life["objects"]] == ["apple", "orange", "banana"]
    assert [label["category"] for label in life["labels"]] == ["apple", "orange", "banana"]
    assert [a["image_id"] for a in life["coco"]["annotations"]] == [2, 2, 2]
    assert all(Path(path).is_file() for path in life["files"].values())
    assert "--seed 7" in life["remake"]
    assert "--only 2" in life["remake"]
    # Its recipe is none that is shipped, and a file of the user's is not the place to put it.
    assert f"--recipe {dataset}/dataset.json" in life["remake"]


@pytest.mark.parametrize(
    ("words", "code", "said"), [(["9"], 2, "it has 3 images, 1 to 3"), (["0"], 2, "x>=1"), (["a"], 2, "a")]
)
def test_explain_of_an_image_that_is_not_there(run, dataset, words, code, said):
    found, _, err = run("explain", dataset, *words)
    assert found == code
    assert said in err


@pytest.mark.parametrize(
    "file", ["scenes/train/000001.json", "records/train/000001.json", "annotations/instances_train.json"]
)
@pytest.mark.parametrize("content", [b"", b"{}", b"[1]"])
def test_explain_of_damaged_files(run, dataset, file, content):
    (dataset / file).write_bytes(content)
    code, _, err = run("explain", dataset, 1)
    assert code == 1
    assert Path(file).name in err
    assert "Traceback" not in err


def test_stats_of_two_sets_side_by_side(run, dataset):
    coco = dataset / "annotations/instances_train.json"
    code, out, err = run("stats", dataset, coco)
    assert (code, err) == (0, "")
    assert "objects" in out and "banana" in out and "Pairs of classes in one image" in out
    code, out, _ = run("stats", dataset, coco, "--json")
    whole, train = json.loads(out)["sets"]
    assert code == 0 and (whole["images"], train["images"]) == (3, 2)
    assert whole["every"]["objects"] == 8 == sum(one["objects"] for one in whole["classes"].values())


def test_stats_of_nothing_says_what_to_type(run, tmp_path):
    code, _, err = run("stats", tmp_path / "nothing")
    assert code != 0 and "nothing" in err and "->" in err and "Traceback" not in err
