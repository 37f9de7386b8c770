"""Studies: what renders are worth in photographs, from many trainings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvis.api.sources import Source, source_text
from synthvis.api.talk import Notify, notify_of
from synthvis.api.training import weights_of
from synthvis.errors import SynthvisError, UsageError
from synthvis.train.config import DEFAULT_TASK
from synthvis.train.settings import Settings, checked_config, config_from

if TYPE_CHECKING:
    from synthvis.study.plan import Budget, StudyConfig
    from synthvis.study.sets import StudySets
    from synthvis.study.study_result import StudyResult
    from synthvis.study.study_run import StudyCallbacks, StudyRun
    from synthvis.study.variations import Choice, Variation
    from synthvis.train.config import TrainConfig

__all__ = ["StudyDraft", "raise_for_failures", "study", "study_callbacks"]

TRY_AGAIN = "the same command tries what failed again and keeps the rest"


class StudyDraft:
    """A study, its sets read and its settings checked; torch is not loaded for it.

    Attributes:
        config: What it is to find out.
        sets: What it trains on and measures on.
        out: Folder of the study.
    """

    def __init__(
        self,
        data: Source,
        real: Source,
        *,
        eval_on: Source | None,
        real_root: Path | str | None,
        out: Path | str | None,
        weights: Path | str | None,
        settings: Settings,
        ablate: Sequence[str] = (),
        vary: Sequence[str] = (),
        **values: Any,
    ) -> None:
        """Read the sets; arguments and errors are those of `study`."""
        from synthvis.study.ablation import factor_named
        from synthvis.study.plan import StudyConfig
        from synthvis.study.sets import other_renders, read_sets
        from synthvis.study.variations import DATA_KEY, choices_of

        self._data = source_text(data)
        self._settings = _study_settings(settings, weights)
        self.config: StudyConfig = StudyConfig(
            training=checked_config(self._settings), weights=weights_of(weights)[0], **values
        )
        self._factors = [factor_named(name) for name in ablate]
        self._choices = [one for one in choices_of(vary) if self._training_with(one, checked_config)]
        self.sets: StudySets = read_sets(
            self._data, source_text(real), None if eval_on is None else source_text(eval_on), real_root,
            task=self.config.training.task, needs_real=self.config.needs_real,
        )  # fmt: skip
        self._renders = {
            one.text: other_renders(one.text, self.sets, real_root) for one in self._choices if one.key == DATA_KEY
        }
        name = f"{self.sets.synthetic.name}-{(self.sets.real or self.sets.real_eval).name}"
        self.out = Path(out) if out else Path("studies") / name

    def prepare(
        self,
        *,
        shard: tuple[int, int] = (1, 1),
        ablate_images: int | None = None,
        callbacks: StudyCallbacks | None = None,
        command: Sequence[str] = (),
    ) -> StudyRun:
        """The study, planned; loads torch.

        Raises:
            UsageError: There is no such device or shard, or more photographs are asked for than there are.
        """
        from synthvis.train.torch_loading import load_torch

        load_torch()
        from synthvis.study.plan import plan_study
        from synthvis.study.study_run import StudyCallbacks, StudyRun

        config = replace(self.config, training=config_from(self._settings), variations=self._variations())
        plan = plan_study(config, self.sets)
        plan.shard(*shard)
        return StudyRun(
            plan=plan, out=self.out, synth=Path(self._data), shard=shard, factors=self._factors,
            images=ablate_images, callbacks=callbacks or StudyCallbacks(), command=tuple(command),
        )  # fmt: skip

    def _training_with(self, choice: Choice, config_of: Callable[[Settings], TrainConfig]) -> TrainConfig | None:
        """The settings of every training when a choice is made; None where it is what the study does anyway.

        Raises:
            UsageError: There is no such setting, or the value does not fit it.
        """
        from synthvis.study.variations import DATA_KEY

        if choice.key == DATA_KEY:
            same = Path(choice.text).resolve() == Path(self._data).resolve() or choice.text == self._data
            return None if same else config_of(self._settings)
        try:
            changed = config_of({**self._settings, choice.key: choice.value})
        except UsageError as error:
            raise UsageError(f"--vary {choice.name[:80]}: {error.what.split(': ', 1)[-1]}", hint=error.hint) from error
        return None if changed.model_dump() == config_of(self._settings).model_dump() else changed

    def _variations(self) -> tuple[Variation, ...]:
        from synthvis.study.variations import Variation

        made = [(one, self._training_with(one, config_from)) for one in self._choices]
        return tuple(
            Variation(choice=one, training=training, synthetic=self._renders.get(one.text, self.sets.synthetic))
            for one, training in made
            if training is not None
        )


def _study_settings(settings: Settings, weights: Path | str | None) -> Settings:
    """Settings of each training of a study."""
    # Left to itself the trainer would freeze more for fewer photographs, and regimes would differ by that too.
    merged = {**settings, **weights_of(weights)[1]}
    transfer = "partial" if merged.get("pretrained", True) else "full"
    return {"transfer": transfer, **merged}


def study(
    data: Source, real: Source, *,
    eval_on: Source | None = None, real_root: Path | str | None = None, out: Path | str | None = None,
    task: str = DEFAULT_TASK, regimes: Sequence[str] = ("real", "synthetic", "synthetic+real", "mixed"),
    fractions: Sequence[float] = (1, 10, 50, 100), seeds: Sequence[int] = (0, 1), sizes: Sequence[int] = (),
    ablate: Sequence[str] = (), ablate_images: int | None = None, vary: Sequence[str] = (),
    budget: Budget = "total", finetune_share: float = 0.5, finetune_lr: float | None = None, real_share: float = 0.5,
    weights: Path | str | None = None, shard: tuple[int, int] = (1, 1), notify: Notify | None = None, **settings: Any,
) -> StudyResult:  # fmt: skip
    """Train with photographs, with renders and with both, and say what the renders are worth.

    Writes study.json, study.svg and study.html. The same call resumes; what is finished is never done again.

    Args:
        data: The rendered dataset to study.
        real: The photographs; their train split is trained on.
        eval_on: The set or SET:SPLIT to measure on; None: the val split of the photographs.
        real_root: The folder of the named real sets; None: $SYNTHVIS_REAL, then the cache.
        out: The folder of the study; None: studies/DATA-REAL.
        task: The task; docs/how_to/tasks has a page for each.
        regimes: The training regimes to compare.
        fractions: The shares of the photographs to train on, in per cent.
        seeds: The seeds of the trainings.
        sizes: Numbers of renders to train on without photographs; a curve is fitted to three or more.
        ablate: The randomisers to switch off one by one: lighting, texture, camera, distractors, context, sensor.
        ablate_images: The number of renders of each ablation; None: as many as the dataset has.
        vary: Other values to train with, one at a time, as "KEY=VALUE,VALUE": a setting of train, or data for other
            renders.
        budget: The meaning of the steps: those of a whole regime (total), or of each of its stages (stage).
        finetune_share: The share of a total budget that the regime synthetic+real spends on photographs.
        finetune_lr: The learning rate of the stage on photographs; None: that of the first stage.
        real_share: The share of photographs among the training samples of the regime mixed.
        weights: A file of backbone weights, or "none" to train from scratch; None: ImageNet weights.
        shard: (i, k): do the i-th of k parts of the work, counted from 1.
        notify: Takes sentences about how the study goes; None: the logger `synthvis`.
        **settings: Any other setting of each training, such as `steps=600`.

    Returns:
        What was found, as it is in study.json: `result.data_equivalence`, `result.table`, `result.comparisons`.

    Raises:
        RealDataError: A set is absent, they share no class, or one would be trained on and measured on.
        UsageError: A regime, a randomiser or a setting is unknown, or a number is out of its bounds.
        SynthvisError: A training or a render failed; the rest is kept.

    Examples:
        >>> import synthvis as sv
        >>> result = sv.study("data/cones", "cones", steps=600)  # doctest: +SKIP
        >>> result.data_equivalence.images  # doctest: +SKIP
    """
    draft = StudyDraft(
        data, real, eval_on=eval_on, real_root=real_root, out=out, weights=weights, ablate=ablate,
        vary=vary, settings={**settings, "task": task}, regimes=tuple(regimes), fractions=tuple(fractions),
        seeds=tuple(seeds), sizes=tuple(sizes), budget=budget, finetune_share=finetune_share, finetune_lr=finetune_lr,
        real_share=real_share,
    )  # fmt: skip
    callbacks = study_callbacks(draft.out, say=notify_of(notify))
    run = draft.prepare(shard=shard, ablate_images=ablate_images, callbacks=callbacks)
    result = run.run()
    raise_for_failures(run, result)
    return result


def study_callbacks(out: Path, *, say: Callable[[str], None], **shown: Any) -> StudyCallbacks:
    """Callbacks of a study that write its page whenever there are results."""
    from synthvis.study.study_run import StudyCallbacks

    def write_page(result: StudyResult) -> None:
        # The page needs jinja2, which the rest of a study does without.
        from synthvis.report.study_page import write_study_page

        write_study_page(result, out)

    return StudyCallbacks(say=say, on_results=write_page, **shown)


def raise_for_failures(run: StudyRun, result: StudyResult) -> None:
    """Raise what went wrong in a study.

    Raises:
        SynthvisError: A training or a render failed.
    """
    failed = result.failed
    if not failed and not run.failed:
        return
    what = f"{len(failed)} of {len(result.trials)} runs failed" if failed else f"not rendered: {', '.join(run.failed)}"
    why = failed[0].why if failed else next(iter(run.failed.values()))
    raise SynthvisError(f"{what}: {why}", hint=TRY_AGAIN)
