"""The page of a run with a comparison and a study beside it: what is on it, in which order, with which numbers."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import made_up_gap as made
import made_up_run
import pytest
from made_sets import write_set

pytest.importorskip("jinja2")

from synthvis.data.dataset import find_dataset
from synthvis.errors import UsageError
from synthvis.evaluation.run_folder import read_evaluations, write_evaluation
from synthvis.gap.compare import GapOptions, compare_sets
from synthvis.gap.comparison import read_set_comparison
from synthvis.gap.sets import find_pair
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import BoxPrediction
from synthvis.report.build import write_report
from synthvis.report.study_page import write_study_page
from synthvis.viz.svg import NARROW_PX

HOSTILE = "<script>alert('x')</script>\"'><img src=https://evil.example/x onerror=alert(1)>"
HEADINGS = [
    "The gap", "What the renders are worth", "Causes of the errors", "Worst errors on synthetic",
    "Errors on photographs",
    "How the renders differ from the photographs", "Distances between their features", "What to change next",
    "What was not measured, and what these numbers are", "What the detector was shown", "Precision and recall",
    "How it learned", "How it was made",
]  # fmt: skip


class Page(HTMLParser):
    """Text, tags, attributes and headings of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.raw = path.read_text(encoding="utf-8")
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.headings: list[str] = []
        self._open = ""
        self.feed(self.raw.partition("</style>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._open == "h2":
            self.headings.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def section(self, name: str) -> str:
        """Text of the section with that anchor."""
        part = self.raw.partition(f'<section id="{name}">')[2].partition("</section>")[0]
        return " ".join(re.sub(r"<[^>]+>", " ", part).replace("&#39;", "'").split())

    def summary(self) -> str:
        part = self.raw.partition('<section class="first"')[2].partition("<nav")[0].partition(">")[2]
        return " ".join(re.sub(r"<[^>]+>", " ", part).split())


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up_run.make_dataset(tmp_path_factory.mktemp("data") / "made-up")


def make_project(root: Path, dataset: Path, *, task: bool = True, real: str = "fruit") -> Path:
    """A run with its comparison and its study in the expected places."""
    run = made_up_run.make_run(root / "runs" / "mine", dataset, real=(real,))
    evaluations = {one.set: one for one in read_evaluations(run)}
    sides = (evaluations[name] for name in ("synthetic", real))
    found = made.task_gap(run, *sides) if task else None
    made.write_gap_dir(root / "runs" / f"gap-made-up-{real}", made.set_gap(found, real=real))
    made.write_study_dir(root / "studies" / f"made-up-{real}", made.study())
    return run


@pytest.fixture(scope="module")
def page(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(write_report(make_project(tmp_path_factory.mktemp("project"), dataset), dataset))


def test_all_sections_are_there_in_their_order(page: Page) -> None:
    assert page.headings == HEADINGS
    anchors = [value for name, value in page.attributes if name == "href"]
    assert len(anchors) >= 8
    assert {f"#{value}" for name, value in page.attributes if name == "id"} >= set(anchors)
    assert "How their masks, keypoints, depth and normals differ" in page.section("limits")


def test_the_page_loads_nothing(page: Page) -> None:
    assert not {"script", "link", "iframe", "object", "base"} & set(page.tags)
    assert not re.search(r"url\(|@import|https?://", page.raw)
    sources = [value for name, value in page.attributes if name in ("src", "srcset")]
    assert sources and all(str(value).startswith("data:image/") for value in sources)
    assert "default-src 'none'" in page.raw


def test_the_first_screen_is_a_number_a_chart_and_three_steps(page: Page) -> None:
    """AP 0.62 and 0.34, each with 0.05 to both sides: the difference is 0.28, its ends 0.05 sqrt(2) away."""
    text = page.summary()
    assert "AP lost from renders to photographs of fruit 0.280 95% interval 0.209 to 0.351" in text
    first = page.raw.partition('<section class="first"')[2].partition("<nav")[0]
    assert first.count("<svg") == 2 and first.count("<li>") == 3
    assert "14 photographs" in text and "15 renders" in text, "the ways to train that the study compared"


def test_nothing_but_a_table_is_wider_than_a_phone(page: Page) -> None:
    """Charts shrink with their column, tables scroll alone, and no column of a grid has a fixed least width."""
    shapes = re.findall(r"<svg [^>]*>", page.raw)
    assert len(shapes) > 20 and all("viewBox=" in shape for shape in shapes)
    assert not [shape for shape in shapes if re.search(r"\s(width|height)=", shape)]
    style, _, body = page.raw.partition("</style>")
    assert body.count("<table") == len(re.findall(r'<div class="scroll"><table', body)) > 8
    assert not re.search(r"minmax\(\d+px|\.chart[^}]*min-width|\.card[^}]*overflow-x", style)
    assert "width=device-width" in style and ".scroll { overflow-x: auto" in style


def test_every_chart_has_a_layout_for_a_phone(page: Page) -> None:
    body = page.raw.partition("</style>")[2]
    charts = re.findall(r'<svg class="chart".*?</svg>', body, re.DOTALL)
    widths = [int(re.search(r'viewBox="0 0 (\d+)', chart).group(1)) for chart in charts]
    assert widths.count(NARROW_PX) * 2 == len(widths) == 2 * body.count('<div class="narrow">')
    for chart, width in zip(charts, widths, strict=True):
        assert not words_outside(chart, width), f"words beyond the {width} px of a chart"


LETTER_PX = 5.6
"""Of a chart's text at 11.5 px in a common sans serif."""


def words_outside(chart: str, width: float) -> list[str]:
    """Words of a chart that do not lie within it."""
    outside = []
    for x, anchor, text in re.findall(r'<text x="([\d.-]+)" y="[\d.-]+" text-anchor="(\w+)">([^<]*)</text>', chart):
        long = LETTER_PX * len(html.unescape(text))
        left = float(x) - {"start": 0, "middle": 0.5, "end": 1}[anchor] * long
        outside += [text] if left < -1 or left + long > width + 1 else []
    return outside


def test_the_page_of_a_study_fits_a_phone_too(tmp_path: Path) -> None:
    body = write_study_page(made.study(), tmp_path).read_text().partition("</style>")[2]
    charts = re.findall(r'<svg class="chart".*?</svg>', body, re.DOTALL)
    assert len(charts) == 2 * body.count('<div class="narrow">') > 2
    for chart in charts:
        assert not words_outside(chart, float(re.search(r'viewBox="0 0 (\d+)', chart).group(1)))
    # The chart as a file of its own is one chart.
    assert (tmp_path / "study.svg").read_text().count("<svg") == 1


def test_steps_go_from_the_sure_to_the_hints(page: Page) -> None:
    text = page.section("recommendations")
    order = [
        "Train on the renders, then on 144 photographs",
        "errors of localisation cost 0.172 [0.162, 0.182] AP50 on photographs of fruit, +0.155",
        "errors of missing objects cost 0.092",
        "Look at what goes wrong with",
        "Lower sensor.blur_sigma_px, or bring own textures",
        "renders are softer; divergence 0.424 [0.414, 0.434] bits, null up to 0.050",
        "Lower sensor.shot_noise",
    ]
    places = [text.index(one) for one in order]
    assert places == sorted(places)
    assert "errors of classification" not in text, "two causes are enough"
    assert "luma" not in text, "it differs by no more than halves do"


def test_causes_are_those_of_the_comparison(page: Page) -> None:
    text = page.section("causes")
    assert "Correcting all localisation errors would bring the most on photographs: 0.172 [0.162, 0.182] AP50" in text
    for name, cost in made.COSTS.items():
        assert f"{cost:.3f} [{cost - 0.01:.3f}, {cost + 0.01:.3f}]" in text, name
    assert "large 57 0.400" in text and "small" not in text.partition("By size")[2].partition("By class")[0]


def test_a_second_set_of_renders_is_not_called_photographs(dataset: Path, tmp_path: Path) -> None:
    run = make_project(tmp_path, dataset)
    folder = tmp_path / "runs" / "gap-made-up-fruit"
    found = read_set_comparison(folder / "set_gap.json")
    made.write_gap_dir(folder, replace(found, real=replace(found.real, kind="synthetic")))
    page = Page(write_report(run, dataset))
    assert "AP50 on renders of fruit, +0.155" in page.section("recommendations")
    assert "Correcting all localisation errors would bring the most on renders of fruit" in page.section("causes")
    assert "photographs" not in page.section("causes")


def test_differences_are_ranked_and_say_what_to_change(page: Page) -> None:
    text = page.section("differences")
    assert "2 of 3 image statistics differ" in text and "the renders do not have them: pear tree" in text
    assert (
        text.index("0.424 [0.414, 0.434]") < text.index("0.232 [0.222, 0.242]") < text.index("1 image statistic within")
    )
    assert "0.55 (0.11 to 0.99) 0.77 (0.11 to 0.99) lower sensor.blur_sigma_px" in text


def test_features_and_the_worth_have_their_numbers(page: Page) -> None:
    features = page.section("features")
    assert "KID × 1000 33.30 [32.30, 34.30] 2.00" in features and "made-up-net" in features
    assert "37% of the objects in photographs" in features
    worth = page.section("regimes")
    assert "labelled photographs 71" in worth and "35 to more than 144" in worth
    assert "The 15 renders are worth 71 labelled photographs." in worth
    for number in ("0.211 [0.201, 0.221]", "0.455 [0.445, 0.465]", "0.366 [0.356, 0.376]"):
        assert number in worth


def test_what_a_study_left_out_has_its_command(page: Page) -> None:
    text = page.section("limits")
    assert "synthvis study --data data/made-up --real fruit --steps 40 --seeds 0 --sizes 1,3,7,15" in text
    assert "synthvis study --data data/made-up --real fruit --steps 40 --seeds 0,1" in text
    assert "--ablate lighting,texture,camera,distractors,context,sensor" in text


def test_recipe_keys_come_with_their_value_of_today(tmp_path: Path) -> None:
    root = made_up_run.make_dataset(tmp_path / "data" / "made-up", images=4)
    manifest = json.loads((root / "dataset.json").read_text())
    manifest["recipe"]["sensor"] = {"blur_sigma_px": [0.1, 0.9]}
    (root / "dataset.json").write_text(json.dumps(manifest))
    page = Page(write_report(make_project(tmp_path, root), root))
    assert "sensor.blur_sigma_px: [0.1, 0.9]" in page.section("recommendations")
    assert "sensor.blur_sigma_px: [0.1, 0.9]" in page.section("differences")


def test_alone_a_run_says_what_is_missing_and_how_to_measure_it(dataset: Path, tmp_path: Path) -> None:
    run = made_up_run.make_run(tmp_path / "runs" / "mine", dataset, real=("fruit",))
    page = Page(write_report(run, dataset))
    absent = {"What the renders are worth", "Causes of the errors", HEADINGS[5], HEADINGS[6]}
    assert page.headings == [one for one in HEADINGS if one not in absent]
    text = page.section("limits")
    assert "Causes of the gap no comparison was found" in text and f"fruit --run {run}" in text
    assert "What the renders are worth in labelled photographs no study of them was found" in text
    assert "Measure: Causes of the gap" in page.summary()


def test_no_study_is_advised_of_photographs_that_are_for_measuring_only(dataset: Path, tmp_path: Path) -> None:
    run = made_up_run.make_run(tmp_path / "runs" / "mine", dataset, real=("rooms",))
    text = Page(write_report(run, dataset)).section("limits")
    assert "What the renders are worth in labelled photographs rooms has no photographs to train on" in text
    assert "--real rooms" not in text


def test_without_photographs_the_first_step_is_to_measure(dataset: Path, tmp_path: Path) -> None:
    page = Page(write_report(made_up_run.make_run(tmp_path / "run", dataset), dataset))
    assert "Gap to real photographs not measured" in page.summary()
    assert "Measure: AP on real photographs, and so the gap" in page.summary()
    assert "Causes of the gap" not in page.text


def test_causes_of_another_run_or_an_earlier_evaluation_are_not_shown(dataset: Path, tmp_path: Path) -> None:
    run = make_project(tmp_path, dataset)
    evaluation = json.loads((run / "eval_fruit.json").read_text())
    for metric in evaluation["metrics"].values():
        metric["value"] = 0.123
    (run / "eval_fruit.json").write_text(json.dumps(evaluation))
    page = Page(write_report(run, dataset))
    assert "Causes of the errors" not in page.headings and "0.172" not in page.text
    assert "of another run or an earlier evaluation" in page.section("limits")
    assert HEADINGS[5] in page.headings, "the sets still differ as they did"


def test_folders_that_are_named_are_taken_and_wrong_ones_refused(dataset: Path, tmp_path: Path) -> None:
    run = made_up_run.make_run(tmp_path / "runs" / "mine", dataset, real=("fruit",))
    gap = made.write_gap_dir(tmp_path / "elsewhere", made.set_gap(with_features=False))
    study = made.write_study_dir(tmp_path / "other", made.study())
    page = Page(write_report(run, dataset, gap_dir=gap, study_dir=study))
    assert HEADINGS[5] in page.headings and HEADINGS[1] in page.headings
    assert "the comparison left them out" in page.section("limits")
    with pytest.raises(UsageError, match="holds no comparison"):
        write_report(run, dataset, gap_dir=study)
    with pytest.raises(UsageError, match="holds no study"):
        write_report(run, dataset, study_dir=gap)
    made.write_study_dir(study, made.study(task="depth", metric="AbsRel"))
    with pytest.raises(UsageError, match="is of depth"):
        write_report(run, dataset, study_dir=study)


@pytest.mark.parametrize("content", ["{", "[]", '{"synthetic": 1}', '{"study": {}}'])
def test_damaged_files_that_nobody_named_are_left_out_and_said(content: str, dataset: Path, tmp_path: Path) -> None:
    run = make_project(tmp_path, dataset)
    (tmp_path / "runs" / "gap-made-up-fruit" / "set_gap.json").write_text(content)
    (tmp_path / "studies" / "made-up-fruit" / "study.json").write_text(content)
    page = Page(write_report(run, dataset))
    assert HEADINGS[1] not in page.headings and HEADINGS[5] not in page.headings
    assert "set_gap.json cannot be read as a comparison" in page.section("limits")
    assert "study.json cannot be read as a study" in page.section("limits")


def hostile(content: Any) -> Any:
    """All words of a file replaced by one that a browser would run."""
    if isinstance(content, dict):
        named = {HOSTILE + key if key in CLASSES else key: value for key, value in content.items()}
        return {key: value if key in KEPT else hostile(value) for key, value in named.items()}
    if isinstance(content, list):
        return [hostile(one) for one in content]
    return HOSTILE if isinstance(content, str) else content


CLASSES = ("apple", "orange")
KEPT = ("task", "regime", "budget", "run", "set", "split", "metric", "high", "kind", "statistic", "verdict", "base")


def test_hostile_names_are_inert(dataset: Path, tmp_path: Path) -> None:
    run = make_project(tmp_path, dataset)
    for path in (
        tmp_path / "runs" / "gap-made-up-fruit" / "set_gap.json",
        tmp_path / "studies" / "made-up-fruit" / "study.json",
    ):
        path.write_text(json.dumps(hostile(json.loads(path.read_text()))))
    page = Page(write_report(run, dataset))
    assert HEADINGS[1] in page.headings and HEADINGS[5] in page.headings
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for _, value in page.attributes if value and value.startswith("https:")]
    assert any("<script>" in word for word in page.words)


def test_pictures_of_the_comparison_run_nothing_and_sheets_of_photographs_stay_out(
    dataset: Path, tmp_path: Path
) -> None:
    run = make_project(tmp_path, dataset)
    folder = tmp_path / "runs" / "gap-made-up-fruit"
    (folder / "embedding_images_pca.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    sheet = b"\xff\xd8\xff photographs"
    (folder / "missing.jpg").write_bytes(sheet)
    page = Page(write_report(run, dataset))
    assert "script" not in page.tags and page.raw.count("data:image/svg+xml;base64,") == 1
    assert "they show photographs and are not in this file" in page.section("features")
    assert "photographed object" not in page.section("features")


def test_a_comparison_as_it_is_really_made_fits_the_page(tmp_path: Path) -> None:
    """Boxes half a side off on photographs: all of AP50 is lost, and all of it to localisation."""
    real = write_set(tmp_path / "photos", images=6, seed=1)
    ours = write_set(tmp_path / "renders", images=6, seed=0, synthetic=True)
    run = tmp_path / "runs" / "mine"
    run.mkdir(parents=True)
    for root, shift in ((ours, 0.0), (real, 0.5)):
        split = find_dataset(root).read("train")
        rows = [
            BoxPrediction(
                image_id=image.id, category_id=split.category_ids[box.class_name], score=0.9,
                bbox=(box.bbox_xywh_px[0] + shift * box.bbox_xywh_px[2], *box.bbox_xywh_px[1:]),
            )
            for image in split.images for box in image.objects
        ]  # fmt: skip
        measures = detection_metrics(split, rows, split.class_names, resamples=20)
        head = {"task": "detection", "headline": "AP", "set": split.name, "kind": split.kind, "split": "train"}
        write_evaluation(run, Evaluation.of(measures, **head, source=split.name, classes=split.class_names), rows)
    options = GapOptions(run=run, resamples=20, out=tmp_path / "runs" / "gap-renders-photos")
    options.out.mkdir()
    found = compare_sets(find_pair(str(ours), str(real), images=6), options)
    page = Page(write_report(run))
    assert "AP lost from renders to photographs of photos 1.000" in page.summary()
    assert (
        "Correcting all localisation errors would bring the most on photographs: 1.000 [1.000, 1.000] AP50"
        in page.section("causes")
    )
    assert all(row.title in page.section("differences") for row in found.differences)
    assert "Feature distances to photos" in page.section("limits")


def test_the_report_needs_no_torch() -> None:
    words = "import sys, synthvis.report.build, synthvis.report.study_page; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0
