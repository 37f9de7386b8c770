from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import cv2
import made_up_run as made_up
import numpy as np
import pytest

pytest.importorskip("jinja2")

from synthvis.dataset.manifest import open_rendered
from synthvis.errors import SynthvisError, UsageError
from synthvis.formats.images import read_image_rgb, write_jpeg
from synthvis.report.build import write_report
from synthvis.report.dataset_overview import dataset_overview

HOSTILE = "<script>alert('x')</script>\"'><img src=https://evil.example/x onerror=alert(1)>"


class Page(HTMLParser):
    """Tags, attributes and text of a page as a browser would see them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return made_up.make_dataset(tmp_path_factory.mktemp("data") / "made-up")


def page_of(path):
    return Page(path.read_text(encoding="utf-8"))


def test_a_report_is_one_file_that_loads_nothing(tmp_path, dataset, monkeypatch):
    # Commands name paths from the folder that they are typed in, so that a report tells of no other.
    monkeypatch.chdir(tmp_path)
    run = made_up.make_run(tmp_path / "run", dataset, real=("fruit",))
    before = set(run.iterdir())
    path = write_report(run, dataset)
    assert set(run.iterdir()) - before == {path, run / "gap.json"}
    page = page_of(path)
    assert not {"script", "link", "iframe", "object", "base"} & set(page.tags)
    sources = [value for name, value in page.attributes if name in ("src", "href", "srcset", "action", "data")]
    assert len(sources) > 30
    assert all(value.startswith(("data:image/jpeg;base64,", "#")) for value in sources)
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|https?://", text)
    assert str(tmp_path) not in text


def test_the_numbers_are_those_of_the_evaluations(tmp_path, dataset):
    path = write_report(made_up.make_run(tmp_path / "run", dataset, real=("fruit",)), dataset)
    text = " ".join(page_of(path).words)
    for expected in ("0.620", "0.340", "0.280", "55%", "96 images", "192 boxes", "95% interval 0.290 to 0.390"):
        assert expected in text
    assert "This run had no real test set" not in text


def test_without_a_real_set_it_says_not_measured_and_what_to_type(tmp_path, dataset):
    run = made_up.make_run(tmp_path / "run", dataset)
    words = " ".join(page_of(write_report(run, dataset)).words)
    assert "not measured" in words
    assert "evaluate" in words
    assert "--eval-on fruit" in words
    assert json.loads((run / "gap.json").read_text())["real"] == []


def test_hostile_names_are_inert(tmp_path):
    root = made_up.make_dataset(tmp_path / "data" / "x", names=(HOSTILE, "orange"), images=4)
    run = made_up.make_run(tmp_path / "run", root, names=(HOSTILE, "orange"), real=("fruit",))
    page = page_of(write_report(run, root))
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for _, value in page.attributes if value and value.startswith("https:")]
    assert any("<script>" in word for word in page.words)


def test_no_photograph_is_embedded_unless_asked_for(tmp_path, dataset, monkeypatch):
    real = tmp_path / "real" / "fruit"
    (real / "annotations").mkdir(parents=True)
    (real / "images" / "val").mkdir(parents=True)
    pixels = np.random.default_rng(0).integers(0, 255, (96, 96, 3), dtype=np.uint8)
    write_jpeg(real / "images" / "val" / "a.jpg", pixels, 90)
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 96, "height": 96}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 53, "bbox": [9, 9, 50, 50], "area": 2500}],
        "categories": [{"id": 53, "name": "apple"}],
    }
    (real / "annotations" / "instances_val.json").write_text(json.dumps(content))
    monkeypatch.setenv("SYNTHVIS_REAL", str(tmp_path / "real"))
    run = made_up.make_run(tmp_path / "run", dataset, real=("fruit",))

    without = write_report(run, dataset).read_text(encoding="utf-8")
    assert "Worst errors on fruit" not in without
    assert "No photograph is embedded" in without
    embedded = write_report(run, dataset, tmp_path / "private.html", embed_real=True).read_text(encoding="utf-8")
    assert "Worst errors on fruit" in embedded
    assert len(re.findall("data:image", embedded)) == len(re.findall("data:image", without)) + 1


def test_without_its_dataset_the_report_says_what_it_lacks(tmp_path, dataset, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = " ".join(page_of(write_report(made_up.make_run(tmp_path / "r", dataset))).words)
    assert "the rendered dataset was not found" in words
    assert "Worst errors on synthetic" in words


def test_thumbnails_are_jpegs(tmp_path, dataset):
    path = write_report(made_up.make_run(tmp_path / "run", dataset), dataset)
    uris = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', path.read_text(encoding="utf-8"))
    assert all(base64.b64decode(uri)[:3] == b"\xff\xd8\xff" for uri in uris)


def test_bad_runs_are_refused_in_one_line(tmp_path):
    with pytest.raises(UsageError, match="no run at"):
        write_report(tmp_path / "absent")
    with pytest.raises(SynthvisError, match="no evaluation"):
        write_report(tmp_path)


def test_the_report_shows_normals_in_the_colours_of_the_file(tmp_path) -> None:
    """As the preview does; the picture on the page is a JPEG, so single pixels may be off."""
    dataset = open_rendered(made_up.make_dataset(tmp_path / "set", images=2))
    first = dataset_overview(dataset).tiles[0]
    content = base64.b64decode(str(first.normals).partition(",")[2])
    shown = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1].astype(int)
    stored = read_image_rgb(dataset.layout.normals(first.split, first.id)).astype(int)
    assert shown.shape == stored.shape and np.abs(shown - stored).mean() < 4
