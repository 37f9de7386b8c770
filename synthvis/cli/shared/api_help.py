"""Options that are arguments of the Python API: their help and defaults are those of its docstrings and signatures.

The source is parsed, not imported: what the functions work with takes longer to load than all else that help needs.
"""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click

import synthvis

__all__ = ["ApiOption", "Argument", "argument_of", "given"]

ENTRY = re.compile(r"^    (\*{0,2}\w+): (.*(?:\n {6,}.*)*)", flags=re.MULTILINE)
NONE_MEANS = re.compile(r"; None: (.*?)\.?$")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a function, or a field of a dataclass.

    Attributes:
        help: What its docstring says.
        default: Its default as text; empty where it has none.
    """

    help: str
    default: str


class ApiOption(click.Option):
    """An option that is an argument of the API; left out, it takes the argument's default.

    Args:
        of: "module:function", "module:Class" or "module:Class.method" that has it.
        argument: Its name there; None: that of the option.
    """

    def __init__(self, *args: Any, of: str, argument: str | None = None, **values: Any) -> None:
        super().__init__(*args, **values)
        self.of, self.argument = of, argument or self.name or ""

    def described(self) -> Argument:
        """What the API says of it."""
        return argument_of(self.of, self.argument)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option, and what the API says of it."""
        found = self.described()
        repeatable = "; repeatable" if self.multiple else ""
        default = f"  [default: {found.default}]" if found.default else ""
        self.help = f"{found.help.rstrip('.')}{repeatable}.{default}"
        return super().get_help_record(ctx)


def given(**values: Any) -> dict[str, Any]:
    """Keyword arguments without those that were not typed."""
    return {name: value for name, value in values.items() if value is not None}


@cache
def argument_of(of: str, name: str) -> Argument:
    """What the API says of an argument.

    Raises:
        KeyError: It has no such argument, or does not say what it is.
    """
    module, _, owner = of.partition(":")
    tree = _tree_of(module)
    node = _node_of(tree.body, *owner.split("."))
    texts = {key.lstrip("*"): " ".join(text.split()) for key, text in ENTRY.findall(ast.get_docstring(node) or "")}
    defaults = _defaults_of(node)
    constants = {
        target.id: one.value
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    default = defaults.get(name)
    if isinstance(default, ast.Name):
        default = constants[default.id]
    text = texts[name]
    means = NONE_MEANS.search(text)
    if means:
        text = f"{text[: means.start()]}."
    return Argument(help=text, default=means[1] if means else _shown(default))


def _node_of(body: list[ast.stmt], name: str, *inner: str) -> ast.FunctionDef | ast.ClassDef:
    node = next(one for one in body if isinstance(one, ast.FunctionDef | ast.ClassDef) and one.name == name)
    return _node_of(node.body, *inner) if inner else node


def _tree_of(module: str) -> ast.Module:
    root = Path(inspect.getfile(synthvis)).parent.parent
    return ast.parse((root / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))


def _defaults_of(node: ast.FunctionDef | ast.ClassDef) -> dict[str, ast.expr | None]:
    if isinstance(node, ast.ClassDef):
        return {
            one.target.id: one.value
            for one in node.body
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        }
    positional = node.args.args
    padding: list[ast.expr | None] = [None] * (len(positional) - len(node.args.defaults))
    both = zip(positional, [*padding, *node.args.defaults], strict=True)
    return {one.arg: value for one, value in [*both, *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]}


def _shown(default: ast.expr | None) -> str:
    if default is None:
        return ""
    value = ast.literal_eval(default)
    if value is None or isinstance(value, bool) or value == ():
        return ""
    if isinstance(value, tuple):
        return ",".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
