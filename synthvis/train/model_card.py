"""README.md of a run: what it learnt from what, what it scored, what nobody measured, how to use it and make it again.

A model card (Mitchell et al., "Model Cards for Model Reporting", 2019) of the values that the run's files hold, and of
no others. Written at the end of a training and after each evaluation.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from synthvis.errors import SynthvisError, counted
from synthvis.evaluation.gap_table import GapTable, current_gap
from synthvis.evaluation.run_folder import has_evaluations, read_evaluations
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.json_file import FileModel, Name, read_json
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.missing import MissingResult, command_line, shareable_path
from synthvis.metrics.predictions import BoxPrediction, KeypointPrediction
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.arch import chosen_arch
from synthvis.train.backbones.catalogue import Backbone, find_backbone
from synthvis.train.config import ModelConfig
from synthvis.train.engine.sidecar import read_sidecar
from synthvis.train.registry import description_of, known_photographs
from synthvis.train.task import TaskDescription
from synthvis.version import __version__

__all__ = ["CARD", "ModelCard", "card_of", "escaped", "text_of_card", "write_model_card"]

CARD = "README.md"
MARK = "<!-- Written by synthvis, again after each evaluation: keep notes in another file. -->"
"""First line, by which a file is known that may be replaced."""

LOGGER = logging.getLogger("synthvis")

CLASSES_NAMED = 40
SMALL_PX = 8
"""Objects that cover less in the network's input are hardly found."""


