"""Networks as ONNX and TorchScript: what onnxruntime answers, and the script that stands alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.ops import nms

import synthvis as sv
from synthvis.errors import CheckpointError, DatasetError, UsageError
from synthvis.formats.images import write_jpeg
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig
from synthvis.train.deploy.export import FILE_NAMES, export_trained, squares_of
from synthvis.train.deploy.graph import graph_of
from synthvis.train.deploy.run_onnx import detections, letterbox, suppressed
from synthvis.train.engine.checkpoint import save_trained
from synthvis.train.registry import task_named
from synthvis.train.trained import Trained
from synthvis.train.views.letterbox import PAD_VALUE, Letterbox, letterbox_image

pytestmark = pytest.mark.train

SIZE = 96
TOLERANCE = 1e-3
"""Of values up to 96 pixels: rounding of fp32 through fifty layers is a tenth of that on every CPU that was tried."""

NETWORKS = [
    ("detection", "fcos"), ("detection", "retinanet"), ("detection", "ssdlite"), ("classification", "auto"),
    ("depth", "auto"), ("semantic", "auto"), ("normals", "auto"), ("keypoints", "heatmap"),
]  # fmt: skip
TWO_STAGE = [("detection", "fasterrcnn"), ("instances", "auto"), ("keypoints", "keypointrcnn")]


def trained_on(task: str, arch: str) -> Trained:
    """An untrained network whose batch normalisation is that of no batch, as after a training."""
    torch.manual_seed(0)
    classes = ("cup/rim", "cup/foot") if task == "keypoints" else ("cup", "bowl")
    config = ModelConfig(backbone="mobilenetv2_100", arch=arch, input_size=SIZE, head_channels=32, head_convs=1)
    network = task_named(task).build(config, classes, pretrained=False).eval()
    return Trained(task=task, network=network, model=config, classes=classes, facts=TrainingFacts())


def pictures(folder: Path, count: int = 2) -> list[Path]:
    rng = np.random.default_rng(0)
    paths = [folder / f"{number}.jpg" for number in range(count)]
    for path in paths:
        write_jpeg(path, rng.integers(0, 255, (48, 80, 3), dtype=np.uint8), 95)
    return paths


@pytest.mark.parametrize(("task", "arch"), NETWORKS)
def test_onnxruntime_answers_as_torch_does(task: str, arch: str, tmp_path: Path) -> None:
    trained = trained_on(task, arch)
    model = export_trained(trained, tmp_path / "model", "onnx", pictures=pictures(tmp_path))
    assert model.check is not None and model.check.pictures == 2
    for one in model.check.differences:
        assert one.shapes_differ == 0
        assert one.largest <= TOLERANCE * max(1.0, one.magnitude), one
        assert one.magnitude > 0
    # Two at once give what each gives alone.
    import onnxruntime

    session = onnxruntime.InferenceSession(str(model.path))
    squares = np.ascontiguousarray(squares_of(pictures(tmp_path), SIZE)[0])
    both = session.run(None, {"images": squares})
    alone = [session.run(None, {"images": squares[at : at + 1]}) for at in range(2)]
    for index, whole in enumerate(both):
        assert len(whole) == 2
        assert np.allclose(whole, np.concatenate([one[index] for one in alone]), atol=TOLERANCE)


@pytest.mark.slow
@pytest.mark.parametrize(("task", "arch"), TWO_STAGE)
def test_two_stage_networks_are_whole(task: str, arch: str, tmp_path: Path) -> None:
    model = export_trained(trained_on(task, arch), tmp_path / "model", "onnx", pictures=pictures(tmp_path))
    assert model.outputs[:3] == ("boxes", "labels", "scores")
    facts = json.loads((tmp_path / "model" / "model.json").read_text())
    assert facts["any_batch"] is False and facts["suppression"] == {}


@pytest.mark.parametrize(("task", "arch"), [("detection", "fcos"), ("depth", "auto")])
def test_torchscript_answers_exactly(task: str, arch: str, tmp_path: Path) -> None:
    model = export_trained(trained_on(task, arch), tmp_path, "torchscript", pictures=())
    assert model.check is not None and model.check.worst.largest <= 1e-5
    assert model.check.pictures_from == "4 pictures of noise"


@pytest.mark.parametrize("arch", ["fcos", "retinanet", "ssdlite"])
def test_the_candidates_are_those_that_the_network_chooses_from(arch: str) -> None:
    """Suppressed by torchvision's NMS, they are the network's own detections."""
    trained = trained_on("detection", arch)
    network = trained.network
    # Untrained scores are all alike, and the best few of each level then depend on rounding.
    for name, value in network.named_parameters():
        if any(name.startswith(prefix) for prefix in network.class_layers) and name.endswith("weight"):
            torch.nn.init.normal_(value, std=0.5)
    images = torch.from_numpy(squares_of((), SIZE)[0])
    graph = graph_of(network, SIZE)
    boxes, scores = (one[0] for one in graph(images[:1]))
    with torch.inference_mode():
        own = network(images[:1])[0]
    for box, label, score in zip(own["boxes"], own["labels"], own["scores"], strict=True):
        near = (boxes - box).abs().amax(dim=1) < 1e-3
        assert (scores[near, label] - score).abs().min() < 1e-5
    best = scores[:, 0].topk(20).indices
    mine = suppressed(boxes[best].numpy(), scores[best, 0].numpy(), 0.5)
    assert mine.tolist() == nms(boxes[best], scores[best, 0], 0.5).tolist()


def test_suppression_by_hand() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [20, 20, 30, 30], [0, 0, 10, 5]], float)
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    # 90 of 100 shared, nothing, 50 of 100.
    assert suppressed(boxes, scores, 0.6).tolist() == [0, 2, 3]
    assert suppressed(boxes, scores, 0.4).tolist() == [0, 2]
    facts = {"score_threshold": 0.65, "nms_iou": 0.6, "detections": 2}
    rows = detections(boxes, np.stack([scores, scores[::-1]], axis=1), facts)
    assert rows[:, 4].tolist() == [0, 1] and rows[:, 5].tolist() == [0.9, 0.9]
    assert detections(boxes, np.zeros((4, 2)), facts).shape == (0, 6)


@pytest.mark.parametrize("hw", [(48, 80), (80, 48), (7, 300), (64, 64)])
def test_the_script_shows_the_network_what_training_did(hw: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 255, (*hw, 3), dtype=np.uint8)
    square, scale = letterbox(image, SIZE, PAD_VALUE)
    assert np.array_equal(square, letterbox_image(image, SIZE))
    assert scale == Letterbox(hw, SIZE).scale_xy


def run_folder(folder: Path, task: str = "detection", arch: str = "fcos") -> Path:
    trained = trained_on(task, arch)
    folder.mkdir()
    save_trained(
        folder / "best.safetensors", trained.network.state_dict(), task=task, model=trained.model,
        classes=trained.classes, facts=trained.facts,
    )  # fmt: skip
    return folder


def test_the_script_beside_the_model_runs_without_synthvis(tmp_path: Path) -> None:
    run = run_folder(tmp_path / "run")
    model = sv.export_model(run, pictures=[tmp_path], out=tmp_path / "model") if pictures(tmp_path) else None
    assert model is not None and model.folder == tmp_path / "model"
    script = (model.folder / "run_onnx.py").read_text()
    assert "synthvis" not in script and len(script.splitlines()) <= 62
    program = [sys.executable, "-S", str(model.folder / "run_onnx.py"), str(tmp_path / "0.jpg")]
    paths = ":".join(path for path in sys.path if "site-packages" in path)
    done = subprocess.run(program, capture_output=True, text=True, env={"PYTHONPATH": paths}, check=False)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        _, name, score, x0, y0, x1, y1 = line.split()
        assert name in ("cup", "bowl") and 0 < float(score) <= 1
        assert 0 <= float(x0) <= float(x1) <= 80.1 and 0 <= float(y0) <= float(y1) <= 48.1


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_smaller_precisions_are_smaller_and_say_what_they_lose(precision: str, tmp_path: Path) -> None:
    trained = trained_on("classification", "auto")
    whole = export_trained(trained, tmp_path / "fp32", "onnx", pictures=pictures(tmp_path))
    small = export_trained(trained, tmp_path / precision, "onnx", precision=precision, pictures=pictures(tmp_path))  # type: ignore[arg-type]
    assert small.path.stat().st_size < 0.6 * whole.path.stat().st_size
    assert small.check is not None and small.check.worst.largest > 0
    assert json.loads((small.folder / "model.json").read_text())["precision"] == precision


def test_weights_alone_come_back(tmp_path: Path) -> None:
    from safetensors import safe_open

    run = run_folder(tmp_path / "run", "depth", "auto")
    model = sv.export_model(run, format="safetensors")
    assert model.path == run / "export" / "safetensors" / FILE_NAMES["safetensors"] and model.check is None
    with safe_open(str(model.path), "pt") as file:
        assert file.metadata()["task"] == "depth" and json.loads(file.metadata()["classes"]) == ["cup", "bowl"]
        wanted = trained_on("depth", "auto").network.state_dict()
        assert set(file.keys()) == set(wanted)
        assert all(torch.equal(file.get_tensor(name), value) for name, value in wanted.items())


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no weights at"):
        sv.export_model(tmp_path / "none")
    run = run_folder(tmp_path / "run")
    with pytest.raises(UsageError, match="--precision int8 is for --format onnx"):
        sv.export_model(run, format="torchscript", precision="int8")
    with pytest.raises(DatasetError, match="no picture at"):
        sv.export_model(run, pictures=[tmp_path / "gone.jpg"])
