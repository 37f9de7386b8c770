"""Training and evaluation: the sets of a training, the training itself, and the run that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvis.api.runs import Run
from synthvis.api.sources import Source, source_text, source_texts
from synthvis.data.derived.mixed import MIXED
from synthvis.data.derived.subset import some_images
from synthvis.data.split import Split
from synthvis.errors import UsageError
from synthvis.metrics.missing import shareable_path
from synthvis.train.config import DEFAULT_TASK, TrainConfig
from synthvis.train.sets import resolve_splits
from synthvis.train.settings import Settings, checked_config, config_from, option_words
from synthvis.train.with_photographs import with_photographs

if TYPE_CHECKING:
    from synthvis.train.engine.loop import StepLog
    from synthvis.train.run import Request

__all__ = ["NO_WEIGHTS", "Training", "train", "training_of", "weights_of"]

REAL_SHARE = 0.5
NO_WEIGHTS = "none"
"""In place of a file of weights: train from scratch."""

OnStep = Callable[["StepLog"], None]
OnEvaluation = Callable[[Split], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A training, its sets read and its settings checked; torch is not loaded for it.

    Attributes:
        settings: Settings as given.
        config: What they mean on a CPU.
        train: The split that is learnt from.
        own_val: The val split of the same set, where it has one.
        real: Sets of photographs to measure on.
        run_dir: Folder of the run.
        init_from: Run or file to begin from.
        weights: File of backbone weights.
        overwrite: Start anew in a folder that holds another run.
        sources: Options of `synthvis train` that name the data, for the command that does the same again.
    """

    settings: Settings
    config: TrainConfig
    train: Any
    own_val: Any | None
    real: tuple[Split, ...]
    run_dir: Path
    init_from: str | None = None
    weights: Path | None = None
    overwrite: bool = False
    sources: tuple[str, ...] = ()

    @property
    def splits(self) -> tuple[Any, ...]:
        """All sets that are read."""
        return (self.train, self.own_val, *self.real)

    def final_config(self) -> TrainConfig:
        """The config with the defaults of the device; loads torch.

        Raises:
            UsageError: A value is out of its bounds, or there is no such device.
        """
        return config_from(self.settings)

    def request(self) -> Request:
        """What the trainer takes; loads torch.

        Raises:
            UsageError: As `final_config`.
        """
        from synthvis.train.torch_loading import load_torch

        load_torch()
        from synthvis.train.run import Request

        config = self.final_config()
        options = option_words(self.settings, config)
        return Request(
            config=config,
            command=("train", *self.sources, *options, "--out", shareable_path(self.run_dir)),
            train=self.train,
            own_val=self.own_val,
            real=self.real,
            run_dir=self.run_dir,
            init_from=self.init_from,
            weights=self.weights,
            overwrite=self.overwrite,
        )


def training_of(
    data: Source,
    *,
    eval_on: Source | Sequence[Source] = (),
    real_root: Path | str | None = None,
    classes: str | None = None,
    images: int | None = None,
    mix: Source | None = None,
    real_share: float | None = None,
    out: Path | None = None,
    init_from: str | None = None,
    weights: Path | str | None = None,
    overwrite: bool = False,
    settings: Settings,
) -> Training:
    """Read the sets of a training and check its settings, before torch is loaded; arguments and errors as `train`."""
    weights_file, start = weights_of(weights)
    if start and init_from:
        raise UsageError("--weights none and --init-from are two ways to begin", hint="leave one of them out")
    settings = {**settings, **start}
    config = checked_config(settings)
    split, own_val, real = resolve_splits(
        source_text(data), source_texts(eval_on), real_root, classes, task=config.task
    )
    if images is not None:
        split = some_images(split, images, config.seed)
    if mix is not None:
        share = REAL_SHARE if real_share is None else real_share
        split = with_photographs(split, source_text(mix), share, config, measured=real, real_root=real_root)
    elif real_share is not None:
        raise UsageError("--real-share is the share of photographs that --mix adds", hint="--mix SET, or leave it out")
    return Training(
        settings=settings, config=config, train=split, own_val=own_val, real=real,
        run_dir=out or Path("runs") / _default_name(split), init_from=init_from, weights=weights_file,
        overwrite=overwrite,
        sources=_source_words(
            {
                "--data": source_text(data), "--classes": classes, "--images": images,
                "--mix": None if mix is None else source_text(mix), "--real-share": real_share,
                "--init-from": init_from, "--weights": weights,
            },
            source_texts(eval_on),
        ),
    )  # fmt: skip


