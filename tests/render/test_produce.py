"""Whole renders with Blender: the same bytes from any order, worker or interruption."""

from __future__ import annotations

import json
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from synthvis.checks.gate import check_dataset
from synthvis.config.load import load_recipe
from synthvis.dataset.merge import merge_parts
from synthvis.errors import DatasetError, UsageError
from synthvis.labels.registry import label_names
from synthvis.render.produce import RenderRequest, RenderSummary, plan_render, render_dataset
from synthvis.render.progress import RenderProgress

RECIPE = """\
name: tiny
image: {width_px: 64, height_px: 64}
render: {samples: 1}
world: {group_size: 4}
objects: {kinds: {apple: 1, orange: 1, banana: 1}, count: [1, 3]}
split: {val_every: 4}
"""
IMAGES = 6
NOT_CONTENT = {"run.json", ".render.lock"}
PIXEL_NOISE = 1.5
"""Mean difference of JPEG levels allowed: labels are equal to the byte, but colour was seen to differ."""


def quiet(progress: RenderProgress) -> AbstractContextManager[Any]:
    return nullcontext()


def recipe_file(root: Path) -> Path:
    path = root.parent / "tiny.yaml"
    path.write_text(RECIPE)
    return path


def request(root: Path, *settings: str, **changes: Any) -> RenderRequest:
    recipe = load_recipe(str(recipe_file(root)), settings)
    return RenderRequest(**{"recipe": recipe, "seed": 3, "root": root, "n": IMAGES, "device": "cpu", **changes})


def render(root: Path, **changes: Any) -> RenderSummary:
    return render_dataset(request(root, **changes), quiet)


def content(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and path.name not in NOT_CONTENT)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def differing(root: Path, other: dict[str, bytes]) -> list[str]:
    """Files that differ; a picture does when it differs by more than noise."""
    mine = content(root)
    names = (name for name in mine.keys() | other.keys() if mine.get(name) != other.get(name))
    return sorted(name for name in names if not _is_noise(mine.get(name), other.get(name), name))


