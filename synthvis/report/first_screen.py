"""What a manager reads in a minute: one sentence, one number with its interval, one small chart, three steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthvis.gap.task_gap import difference_of
from synthvis.report.material import Material, RunFiles, StudyFiles
from synthvis.report.page import FirstScreen, Number, Step
from synthvis.report.scores import Scores
from synthvis.report.study_figures import REGIME_TONES
from synthvis.report.svg import Dots, dot_chart, on_every_screen
from synthvis.report.wording import equivalence_text, headline, interval_text, metric_text

__all__ = ["first_screen"]

Facts = Mapping[str, Any]
Row = tuple[str, int, float | None, float | None, float | None]
"""Name, tone, value and the ends of its interval."""

STEPS = 3
CHART_PX = 500
ROOM = 1.06
TONES = 8


def first_screen(material: Material, steps: Sequence[Step]) -> FirstScreen:
    """Of the run where there is one, else of the study."""
    rows, metric, said = _chart_rows(material)
    return FirstScreen(
        sentence=_sentence(material),
        number=_run_number(material.run) if material.run else _study_number(material.studies),
        chart=_chart(rows, metric),
        chart_said=said,
        steps=steps[:STEPS],
    )


def _sentence(material: Material) -> str:
    if material.run:
        return headline(material.run.scores)
    sentences = [line for study in material.studies for line in study.content["sentences"]]
    return sentences[0] if sentences else "Nothing is measured yet."


def _run_number(run: RunFiles) -> Number:
    scores = run.scores
    name = scores.headline
    synthetic = next((one for one in scores.sets if one["kind"] == "synthetic"), None)
    real = next((one for one in scores.sets if one["kind"] == "real"), None)
    if real is None:
        how = next((one["command"] for one in run.gap["not_measured"] if "real photographs" in one["what"]), "")
        said = ("This run had no real test set.",)
        return Number(what="Gap to real photographs", value="not measured", below=said, how=how, is_missing=True)
    theirs = scores.metric(real, name)
    if synthetic is None or scores.metric(synthetic, name)["value"] is None:
        return _alone(f"{name} on photographs of {real['set']}", theirs, _images_said(real))
    ours = scores.metric(synthetic, name)
    lost = difference_of(theirs, ours) if scores.lower_is_better else difference_of(ours, theirs)
    what = f"{name} {'added' if scores.lower_is_better else 'lost'} from renders to photographs of {real['set']}"
    pair = [
        f"{metric_text(one['value'])} on {_images_said(place)}" for one, place in ((ours, synthetic), (theirs, real))
    ]
    return _alone(what, lost, ", ".join(pair))


def _images_said(one: Facts) -> str:
    kind = "photographs" if one["kind"] == "real" else "renders"
    return f"{one['images']:,} {kind} ({one.get('split') or 'all'})"


def _alone(what: str, found: Facts, *below: str) -> Number:
    """A value, its interval below it."""
    ends: tuple[str, ...] = ()
    if found.get("low") is not None and found.get("high") is not None:
        ends = (f"95% interval {metric_text(found['low'])} to {metric_text(found['high'])}",)
    return Number(what=what, value=metric_text(found.get("value", found.get("mean"))), below=(*ends, *below))


def _study_number(studies: Sequence[StudyFiles]) -> Number:
    if not studies:
        return Number(what="Result", value="not measured", is_missing=True)
    content = studies[0].content
    study, worth, gap = content["study"], content["worth"], content["gap"]
    if worth:
        return _worth_number(study, worth)
    if gap:
        value = f"{metric_text(gap['on_renders']['mean'])} → {metric_text(gap['on_photographs']['mean'])}"
        what = f"{study['metric']} of renders alone, on renders and then on photographs"
        return Number(what=what, value=value, below=(f"difference {interval_text(gap['difference'])}",))
    return _best_number(content)


def _best_number(content: Facts) -> Number:
    """Of a study that did not train with photographs, or not both ways."""
    study, fit = content["study"], (content["sizes"] or {}).get("fit")
    measured = [row for row in content["table"] if row["mean"] is not None]
    if measured:
        best = (min if study["lower_is_better"] else max)(measured, key=lambda row: row["mean"])
        return _alone(f"{study['metric']} of the best regime, {_row_name(best)}", best)
    if fit:
        stays = f"{100 * fit['floor_share']:.0f}% of the error at {fit['largest']:,} renders stays"
        return Number(what="More renders, or another generator?", value=fit["verdict"], below=(stays,))
    if content["ablation"] and content["ablation"]["everything"]["mean"] is not None:
        return _alone(f"{study['metric']} with every randomiser", content["ablation"]["everything"])
    below = ("No run of this study is finished.",)
    return Number(what="Result", value="not measured", below=below, is_missing=True)


def _worth_number(study: Facts, worth: Facts) -> Number:
    said = equivalence_text(worth)
    ends = (f"95% interval {said['low']} to {said['high']}",) if said["low"] else ()
    tried = f"{worth['smallest']:,} to {worth['largest']:,} photographs were tried"
    what = f"{study['synthetic']['images']:,} renders are worth, in labelled photographs"
    return Number(what=what, value=said["images"], below=(*ends, tried))


def _chart_rows(material: Material) -> tuple[list[Row], str, str]:
    """Ways to train where a study compared them, else the sets of the run."""
    for study in material.studies:
        rows = [_row_of(row) for row in study.content["table"]]
        if any(row[2] is not None for row in rows):
            facts = study.content["study"]
            metric, place = facts["metric"], facts["real_eval"]
            said = f"{metric} on {place['images']:,} photographs of {place['name']}, by what was trained on"
            said += f" ({facts['steps']:,} steps {'in all' if facts['budget'] == 'total' else 'a stage'})"
            return rows, metric, said
    if material.run:
        scores = material.run.scores
        return _set_rows(scores), scores.headline, f"{scores.headline} by where it was measured"
    return [], "", ""


def _row_of(row: Facts) -> Row:
    return _row_name(row), REGIME_TONES[row["regime"]], row["mean"], row["low"], row["high"]


def _row_name(row: Facts) -> str:
    photographs = f"{row['real']:,} photographs"
    names = {
        "real": photographs,
        "synthetic": f"{row['synthetic']:,} renders",
        "synthetic+real": f"renders → {photographs}",
        "mixed": f"renders + {photographs}",
    }
    return names[row["regime"]]


def _set_rows(scores: Scores) -> list[Row]:
    rows = []
    for tone, one in enumerate(scores.sets):
        found = scores.metric(one, scores.headline)
        kind = "photographs" if one["kind"] == "real" else "renders"
        rows.append((f"{kind}: {one['set']}", tone % TONES, found["value"], found["low"], found["high"]))
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
