"""`synthvis run`: a whole pipeline file, step by step, through the functions that the commands themselves call."""

from __future__ import annotations

import hashlib
import json
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli._options import dry_run_option, echo_json, json_option

if TYPE_CHECKING:
    from synthvis.config.pipeline import Pipeline
    from synthvis.dataset.coco_split import CocoSplit
    from synthvis.render.produce import Plan, RenderRequest
    from synthvis.train.config import TrainConfig

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis run pipelines/smoke.yaml
  synthvis run smoke --set render.n=40 --set train.steps=60
  synthvis run pipelines/smoke.yaml --dry-run
"""

STEPS = ("render", "check", "train", "evaluate", "report")
STEPS_FILE = "pipeline.json"


@click.command("run", epilog=EPILOG)
@click.argument("pipeline")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a value of the pipeline; repeatable."
)
@dry_run_option
@json_option
def command(pipeline: str, overrides: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Run a whole PIPELINE file: render, check, train, evaluate, report.

    What is done and up to date is skipped, so the same command also resumes. A real set that is not on this machine
    is reported as not measured.
    """
    from synthvis.config.pipeline import load_pipeline

    loop = _Loop.of(load_pipeline(pipeline, overrides), quiet=as_json)
    if dry_run:
        _tell_plan(loop, as_json=as_json)
        return
    try:
        loop.go()
    except KeyboardInterrupt:
        words = ["synthvis", "run", pipeline, *(word for one in overrides for word in ("--set", one))]
        loop.say(f"stopped; everything finished is kept. To go on:\n  {shlex.join(words)}")
        raise
    _tell_result(loop, as_json=as_json)


