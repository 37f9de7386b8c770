"""What the detector loses between renders and photographs, by the cause of its errors, by size and by class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synthvis.report.material import Material, SetGap
from synthvis.report.page import Part, Section, hole
from synthvis.report.sections.comparing import gap_missing
from synthvis.report.svg import Dots, dot_chart, on_every_screen
from synthvis.report.wording import interval_text

__all__ = ["CAUSE_SAID", "causes_part"]

Facts = Mapping[str, Any]

CAUSE_SAID: Mapping[str, str] = {
    "classification": "in place, but called another class",
    "localisation": "the right class, but the box is off (IoU 0.1 to 0.5)",
    "both": "another class and off place",
    "duplicate": "an object found once more",
    "background": "nothing labelled is there",
    "missed": "an object that nothing found",
}
CHART_PX = 560


def causes_part(material: Material) -> Part:
    """A section for each comparison that has errors of this run."""
    if material.run is None:
        return Part()
    # Of a task whose predictions are no boxes there are no causes.
    tasks = [(one, one.task) for one in material.gaps if one.task is None or one.task["causes"]]
    sections = tuple(_section(one, task, len(tasks) > 1) for one, task in tasks if task is not None)
    if sections or not material.run.gap.real:
        return Part(sections=sections)
    if material.run.scores.task != "detection":
        why = f"causes are told apart for detection only; this run is of {material.run.scores.task}"
        return Part(holes=(hole("Errors by cause", why, "train a detector for them"),))
    why = (
        "the comparison that was found is of another run or an earlier evaluation"
        if material.gaps
        else "no comparison was found"
    )
    return Part(holes=(gap_missing(material, "Causes of the gap", why),))


def _section(found: SetGap, task: Facts, is_one_of_several: bool) -> Section:
    names = sorted(task["cause_gap"], key=lambda name: -(_won(task, "real", name)["value"] or 0.0))
    of = f": {found.content['real']['set']}" if is_one_of_several else ""
    facts = {
        "task": task,
        "lead": _lead(task, names),
        "chart": _chart(task, names),
        "rows": [
            {
                "name": name,
                "said": CAUSE_SAID.get(name, ""),
                **{side: task["causes"][side]["causes"][name] for side in ("synthetic", "real")},
                "difference": task["cause_gap"][name],
            }
            for name in names
        ],
        "names": names,
        "parts": [(side, list(_parts(task, side, names))) for side in ("real", "synthetic")],
        "class_rows": list(_classes(task, names)),
    }
    return Section(name="causes", title=f"Why points are lost{of}", facts=facts, short="causes")


def _won(task: Facts, side: str, name: str) -> Facts:
    won: Facts = task["causes"][side]["causes"][name]["dAP50"]
    return won


def _lead(task: Facts, names: list[str]) -> str:
    worst = _won(task, "real", names[0])
    if not worst["value"]:
        return "No cause of errors costs anything on these photographs."
    said = f"Most would be won on photographs if no error of {names[0]} were made: {interval_text(worst)} AP50"
    widest = max(task["cause_gap"], key=lambda name: task["cause_gap"][name]["value"] or 0.0)
    lost = task["cause_gap"][widest]
    if not lost["value"] or lost["value"] <= 0:
        return f"{said}. No cause costs more on photographs than on renders."
    more = f"What costs most more on photographs than on renders is {widest}: {interval_text(lost, sign=True)}"
    sure = "" if lost["low"] is not None and lost["low"] > 0 else ", which may be chance"
    return f"{said}. {more}{sure}."


def _chart(task: Facts, names: list[str]) -> str:
    sides = (("renders", "synthetic", 0), ("photographs", "real", 1))
    dots = [
        Dots(title, [tuple(_won(task, side, name)[key] for key in ("value", "low", "high")) for name in names], tone)
        for title, side, tone in sides
    ]
    known = [value for one in dots for row in one.values for value in row if value is not None]
    ends: dict[str, Any] = {"x_label": "AP50 that fixing it would win", "x_max": max([*known, 0.01])}
    return on_every_screen(lambda width: dot_chart(names, dots, width=width, **ends), CHART_PX)


def _parts(task: Facts, side: str, names: list[str]) -> Iterator[Facts]:
    """Small, medium and large objects, and those that are partly hidden where labels tell."""
    for part, facts in task["causes"][side]["subsets"].items():
        if facts["objects"]:
            won = [facts["causes"][name]["dAP50"]["value"] for name in names]
            yield {"name": part, "objects": facts["objects"], "AP50": facts["AP50"]["value"], "won": won}


def _classes(task: Facts, names: list[str]) -> Iterator[Facts]:
    """Classes by the AP that they lose, and what each cause costs on photographs."""
    found = task["causes"]["real"]["per_class"]
    for name, facts in task["per_class"].items():
        causes = found.get(name, {}).get("causes", {})
        won = [causes[cause]["dAP50"]["value"] if cause in causes else None for cause in names]
        yield {"name": name, "objects": found.get(name, {}).get("objects", 0), **facts, "won": won}
