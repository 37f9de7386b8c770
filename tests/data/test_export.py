"""Exports: what is chosen, named, linked, resumed and left out, and the formats of torchvision and webdataset."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_dataset import write_fake_dataset
from odd_set import CLASSES, odd_masks, write_odd_set

import synthvis as sv
from synthvis.data.contents import Content, contents_of
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.export.export import export_planned
from synthvis.data.export.settings import ExportSettings
from synthvis.data.formats.registry import all_formats
from synthvis.data.formats.webdataset.format import WebDatasetFormat
from synthvis.errors import DatasetError, RealDataError, UsageError

LENS = (-0.25, 0.05, 0.002, -0.001, 0.0)
NEED_MORE = {"bop", "mot", "sintel", "kitti-flow"}
WRITABLE = tuple(name for name, one in all_formats().items() if one.can_write and name not in NEED_MORE)
"""From any set; `bop` needs the scenes of a render (test_bop_export.py), the others films."""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return find_dataset(write_fake_dataset(tmp_path_factory.mktemp("made") / "set", distortion=LENS))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return find_dataset(write_odd_set(tmp_path_factory.mktemp("odd") / "set"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))


def files_in(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "export.json"
    }


@pytest.mark.parametrize("form", WRITABLE)
def test_a_stopped_export_resumes_to_equal_bytes(
    odd: Dataset, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WebDatasetFormat, "images_at_once", 2)
    # A crowd has no mask, and forms of pixels need none of it.
    settings = ExportSettings(format=form)
    plan = odd.plan_export(settings)
    whole = tmp_path / "same" / "x"
    export_planned(plan, whole)
    expected = files_in(whole)
    whole.rename(tmp_path / "first")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_planned(plan, whole, on_images=stop)
    assert json.loads((whole / "export.json").read_text())["finished"] is False
    counts: list[int] = []
    result = export_planned(plan, whole, on_images=lambda done, total: counts.append(done))
    assert counts[-1] == plan.images == 4
    assert files_in(whole) == expected
    assert result.written >= 3
    again = export_planned(plan, whole)
    assert again.written == 0 and files_in(whole) == expected


def test_what_a_format_cannot_hold_is_counted(rendered: Dataset) -> None:
    lost = {one.content: one.count for one in rendered.plan_export(ExportSettings(format="yolo")).lost}
    found = dict.fromkeys(Content, 0)
    for name in rendered.splits:
        for content, count in contents_of(rendered[name]).items():
            found[content] += count
    objects = sum(rendered[name].object_count for name in rendered.splits)
    assert lost[Content.MASKS] == lost[Content.POSES] == objects == found[Content.BOXES]
    assert lost[Content.CAMERAS] == lost[Content.DISTORTION] == lost[Content.DEPTH] == 3
    assert Content.BOXES not in lost
    assert not rendered.plan_export(ExportSettings(format="webdataset")).lost


def test_classes_images_and_visibility_choose(rendered: Dataset, tmp_path: Path) -> None:
    some = rendered.export("coco", tmp_path / "a", classes=["orange"], images=1)
    assert [len(some[name]) for name in some.splits] == [1, 1]
    assert {one.class_name for name in some.splits for image in some[name] for one in image.objects} <= {"orange"}
    shares = [one.visible_fraction for name in rendered.splits for image in rendered[name] for one in image.objects]
    least = sorted(shares)[1]
    plan = rendered.plan_export(ExportSettings(format="yolo", min_visible=least))
    assert plan.hidden == sum(share < least for share in shares)
    with pytest.raises(UsageError, match=r"no class 'oragne'.*orange"):
        rendered.export("coco", tmp_path / "b", classes=["oragne"])
    with pytest.raises(RealDataError, match="no split 'tset'"):
        rendered.export("coco", tmp_path / "b", splits=["tset"])


def test_renders_stay_renders(rendered: Dataset, odd: Dataset, tmp_path: Path) -> None:
    assert rendered.export("yolo", tmp_path / "a").kind == "synthetic"
    assert rendered.export("coco", tmp_path / "b").export("voc", tmp_path / "c").kind == "synthetic"
    assert odd.export("yolo", tmp_path / "d").kind == "real"


def test_pictures_take_no_room(rendered: Dataset, tmp_path: Path) -> None:
    copy = rendered.export("yolo", tmp_path / "a")
    for before, after in zip(rendered["train"], copy["train"], strict=True):
        assert before.path.samefile(after.path)


@pytest.mark.train
def test_masks_are_what_torch_users_read(odd: Dataset, tmp_path: Path) -> None:
    from PIL import Image

    root = odd.export("masks", tmp_path / "masks", splits=["train"]).root
    names = (root / "classes.txt").read_text(encoding="utf-8").splitlines()
    assert names == ["background", *(CLASSES[number] for number in sorted(CLASSES))]
    values = np.array(Image.open(root / "labels" / "train" / "a.b.png"))
    assert np.array_equal(values == names.index("traffic light"), odd_masks()["holes"])


@pytest.mark.train
def test_crops_are_what_image_folder_reads(odd: Dataset, tmp_path: Path) -> None:
    from torchvision.datasets import ImageFolder

    root = odd.export("imagefolder", tmp_path / "crops").root
    read = ImageFolder(str(root / "train"))
    # The single pixel and the line are too thin to be named; the slash cannot stand in a name of a folder.
    assert read.classes == ["a%2Fb%3A 50%25 %3Cé%3E 🍎", "traffic light"]
    crop = next(np.array(picture) for picture, label in read if read.classes[label] == "traffic light")
    # The box 2, 2 to 20, 18 and a tenth of its longer side around it, in whole pixels, cut at the border.
    assert np.array_equal(crop, odd["train"][0].image[0:20, 0:22])


# The package leaves its files open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_package_webdataset_reads_the_shards(rendered: Dataset, tmp_path: Path) -> None:
    import webdataset

    root = rendered.export("webdataset", tmp_path / "wds").root
    read = list(webdataset.WebDataset(str(root / "train-000000.tar"), shardshuffle=False))
    assert [one["__key__"] for one in read] == ["000001", "000002"]
    for one, sample in zip(read, rendered["train"], strict=True):
        assert one["jpg"] == sample.path.read_bytes()
        labels = json.loads(one["json"])
        assert [entry["bbox"] for entry in labels["annotations"]] == [list(box.bbox_xywh_px) for box in sample.objects]
        depth = cv2.imdecode(np.frombuffer(one["depth.png"], np.uint8), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(depth, cv2.imread(str(sample.maps["depth"].path), cv2.IMREAD_UNCHANGED))


def test_shards_hold_all_that_a_render_says(rendered: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WebDatasetFormat, "images_at_once", 1)
    copy = rendered.export("webdataset", tmp_path / "wds")
    assert sorted(path.name for path in copy.root.glob("*.tar")) == [
        "train-000000.tar", "train-000001.tar", "val-000000.tar"
    ]  # fmt: skip
    points = find_dataset(copy.root, formats=("webdataset-keypoints",))
    before_points = find_dataset(rendered.root, formats=("coco-keypoints",))
    for name in rendered.splits:
        assert points[name].keypoints == before_points[name].keypoints
        for before, after in zip(rendered[name], copy[name], strict=True):
            assert [
                (a.bbox_xywh_px, a.segmentation, a.visible_fraction, a.amodal_bbox_xywh_px) for a in after.objects
            ] == [(a.bbox_xywh_px, a.segmentation, a.visible_fraction, a.amodal_bbox_xywh_px) for a in before.objects]
            assert after.camera is not None and before.camera is not None
            assert np.array_equal(after.camera.distortion, before.camera.distortion)
            for values in ("image", "depth_m", "normals", "semantic", "instance_ids"):
                assert np.array_equal(getattr(after, values), getattr(before, values))
        assert [one.objects for one in points[name]] == [one.objects for one in before_points[name]]


def bad_shard(path: Path, *members: tuple[str, bytes, bytes]) -> None:
    with tarfile.open(path, "w") as tar:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), "/etc/passwd"
            tar.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (("../../out.jpg", tarfile.REGTYPE, b"x"), "no file of an image"),
        (("/tmp/out.jpg", tarfile.REGTYPE, b"x"), "no file of an image"),
        (("a.jpg", tarfile.SYMTYPE, b""), "no file of an image"),
        (("a.jpg", tarfile.LNKTYPE, b""), "no file of an image"),
        (("a.json", tarfile.REGTYPE, b"["), "is no JSON"),
        (("a.json", tarfile.REGTYPE, b"[" * 100_000), "is no JSON"),
        (("a.json", tarfile.REGTYPE, b"[]"), "holds no object"),
    ],
)
def test_a_hostile_shard_is_refused_and_writes_nothing_outside(
    rendered: Dataset, tmp_path: Path, member: tuple[str, bytes, bytes], said: str
) -> None:
    root = rendered.export("webdataset", tmp_path / "wds").root
    before = set(tmp_path.rglob("*"))
    bad_shard(root / "train-000000.tar", member)
    with pytest.raises(RealDataError, match=said):
        find_dataset(root).read("train")
    new = {path for path in set(tmp_path.rglob("*")) - before if path.is_file()}
    assert not new


def test_a_damaged_index_or_shard_is_refused(rendered: Dataset, tmp_path: Path) -> None:
    root = rendered.export("webdataset", tmp_path / "wds").root
    content = json.loads((root / "webdataset.json").read_text())
    shard = root / "train-000000.tar"
    shard.write_bytes(shard.read_bytes()[:3000])
    with pytest.raises(RealDataError, match=r"no shard that can be read"):
        find_dataset(root).read("train")
    shard.unlink()
    with pytest.raises(RealDataError, match=r"cannot read .*train-000000\.tar"):
        find_dataset(root).read("train")
    content["splits"]["train"]["shards"] = ["../train-000000.tar"]
    (root / "webdataset.json").write_text(json.dumps(content))
    with pytest.raises(RealDataError, match="no name of a file beside it"):
        find_dataset(root)


@pytest.mark.parametrize("form", WRITABLE)
def test_every_format_is_found_by_itself(odd: Dataset, tmp_path: Path, form: str) -> None:
    assert sv.open_dataset(odd.export(form, tmp_path / "x").root).format.name == form


def test_an_export_record_that_is_damaged_is_refused(odd: Dataset, tmp_path: Path) -> None:
    root = odd.export("yolo", tmp_path / "x").root
    (root / "export.json").write_text('{"export": ')
    with pytest.raises(DatasetError, match=r"export\.json"):
        odd.export("yolo", root)