@dataclass(slots=True)
class _Loop:
    """One pipeline on its way; `marks` remembers from which inputs a step was made, so it is made once."""

    pipeline: Pipeline
    request: RenderRequest
    config: TrainConfig
    run_dir: Path
    quiet: bool
    marks: dict[str, str] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    real: list[CocoSplit] = field(default_factory=list)
    report: Path | None = None

    @classmethod
    def of(cls, pipeline: Pipeline, *, quiet: bool) -> _Loop:
        """Resolve everything that can be wrong before a minute is spent."""
        from synthvis.assets.resolve import resolve
        from synthvis.cli._rendering import tell
        from synthvis.cli._training import config_from
        from synthvis.render.produce import RenderRequest

        render, parent = pipeline.render, Path(pipeline.out)
        recipe = resolve(pipeline.resolved_recipe(), say=tell)
        request = RenderRequest(
            recipe=recipe, seed=render.seed, root=parent / "data" / pipeline.name, n=render.n,
            workers=render.workers, device=render.device,
        )  # fmt: skip
        train = dict(pipeline.train)
        config = config_from({**train.pop("model", {}), **train})
        run_dir = parent / "runs" / pipeline.name
        return cls(pipeline, request, config, run_dir, quiet, _read_marks(run_dir))

    def go(self) -> None:
        """All steps in order; what the real sets lack is found out first, not after an hour."""
        self.real = self._real_sets()
        for number, name in enumerate(STEPS, start=1):
            steps: dict[str, Callable[[], str]] = {
                "render": self._render,
                "check": self._check,
                "train": self._train,
                "evaluate": self._evaluate,
                "report": self._report,
            }
            with self._banner(number, name) as entry:
                entry["said"] = steps[name]()

    def say(self, text: str) -> None:
        """Talk on stderr."""
        from synthvis.ui.console import talk_console

        if not self.quiet:
            talk_console().print(text, markup=False, soft_wrap=True)

    @contextmanager
    def _banner(self, number: int, name: str) -> Iterator[dict[str, Any]]:
        self.say(f"[{number}/{len(STEPS)}] {name}")
        entry: dict[str, Any] = {"step": name, "said": ""}
        started = time.monotonic()
        yield entry
        entry["seconds"] = round(time.monotonic() - started, 1)
        self.steps.append(entry)
        self.say(f"      {entry['said']} ({entry['seconds']:.0f} s)")

    def _render(self) -> str:
        from synthvis.cli._rendering import need_blender
        from synthvis.errors import RenderError
        from synthvis.render.produce import render_dataset
        from synthvis.ui.progress import ProgressDisplay

        plan = _plan(self.request)
        if not plan.missing and self.marks.get("render") == self._dataset_key():
            return f"up to date: {len(plan.made):,} images in {self.request.root}"
        need_blender()
        summary = render_dataset(self.request, lambda progress: ProgressDisplay(progress.view, enabled=not self.quiet))
        if summary.quarantined:
            index, reason = next(iter(summary.quarantined.items()))
            raise RenderError(
                f"{len(summary.quarantined)} images could not be made; image {index}: {reason}",
                hint=f"{self.request.root / 'quarantine.json'} lists them; the same command tries them again",
            )
        self._mark("render", self._dataset_key())
        return f"{summary.made:,} images made, {summary.already_there:,} there before, in {self.request.root}"

    def _check(self) -> str:
        from synthvis.dataset.checks import check_dataset
        from synthvis.errors import ChecksFoundProblems

        if self.marks.get("check") == self._dataset_key():
            return "up to date: no problems"
        found = check_dataset(self.request.root)
        if found.problems:
            first = found.problems[0]
            raise ChecksFoundProblems(
                f"{len(found.problems)} problems in {self.request.root}; {first.rule}: {first.message}",
                hint=f"`synthvis check {shlex.quote(str(self.request.root))}` shows them all",
            )
        self._mark("check", self._dataset_key())
        return f"no problems in {found.images:,} images, {found.annotations:,} annotations"

    def _train(self) -> str:
        from synthvis.cli._training import TrainingDisplay
        from synthvis.train.run import Request, resolve_splits, train_run

        if self.marks.get("train") == self._train_key() and (self.run_dir / "best.safetensors").is_file():
            return f"up to date: {self.run_dir / 'best.safetensors'}"
        train, own_val, _ = resolve_splits(str(self.request.root), ())
        self._forget_other_training()
        with TrainingDisplay(self.config, self.run_dir) as display:
            on_step = (lambda _: None) if self.quiet else display.on_step
            train_run(
                Request(
                    config=self.config,
                    train=train,
                    own_val=own_val,
                    real=tuple(self.real),
                    run_dir=self.run_dir,
                    on_step=on_step,
                )
            )
        self._mark("train", self._train_key())
        return f"{self.config.steps} steps on {len(train.images):,} images, {train.box_count:,} boxes"

    def _evaluate(self) -> str:
        from synthvis.errors import UsageError
        from synthvis.train.engine.checkpoint import load_trained
        from synthvis.train.engine.devices import device_of
        from synthvis.train.run import evaluate_run, resolve_splits

        _, own_val, _ = resolve_splits(str(self.request.root), ())
        sets = [*([own_val] if own_val else []), *self.real]
        key = _key(self._train_key(), *(_facts_of(one) for one in sets))
        said = ", ".join(f"{one.name}:{one.split}, {len(one.images):,} {one.kind} images" for one in sets)
        if self.marks.get("evaluate") == key and list(self.run_dir.glob("eval_*.json")):
            return f"up to date: {said}"
        if not sets:
            raise UsageError("nothing to evaluate on: no val image, no real set", hint="raise render.n with --set")
        for stale in self.run_dir.glob("eval_*.json"):
            stale.unlink()
        trained = load_trained(self.run_dir / "best.safetensors")
        evaluate_run(trained, self.run_dir, sets, device_of(self.config.device))
        self._mark("evaluate", key)
        return said

    def _report(self) -> str:
        from synthvis.report.build import write_report

        self.report = write_report(self.run_dir, self.request.root)
        return str(self.report)

    def _real_sets(self) -> list[CocoSplit]:
        """The real sets that are here; a registered one that is not is said, and stays unmeasured."""
        from synthvis.dataset.real import KNOWN, find_real, read_split
        from synthvis.errors import RealDataError

        found = []
        for name in self.pipeline.real_eval:
            try:
                there = find_real(name)
            except RealDataError as error:
                if name.partition(":")[0] not in KNOWN:
                    raise
                self.say(f"{error.what}: the gap to it will not be measured\n  {error.hint}")
                continue
            found.append(read_split(there))
            self._require_shared_class(found[-1])
        return found

    def _require_shared_class(self, split: CocoSplit) -> None:
        from synthvis.dataset.coco_split import class_key
        from synthvis.errors import UsageError
        from synthvis.scene.places.registry import kinds_in
        from synthvis.shapes.registry import categories_for

        ours = [category.name for category in categories_for(kinds_in(self.request.recipe))]
        if not {class_key(name) for name in ours} & {class_key(name) for name in split.class_names}:
            raise UsageError(
                f"real set {split.name} shares no class with the recipe, which makes {', '.join(ours)}",
                hint="classes are matched by name; take the set out of real_eval or choose another recipe",
            )

    def _forget_other_training(self) -> None:
        """Take away the half-finished or finished training of other inputs, which the trainer would refuse."""
        from synthvis.train.engine.checkpoint import STATE_NAME

        key = self._train_key()
        if self.marks.get("training") != key:
            for name in (STATE_NAME, "best.safetensors"):
                (self.run_dir / name).unlink(missing_ok=True)
        self._mark("training", key)

    def _dataset_key(self) -> str:
        request = self.request
        return _key(request.recipe.content_hash(), str(request.seed), str(request.n))

    def _train_key(self) -> str:
        return _key(self._dataset_key(), self.config.model_dump_json())

    def _mark(self, step: str, key: str) -> None:
        from synthvis.dataset.layout import write_json_atomic

        self.marks[step] = key
        write_json_atomic(self.run_dir / STEPS_FILE, {"pipeline": self.pipeline.name, "steps": self.marks})


