"""What the renders are worth: the regimes of a study, the law over the number of renders, the randomisers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from synthvis.metrics.missing import typed_path
from synthvis.report.material import Material, StudyFiles
from synthvis.report.page import Part, Section, hole
from synthvis.report.sections.comparing import has_boxes
from synthvis.report.study_figures import REGIME_NAMES, WIDTH_PX, ablation_chart, regimes_chart, sizes_chart
from synthvis.report.svg import on_every_screen
from synthvis.report.wording import equivalence_text
from synthvis.study.commands import EVERY_FACTOR, with_option
from synthvis.study.wording import KnownPlaces

__all__ = ["budget_said", "known_places", "study_part"]

Facts = Mapping[str, Any]


def study_part(material: Material) -> Part:
    """Sections of every study, and what studies did not measure; without one, the command that makes one."""
    sections = tuple(section for study in material.studies for section in _sections(study, material))
    holes = tuple(one for study in material.studies for one in _holes(study, material))
    if not material.studies and material.run is not None:
        holes = tuple(_missing_study(material))
    return Part(sections=sections, holes=holes)


def known_places(study: Facts, material: Material) -> KnownPlaces:
    """What commands about a study may name: the run and its renders, where they are those of the study."""
    run = material.run
    if run is None or run.dataset is None or run.dataset.name != study["synthetic"]["name"]:
        return KnownPlaces()
    dataset = run.dataset
    return KnownPlaces(dataset=typed_path(dataset.root), seed=dataset.seed, run=typed_path(run.folder))


def _sections(files: StudyFiles, material: Material) -> Iterator[Section]:
    content = files.content
    measured = [row for row in content["table"] if row["mean"] is not None]
    better = min if content["study"]["lower_is_better"] else max
    shared = {"study": content["study"], "regime_names": REGIME_NAMES, "budget_said": budget_said(content["study"])}
    of = f" ({files.title})" if len(material.studies) > 1 else ""
    # Alone on its page a study says its first sentence above.
    sentences = content["sentences"] if material.run else content["sentences"][1:]
    facts = {
        **shared,
        "gap": content["gap"],
        "worth": content["worth"],
        "equivalence_text": equivalence_text(content["worth"]) if content["worth"] else None,
        "best": better(measured, key=lambda row: row["mean"]) if measured else None,
        "sizes": content["sizes"],
        "sentences": sentences,
        "table": content["table"],
        "comparisons": content["comparisons"],
        "chart": on_every_screen(partial(regimes_chart, content), WIDTH_PX),
    }
    yield Section(name="regimes", title=f"What the renders are worth{of}", facts=facts, short="worth")
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
    """How many steps each regime takes, in words."""
    if study["budget"] == "total":
        share = f"{100 * study['finetune_share']:g}%"
        return (
            f"every regime takes {study['steps']:,} steps in all; synthetic+real keeps {share} of them for photographs"
        )
    return f"every stage takes {study['steps']:,} steps, so synthetic+real takes {2 * study['steps']:,} in all"


def _holes(files: StudyFiles, material: Material) -> Iterator[Mapping[str, str]]:
    content, command = files.content, files.content["study"]["command"]
    start = "study: " if material.run else ""
    for one in content["not_measured"]:
        yield {**one, "what": start + one["what"]}
    if not content["sizes"]:
        images = content["study"]["synthetic"]["images"]
        sizes = ",".join(str(count) for count in sorted({max(images // share, 1) for share in (8, 4, 2, 1)}))
        what = f"{start}Whether more renders would help"
        yield hole(what, "no sizes were asked for", "", with_option(command, "--sizes", sizes))
    if not content["ablation"]:
        what = f"{start}Which randomiser of the recipe matters"
        yield hole(what, "no ablation was asked for", "", with_option(command, "--ablate", EVERY_FACTOR))


def _missing_study(material: Material) -> Iterator[Mapping[str, str]]:
    run = material.run
    if run is None or not run.gap["real"]:
        return
    what, why = "What the renders are worth in labelled photographs", "no study of them was found"
    if not (has_boxes(material) or run.scores.task == "classification"):
        what, why = "Worth of the renders in labelled photographs", "it takes photographs to train on, too"
    if run.dataset is None:
        yield hole(what, why, "study the renders; name their folder and the photographs", ("study", "--help"))
        return
    words = ["study", "--data", typed_path(run.dataset.root), "--real", str(run.gap["real"][0]["set"])]
    words += ["--task", run.scores.task] if run.scores.task != "detection" else []
    yield hole(what, why, "", words)
