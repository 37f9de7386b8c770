"""Files of a run: weights as safetensors with a sidecar that says what they are, and the state that resumes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors.torch import save
from torch import Tensor

from synthvis.errors import CheckpointError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.backbones.weights import first_line, read_plain, read_tensors
from synthvis.train.config import DEFAULT_TASK, ModelConfig
from synthvis.train.engine.class_rows import copy_by_name
from synthvis.train.engine.run_state import RunState
from synthvis.train.engine.sidecar import read_sidecar
from synthvis.train.registry import description_of, task_named
from synthvis.train.task import TaskDescription
from synthvis.train.trained import Trained

__all__ = ["load_trained", "not_resumable", "resume_state", "save_state", "save_trained", "start_from", "task_of"]

STATE_NAME = "last.pt"
WITHOUT_WEIGHTS = {"input_size", "arch", "loss", "drop_rate", "drop_path_rate", "label_smoothing"}
"""What may differ between two networks that share their weights."""

BASELINE_DECIMALS = 4


def save_trained(
    path: Path,
    tensors: Mapping[str, Tensor],
    *,
    task: str,
    model: ModelConfig,
    classes: tuple[str, ...],
    facts: TrainingFacts,
    prior_baseline: NDArray[np.float32] | None = None,
) -> None:
    """Write weights and, beside them, a JSON of the same name."""
    write_bytes_atomic(path, save({key: value.detach().cpu().contiguous() for key, value in tensors.items()}))
    sidecar = {"task": task, "model": model.model_dump(), "classes": list(classes), "train": facts.to_dict()}
    sidecar |= (
        {}
        if prior_baseline is None
        else {"prior_baseline": prior_baseline.astype(np.float64).round(BASELINE_DECIMALS).tolist()}
    )
    write_bytes_atomic(path.with_suffix(".json"), (json.dumps(sidecar, ensure_ascii=False) + "\n").encode())


def load_trained(run_or_file: str | Path) -> Trained:
    """Open a run folder or a weights file with its sidecar.

    Raises:
        CheckpointError: Something is absent, damaged, or does not belong together.
    """
    path = Path(run_or_file)
    if path.is_dir():
        path = path / "best.safetensors"
    tensors = read_tensors(path)
    sidecar = read_sidecar(path.with_suffix(".json"))
    network = task_named(sidecar.task).build(sidecar.model, sidecar.classes, pretrained=False)
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointError(
            f"{path} does not fit {path.with_suffix('.json').name}: {str(error).splitlines()[-1].strip()}",
            hint="the files are of different runs, or of another version of synthvis: train again",
        ) from error
    return Trained(
        task=sidecar.task,
        network=network,
        model=sidecar.model,
        classes=sidecar.classes,
        facts=sidecar.train,
        prior_baseline=sidecar.baseline,
    )


def task_of(run_or_file: str | Path) -> TaskDescription:
    """What a run has learnt, before its weights are opened; the default task where it does not say."""
    path = Path(run_or_file)
    path = path / "best.safetensors" if path.is_dir() else path
    try:
        return description_of(read_sidecar(path.with_suffix(".json")).task)
    except CheckpointError:
        return description_of(DEFAULT_TASK)


def start_from(
    network: Any, run_or_file: str | Path, *, task: str, model: ModelConfig, classes: tuple[str, ...]
) -> None:
    """Take over the weights of another run; class outputs go by name, unknown classes keep their random start.

    Raises:
        CheckpointError: The other run has another network or learnt another task.
    """
    other = load_trained(run_or_file)
    if not _learn_alike(other.task, task):
        raise CheckpointError(f"{run_or_file} learnt {other.task}, not {task}", hint=f"--task {other.task}, or another")
    # By its name an architecture may be auto; what it means is seen by the class.
    alike = other.model.model_dump(exclude=WITHOUT_WEIGHTS) == model.model_dump(exclude=WITHOUT_WEIGHTS)
    if not alike or type(other.network) is not type(network):
        raise CheckpointError(
            f"{run_or_file} is another network: {other.model.model_dump()}",
            hint="use the same --arch, --backbone, --head-channels and --head-convs",
        )
    copy_by_name(network, other.network, classes, other.classes)


def _learn_alike(one: str, other: str) -> bool:
    """Whether two tasks train the same networks, as tracking trains those of detection."""
    descriptions = description_of(one), description_of(other)
    return any(isinstance(descriptions[a], type(descriptions[b])) for a, b in ((0, 1), (1, 0)))


def save_state(folder: Path, state: RunState) -> None:
    """Write all that a resumed run needs, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    # torch turns the error of a full disk into one of its own zip writer, so the file is made in memory.
    content = io.BytesIO()
    torch.save(dict(state), content)
    write_bytes_atomic(folder / STATE_NAME, content.getvalue())


def resume_state(folder: Path) -> RunState | None:
    """What `save_state` wrote, or None.

    Raises:
        CheckpointError: The file is damaged or not ours.
    """
    path = folder / STATE_NAME
    if not path.is_file():
        return None
    try:
        return RunState.model_validate(read_plain(path))
    except Exception as error:  # by kind of damage torch raises anything
        raise not_resumable(folder, error) from error


def not_resumable(folder: Path, error: Exception) -> CheckpointError:
    """The state in a run's folder is damaged, and the way out."""
    path = folder / STATE_NAME
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        why = f"{'.'.join(str(part)[:40] for part in first['loc'])}: {first['msg']}".strip(": ")
    else:
        why = first_line(error)
    return CheckpointError(
        f"{path} cannot be resumed from: {why.splitlines()[0][:160]}",
        hint=f"delete {path} to start anew, or choose another folder with --out",
    )
