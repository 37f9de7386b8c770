"""A written model beside torch: how far its answers are from torch's, and how long both take for an image."""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from synthvis.formats.json_file import Count, Name, Number, Record
from synthvis.train.deploy.graph import DeployedGraph

__all__ = ["ModelCheck", "OutputDifference", "Runner", "compared", "onnx_runner", "torchscript_runner"]

TIMED_ROUNDS = 5
Arrays = Sequence[NDArray[np.generic]]
Runner = Callable[[NDArray[np.uint8]], Arrays]
"""The outputs for (N, 3, S, S) uint8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDifference(Record):
    """How far an output is from torch's.

    Attributes:
        output: Its name.
        largest: Largest absolute difference over all pictures, in the unit of the output.
        magnitude: Largest absolute value of torch's.
        shapes_differ: Pictures for which the shape differs, as the number of detections of two-stage networks may.
    """

    output: Name
    largest: Number
    magnitude: Number
    shapes_differ: Count = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck(Record):
    """A written model, checked.

    Attributes:
        pictures: How many were run through both.
        pictures_from: What they are.
        differences: Of each output.
        milliseconds: Median time of the written model for an image.
        torch_milliseconds: That of torch, taken in turns in the same run, with as many threads.
        threads: Threads of both.
    """

    pictures: Count
    pictures_from: Name
    differences: Annotated[tuple[OutputDifference, ...], Field(default=())]
    milliseconds: Number
    torch_milliseconds: Number
    threads: Count

    @property
    def worst(self) -> OutputDifference:
        """The output that differs most for its magnitude."""
        return max(self.differences, key=lambda one: one.largest / max(one.magnitude, 1e-12))


def onnx_runner(path: Path, threads: int) -> Runner:
    """Runs an ONNX file on the CPU by onnxruntime.

    Raises:
        RuntimeError: The file is one that onnxruntime cannot run.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # Its errors have no common class but Exception.
        raise RuntimeError(str(error)) from error

    def run(squares: NDArray[np.uint8]) -> Arrays:
        found: Arrays = session.run(None, {"images": squares})
        return found

    return run


def torchscript_runner(path: Path) -> Runner:
    """Runs a TorchScript file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = torch.jit.load(str(path)).eval()  # type: ignore[no-untyped-call]

    def run(squares: NDArray[np.uint8]) -> Arrays:
        with torch.inference_mode():
            return [one.numpy() for one in module(torch.from_numpy(squares))]

    return run


def compared(graph: DeployedGraph, run: Runner, squares: NDArray[np.uint8], pictures_from: str) -> ModelCheck:
    """Run pictures through torch and through a written model, one by one, in turns.

    Args:
        graph: What was written.
        run: The written model.
        squares: (N, 3, S, S) uint8 pictures.
        pictures_from: What they are.
    """
    largest, magnitude = ([0.0] * len(graph.outputs) for _ in range(2))
    odd = [0] * len(graph.outputs)
    for at in range(len(squares)):
        one = squares[at : at + 1]
        pairs = zip(graph(torch.from_numpy(one)), run(one), strict=True)
        for index, (ours, theirs) in enumerate(pairs):
            wanted = ours.numpy().astype(np.float64)
            if wanted.shape != theirs.shape:
                odd[index] += 1
                continue
            if wanted.size:
                largest[index] = max(largest[index], float(np.abs(wanted - theirs.astype(np.float64)).max()))
                magnitude[index] = max(magnitude[index], float(np.abs(wanted).max()))
    own_ms, torch_ms = _timed(graph, run, squares[:1])
    return ModelCheck(
        pictures=len(squares),
        pictures_from=pictures_from,
        differences=tuple(
            OutputDifference(output=name, largest=largest[k], magnitude=magnitude[k], shapes_differ=odd[k])
            for k, name in enumerate(graph.outputs)
        ),
        milliseconds=own_ms,
        torch_milliseconds=torch_ms,
        threads=torch.get_num_threads(),
    )


def _timed(graph: DeployedGraph, run: Runner, square: NDArray[np.uint8]) -> tuple[float, float]:
    tensor = torch.from_numpy(square)
    times: dict[str, list[float]] = {"own": [], "torch": []}
    for _ in range(TIMED_ROUNDS):
        for name, call in (("own", lambda: run(square)), ("torch", lambda: graph(tensor))):
            started = time.perf_counter()
            call()
            times[name].append(1e3 * (time.perf_counter() - started))
    return statistics.median(times["own"]), statistics.median(times["torch"])