def _read_marks(run_dir: Path) -> dict[str, str]:
    try:
        steps = json.loads((run_dir / STEPS_FILE).read_bytes())["steps"]
        return {str(name): str(key) for name, key in steps.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _plan(request: RenderRequest) -> Plan:
    """What is to be rendered; a folder that is taken is refused with the option that this command has."""
    from synthvis.errors import DatasetError
    from synthvis.render.produce import plan_render

    try:
        return plan_render(request)
    except DatasetError as error:
        hint = "choose another parent folder with --set out=FOLDER, or another name with --set name=NAME"
        raise DatasetError(error.what, hint=hint) from error


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _facts_of(split: CocoSplit) -> str:
    return f"{split.name}:{split.split}:{len(split.images)}:{split.box_count}"


def _tell_plan(loop: _Loop, *, as_json: bool) -> None:
    plan = _plan(loop.request)
    real, config = list(loop.pipeline.real_eval), loop.config
    facts = {
        "pipeline": loop.pipeline.name,
        "render": f"{len(plan.missing):,} images to make, {len(plan.made):,} there, into {loop.request.root}",
        "check": "every promise of the dataset",
        "train": f"{config.steps} steps of {config.batch} images, {config.model.backbone}, into {loop.run_dir}",
        "evaluate": ", ".join([f"{loop.pipeline.name} (synthetic)", *(f"{name} (real)" for name in real)]),
        "report": str(loop.run_dir / "report.html"),
    }
    if as_json:
        echo_json({**facts, "dry_run": True})
        return
    for name, said in facts.items():
        click.echo(f"{name:<9} {said}")


def _tell_result(loop: _Loop, *, as_json: bool) -> None:
    gap = json.loads((loop.run_dir / "gap.json").read_bytes())
    total = sum(step["seconds"] for step in loop.steps)
    if as_json:
        places = {"dataset": str(loop.request.root), "run": str(loop.run_dir), "report": str(loop.report)}
        echo_json({"pipeline": loop.pipeline.name, **places, "seconds": total, "steps": loop.steps, "gap": gap})
        return
    from synthvis.ui.tables import print_gap

    print_gap(gap)
    click.echo(f"report: {loop.report}")
    loop.say(f"{loop.pipeline.name} took {total:.0f} s")
