"""What is read in a minute: one sentence, one number with its interval, one small chart, three recommendations."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.resampling import difference_of
from synthvis.report.page import KeyFigure, Recommendation, Summary
from synthvis.report.report_inputs import ReportInputs, RunFiles, StudyFiles
from synthvis.report.scores import Scores
from synthvis.report.study_charts import REGIME_TONES
from synthvis.report.wording import headline, interval_text, metric_text
from synthvis.study.data_equivalence import DataEquivalence
from synthvis.study.study_result import RegimeResult, StudyResult, StudySetup
from synthvis.viz.svg import Dots, dot_chart, on_every_screen

__all__ = ["summary_of"]

Row = tuple[str, int, float | None, float | None, float | None]
"""Name, tone, value and the ends of its interval."""

MAX_RECOMMENDATIONS = 3
CHART_PX = 500
ROOM = 1.06
TONES = 8


def summary_of(inputs: ReportInputs, recommendations: Sequence[Recommendation]) -> Summary:
    """Of the run where there is one, else of the study."""
    rows, metric, caption = _chart_rows(inputs)
    return Summary(
        sentence=_sentence(inputs),
        key_figure=_run_figure(inputs.run) if inputs.run else _study_figure(inputs.studies),
        chart=_chart(rows, metric),
        chart_caption=caption,
        recommendations=recommendations[:MAX_RECOMMENDATIONS],
    )


def _sentence(inputs: ReportInputs) -> str:
    if inputs.run:
        return headline(inputs.run.scores)
    sentences = [line for study in inputs.studies for line in study.result.sentences]
    return sentences[0] if sentences else "Nothing is measured yet."


def _run_figure(run: RunFiles) -> KeyFigure:
    scores = run.scores
    name = scores.headline
    synthetic = scores.gap.synthetic
    real = next((one for one in scores.sets if one.kind == "real"), None)
    if real is None:
        command = next((one.command for one in run.gap.not_measured if "real photographs" in one.what), "")
        return KeyFigure(
            label="Gap to real photographs", value="not measured", details=("This run had no real test set.",),
            command=command, is_missing=True,
        )  # fmt: skip
    theirs = scores.metric(real, name)
    if synthetic is None or scores.metric(synthetic, name).value is None:
        return _figure(f"{name} on photographs of {real.set}", theirs, _images_text(real))
    ours = scores.metric(synthetic, name)
    lost = difference_of(theirs, ours) if scores.lower_is_better else difference_of(ours, theirs)
    what = f"{name} {'added' if scores.lower_is_better else 'lost'} from renders to photographs of {real.set}"
    pair = [f"{metric_text(one.value)} on {_images_text(place)}" for one, place in ((ours, synthetic), (theirs, real))]
    return _figure(what, lost, ", ".join(pair))


def _images_text(one: Evaluation) -> str:
    kind = "photographs" if one.kind == "real" else "renders"
    return f"{one.images:,} {kind} ({one.split or 'all'})"


def _figure(label: str, value: MetricValue, *details: str) -> KeyFigure:
    """A value, its interval below it."""
    ends: tuple[str, ...] = ()
    if value.low is not None and value.high is not None:
        ends = (f"95% interval {metric_text(value.low)} to {metric_text(value.high)}",)
    return KeyFigure(label=label, value=metric_text(value.value), details=(*ends, *details))


def _study_figure(studies: Sequence[StudyFiles]) -> KeyFigure:
    if not studies:
        return KeyFigure(label="Result", value="not measured", is_missing=True)
    result = studies[0].result
    gap = result.gap
    if result.data_equivalence:
        return _equivalence_figure(result.setup, result.data_equivalence)
    if gap:
        value = f"{metric_text(gap.on_renders.mean)} → {metric_text(gap.on_photographs.mean)}"
        what = f"{result.setup.metric} of renders alone, on renders and then on photographs"
        return KeyFigure(label=what, value=value, details=(f"difference {interval_text(gap.difference)}",))
    return _best_figure(result)


def _best_figure(result: StudyResult) -> KeyFigure:
    """Of a study that did not train with photographs, or not both ways."""
    metric, best = result.setup.metric, result.best
    fit = result.sizes.fit if result.sizes else None
    if best and best.score:
        return _figure(f"{metric} of the best regime, {_row_name(best)}", best.score.metric_value)
    if fit:
        remains = (
            f"{100 * fit.floor_share:.0f}% of the error at {fit.largest:,} renders remains with any number of renders"
        )
        return KeyFigure(label="More renders, or another generator?", value=fit.verdict, details=(remains,))
    if result.ablation and result.ablation.everything:
        return _figure(f"{metric} with every randomiser", result.ablation.everything.metric_value)
    details = ("No run of this study is finished.",)
    return KeyFigure(label="Result", value="not measured", details=details, is_missing=True)


def _equivalence_figure(setup: StudySetup, found: DataEquivalence) -> KeyFigure:
    low, high = found.text_of(found.low), found.text_of(found.high)
    ends = (f"95% interval {low} to {high}",) if low else ()
    tried = f"{found.smallest:,} to {found.largest:,} photographs were tried"
    what = f"{setup.synthetic.images:,} renders are worth, in labelled photographs"
    return KeyFigure(label=what, value=found.text_of(found.images), details=(*ends, tried))


def _chart_rows(inputs: ReportInputs) -> tuple[list[Row], str, str]:
    """Ways to train where a study compared them, else the sets of the run."""
    for study in inputs.studies:
        rows = [_row_of(row) for row in study.result.table]
        if any(row[2] is not None for row in rows):
            setup = study.result.setup
            steps = f"{setup.steps:,} steps {'in all' if setup.budget == 'total' else 'a stage'}"
            text = f"{setup.metric} on {setup.real_eval.images:,} photographs of {setup.real_eval}"
            text += f", by what was trained on ({steps})"
            return rows, setup.metric, text
    if inputs.run:
        scores = inputs.run.scores
        return _set_rows(scores), scores.headline, f"{scores.headline} by where it was measured"
    return [], "", ""


def _row_of(row: RegimeResult) -> Row:
    found = row.score.metric_value if row.score else MetricValue(None)
    return _row_name(row), REGIME_TONES[row.regime], found.value, found.low, found.high


def _row_name(row: RegimeResult) -> str:
    photographs = f"{row.real:,} photographs"
    names = {
        "real": photographs,
        "synthetic": f"{row.synthetic:,} renders",
        "synthetic+real": f"renders → {photographs}",
        "mixed": f"renders + {photographs}",
    }
    return names[row.regime]


def _set_rows(scores: Scores) -> list[Row]:
    rows = []
    for tone, one in enumerate(scores.sets):
        found = scores.metric(one, scores.headline)
        kind = "photographs" if one.kind == "real" else "renders"
        rows.append((f"{kind}: {one.set}", tone % TONES, found.value, found.low, found.high))
    return rows


def _chart(rows: Sequence[Row], metric: str) -> str:
    known = [value for row in rows for value in row[2:] if value is not None]
    if not known:
        return ""
    nothing = (None, None, None)
    dots = [
        Dots(metric, [row[2:] if row[1] == tone else nothing for row in rows], tone)
        for tone in sorted({row[1] for row in rows})
    ]
    highest = max(known)
    ends = {"x_max": highest * ROOM if highest > 0 else 1.0, "x_min": min(*known, 0.0)}
    names = [row[0] for row in rows]
    return on_every_screen(lambda width: dot_chart(names, dots, x_label=metric, width=width, **ends), CHART_PX)
