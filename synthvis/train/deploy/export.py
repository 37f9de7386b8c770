"""A run written as a model for other runtimes: the file, what it is, a script that runs it, a check against torch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import SynthvisError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.images import read_image_rgb
from synthvis.train.deploy.comparison import ModelCheck, Runner, compared, onnx_runner, torchscript_runner
from synthvis.train.deploy.files import (
    ModelFormat,
    ModelPrecision,
    write_onnx,
    write_safetensors,
    write_torchscript,
)
from synthvis.train.deploy.graph import DeployedGraph, graph_of
from synthvis.train.trained import Trained
from synthvis.train.views.letterbox import PAD_VALUE, letterbox_image
from synthvis.version import __version__

__all__ = ["FILE_NAMES", "ExportedModel", "export_trained", "squares_of"]

FILE_NAMES: Mapping[ModelFormat, str] = {
    "onnx": "model.onnx",
    "torchscript": "model.torchscript.pt",
    "safetensors": "model.safetensors",
}
FACTS_FILE, SCRIPT_FILE = "model.json", "run_onnx.py"
NOISE_PICTURES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedModel:
    """A written model.

    Attributes:
        path: Its file.
        format: Of the file.
        precision: Of weights and arithmetic.
        outputs: Names of its outputs; empty of weights alone.
        check: How it compares with torch; None of weights alone.
    """

    path: Path
    format: ModelFormat
    precision: ModelPrecision
    outputs: tuple[str, ...]
    check: ModelCheck | None

    @property
    def folder(self) -> Path:
        """Where it lies, with model.json and, of ONNX, run_onnx.py."""
        return self.path.parent

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "file": str(self.path),
            "format": self.format,
            "precision": self.precision,
            "outputs": list(self.outputs),
            "check": None if self.check is None else self.check.to_dict(),
        }


def squares_of(pictures: Sequence[Path], size: int) -> tuple[NDArray[np.uint8], str]:
    """(N, 3, S, S) uint8 squares of pictures, as the network sees them, and what they are; without any, of noise.

    Raises:
        DatasetError: A picture cannot be read.
    """
    if pictures:
        images = [letterbox_image(read_image_rgb(path), size) for path in pictures]
        return np.stack(images).transpose(0, 3, 1, 2), f"{len(images)} pictures"
    rng = np.random.default_rng(0)
    shape = (NOISE_PICTURES, 3, size, size)
    return rng.integers(0, 256, shape, dtype=np.uint8), f"{NOISE_PICTURES} pictures of noise"


def export_trained(
    trained: Trained,
    folder: Path,
    format: ModelFormat,
    *,
    precision: ModelPrecision = "fp32",
    pictures: Sequence[Path] = (),
) -> ExportedModel:
    """Write a network and check it against torch.

    Args:
        trained: On the CPU.
        folder: Where.
        format: Of the file.
        precision: Of weights and arithmetic; only ONNX has others than fp32.
        pictures: To check with, and to find the ranges of int8; none: noise.

    Raises:
        MissingDependency: The packages that write ONNX are not installed.
        UsageError: The network cannot be written so.
        DatasetError: A picture cannot be read.
    """
    path = folder / FILE_NAMES[format]
    if format == "safetensors":
        write_safetensors(path, trained)
        return ExportedModel(path=path, format=format, precision=precision, outputs=(), check=None)
    squares, what = squares_of(pictures, trained.model.input_size)
    squares = np.ascontiguousarray(squares)
    network = trained.network.to("cpu").eval()
    graph = graph_of(network, trained.model.input_size)
    runner = _written(path, graph, squares, format, precision)
    check = compared(graph, runner, squares, what)
    facts = _facts(trained, graph, path, precision, check)
    write_bytes_atomic(folder / FACTS_FILE, f"{json.dumps(facts, indent=1, ensure_ascii=False)}\n".encode())
    if format == "onnx":
        script = Path(__file__).with_name(SCRIPT_FILE)
        write_bytes_atomic(folder / SCRIPT_FILE, script.read_bytes())
    return ExportedModel(path=path, format=format, precision=precision, outputs=graph.outputs, check=check)


def _written(
    path: Path, graph: DeployedGraph, squares: NDArray[np.uint8], format: ModelFormat, precision: ModelPrecision
) -> Runner:
    import torch

    try:
        if format == "onnx":
            write_onnx(path, graph, squares, precision=precision)
            return onnx_runner(path, torch.get_num_threads())
        write_torchscript(path, graph, squares)
        return torchscript_runner(path)
    except (RuntimeError, TypeError, NotImplementedError) as error:
        path.unlink(missing_ok=True)
        form = format if precision == "fp32" else f"{format} in {precision}"
        what = f"this network cannot be written as {form}: {str(error).strip().splitlines()[0][:160]}"
        way_out = "--format safetensors writes its weights" if precision == "fp32" else "--precision fp32"
        raise SynthvisError(what, hint=way_out) from error


def _facts(
    trained: Trained, graph: DeployedGraph, path: Path, precision: ModelPrecision, check: ModelCheck
) -> dict[str, Any]:
    """What somebody must know who runs the file."""
    return {
        "made_by": f"synthvis {__version__}",
        "file": path.name,
        "task": trained.task,
        "architecture": trained.model.arch,
        "classes": list(trained.classes),
        "precision": precision,
        "input": "images: (N, 3, S, S) uint8, RGB, scaled with its aspect kept, padded at the right and bottom",
        "input_size": trained.model.input_size,
        "pad_value": PAD_VALUE,
        "any_batch": graph.any_batch,
        "outputs": list(graph.outputs),
        "suppression": dict(graph.suppression),
        "check": check.to_dict(),
    }
