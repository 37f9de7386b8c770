"""Commands in the hints of errors: each can be pasted, or is a bare name that prose speaks of."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from synthvis.cli import COMMANDS, cli

SOURCE = Path(__file__).resolve().parents[1] / "synthvis"
MENTIONED = re.compile(r"`(synthvis [^`]*)`")
BARE = re.compile(rf"synthvis (?:{'|'.join(COMMANDS)})\b[^`\n]*")
"""Outside of backticks a command is all that stands to the end of the line."""

PLACEHOLDER = re.compile(r"\(|\.\.\.|[A-Z]{2,}$|[a-z]+[,.;]$")
"""A word in capitals, an ellipsis, or prose."""

FILLED = "x"
"""Stands for what an f-string fills in."""


def text_of(node: ast.AST) -> str:
    """The text of a string, with `FILLED` for each value; empty for what is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(FILLED if isinstance(part, ast.FormattedValue) else text_of(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return text_of(node.left) + text_of(node.right)
    return ""


def offered() -> Iterator[tuple[str, str]]:
    """Where, and which command: in backticks anywhere but in docstrings and help, or a hint that begins with one."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        inside = {id(child) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for child in node.values}
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        helps = {
            id(word.value) for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords
            if word.arg in ("help", "epilog")
        }  # fmt: skip
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant | ast.JoinedStr) or id(node) in inside | docs | helps:
                continue
            text = text_of(node)
            found = MENTIONED.findall(text) + BARE.findall(MENTIONED.sub("", text))
            for line in found:
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", line.strip()


OFFERED = [one for one in offered() if "\n" not in one[1]]


def parse(line: str) -> None:
    """Look up the command and its options; a comment and what is piped into are the shell's."""
    words = shlex.split(line, comments=True)[1:]
    name, *rest = words[: words.index("|")] if "|" in words else words
    if name in ("--help", "x"):
        return
    command: click.Command | None = cli.get_command(click.Context(cli), name)
    assert command is not None, line
    while isinstance(command, click.Group) and rest:
        command = command.get_command(click.Context(command), rest.pop(0))
        assert command is not None, line
    known = {"--help", *(option for one in command.params for option in (*one.opts, *one.secondary_opts))}
    assert all(word in known for word in rest if word.startswith("--")), line
    bad = [word for word in rest if PLACEHOLDER.match(word)]
    assert not bad, f"{line}: {bad[0]} is not what one types"


def test_there_are_some() -> None:
    assert len(OFFERED) > 40


@pytest.mark.parametrize(("where", "line"), OFFERED, ids=[where for where, _ in OFFERED])
def test_an_offered_command_is_whole(where: str, line: str) -> None:
    parse(line)