class _Command(FileModel):
    """What of config.json is told."""

    command: Annotated[list[Name], Field(default_factory=list)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What is told of a run.

    Attributes:
        name: Of its folder.
        path: The folder as others would type it.
        task: What it has learnt.
        model: The network.
        backbone: What is known of its backbone.
        classes: What it tells apart, in words.
        facts: What it was trained on.
        gap: What nobody measured, beside the scores.
        evaluations: What it scored on each set.
        command: Words of the command that trains it again; empty where they are not known.
    """

    name: str
    path: str
    task: TaskDescription
    model: ModelConfig
    backbone: Backbone
    classes: tuple[str, ...]
    facts: TrainingFacts
    gap: GapTable
    evaluations: tuple[Evaluation, ...]
    command: tuple[str, ...]


def write_model_card(run_dir: Path) -> Path | None:
    """Write README.md into a run, from its own files; returns its path.

    None where the folder holds no weights, as that of an ensemble's evaluations, a damaged file, or a README.md that
    somebody else wrote: it stays as it is.
    """
    path = run_dir / CARD
    if not (run_dir / "best.json").is_file() or not _may_replace(path):
        return None
    try:
        card = card_of(run_dir)
    except SynthvisError as error:
        # Numbers stand in files of their own: a training does not fail for its README.
        LOGGER.info("%s was not written: %s", path, error.what)
        return None
    write_bytes_atomic(path, text_of_card(card).encode("utf-8", "replace"))
    return path


def card_of(run_dir: Path) -> ModelCard:
    """What the files of a run say of it.

    Raises:
        SynthvisError: One of them is damaged.
    """
    sidecar = read_sidecar(run_dir / "best.json")
    config = run_dir / "config.json"
    told = read_json(config, _Command, what="settings of a run", hint="").command if config.is_file() else []
    return ModelCard(
        name=run_dir.resolve().name,
        path=shareable_path(run_dir),
        task=description_of(sidecar.task),
        model=sidecar.model,
        backbone=find_backbone(sidecar.model.backbone),
        classes=sidecar.classes,
        facts=sidecar.train,
        gap=current_gap(run_dir, known_photographs()),
        evaluations=read_evaluations(run_dir) if has_evaluations(run_dir) else (),
        command=tuple(told),
    )


def text_of_card(card: ModelCard) -> str:
    """The card as Markdown; whatever comes from files is escaped."""
    parts = (_head(card), _scores(card), _unmeasured(card), _limits(card), _licence(card), _commands(card))
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def _head(card: ModelCard) -> Iterator[str]:
    yield from (MARK, "", f"# {escaped(card.name)}", "")
    yield f"A network for {card.task.name} ({escaped(card.task.title)}), trained with synthvis {__version__}."
    yield from ("", "| | |", "|---|---|")
    if card.classes:
        more = len(card.classes) - CLASSES_NAMED
        named = ", ".join(escaped(name) for name in card.classes[:CLASSES_NAMED])
        yield _row(f"classes ({len(card.classes)})", f"{named} and {more} more" if more > 0 else named)
    yield _row("trained on", _data_text(card))
    yield _row("network", f"{chosen_arch(card.model.arch, card.task)} on {escaped(card.model.backbone)}")
    yield _row("input", f"{card.model.input_size} x {card.model.input_size} px; the longer side of a picture fills it")
    yield _row("training", _training_text(card.facts))
    yield _row("began from", _start_text(card))
    if card.facts.map_values:
        yield _row("answers", escaped(card.facts.map_values))


def _data_text(card: ModelCard) -> str:
    facts = card.facts
    kind = {"synthetic": "rendered image", "real": "photograph"}.get(facts.kind or "", "image")
    parts = [escaped(f"{facts.dataset or 'data that is not named'}:{facts.split or '?'}")]
    parts += [counted(facts.images, kind)] if facts.images is not None else []
    parts += [f"{facts.labels:,} {escaped(card.task.labels)}"] if facts.labels is not None else []
    if facts.kind == "mixed":
        parts.append("renders and photographs mixed")
    if facts.recipe is not None:
        parts.append(f"recipe {escaped(facts.recipe)}, seed {facts.recipe_seed}")
    return ", ".join(parts)


def _training_text(facts: TrainingFacts) -> str:
    known = ((facts.steps, "steps"), (facts.batch, "images a step"))
    parts = [f"{value:,} {what}" for value, what in known if value is not None]
    return ", ".join([*parts, f"seed {facts.seed}" if facts.seed is not None else "seed not recorded"])


def _start_text(card: ModelCard) -> str:
    if card.facts.init_from:
        return f"the weights of the run {escaped(card.facts.init_from)}"
    if card.facts.weights == "none":
        return "random weights"
    return f"pretrained weights of the backbone ({escaped(card.backbone.weights_source)})"


def _scores(card: ModelCard) -> Iterator[str]:
    yield from ("## What it scored", "")
    if not card.evaluations:
        yield "It was measured on nothing yet."
        return
    first = card.evaluations[0]
    names = list(dict.fromkeys([first.headline, *first.metrics]))[:4]
    counts = list(dict.fromkeys(name for one in card.evaluations for name in one.counts))
    yield _row("set", "images", *counts, *map(escaped, names))
    yield _row("---", *["---:"] * (1 + len(counts) + len(names)))
    for one in card.evaluations:
        yield _row(
            _set_name(one),
            f"{one.images:,}",
            *(f"{one.counts.get(name, 0):,}" for name in counts),
            *(str(one.metrics[name]) if name in one.metrics else "-" for name in names),
        )
    yield ""
    direction = " Lower is better." if first.lower_is_better else ""
    yield f"{escaped(first.headline)}: {escaped(first.metric.explanation)}{direction}"
    if any(one.score.low is not None for one in card.evaluations):
        units = " or ".join(dict.fromkeys(one.bootstrap.unit for one in card.evaluations))
        yield f"In brackets: 95% intervals from a bootstrap over {units}."
    points = [*_baselines(card.evaluations), *_operating_points(card.evaluations)]
    yield from ("", *points) if points else ()
    yield from _by_class(card.evaluations)


def _set_name(one: Evaluation) -> str:
    return f"{escaped(one.name)} ({'photographs' if one.kind == 'real' else 'renders'})"


def _baselines(evaluations: Sequence[Evaluation]) -> Iterator[str]:
    for one in evaluations:
        baseline = one.prior_baseline.get(one.headline)
        if baseline is not None and baseline.value is not None:
            yield f"- A prediction that ignores the picture scores {baseline.value:.3f} on {_set_name(one)}."


def _operating_points(evaluations: Sequence[Evaluation]) -> Iterator[str]:
    for one in evaluations:
        point = one.operating_point
        if point is not None:
            found = f"precision {point.precision:.2f}, recall {point.recall:.2f}, F1 {point.f1:.2f}"
            yield f"- Objects of a score of {point.score:g} and above on {_set_name(one)}: {found}, the best F1 there."


def _by_class(evaluations: Sequence[Evaluation]) -> Iterator[str]:
    rows = list(dict.fromkeys(name for one in evaluations for name in one.per_class))
    if len(rows) < 2:
        return
    metric = next(name for one in evaluations for row in one.per_class.values() for name in row.metrics)
    yield from ("", _row("class", *(f"{escaped(metric)} on {_set_name(one)}, labels" for one in evaluations)))
    yield _row("---", *["---:"] * len(evaluations))
    for name in rows[:CLASSES_NAMED]:
        yield _row(escaped(name), *(_class_cell(one, name, metric) for one in evaluations))
    if len(rows) > CLASSES_NAMED:
        yield f"\nand {len(rows) - CLASSES_NAMED} more classes, in `eval_*.json`."


def _class_cell(one: Evaluation, name: str, metric: str) -> str:
    row = one.per_class.get(name)
    if row is None:
        return "-"
    found = row.metrics.get(metric)
    count = next(iter(row.counts.values()), None)
    value = "undefined" if found is None or found.value is None else f"{found.value:.3f}"
    return value if count is None else f"{value} ({count:,})"


def _unmeasured(card: ModelCard) -> Iterator[str]:
    yield from ("## What it was never measured on", "")
    for missing in card.gap.not_measured:
        yield f"- {_missing_text(missing)}"
    sets = ", ".join(map(_set_name, card.evaluations))
    yield f"- Any pictures but those of {sets or 'no set at all'}: other cameras, places, light, and things in view."


def _missing_text(missing: MissingResult) -> str:
    return f"{escaped(missing.what)}: {escaped(missing.why)}."


def _limits(card: ModelCard) -> Iterator[str]:
    yield from ("## Limits", "")
    facts, size = card.facts, card.model.input_size
    if facts.kind == "synthetic":
        yield "- It has seen renders only. What no render shows, it has not learnt."
    if card.classes:
        yield "- It knows the classes above. Anything else is nothing to it, or is taken for one of them."
    share = max(2, round(size / SMALL_PX))
    yield (
        f"- A picture is brought to {size} px: what is smaller than 1/{share} of its longer side covers less than "
        f"{SMALL_PX} px there."
    )
    if _looks_into_boxes(card):
        yield "- It looks into one box at a time, and needs a detector that finds the boxes."
    if issubclass(card.task.prediction, BoxPrediction) and facts.boxes is not None:
        around = "what shows of an object" if facts.boxes in ("modal", "body") else "whole objects, hidden parts too"
        yield f"- Boxes of renders were drawn around {around} ({facts.boxes}); it draws them so."
        yield "- Scores order what it finds; they are no probabilities."
    yield "- One training with one seed: another seed gives other numbers, and the intervals do not cover that."
    for one in card.evaluations:
        for row in one.left_out:
            why = f"{row.count:,} {row.part} {row.treatment}: {row.reason}"
            yield f"- Not everything of {_set_name(one)} was measured: {escaped(why)}."


def _looks_into_boxes(card: ModelCard) -> bool:
    return issubclass(card.task.prediction, KeypointPrediction) and card.facts.arch == "heatmap"


def _licence(card: ModelCard) -> Iterator[str]:
    yield from ("## Licence of the weights", "")
    if card.facts.weights == "none":
        yield "No weights of others are in it."
    elif card.facts.init_from:
        yield f"It began from the run {escaped(card.facts.init_from)}, whose README says what is in that."
    else:
        licence = card.backbone.licence or "not known here: ask their publisher"
        source = f"{escaped(card.backbone.name)}, {escaped(card.backbone.weights_source)}"
        yield f"Pretrained weights of the backbone ({source}): {escaped(licence)}."
    if card.facts.kind in ("real", "mixed"):
        yield "It has learnt from photographs; their licences may limit its use."


def _commands(card: ModelCard) -> Iterator[str]:
    boxes = ("--boxes-from", "RUN_OF_A_DETECTOR") if _looks_into_boxes(card) else ()
    lines = [command_line("predict", card.path, "photos", *boxes)]
    lines.append(command_line("evaluate", card.path, "--eval-on", "NAME_OR_FOLDER"))
    yield from ("## Use it", "", *_fenced(lines, "bash"))
    if card.command:
        yield from ("", "## Make it again", "", *_fenced([command_line(*card.command)], "bash"), "")
        yield "The settings that came of it are in `config.json`. Other machines round differently in the last digits."


def _fenced(lines: Sequence[str], language: str) -> Iterator[str]:
    """Lines as code, whatever is in them."""
    shown = [re.sub(r"[\x00-\x1f\x7f]", "?", line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}{language}", *shown, fence)


def _row(*texts: str) -> str:
    return f"| {' | '.join(texts)} |"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return re.sub(r"([\\`*_\[\]<>#|~&$])", r"\\\1", plain)


def _may_replace(path: Path) -> bool:
    try:
        return not path.exists() or path.read_text(encoding="utf-8", errors="replace").startswith(MARK)
    except OSError:
        return False