def _source_words(options: Mapping[str, object], eval_on: Sequence[str]) -> tuple[str, ...]:
    """Options as they would be typed, without those that were not, and without what paths tell of the machine."""
    given = [(name, value) for name, value in options.items() if value is not None]
    repeated = [("--eval-on", one) for one in eval_on]
    return tuple(word for name, value in (*given, *repeated) for word in (name, shareable_path(str(value))))


def weights_of(weights: Path | str | None) -> tuple[Path | None, dict[str, bool]]:
    """The file of backbone weights, and the setting of the trainer that "none" stands for."""
    if weights == NO_WEIGHTS:
        return None, {"pretrained": False}
    return (Path(weights) if weights else None), {}


def _default_name(split: Split) -> str:
    return split.name if split.kind in ("synthetic", MIXED) else f"{split.name}-{split.split}"


def train(
    data: Source, *,
    task: str = DEFAULT_TASK, eval_on: Source | Sequence[Source] = (), real_root: Path | str | None = None,
    classes: str | None = None, images: int | None = None, mix: Source | None = None, real_share: float | None = None,
    out: Path | str | None = None, init_from: Path | str | None = None, weights: Path | str | None = None,
    overwrite: bool = False, on_step: OnStep | None = None, on_evaluation: OnEvaluation | None = None, **settings: Any,
) -> Run:  # fmt: skip
    """Fine-tune a network, then measure it on the val split of the data and on photographs.

    The same call resumes a training that was interrupted.

    Args:
        data: A dataset, a COCO folder or file, or a split of a real set such as "fruit:train".
        task: The name of a task, such as "detection" or "depth"; `synthvis train --help` lists them.
        eval_on: The set to measure on, of photographs mostly.
        real_root: The folder of the named real sets; None: $SYNTHVIS_REAL, then the cache.
        classes: The classes to learn, with commas between, or a set that has them; None: all.
        images: The number of images to learn from, drawn at random; None: all.
        mix: A set of photographs to mix into the training data, such as fruit:train.
        real_share: The share of these photographs among the training samples, 0 to 1; None: 0.5.
        out: The folder of the run; None: runs/NAME of the data.
        init_from: Another run, or a file of weights, to start from; classes are matched by name.
        weights: A file of backbone weights, or "none" to train from scratch; None: ImageNet weights.
        overwrite: Replace another run that is in the folder.
        on_step: Is called with the loss, the learning rate and the seconds of each step.
        on_evaluation: Is called with each split before it is measured.
        **settings: Any other setting of docs/reference/training.md, such as `steps=600` or `batch=8`.

    Returns:
        The finished run.

    Raises:
        MissingDependency: PyTorch is not installed (`pip install 'synthvis[train]'`).
        RealDataError: A set is absent, has no labels for the task, or is both trained on and measured on.
        UsageError: A setting is unknown or out of its bounds.
        SynthvisError: The folder holds another run.

    Examples:
        >>> import synthvis as sv
        >>> run = sv.train("data/fruit", steps=600, eval_on=["fruit"])  # doctest: +SKIP
    """
    job = training_of(
        data, eval_on=eval_on, real_root=real_root, classes=classes, images=images, mix=mix, real_share=real_share,
        out=Path(out) if out else None, init_from=str(init_from) if init_from else None, weights=weights,
        overwrite=overwrite, settings={"task": task, **settings},
    )  # fmt: skip
    request = job.request()
    from synthvis.train.run import train_and_evaluate

    shown = replace(request, on_step=on_step or request.on_step, on_evaluation=on_evaluation or request.on_evaluation)
    train_and_evaluate(shown)
    return Run(job.run_dir)