def _is_noise(mine: bytes | None, other: bytes | None, name: str) -> bool:
    if mine is None or other is None or not name.endswith(".jpg"):
        return False
    first, second = (cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in (mine, other))
    return float(np.abs(first.astype(float) - second.astype(float)).mean()) < PIXEL_NOISE


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images made in one go by one worker."""
    root = tmp_path_factory.mktemp("reference") / "fruit"
    assert render(root, workers=1).made == IMAGES
    return root


@pytest.mark.blender
@pytest.mark.slow
def test_two_workers_make_the_same_bytes_as_one_and_leave_nothing_behind(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    summary = render(tmp_path / "fruit", workers=2)
    assert list(temporary.iterdir()) == []
    assert (summary.made, dict(summary.by_split)) == (IMAGES, {"train": 5, "val": 1})
    assert differing(tmp_path / "fruit", content(reference)) == []


@pytest.mark.blender
@pytest.mark.slow
def test_an_image_alone_equals_itself_among_others_and_a_later_run_completes_it(
    reference: Path, tmp_path: Path
) -> None:
    root = tmp_path / "fruit"
    render(root, only=(5,))
    alone = {name: data for name, data in content(root).items() if "000005" in name}
    assert len(alone) == 7
    among = {name: data for name, data in content(reference).items() if "000005" in name}
    assert [name for name in alone if alone[name] != among[name] and not name.endswith(".jpg")] == []
    (root / "images" / "train" / "000005.jpg").unlink()
    summary = render(root)
    assert (summary.made, summary.already_there) == (IMAGES, 0)
    assert differing(root, content(reference)) == []


@pytest.mark.blender
@pytest.mark.slow
def test_shards_made_apart_merge_to_the_bytes_of_a_single_run(reference: Path, tmp_path: Path) -> None:
    parts = [tmp_path / "one", tmp_path / "two"]
    made = [render(part, shard=(number, 2), workers=1).made for number, part in enumerate(parts, start=1)]
    assert made == [3, 3]
    summary = merge_parts(parts, tmp_path / "whole")
    assert (summary.expected, summary.missing) == (IMAGES, ())
    assert differing(tmp_path / "whole", content(reference)) == []


@pytest.mark.blender
@pytest.mark.slow
def test_labels_on_request_come_beside_the_others_and_are_made_again_when_one_is_gone(
    reference: Path, tmp_path: Path
) -> None:
    root, asked = (
        tmp_path / "fruit",
        load_recipe(str(recipe_file(reference)), [f"labels.extra={[*label_names(of_films=False)]}"]),
    )
    assert render(root, recipe=asked, n=3, workers=1).made == 3
    assert check_dataset(root, mesh_checked_images=None).problems == ()
    mine, plain = content(root), content(reference)
    assert not any(name.startswith(("nocs", "boundary")) for name in plain)
    for folder in ("depth", "normals", "semantic", "instances", "scenes"):
        names = [name for name in mine if name.startswith(f"{folder}/")]
        assert len(names) == 3
        assert [name for name in names if mine[name] != plain[name]] == []
    for name in (name for name in mine if name.startswith("records/")):
        assert json.loads(plain[name]) == _without_extras(json.loads(mine[name]))
    (root / "nocs" / "train" / "000001.png").unlink()
    (root / "boundary" / "train" / "000003.png").write_bytes(b"")
    summary = render(root, recipe=asked, n=3, workers=1)
    assert (summary.made, summary.already_there) == (2, 1)
    assert differing(root, mine) == []


@pytest.mark.blender
@pytest.mark.slow
@pytest.mark.parametrize("distortion", ["{k1: -0.3, k2: 0.05, p1: 0.003, p2: -0.002}", "{k1: 0.5, k2: 0.1}"])
def test_all_labels_follow_a_lens_with_distortion(tmp_path: Path, distortion: str) -> None:
    asked = [
        f"labels.extra={[*label_names(of_films=False)]}",
        f"camera.distortion={distortion}",
        "camera.focal_mm=[36, 40]",
    ]
    # A pile seen from low down: some hide others.
    crowd = [
        "objects.count=[6, 6]",
        "objects.layouts={pile: 1}",
        "camera.elevation_deg=[5, 15]",
        "camera.fill=[1, 1.2]",
    ]
    recipe = load_recipe(str(recipe_file(tmp_path / "fruit")), [*asked, *crowd])
    root = tmp_path / "fruit"
    assert render(root, recipe=recipe, n=2, workers=1).made == 2
    assert check_dataset(root, mesh_checked_images=None).problems == ()
    records = [json.loads(path.read_bytes()) for path in sorted(root.glob("records/*/*.json"))]
    for record in records:
        camera, instances = record["image"]["synthvis"], _png(root / "instances" / "train", record)
        lens = np.array(camera["K"]), np.array(camera["distortion"])
        nocs = _png(root / "nocs" / "train", record)[..., ::-1]
        for facts in (entry["synthvis"] for entry in record["annotations"]):
            box, pose = facts["box3d"], np.array(facts["cam_from_object"])
            given = [k for k, pixel in enumerate(box["corners_px"]) if pixel is not None]
            corners = np.array(box["corners_cam_m"])[given]
            bent = cv2.projectPoints(corners, np.zeros(3), np.zeros(3), *lens)[0][:, 0]
            assert np.allclose(bent, [box["corners_px"][k] for k in given], atol=0.01)
            rows, columns = np.nonzero(instances == facts["instance_id"])
            stored = facts["nocs"]
            points = (nocs[rows, columns] / 65535 - 0.5) * stored["diagonal_m"] + stored["centre_m"]
            seen = cv2.projectPoints(points, cv2.Rodrigues(pose[:3, :3])[0], pose[:3, 3], *lens)[0][:, 0]
            assert np.median(np.abs(seen - np.stack([columns + 0.5, rows + 0.5], axis=1))) < 0.01
    assert any(record["image"]["synthvis"]["occlusion_order"] for record in records)


def _png(folder: Path, record: dict[str, Any]) -> Any:
    return cv2.imread(str(folder / f"{record['image']['id']:06d}.png"), cv2.IMREAD_UNCHANGED)


def _without_extras(record: dict[str, Any]) -> dict[str, Any]:
    for facts in (record["image"]["synthvis"], *(entry["synthvis"] for entry in record["annotations"])):
        for name in label_names():
            facts.pop(name, None)
    return record


@pytest.mark.blender
@pytest.mark.slow
def test_killed_workers_and_parents_leave_no_trace_after_a_rerun(reference: Path, tmp_path: Path) -> None:
    root, rng = tmp_path / "fruit", random.Random(0)
    command = [sys.executable, "-m", "synthvis", "render", "--n", str(IMAGES), "--seed", "3"]
    command += ["--recipe", str(recipe_file(root)), "--out", str(root), "--device", "cpu", "--no-check"]
    for victim in ("parent", "worker"):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as parent:
            workers = _workers_after_first_image(parent, root)
            time.sleep(rng.uniform(0.0, 0.2))
            if victim == "parent":
                parent.kill()
            else:
                for worker in workers:
                    with suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGKILL)
            _, told = parent.communicate(timeout=60)
        assert parent.returncode == (-signal.SIGKILL if victim == "parent" else 0), told
        assert all(_is_gone(worker) for worker in workers)
    assert differing(root, content(reference)) == []


@pytest.mark.blender
@pytest.mark.slow
def test_ctrl_c_keeps_what_is_finished_and_prints_the_command_that_resumes(tmp_path: Path) -> None:
    root = tmp_path / "fruit"
    command = [sys.executable, "-m", "synthvis", "render", "--recipe", str(recipe_file(root)), "--out", str(root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as parent:
        _workers_after_first_image(parent, root)
        parent.send_signal(signal.SIGINT)
        _, told = parent.communicate(timeout=120)
    assert parent.returncode == 130
    program, verb, *options = shlex.split(next(line for line in told.splitlines() if "synthvis render" in line))
    assert (program, verb) == ("synthvis", "render")
    asked = {"--n": "100", "--seed": "0", "--recipe": str(root.parent / "tiny.yaml"), "--out": str(root)}
    assert dict(zip(options[::2], options[1::2], strict=True)) == asked
    assert "Traceback" not in told
    instances = json.loads((root / "annotations" / "instances_train.json").read_bytes())
    assert len(instances["images"]) == len(list((root / "records" / "train").glob("*.json"))) > 0


def test_a_plan_writes_nothing_and_counts_what_is_missing(tmp_path: Path) -> None:
    plan = plan_render(request(tmp_path / "new"))
    assert plan.missing == tuple(range(1, IMAGES + 1))
    assert not (tmp_path / "new").exists()
    again = plan_render(request(tmp_path / "other", workers=1))
    assert plan.manifest.content_hash == again.manifest.content_hash


@pytest.mark.blender
@pytest.mark.slow
def test_another_recipe_or_seed_is_refused_and_changes_nothing(reference: Path) -> None:
    before = content(reference)
    with pytest.raises(DatasetError, match=r"recipe\.render\.samples is 1 there, 2 asked"):
        render_dataset(request(reference, "render.samples=2"), quiet)
    with pytest.raises(DatasetError, match="seed is 3 there, 4 asked"):
        render(reference, seed=4)
    assert content(reference) == before


def test_a_foreign_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    root = tmp_path / "pictures"
    root.mkdir()
    (root / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"holds holiday\.jpg"):
        render(root)
    assert os.listdir(root) == ["holiday.jpg"]


@pytest.mark.parametrize("changes", [{"n": 0}, {"only": (0,)}, {"seed": -1}, {"workers": 0}])
def test_senseless_requests_are_usage_errors(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        plan_render(request(tmp_path / "fruit", **changes))


def _workers_after_first_image(parent: subprocess.Popen[str], root: Path) -> list[int]:
    made = len(list(root.glob("records/*/*.json")))
    deadline = time.monotonic() + 60
    while len(list(root.glob("records/*/*.json"))) <= made and parent.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return _children(parent.pid)


def _children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except (OSError, IndexError):
            continue
    return found


def _is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False
