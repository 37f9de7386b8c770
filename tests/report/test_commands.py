"""Every command that results offer can be pasted: the real parser takes it, and the paths in it are the run's own."""

from __future__ import annotations

import html
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from made_up_gap import estimate, set_gap, study, task_gap, write_gap_dir, write_study_dir
from made_up_run import class_row, evaluation, make_dataset, make_other_run, make_run, other_evaluation

from synthvis.cli import cli
from synthvis.evaluation.gap_table import current_gap, gap_table
from synthvis.report.build import write_report
from synthvis.report.study_page import write_study_page
from synthvis.study.study_result import AblationResult, AblationRow
from synthvis.train.registry import known_photographs

COMMAND = re.compile(r'<code class="command">(.*?)</code>', re.DOTALL)
CODE = re.compile(r"<code[^>]*>(.*?)</code>", re.DOTALL)
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b|\.\.\.|\(|\)")
METRICS = {
    "classification": ("accuracy", "apple"),
    "semantic": ("mIoU", "apple"),
    "depth": ("AbsRel", None),
    "normals": ("mean_deg", None),
    "keypoints": ("AP", "apple"),
    "instances": ("mask_AP", "apple"),
}


def parse(line: str) -> list[str]:
    """Words of a command that click understands; nothing runs.

    Raises:
        click.UsageError: It does not.
    """
    program, *words = shlex.split(line)
    assert program == "synthvis"
    assert not PLACEHOLDER.search(line), line
    if "--help" in words:
        words.remove("--help")
        command: click.Command | None = cli
        for word in words:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), word)
        assert command is not None, line
        return words
    group: Any = cli
    context = group.make_context("synthvis", list(words), resilient_parsing=False)
    name, command, rest = group.resolve_command(context, context._protected_args + context.args)
    while isinstance(command, click.Group):
        inner = command.make_context(name, rest, parent=context)
        name, command, rest = command.resolve_command(inner, inner._protected_args + inner.args)
    assert command is not None
    command.make_context(name, rest, parent=context)
    return words


def shown_commands(page: str) -> list[str]:
    """Commands of a page; whatever else is shown as code does not look like one."""
    found = [html.unescape(one) for one in COMMAND.findall(page)]
    others = [html.unescape(one) for one in CODE.findall(page)]
    assert [one for one in others if one.startswith("synthvis") and one not in found] == []
    return found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder whose names need quoting, in which commands are typed."""
    root = tmp_path / "my project"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


def test_a_whole_page_of_a_detector(project: Path) -> None:
    data = make_dataset(Path("data") / "made-up", images=2)
    run = make_run(Path("runs") / "it's mine", data, real=("fruit",))
    sides = [evaluation("synthetic", "synthetic", 0.62, ("apple",)), evaluation("fruit", "real", 0.34, ("apple",))]
    write_gap_dir(Path("runs") / "gap-made-up-fruit", set_gap(task_gap(run, *sides)))
    write_study_dir(Path("studies") / "made-up-fruit", study())
    page = write_report(run, data).read_text()
    commands = [parse(line) for line in shown_commands(page)]
    assert len(commands) >= 6
    for words in commands:
        paths = [word for word in words if word.startswith(("runs/", "data/")) and "--out" not in words]
        assert all(Path(path).exists() for path in paths), words
    assert ["report", "runs/it's mine", "--embed-real"] in commands
    train = [words for words in commands if words[0] == "train" and "--init-from" in words]
    assert train and "runs/it's mine" in train[0]


@pytest.mark.parametrize("task", METRICS)
@pytest.mark.parametrize("with_real", [True, False])
def test_pages_of_other_tasks(project: Path, task: str, with_real: bool) -> None:
    headline, label = METRICS[task]
    per_class = {label: class_row({headline: 0.3}, {"labels": 4})} if label else {}
    one = other_evaluation("made-up", "synthetic", task, {headline: 0.5}, per_class, labels=4)
    real = other_evaluation("photos here", "real", task, {headline: 0.4}, per_class, labels=4)
    run = make_other_run(Path("runs") / task, [one, *([real] if with_real else [])])
    commands = [parse(line) for line in shown_commands(write_report(run).read_text())]
    assert commands
    assert all(parse(one.command) for one in current_gap(run, known_photographs()).not_measured if one.command)


@pytest.mark.parametrize("task", ["detection", "classification", "semantic"])
def test_pages_of_studies(project: Path, task: str) -> None:
    row = AblationRow(
        name="sensor", effect="no noise", remains="blur", overrides=("sensor.shot_noise=[0, 0]",),
        gain=estimate(-0.05), share_of_score=-0.1,
    )  # fmt: skip
    ablation = AblationResult(images=15, everything=estimate(0.3), rows=(row,), absent=())
    result = replace(study(task=task), ablation=ablation)
    page = write_study_page(result, project).read_text()
    commands = [parse(line) for line in shown_commands(page)]
    assert any(words[0] == "study" and "--sizes" in words for words in commands)


def test_a_run_with_nothing_but_photographs(project: Path) -> None:
    table = gap_table([evaluation("fruit", "real", 0.2, ("apple",))], "runs/a 'b'")
    for one in table.not_measured:
        assert one.command or one.how
        if one.command:
            parse(one.command)
        assert "synthvis" not in one.how


def test_the_check_finds_what_cannot_be_pasted() -> None:
    for line in (
        "synthvis evaluate RUN --eval-on x", "synthvis study --ablate ...", "synthvis fit-sensor ( tells how much)",
    ):  # fmt: skip
        with pytest.raises((AssertionError, click.UsageError, ValueError)):
            parse(line)
    with pytest.raises(click.UsageError):
        parse("synthvis evaluate --eval-on x")
