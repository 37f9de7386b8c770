"""Trained networks for other runtimes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from synthvis.api.runs import Run
from synthvis.dataset.output import MODEL, reserve_folder
from synthvis.errors import DatasetError, SynthvisError, UsageError
from synthvis.formats.images import PICTURE_SUFFIXES

if TYPE_CHECKING:
    from synthvis.train.deploy.export import ExportedModel

__all__ = ["check_model_export", "export_model"]

MAX_PICTURES = 16


def export_model(
    run: Run | Path | str,
    *,
    format: Literal["onnx", "torchscript", "safetensors"] = "onnx",
    precision: Literal["fp32", "fp16", "int8"] = "fp32",
    out: Path | str | None = None,
    pictures: Sequence[Path | str] = (),
    real_root: Path | str | None = None,
) -> ExportedModel:
    """Write the network of a run for another runtime, and check it against torch.

    One-stage detectors end with decoded boxes and scores of all anchors, and run_onnx.py beside the file does the
    rest in numpy; all other networks are whole.

    Args:
        run: A run, or its folder.
        format: The format of the file: onnx, torchscript or safetensors (weights alone).
        precision: The precision of an ONNX file: fp32, fp16 or int8.
        out: The folder for the model; None: export/FORMAT in the folder of the run.
        pictures: Pictures, or folders of them, to check with; None: those that the run was evaluated on, else noise.
        real_root: The folder of the named real sets; None: $SYNTHVIS_REAL, then the cache.

    Returns:
        Where the file is, and how it compares with torch: `result.check.worst.largest`, `.milliseconds`.

    Raises:
        CheckpointError: The run has no weights, or they are damaged.
        MissingDependency: The packages that write ONNX are not installed.
        UsageError: The network cannot be written so.

    Examples:
        >>> import synthvis as sv
        >>> sv.export_model("runs/none")
        Traceback (most recent call last):
        ...
        synthvis.errors.CheckpointError: no weights at runs/none: there is no such run
          -> name the folder of a run, or its best.safetensors
    """
    path = run.path if isinstance(run, Run) else Path(run)
    check_model_export(path, format, precision)
    from synthvis.train.torch_loading import load_torch

    load_torch()
    from synthvis.train.deploy.export import export_trained
    from synthvis.train.engine.checkpoint import load_trained

    trained = load_trained(path)
    home = path if path.is_dir() else path.parent
    folder = reserve_folder(Path(out) if out else home / "export" / format, MODEL)
    chosen = _pictures(pictures) if pictures else _evaluated(home, real_root)
    return export_trained(trained, folder, format, precision=precision, pictures=chosen)


def check_model_export(run: Path, format: str, precision: str) -> None:
    """Refuse what is absent or cannot be, before torch is loaded.

    Raises:
        CheckpointError: There is no such run.
        UsageError: Only ONNX has other precisions than fp32.
    """
    Run.open(run)
    if format != "onnx" and precision != "fp32":
        raise UsageError(f"--precision {precision} is for --format onnx", hint="leave --precision out")


def _pictures(paths: Sequence[Path | str]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(one for one in path.iterdir() if one.suffix.lower() in PICTURE_SUFFIXES)
        elif path.is_file():
            found.append(path)
        else:
            raise DatasetError(f"no picture at {path}", hint="name a picture, or a folder of pictures")
    if not found:
        raise DatasetError(
            f"no picture in {', '.join(map(str, paths))}", hint=f"read are {', '.join(sorted(PICTURE_SUFFIXES))}"
        )
    return found[:MAX_PICTURES]


def _evaluated(run: Path, real_root: Path | str | None) -> list[Path]:
    """Pictures of the sets that the run was measured on, photographs first; none where they are not to be had."""
    from synthvis.data.dataset import find_dataset
    from synthvis.evaluation.run_folder import read_evaluations

    try:
        evaluations = sorted(read_evaluations(run), key=lambda one: one.kind != "real")
    except SynthvisError:
        return []
    for one in evaluations:
        try:
            split = find_dataset(one.source or one.set, real_root).read(one.split)
        except SynthvisError:
            continue
        paths = [image.path for image in split.images if image.path.is_file()]
        if paths:
            return paths[:: max(1, len(paths) // MAX_PICTURES)][:MAX_PICTURES]
    return []
