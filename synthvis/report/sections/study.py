"""What the renders are worth: the regimes of a study, the law over the number of renders, the randomisers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from synthvis.metrics.missing import MissingResult, typed_path
from synthvis.metrics.predictions import ClassPrediction
from synthvis.report.page import Part, Section, hole
from synthvis.report.report_inputs import Material, StudyFiles
from synthvis.report.sections.comparing import has_boxes
from synthvis.report.study_figures import REGIME_NAMES, WIDTH_PX, ablation_chart, regimes_chart, sizes_chart
from synthvis.study.commands import EVERY_FACTOR, with_option
from synthvis.study.next_steps import KnownPlaces
from synthvis.study.study_result import StudySetup
from synthvis.study.wording import budget_text
from synthvis.train.registry import DEFAULT_TASK
from synthvis.viz.svg import on_every_screen

__all__ = ["known_places", "study_part"]


def study_part(material: Material) -> Part:
    """Sections of every study, and what studies did not measure; without one, the command that makes one."""
    sections = tuple(section for study in material.studies for section in _sections(study, material))
    holes = tuple(one for study in material.studies for one in _holes(study, material))
    if not material.studies and material.run is not None:
        holes = tuple(_missing_study(material))
    return Part(sections=sections, holes=holes)


def known_places(setup: StudySetup, material: Material) -> KnownPlaces:
    """What commands about a study may name: the run and its renders, where they are those of the study."""
    run = material.run
    if run is None or run.dataset is None or run.dataset.name != setup.synthetic.name:
        return KnownPlaces()
    dataset = run.dataset
    return KnownPlaces(dataset=typed_path(dataset.root), seed=dataset.seed, run=typed_path(run.folder))


def _sections(files: StudyFiles, material: Material) -> Iterator[Section]:
    result = files.result
    shared = {"result": result, "setup": result.setup, "regime_names": REGIME_NAMES}
    of = f" ({files.title})" if len(material.studies) > 1 else ""
    facts = {
        **shared,
        # Alone on its page a study says its first sentence above.
        "sentences": result.sentences if material.run else result.sentences[1:],
        "budget": budget_text(result.setup),
        "chart": on_every_screen(partial(regimes_chart, result), WIDTH_PX),
    }
    yield Section(name="regimes", title=f"What the renders are worth{of}", facts=facts, short="worth")
    if result.sizes:
        facts = {**shared, "chart": on_every_screen(partial(sizes_chart, result), WIDTH_PX)}
        yield Section(name="sizes", title=f"Would more renders help?{of}", facts=facts)
    if result.ablation:
        facts = {**shared, "chart": on_every_screen(partial(ablation_chart, result), WIDTH_PX)}
        yield Section(name="ablation", title=f"What makes the renders good{of}", facts=facts)


def _holes(files: StudyFiles, material: Material) -> Iterator[MissingResult]:
    result, command = files.result, files.result.setup.command
    start = "study: " if material.run else ""
    for one in result.not_measured:
        yield replace(one, what=start + one.what)
    if not result.sizes:
        images = result.setup.synthetic.images
        sizes = ",".join(str(count) for count in sorted({max(images // share, 1) for share in (8, 4, 2, 1)}))
        what = f"{start}Whether more renders would help"
        yield hole(what, "no sizes were asked for", "", with_option(command, "--sizes", sizes))
    if not result.ablation:
        what = f"{start}Which randomiser of the recipe matters"
        yield hole(what, "no ablation was asked for", "", with_option(command, "--ablate", EVERY_FACTOR))


def _missing_study(material: Material) -> Iterator[MissingResult]:
    run = material.run
    if run is None or not run.gap.real:
        return
    what, why = "What the renders are worth in labelled photographs", "no study of them was found"
    if not (has_boxes(material) or run.scores.predicts(ClassPrediction)):
        what, why = "Worth of the renders in labelled photographs", "it takes photographs to train on, too"
    if run.dataset is None:
        yield hole(what, why, "study the renders; name their folder and the photographs", ("study", "--help"))
        return
    words = ["study", "--data", typed_path(run.dataset.root), "--real", run.gap.real[0].evaluation.set]
    words += ["--task", run.scores.task] if run.scores.task != DEFAULT_TASK else []
    yield hole(what, why, "", words)
