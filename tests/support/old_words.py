"""Words that the glossary replaced, and where they would be left in public names, help and pages.

Run as a program, it prints the table of what is left.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from functools import cache

from doc_pages import DOCS, PAGES, REPOSITORY, name_of, prose

SOURCES = sorted([*(REPOSITORY / "synthvis").rglob("*.py"), *(REPOSITORY / "blender_scenes").rglob("*.py")])
NO_PAGES = "docs/glossary.md"


@dataclass(frozen=True)
class OldWord:
    """A word of the past.

    Attributes:
        old: The word as the table shows it.
        new: What stands for it now.
        names: Pattern of whole public names (classes, functions, arguments, fields, modules) that contain it.
        text: Pattern of it in help and pages; None where it is plain English too.
    """

    old: str
    new: str
    names: str
    text: str | None = None


def _part(word: str) -> str:
    """A name that has the word as a part between underscores or capitals."""
    return rf"(?:^|_){word}(?:_|$|[A-Z0-9])|{word[0].upper()}{word[1:]}(?![a-z])"


NO_NAME = "(?!)"
"""Matches nothing: of words that are in options only."""

OLD_WORDS = (
    OldWord("Wish", "StudyConfig", _part("wish")),
    OldWord("Cell", "Trial", r"Cell(?![a-z])|(?:^|_)cells?$"),
    OldWord("Mark", "RunStatus", r"Marks?(?![a-z])"),
    OldWord("Listener", "Callbacks", _part("listener")),
    OldWord("Outcome", "TrialResult", _part("outcome")),
    OldWord("arms", "training regimes", r"(?:^|_)arms?(?:_|$)|Arm(?![a-z])", r"(?<!`)\b--arms\b|## Arms"),
    OldWord("Work, go", "PipelineRun, run", r"^Work$|^go$"),
    OldWord("Watch", "Callbacks", r"^Watch"),
    OldWord("Plan", "RenderPlan, TrainingJob", r"^Plan$|settled_plan"),
    OldWord("Lanes", "worker slots", r"(?:^|_)lanes?(?:_|$)|Lanes?(?![a-z])"),
    OldWord("talk_console", "stderr_console", "talk_console"),
    OldWord("fellows, pieces, moved", "ranks, microbatches, to_device", r"(?:^|_)(?:fellows?|pieces|moved)(?:_|$)"),
    OldWord("blind", "prior baseline", _part("blind"), r"\bblind\b|\b[Ww]ithout looking\b"),
    OldWord("answer", "prediction", r"(?:^|_)answers?(?:_|$)|Answers?(?![a-z])"),
    OldWord("truth", "ground_truth", r"(?:^|(?<!ground)_)truths?(?:_|$)"),
    OldWord("Views, ShownView", "AugmentedDataset, BatchPreview", r"^Views$|ShownView|FedView"),
    OldWord("--as-trained", "--augmented", "as_trained", r"--as-trained"),
    OldWord("--real-eval, --on", "--eval-on", NO_NAME, r"--real-eval\b|--on\b"),
    OldWord("--tile, --long-side, --input", "--size, --input-size", NO_NAME, r"--(?:tile|long-side|input)\b(?!-size)"),
    OldWord("bend, bent, Lens, optics", "distortion", r"(?:^|_)(?:bend_passes|bent|optics)(?:_|$)|^Lens"),
    OldWord("develop", "simulate_sensor", r"^develop"),
    OldWord("turns", "symmetry", r"KeypointTurn|^turns$|view_names"),
    OldWord("strewn, astray", "scattered, normal_jitter", r"(?:^|_)(?:strewn|astray)(?:_|$)", r"\bstrewn\b"),
    OldWord("Draft", "ObjectSample", r"^Draft|(?:^|_)drafts?(?:_|$)"),
    OldWord("Placed", "PlacedObject", r"^Placed$"),
    OldWord("Setting", "Layout", r"^Setting$"),
    OldWord("place", "environment", r"^(?:place|places)$|PLACES", r"\bplaces:"),
    OldWord("Kind", "ObjectType", r"^Kind$|(?:^|_)kinds?_of"),
    OldWord("Brought, take_in, sheet", "ImportResult, import_assets, manifest", r"^Brought|take_in|AssetSheet"),
    OldWord("know_kinds, shelf", "register", r"know_kinds|^Shelf$"),
    OldWord("claim_folder, refuse_*", "reserve_folder, check_*", r"^claim_|^refuse_"),
    OldWord("hole, FirstScreen, life", "MissingResult, Summary, provenance", r"FirstScreen|first_screen|^hole|^life$"),
    OldWord("traits", "image statistics", r"(?:^|_)traits?(?:_|$)|Traits?(?![a-z])", r"\b[Tt]raits?\b"),
    OldWord("typical, strange", "nearest", r"(?:^|_)(?:typical|strange)(?:_|$)", r"\b(?:typical|strange)\.jpg"),
    OldWord("MOST_, LEAST_, ...", "MAX_, MIN_", r"^(?:MOST|LEAST|LARGEST|FINEST)_"),
)
"""Nothing may be left of any of them."""

PLAIN_MEANINGS: frozenset[str] = frozenset(
    {
        "blender_scenes/materials/nodes.py: cells",
        "synthvis/assets/meshes/cleaning.py: cell",
        "synthvis/data/formats/yolo/keypoint_rows.py: places",
        "synthvis/objects/furniture/cabinets.py: cell",
        "synthvis/objects/furniture/cabinets.py: cells",
        "synthvis/objects/mesh/loft.py: pieces",
        "synthvis/objects/mesh/meshes.py: moved",
        "synthvis/objects/mesh/tyres.py: hole",
        "synthvis/objects/people/accessories.py: arm",
        "synthvis/objects/people/extremities.py: arm",
        "synthvis/objects/people/flesh.py: arm",
        "synthvis/objects/people/flesh.py: arm_limb",
        "synthvis/objects/people/garments.py: arm",
        "synthvis/objects/people/garments.py: arms",
        "synthvis/objects/people/proportions.py: upper_arm_m",
        "synthvis/objects/people/skeleton.py: Arm",
        "synthvis/objects/people/skeleton.py: arms",
        "synthvis/scene/convex_hulls.py: cells",
        "synthvis/scene/environments/composer.py: place",
        "synthvis/scene/height_field.py: origin_cell",
        "synthvis/sensor_fit/measured.py: cells",
        "synthvis/sensor_fit/reference.py: cells",
        "synthvis/sensor_fit/tone.py: cells",
        "synthvis/sensor_fit/vignette.py: cells",
        "synthvis/train/views/cutout.py: holes",
        "synthvis/train/views/recipe.py: holes",
        "synthvis/train/views/sample.py: moved",
        "synthvis/ui/fitting.py: cell",
    }
)
"""Names in which such a word is not the old term: cells of a grid or table, holes in things, places in a row, arms of
bodies, meshes that are moved.
"""


@cache
def public_names() -> tuple[tuple[str, str], ...]:
    """Every public name with the file that has it."""
    found: set[tuple[str, str]] = set()
    for path in SOURCES:
        where = path.relative_to(REPOSITORY).as_posix()
        found.add((path.stem, where))
        for node in ast.walk(ast.parse(path.read_text())):
            found.update((name, where) for name in _defined_by(node) if not name.startswith("_"))
    return tuple(sorted(found))


def _defined_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name) and target.id.isupper()]
    return []


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Help and pages, each with where it stands; generated pages hold the help and the descriptions of keys."""
    pages = [page for page in PAGES if name_of(page) != NO_PAGES]
    whole = [(DOCS / "reference" / "cli.md").read_text()]
    return (("docs/reference/cli.md", whole[0]), *((name_of(page), prose(page)) for page in pages))


def left_in_names(word: OldWord) -> list[str]:
    """Public names that still hold the word, with their files."""
    found = [f"{where}: {name}" for name, where in public_names() if re.search(word.names, name)]
    return [name for name in found if name not in PLAIN_MEANINGS]


def left_in_texts(word: OldWord) -> list[str]:
    """Help and pages that still use it, once for each time."""
    return [where for where, text in texts() for _ in re.findall(word.text, text)] if word.text else []


def table() -> str:
    """What is left, as Markdown."""
    rows = [f"| {w.old} | {w.new} | {len(left_in_names(w))} | {len(left_in_texts(w))} |" for w in OLD_WORDS]
    return "\n".join(["| old | new | names | help and pages |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
