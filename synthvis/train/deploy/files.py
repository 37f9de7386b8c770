"""A graph written as a file: ONNX in three precisions, TorchScript, or the weights alone."""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray

from synthvis.errors import MissingDependency, UsageError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.train.deploy.graph import DeployedGraph
from synthvis.train.trained import Trained

__all__ = [
    "MODEL_FORMATS",
    "PRECISIONS",
    "ModelFormat",
    "ModelPrecision",
    "write_onnx",
    "write_safetensors",
    "write_torchscript",
]

ModelFormat = Literal["onnx", "torchscript", "safetensors"]
MODEL_FORMATS: tuple[ModelFormat, ...] = get_args(ModelFormat)

ModelPrecision = Literal["fp32", "fp16", "int8"]
PRECISIONS: tuple[ModelPrecision, ...] = get_args(ModelPrecision)

OPSET = 17
"""The newest that the exporter by tracing writes for torchvision's RoIAlign and NMS as well."""

WAY_OUT = "--precision fp32"

Squares = NDArray[np.uint8]


def write_onnx(path: Path, graph: DeployedGraph, squares: Squares, *, precision: ModelPrecision = "fp32") -> None:
    """Write a graph as ONNX.

    Args:
        path: The file.
        graph: On the CPU, in evaluation mode.
        squares: (N, 3, S, S) uint8, of which the first is traced; all are used to find the ranges for int8.
        precision: Of weights and arithmetic; inputs and outputs stay as they are.

    Raises:
        MissingDependency: The packages that write ONNX are not installed.
        UsageError: The graph cannot be written so.
    """
    _require("onnx", "onnxruntime")
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "model.onnx"
        dynamic = {name: {0: "N"} for name in ("images", *graph.outputs)} if graph.any_batch else None
        with _quiet():
            torch.onnx.export(
                graph.module,
                (torch.from_numpy(squares[:1]),),
                str(written),
                dynamo=False,
                opset_version=OPSET,
                input_names=["images"],
                output_names=list(graph.outputs),
                dynamic_axes=dynamic,
            )
            content = _in_precision(written, precision, squares)
    write_bytes_atomic(path, content)


def write_torchscript(path: Path, graph: DeployedGraph, squares: Squares) -> None:
    """Write a graph as TorchScript, traced with the first of (N, 3, S, S) uint8 squares."""
    import io

    buffer = io.BytesIO()
    with _quiet(), torch.inference_mode():
        traced: Any = torch.jit.trace(  # type: ignore[no-untyped-call]
            graph.module, torch.from_numpy(squares[:1]), check_trace=False
        )
        torch.jit.save(traced, buffer)
    write_bytes_atomic(path, buffer.getvalue())


def write_safetensors(path: Path, trained: Trained) -> None:
    """Write the weights with what they are in the file's metadata."""
    from safetensors.torch import save

    tensors = {name: value.detach().cpu().contiguous() for name, value in trained.network.state_dict().items()}
    facts = {
        "task": trained.task,
        "model": json.dumps(trained.model.model_dump()),
        "classes": json.dumps(trained.classes),
    }
    write_bytes_atomic(path, save(tensors, metadata=facts))


def _in_precision(path: Path, precision: ModelPrecision, squares: Squares) -> bytes:
    if precision == "fp16":
        return _half(path)
    return _quantised(path, squares) if precision == "int8" else path.read_bytes()


def _half(path: Path) -> bytes:
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    try:
        model = convert_float_to_float16(onnx.load(str(path)), keep_io_types=True)
    except Exception as error:
        raise UsageError(_refusal("fp16", error), hint=WAY_OUT) from error
    content: bytes = model.SerializeToString()
    return content


def _quantised(path: Path, squares: Squares) -> bytes:
    """Weights and activations in 8 bits, their ranges from the pictures (post-training static quantisation)."""
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared, target = path.with_name("prepared.onnx"), path.with_name("int8.onnx")
    try:
        quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            _Reader(squares),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "Gemm", "MatMul"],
        )
    except Exception as error:
        raise UsageError(_refusal("int8", error), hint=WAY_OUT) from error
    return target.read_bytes()


def _refusal(precision: ModelPrecision, error: Exception) -> str:
    return f"this network cannot be written in {precision}: {str(error)[:160]}"


class _Reader:
    """Pictures, one after another, as onnxruntime asks for them."""

    def __init__(self, squares: Squares) -> None:
        self._rest: Iterator[dict[str, Any]] = iter([{"images": squares[at : at + 1]} for at in range(len(squares))])

    def get_next(self) -> dict[str, Any] | None:
        """The next input, None after the last."""
        return next(self._rest, None)


@contextmanager
def _quiet() -> Iterator[None]:
    """Tracers warn of every constant that they fold, and quantisers log their advice."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _require(*modules: str) -> None:
    import importlib.util

    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingDependency(
            f"writing ONNX needs {' and '.join(missing)}, which are not installed",
            hint="pip install 'synthvis[export]'",
        )
