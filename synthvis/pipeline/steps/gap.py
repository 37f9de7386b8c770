"""Compare the renders with every real set that is here, and find the causes of the detector's errors."""

from __future__ import annotations

from synthvis.config.pipeline import PipelineGap
from synthvis.dataset.output import COMPARISON, reserve_folder
from synthvis.errors import RealDataError
from synthvis.gap.compare import GapOptions, compare_sets
from synthvis.gap.comparison import FILE_NAME
from synthvis.gap.sets import find_pair
from synthvis.pipeline.pipeline_run import PipelineRun, split_facts
from synthvis.pipeline.step_cache import key_of
from synthvis.train.registry import description_of

__all__ = ["gap"]


def gap(run: PipelineRun) -> str:
    """Says which sets were compared, and which not and why."""
    wanted = run.pipeline.gap
    if wanted is None:
        return "not asked for"
    if not run.real:
        return "not measured: no real set is here"
    return "; ".join(_compared(run, name, wanted) for name in run.real)


def _compared(run: PipelineRun, name: str, wanted: PipelineGap) -> str:
    split = run.real[name]
    folder, step = run.gap_dir(split.name), f"gap {split.name}"
    key = key_of(run.train_key, split_facts(split), wanted.model_dump_json())
    if run.cache.is_fresh(step, key) and (folder / FILE_NAME).is_file():
        return f"up to date: {folder}"
    try:
        pair = find_pair(str(run.dataset), name.partition(":")[0], images=wanted.images, seed=wanted.seed)
    except RealDataError as error:
        # Folders of pictures have no boxes to compare by.
        return f"{split.name} not measured: {error.what}"
    reserve_folder(folder, COMPARISON)
    # Causes are told apart for boxes only.
    run_dir = run.run_dir if description_of(run.config.task).has_error_causes else None
    options = GapOptions(
        crops=wanted.crops,
        seed=wanted.seed,
        long_side_px=wanted.long_side,
        backbone=wanted.backbone if wanted.features else None,
        run=run_dir,
        out=folder,
        stage=run.callbacks.stage,
    )
    summary = compare_sets(pair, options).summary
    run.cache.record(step, key)
    return f"{summary.above_null} of {summary.statistics} image statistics differ from {split.name}, {folder}"
