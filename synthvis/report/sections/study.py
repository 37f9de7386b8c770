"""What the renders are worth: the arms of a study, the law over the number of renders, the randomisers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from synthvis.report.material import Material, StudyFiles
from synthvis.report.page import Part, Section, hole
from synthvis.report.sections.comparing import has_boxes
from synthvis.report.study_figures import ARM_NAMES, WIDTH_PX, ablation_chart, arms_chart, sizes_chart
from synthvis.report.svg import on_every_screen
from synthvis.report.wording import shown_path, worth_said

__all__ = ["EVERY_FACTOR", "UNCHANGED", "budget_said", "study_command", "study_part"]

Facts = Mapping[str, Any]

UNCHANGED = "with the other options unchanged"
EVERY_FACTOR = "lighting,texture,camera,distractors,context,sensor"


def study_part(material: Material) -> Part:
    """Sections of every study, and what studies did not measure; without one, the command that makes one."""
    sections = tuple(section for study in material.studies for section in _sections(study, material))
    holes = tuple(one for study in material.studies for one in _holes(study, material))
    if not material.studies and material.run is not None:
        holes = tuple(_missing_study(material))
    return Part(sections=sections, holes=holes)


def study_command(study: Facts, material: Material) -> str:
    """The command of a study as far as its results tell it."""
    real, data = study["real"] or study["real_eval"], study["synthetic"]["name"]
    dataset = material.run.dataset if material.run else None
    if dataset is not None and dataset.name == data:
        data = shown_path(dataset.root)
    words = ["synthvis", "study", "--synth", data, "--real", real["name"]]
    words += ["--task", study["task"]] if study["task"] != "detection" else []
    return shlex.join(words)


def _sections(files: StudyFiles, material: Material) -> Iterator[Section]:
    content = files.content
    measured = [row for row in content["table"] if row["mean"] is not None]
    better = min if content["study"]["lower_is_better"] else max
    shared = {"study": content["study"], "arm_names": ARM_NAMES, "budget_said": budget_said(content["study"])}
    of = f" ({files.title})" if len(material.studies) > 1 else ""
    # Alone on its page a study says its first sentence above.
    sentences = content["sentences"] if material.run else content["sentences"][1:]
    facts = {
        **shared,
        "gap": content["gap"],
        "worth": content["worth"],
        "worth_said": worth_said(content["worth"]) if content["worth"] else None,
        "best": better(measured, key=lambda row: row["mean"]) if measured else None,
        "sizes": content["sizes"],
        "sentences": sentences,
        "table": content["table"],
        "comparisons": content["comparisons"],
        "chart": on_every_screen(partial(arms_chart, content), WIDTH_PX),
    }
    yield Section(name="arms", title=f"What the renders are worth{of}", facts=facts, short="worth")
    if content["sizes"]:
        facts = {**shared, "sizes": content["sizes"], "chart": on_every_screen(partial(sizes_chart, content), WIDTH_PX)}
        yield Section(name="sizes", title=f"Would more renders help?{of}", facts=facts)
    if content["ablation"]:
        facts = {
            **shared,
            "ablation": content["ablation"],
            "chart": on_every_screen(partial(ablation_chart, content), WIDTH_PX),
        }
        yield Section(name="ablation", title=f"What makes the renders good{of}", facts=facts)


def budget_said(study: Facts) -> str:
    """How many steps each arm takes, in words."""
    if study["budget"] == "total":
        share = f"{100 * study['finetune_share']:g}%"
        return f"every arm takes {study['steps']:,} steps in all; synthetic+real keeps {share} of them for photographs"
    return f"every stage takes {study['steps']:,} steps, so synthetic+real takes {2 * study['steps']:,} in all"


def _holes(files: StudyFiles, material: Material) -> Iterator[dict[str, str]]:
    study = files.content["study"]
    again = study_command(study, material)
    start = "study: " if material.run else ""
    for one in files.content["not_measured"]:
        added = f"{again} {one['how']} {UNCHANGED}"
        yield hole(start + one["what"], one["why"], added if one["how"].startswith("--") else one["how"])
    if not files.content["sizes"]:
        images = study["synthetic"]["images"]
        counts = sorted({max(images // share, 1) for share in (8, 4, 2, 1)})
        sizes = ",".join(str(count) for count in counts)
        yield hole(
            f"{start}Whether more renders would help", "no sizes were asked for", f"{again} --sizes {sizes} {UNCHANGED}"
        )
    if not files.content["ablation"]:
        how = f"{again} --ablate {EVERY_FACTOR} {UNCHANGED}"
        yield hole(f"{start}Which randomiser of the recipe matters", "no ablation was asked for", how)


def _missing_study(material: Material) -> Iterator[dict[str, str]]:
    run = material.run
    if run is None or not run.gap["real"]:
        return
    data = shown_path(run.dataset.root) if run.dataset else "DATA"
    words = ["synthvis", "study", "--synth", data, "--real", str(run.gap["real"][0]["set"])]
    words += ["--task", run.scores.task] if run.scores.task != "detection" else []
    what, why = "What the renders are worth in labelled photographs", "no study of them was found"
    if not (has_boxes(material) or run.scores.task == "classification"):
        what, why = "Worth of the renders in labelled photographs", "it takes photographs to train on, too"
    yield hole(what, why, shlex.join(words))
