"""The JSON beside a weights file: which network, which classes, what it was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from synthvis.errors import CheckpointError
from synthvis.formats.json_file import parse_json
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig

__all__ = ["Sidecar", "read_sidecar"]

MAX_CLASSES = 100_000
SHOWN_CHARS = 120
MAX_BASELINE = 1e9
Name = Annotated[str, Field(min_length=1, max_length=1000)]
OTHER_FILE = "name the folder of a run, or its best.safetensors"


class Sidecar(BaseModel):
    """Content of best.json."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    task: Name
    model: ModelConfig
    classes: tuple[Name, ...] = Field(max_length=MAX_CLASSES)
    train: TrainingFacts = TrainingFacts()
    prior_baseline: list[Any] | None = None

    @model_validator(mode="after")
    def _each_class_once(self) -> Self:
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("a class is in it twice")
        if (
            self.prior_baseline
            and not (np.abs(np.asarray(self.prior_baseline, dtype=np.float64)) <= MAX_BASELINE).all()
        ):
            raise ValueError("prior_baseline holds numbers that are no predictions")
        return self

    @property
    def baseline(self) -> NDArray[np.float32] | None:
        """The prediction that ignores the image."""
        return np.asarray(self.prior_baseline, dtype=np.float32) if self.prior_baseline else None


def read_sidecar(path: Path) -> Sidecar:
    """The sidecar in a file.

    Raises:
        CheckpointError: It is absent or damaged.
    """
    try:
        return Sidecar.model_validate(parse_json(path.read_bytes()))
    except OSError as error:
        raise CheckpointError(
            f"no {path}: it says which classes and network the weights are for", hint=OTHER_FILE
        ) from error
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise CheckpointError(
            f"{path} is damaged: {_first_problem(error)}", hint="copy it from the run again, or train again"
        ) from error


def _first_problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        said = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg'].removeprefix('Value error, ')}"
    else:
        said = str(error) or type(error).__name__
    return said.strip(": ").splitlines()[0][:SHOWN_CHARS]
